//! What is kept on a device, so that one is the same account with the next start.

use std::io;

use crate::{Account, Secret};

/// Where the refresh token is kept: a file, a browser's storage. Several programs may share one place;
/// the newest token is the one that counts.
pub trait Keep {
    /// The token that was kept last, by whomever; `None` if there is none.
    fn recall(&mut self) -> io::Result<Option<Secret>>;

    /// Keeps a token, which replaces the one before: that is worth nothing any more.
    fn keep(&mut self, account: &Account, refresh_token: &Secret) -> io::Result<()>;
}
