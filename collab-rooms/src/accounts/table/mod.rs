//! Where accounts and sessions are kept. Each method is one transaction.

#[cfg(feature = "postgres")]
pub(crate) mod postgres;
pub(crate) mod sqlite;

use collab_rooms_api::{Account, Role};
use futures_util::future::BoxFuture;

use super::AccountError;
use super::name::{Name, NameKey};
use super::session::{Fresh, Presented, Session, SessionTimes, Verdict};

pub(crate) type Answer<'a, T> = BoxFuture<'a, Result<T, AccountError>>;

/// Sessions that one account may have; the one that was not renewed for the longest time gives way.
pub(crate) const SESSIONS_MAX: u32 = 32;

/// An account with what only the server knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) name: String,
    /// A PHC string; a guest has none.
    pub(crate) password: Option<String>,
    pub(crate) is_admin: bool,
}

/// What became of a new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Done,
    Taken,
    NoAccount,
}

/// Keeps accounts and sessions.
pub(crate) trait Table: std::fmt::Debug + Send + Sync {
    /// Adds a guest with a first session; `false` if the name is taken.
    fn add<'a>(&'a self, id: &'a str, name: &'a Name, session: Session) -> Answer<'a, bool>;

    fn by_id<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Row>>;

    fn by_name<'a>(&'a self, key: &'a NameKey) -> Answer<'a, Option<Row>>;

    /// Sets the hash, and ends all sessions but the one that begins with it; `false` if there is no
    /// such account.
    fn set_password(&self, hash: String, session: Session) -> Answer<'_, bool>;

    fn set_name<'a>(&'a self, id: &'a str, name: &'a Name) -> Answer<'a, Named>;

    fn begin_session(&self, session: Session) -> Answer<'_, ()>;

    /// Judges a refresh token and does what the verdict says; `None` if there is no such session.
    fn present<'a>(
        &'a self,
        presented: &'a Presented,
        fresh: &'a Fresh,
        now_ms: u64,
        times: SessionTimes,
    ) -> Answer<'a, Option<Verdict>>;

    fn end_session<'a>(&'a self, id: &'a str) -> Answer<'a, ()>;

    /// Forgets sessions that have ended, and guests who have none left.
    fn sweep(&self, now_ms: u64) -> Answer<'_, ()>;
}

impl Row {
    /// What everybody may know.
    pub(crate) fn account(&self) -> Account {
        let role = match (self.is_admin, &self.password) {
            (true, _) => Role::Admin,
            (false, Some(_)) => Role::Member,
            (false, None) => Role::Guest,
        };
        Account { id: self.id.clone(), name: self.name.clone(), role }
    }
}
