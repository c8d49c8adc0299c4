//! Passwords: argon2id with the parameters of the OWASP Password Storage Cheat Sheet (2025), off the
//! connection tasks, a few at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use collab_rooms_api::Secret;
use tokio::sync::Semaphore;

use super::AccountError;

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes at once; each takes 19 MiB and some 20 ms of a processor.
const HASHES_MAX: usize = 2;
/// Hashes that may wait; more are refused with [`AccountError::Overloaded`].
const WAITING_MAX: usize = 64;

const LEN_MIN_BYTES: usize = 8;
const LEN_MAX_BYTES: usize = 256;

/// Hashes and compares passwords. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    argon: Argon2<'static>,
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    /// What an unknown account is compared with, so that it takes as long as a known one.
    nobody: Arc<str>,
}

/// A password that may be set. Not shown by `Debug`.
#[derive(Clone, Debug)]
pub(crate) struct NewPassword(Secret);

impl NewPassword {
    pub(crate) fn new(password: Secret) -> Result<Self, AccountError> {
        let text = password.reveal();
        let fits = (LEN_MIN_BYTES..=LEN_MAX_BYTES).contains(&text.len());
        if fits && !text.chars().any(char::is_control) {
            Ok(Self(password))
        } else {
            Err(AccountError::PasswordRefused)
        }
    }
}

impl Passwords {
    /// Hashes one password, which takes a moment.
    pub(crate) fn new() -> Result<Self, AccountError> {
        let parameters = Params::new(MEMORY_KIB, PASSES, LANES, None);
        let parameters = parameters.expect("constants within the ranges of RFC 9106");
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters);
        let nobody = hash(&argon, b"nobody's password")?.into();
        let turns = Arc::new(Semaphore::new(HASHES_MAX));
        Ok(Self { argon, turns, waiting: Arc::default(), nobody })
    }

    /// A salted hash, as a PHC string that names its parameters.
    pub(crate) async fn hash(&self, password: NewPassword) -> Result<String, AccountError> {
        self.in_turn(move |argon| hash(argon, password.0.reveal().as_bytes())).await?
    }

    /// Whether the password is the one that was hashed. Takes as long without a hash, and is false.
    pub(crate) async fn verify(
        &self,
        password: Secret,
        stored: Option<String>,
    ) -> Result<bool, AccountError> {
        let nobody = Arc::clone(&self.nobody);
        let compare = move |argon: &Argon2<'_>| {
            let hash = PasswordHash::new(stored.as_deref().unwrap_or(&nobody));
            let hash = hash.map_err(|error| AccountError::Unavailable(error.into()))?;
            // What is longer than any password is not worth the time.
            let given = password.reveal().as_bytes();
            let given = given.get(..LEN_MAX_BYTES + 1).unwrap_or(given);
            Ok(argon.verify_password(given, &hash).is_ok() && stored.is_some())
        };
        self.in_turn(compare).await?
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'_>) -> T + Send + 'static,
    ) -> Result<T, AccountError> {
        let waiting = Waiting::new(Arc::clone(&self.waiting))?;
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        drop(waiting);
        let argon = self.argon.clone();
        // The turn ends with the work, also if nobody waits for it any more.
        let run = move || (work(&argon), turn).0;
        let done = tokio::task::spawn_blocking(run).await;
        done.map_err(|error| AccountError::Unavailable(error.into()))
    }
}

/// A place in the queue.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn new(count: Arc<AtomicUsize>) -> Result<Self, AccountError> {
        let before = count.fetch_add(1, Ordering::Relaxed);
        let place = Self(count);
        if before < WAITING_MAX { Ok(place) } else { Err(AccountError::Overloaded) }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash(argon: &Argon2<'_>, password: &[u8]) -> Result<String, AccountError> {
    let hash = argon.hash_password(password);
    hash.map(|hash| hash.to_string()).map_err(|error| AccountError::Unavailable(error.into()))
}
