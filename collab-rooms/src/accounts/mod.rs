//! Accounts: everybody is a guest at once, keeps the account by setting a password, and can then
//! be called otherwise and log in from elsewhere.
//!
//! [`Accounts`] knows neither HTTP nor the relay: `http` calls it, and the relay's authorizer
//! verifies the access tokens that it issues with [`Accounts::public_key`].

mod access;
mod attempts;
mod error;
mod name;
mod password;
mod random;
mod session;
mod table;

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use collab_rooms_api::{Account, Role, Secret, SignedIn};
use collab_server::store::StoreUrl;
use ed25519_dalek::{SigningKey, VerifyingKey};

use access::Access;
pub use access::KeyError;
pub use attempts::Allowance;
use attempts::Attempts;
pub use error::AccountError;
pub use name::Name;
use name::NameKey;
use password::{NewPassword, Passwords};
use random::Random;
use session::{Fresh, Presented, Session, SessionTimes, Verdict};
#[cfg(feature = "postgres")]
use table::postgres::PostgresTable;
use table::sqlite::SqliteTable;
use table::{Named, Row, Table};

/// Names that a guest is offered before the server gives up; two million are to be had.
const NAMES_TRIED_MAX: usize = 8;

/// Times and allowances.
#[derive(Clone, Debug)]
pub struct AccountsConfig {
    /// How long an access token is valid, which is also how long a lost one can be misused.
    pub access_lifetime: Duration,
    /// How long a session lasts after it was last renewed.
    pub session_lifetime: Duration,
    /// How long a refresh token may be used again after it was used: by a second tab, or after an
    /// answer that was lost. Later its use ends the session.
    pub refresh_grace: Duration,
    /// Passwords that may be tried for one account.
    pub logins_per_account: Allowance,
    /// Passwords that may be tried from one address.
    pub logins_per_address: Allowance,
    /// Guests that may come from one address.
    pub guests_per_address: Allowance,
    /// Names and passwords that one account may set.
    pub changes_per_account: Allowance,
}

impl Default for AccountsConfig {
    fn default() -> Self {
        Self {
            access_lifetime: Duration::from_secs(15 * 60),
            session_lifetime: Duration::from_secs(60 * 24 * 3600),
            refresh_grace: Duration::from_secs(10),
            logins_per_account: Allowance { burst: 10, interval_ms: 60_000 },
            logins_per_address: Allowance { burst: 30, interval_ms: 10_000 },
            guests_per_address: Allowance { burst: 60, interval_ms: 10_000 },
            changes_per_account: Allowance { burst: 10, interval_ms: 30_000 },
        }
    }
}

/// All accounts of a server.
#[derive(Debug)]
pub struct Accounts {
    table: Arc<dyn Table>,
    passwords: Passwords,
    access: Access,
    times: SessionTimes,
    logins_per_account: Attempts,
    logins_per_address: Attempts,
    guests_per_address: Attempts,
    changes_per_account: Attempts,
}

/// Why accounts cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenAccountsError {
    /// Tables or randomness.
    #[error("cannot open the accounts")]
    Accounts(#[from] AccountError),
    /// The key that signs access tokens.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// This program was built without Postgres.
    #[error("accounts in Postgres need the feature postgres")]
    WithoutPostgres,
    /// The Postgres database.
    #[cfg(feature = "postgres")]
    #[error(transparent)]
    Postgres(#[from] collab_server::store::postgres::OpenError),
}

impl Accounts {
    /// Accounts in `accounts.sqlite3` of a directory, beside the key that signs their tokens. Blocks.
    pub fn in_directory(
        directory: &Path,
        config: &AccountsConfig,
    ) -> Result<Self, OpenAccountsError> {
        let table = SqliteTable::open(directory)?;
        Ok(Self::new(Arc::new(table), access::key_in(directory)?, config)?)
    }

    /// Accounts in a Postgres database; the key that signs their tokens lies in a directory.
    #[cfg(feature = "postgres")]
    pub async fn in_postgres(
        url: &StoreUrl,
        keys: &Path,
        config: &AccountsConfig,
    ) -> Result<Self, OpenAccountsError> {
        let table = PostgresTable::connect(url).await?;
        Ok(Self::new(Arc::new(table), access::key_in(keys)?, config)?)
    }

    /// Without Postgres.
    #[cfg(not(feature = "postgres"))]
    #[expect(clippy::unused_async, reason = "the other build connects")]
    pub async fn in_postgres(
        _url: &StoreUrl,
        _keys: &Path,
        _config: &AccountsConfig,
    ) -> Result<Self, OpenAccountsError> {
        Err(OpenAccountsError::WithoutPostgres)
    }

    /// Accounts that end with the process.
    pub fn in_memory(config: &AccountsConfig) -> Result<Self, OpenAccountsError> {
        let key = SigningKey::from_bytes(&random::bytes()?);
        Ok(Self::new(Arc::new(SqliteTable::in_memory()?), key, config)?)
    }

    fn new(
        table: Arc<dyn Table>,
        key: SigningKey,
        config: &AccountsConfig,
    ) -> Result<Self, AccountError> {
        let times = SessionTimes {
            lifetime_ms: config.session_lifetime.as_millis() as u64,
            grace_ms: config.refresh_grace.as_millis() as u64,
        };
        Ok(Self {
            table,
            passwords: Passwords::new()?,
            access: Access::new(key, config.access_lifetime.as_secs()),
            times,
            logins_per_account: Attempts::new(config.logins_per_account)?,
            logins_per_address: Attempts::new(config.logins_per_address)?,
            guests_per_address: Attempts::new(config.guests_per_address)?,
            changes_per_account: Attempts::new(config.changes_per_account)?,
        })
    }

    /// What verifies access tokens, for the relay.
    pub fn public_key(&self) -> VerifyingKey {
        self.access.public_key()
    }

    /// A new guest with a readable random name.
    pub async fn guest(&self, address: Option<IpAddr>) -> Result<SignedIn, AccountError> {
        let now_ms = now_ms();
        self.guests_per_address.count(&network(address), now_ms)?;
        for _ in 0..NAMES_TRIED_MAX {
            let mut random = Random::draw()?;
            let (id, name) = (new_id(&mut random), Name::of_guest(&mut random));
            let fresh = Fresh::draw()?;
            let session = Session::begin(&id, &fresh, now_ms, self.times)?;
            if self.table.add(&id, &name, session.clone()).await? {
                let account = Account { id, name: name.to_string(), role: Role::Guest };
                return Ok(self.signed_in(account, Some(fresh.token(&session)), now_ms));
            }
        }
        Err(AccountError::NameTaken)
    }

    /// Becomes the account of this name. Takes as long for a name that nobody has.
    pub async fn login(
        &self,
        name: &str,
        password: Secret,
        address: Option<IpAddr>,
    ) -> Result<SignedIn, AccountError> {
        let now_ms = now_ms();
        let key = NameKey::of(name);
        self.logins_per_address.count(&network(address), now_ms)?;
        self.logins_per_account.count(&key.as_str(), now_ms)?;
        let row = self.table.by_name(&key).await?;
        let hash = row.as_ref().and_then(|row| row.password.clone());
        let is_right = self.passwords.verify(password, hash).await?;
        let row = row.filter(|_| is_right).ok_or(AccountError::LoginRefused)?;
        let fresh = Fresh::draw()?;
        let session = Session::begin(&row.id, &fresh, now_ms, self.times)?;
        self.table.begin_session(session.clone()).await?;
        Ok(self.signed_in(row.account(), Some(fresh.token(&session)), now_ms))
    }

    /// Takes a refresh token for new ones. One that was used before ends its session: two have it,
    /// and one of them is a thief.
    pub async fn refresh(&self, token: &Secret) -> Result<SignedIn, AccountError> {
        let now_ms = now_ms();
        let presented = Presented::read(token).ok_or(AccountError::RefreshRefused)?;
        let fresh = Fresh::draw()?;
        let verdict = self.table.present(&presented, &fresh, now_ms, self.times).await?;
        let session = match verdict {
            Some(Verdict::Renewed(session) | Verdict::Forked(session)) => session,
            Some(Verdict::Stolen) => {
                tracing::warn!("a refresh token was used again; its session ends");
                return Err(AccountError::RefreshRefused);
            }
            Some(Verdict::Expired) | None => return Err(AccountError::RefreshRefused),
        };
        let row = self.table.by_id(&session.account).await?.ok_or(AccountError::RefreshRefused)?;
        Ok(self.signed_in(row.account(), Some(fresh.token(&session)), now_ms))
    }

    /// Ends the session of a refresh token, if it has one.
    pub async fn logout(&self, token: &Secret) -> Result<(), AccountError> {
        match Presented::read(token) {
            Some(presented) => self.table.end_session(&presented.session).await,
            None => Ok(()),
        }
    }

    /// Whose access token this is.
    pub async fn me(&self, access_token: &str) -> Result<Account, AccountError> {
        Ok(self.row(access_token, now_ms()).await?.account())
    }

    /// Sets the password, which makes a member of a guest, and ends all other sessions.
    pub async fn set_password(
        &self,
        access_token: &str,
        password: Secret,
    ) -> Result<SignedIn, AccountError> {
        let now_ms = now_ms();
        let row = self.row(access_token, now_ms).await?;
        let password = NewPassword::new(password)?;
        self.changes_per_account.count(&row.id, now_ms)?;
        let hash = self.passwords.hash(password).await?;
        let fresh = Fresh::draw()?;
        let session = Session::begin(&row.id, &fresh, now_ms, self.times)?;
        let account = Row { password: Some(hash.clone()), ..row }.account();
        if self.table.set_password(hash, session.clone()).await? {
            Ok(self.signed_in(account, Some(fresh.token(&session)), now_ms))
        } else {
            Err(AccountError::Unauthorized)
        }
    }

    /// Changes the name. The refresh token that the client has stays valid.
    pub async fn set_name(&self, access_token: &str, name: &str) -> Result<SignedIn, AccountError> {
        let now_ms = now_ms();
        let row = self.row(access_token, now_ms).await?;
        let name = Name::new(name).ok_or(AccountError::NameRefused)?;
        self.changes_per_account.count(&row.id, now_ms)?;
        match self.table.set_name(&row.id, &name).await? {
            Named::Done => {
                let account = Row { name: name.to_string(), ..row }.account();
                Ok(self.signed_in(account, None, now_ms))
            }
            Named::Taken => Err(AccountError::NameTaken),
            Named::NoAccount => Err(AccountError::Unauthorized),
        }
    }

    /// Forgets sessions that have ended, and guests who have none left. To be called now and then.
    pub async fn sweep(&self) -> Result<(), AccountError> {
        self.table.sweep(now_ms()).await
    }

    async fn row(&self, access_token: &str, now_ms: u64) -> Result<Row, AccountError> {
        let id = self.access.verify(access_token, now_ms)?;
        self.table.by_id(&id).await?.ok_or(AccountError::Unauthorized)
    }

    fn signed_in(&self, account: Account, refresh_token: Option<Secret>, now_ms: u64) -> SignedIn {
        let (access_token, access_expires_at_ms) = self.access.issue(&account, now_ms);
        SignedIn { account, access_token, access_expires_at_ms, refresh_token }
    }
}

/// `u` and ten of `[a-z0-9]`.
fn new_id(random: &mut Random) -> String {
    const DIGITS: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let digits = (0..10).map(|_| char::from(DIGITS[random.below(DIGITS.len())]));
    std::iter::once('u').chain(digits).collect()
}

/// What counts as one address: with IPv6 everybody has 2^64 of them.
fn network(address: Option<IpAddr>) -> Option<IpAddr> {
    const SUBNET: u128 = !0 << 64;
    Some(match address?.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & SUBNET).into()),
        v4 @ IpAddr::V4(_) => v4,
    })
}

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_millis() as u64)
}
