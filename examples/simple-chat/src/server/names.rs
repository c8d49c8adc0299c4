//! The door: one room, and no two people of one name.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use collab_core::chat::UserId;
use collab_core::wire::Grant;
use collab_server::{AuthRequest, Authorizer, Refusal};
use futures_util::future::{BoxFuture, ready};

use crate::ROOM;
use crate::name::{Name, NameKey};
use crate::token::Token;

/// Lets everybody in who brings a name that nobody else has now. Who returns while an old connection
/// of theirs still seems to live (a network that changed) is let in under their own name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    taken: Arc<Mutex<HashMap<NameKey, Holder>>>,
}

/// Whose a name is, and over how many connections.
#[derive(Debug)]
struct Holder {
    user: UserId,
    connections: usize,
}

/// Held by a connection: its name is free again when this is dropped.
struct Held {
    names: Names,
    key: NameKey,
}

impl Authorizer for Names {
    fn authorize<'a>(
        &'a self,
        request: &'a AuthRequest<'a>,
    ) -> BoxFuture<'a, Result<Grant, Refusal>> {
        Box::pin(ready(self.admit(request)))
    }
}

impl Names {
    fn admit(&self, request: &AuthRequest<'_>) -> Result<Grant, Refusal> {
        if request.room.as_str() != ROOM {
            return Err(Refusal::Forbidden);
        }
        let token = request.token.and_then(Token::read).ok_or(Refusal::Unauthorized)?;
        let user = token.user().ok_or(Refusal::Unauthorized)?;
        let name = Name::new(token.name()).map_err(|_| Refusal::NameRefused)?;
        let held = self.take(name.key(), &user).ok_or(Refusal::NameTaken)?;
        request.lease.hold(held);
        Ok(Grant { user: user.to_string(), name: name.to_string(), ..Grant::open() })
    }

    /// Takes a name for one more connection of `user`, unless somebody else has it.
    fn take(&self, key: NameKey, user: &UserId) -> Option<Held> {
        match self.taken().entry(key.clone()) {
            Entry::Vacant(free) => {
                free.insert(Holder { user: user.clone(), connections: 1 });
            }
            Entry::Occupied(mut own) if own.get().user == *user => own.get_mut().connections += 1,
            Entry::Occupied(_) => return None,
        }
        Some(Held { names: self.clone(), key })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<NameKey, Holder>> {
        // Nothing panics while the lock is held.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut taken = self.names.taken();
        if let Entry::Occupied(mut holder) = taken.entry(self.key.clone()) {
            holder.get_mut().connections -= 1;
            if holder.get().connections == 0 {
                holder.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(secret: &str) -> UserId {
        UserId::of_guest(secret).expect("a secret")
    }

    fn take(names: &Names, name: &str, secret: &str) -> Option<Held> {
        names.take(Name::new(name).expect("a name").key(), &user(secret))
    }

    #[test]
    fn a_name_is_free_when_the_last_connection_of_its_holder_is_gone() {
        let names = Names::default();
        let (first, second) = (take(&names, "ada", "a"), take(&names, "Ada", "a"));
        assert!(first.is_some() && second.is_some());
        drop(first);
        assert!(take(&names, "ADA", "b").is_none(), "her second connection is there");
        drop(second);
        assert!(take(&names, "ADA", "b").is_some());
        assert!(names.taken().is_empty());
    }
}
