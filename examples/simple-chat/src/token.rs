//! What a client shows at the door: a secret that makes it the same person after a reconnect, and
//! the name that it wants.

use collab_core::chat::{UserId, guest_token};

/// `SECRET:NAME`. Whoever knows the secret is that person, so it is drawn anew by each client and
/// told to nobody but the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    secret: &'a str,
    name: &'a str,
}

/// A secret to keep for as long as the client runs.
pub(crate) fn draw_secret() -> Result<String, getrandom::Error> {
    let mut random = [0; 20];
    getrandom::fill(&mut random)?;
    Ok(guest_token(random))
}

/// The token of a client.
pub(crate) fn write(secret: &str, name: &str) -> String {
    format!("{secret}:{name}")
}

impl<'a> Token<'a> {
    /// Takes a token apart. `None` if it has no secret or no name.
    pub(crate) fn read(token: &'a str) -> Option<Self> {
        let (secret, name) = token.split_once(':')?;
        (!secret.is_empty()).then_some(Self { secret, name })
    }

    /// The name that is claimed, as the client wrote it.
    pub(crate) const fn name(self) -> &'a str {
        self.name
    }

    /// Who it is: one who returns with the same secret is the same.
    pub(crate) fn user(self) -> Option<UserId> {
        UserId::of_guest(self.secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let token = write("secret", "ada: the first");
        let read = Token::read(&token).expect("a token");
        assert_eq!((read.name(), read.user()), ("ada: the first", UserId::of_guest("secret")));
        assert!(Token::read("ada").is_none() && Token::read(":ada").is_none());
    }
}
