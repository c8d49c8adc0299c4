//! Access tokens: who one is, signed, for some minutes. The key lies in a file that only the
//! server's user can read; whoever has it can be anybody.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use collab_rooms_api::{Account, Role, Secret};
use collab_server::auth::jwt::{self, Claims};
use ed25519_dalek::{SigningKey, VerifyingKey};

use super::{AccountError, random};

const FILE_NAME: &str = "access-token.key";
const SEED_BYTES: usize = 32;
/// Readable and writable for the owner only.
const MODE: u32 = 0o600;

/// Signs and verifies access tokens.
pub(crate) struct Access {
    key: SigningKey,
    lifetime_s: u64,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file cannot be read or created.
    #[error("cannot use the key file {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// Others may read the file, so the key is no secret.
    #[error("the key file {} can be read by others; chmod 600, or remove it for a new key", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The file does not hold a key.
    #[error("the key file {} does not hold 32 bytes", path.display())]
    Length {
        /// The file.
        path: PathBuf,
    },
}

/// The key in `directory`, created where there is none.
pub(crate) fn key_in(directory: &Path) -> Result<SigningKey, KeyError> {
    let path = directory.join(FILE_NAME);
    let failed = |source| KeyError::File { path: path.clone(), source };
    match fs::metadata(&path) {
        Ok(file) if file.permissions().mode() & 0o077 != 0 => Err(KeyError::Exposed { path }),
        Ok(_) => {
            let seed = fs::read(&path).map_err(failed)?;
            let seed = <[u8; SEED_BYTES]>::try_from(seed);
            seed.map(|seed| SigningKey::from_bytes(&seed)).map_err(|_| KeyError::Length { path })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            create(directory, &path).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Written under another name first: a crash leaves no half of a key.
fn create(directory: &Path, path: &Path) -> io::Result<SigningKey> {
    fs::create_dir_all(directory)?;
    let seed: [u8; SEED_BYTES] = random::bytes().map_err(io::Error::other)?;
    let unfinished = directory.join(format!("{FILE_NAME}.{}", std::process::id()));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(MODE).open(&unfinished)?;
    file.write_all(&seed)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    Ok(SigningKey::from_bytes(&seed))
}

impl Access {
    pub(crate) fn new(key: SigningKey, lifetime_s: u64) -> Self {
        Self { key, lifetime_s }
    }

    /// A token for an account, and when it ends in Unix milliseconds.
    pub(crate) fn issue(&self, account: &Account, now_ms: u64) -> (Secret, u64) {
        let iat = now_ms / 1000;
        let exp = iat + self.lifetime_s;
        let claims = Claims {
            sub: account.id.clone(),
            name: account.name.clone(),
            role: role_name(account.role).to_owned(),
            iat,
            exp,
        };
        (jwt::sign(&claims, &self.key).into(), exp * 1000)
    }

    /// The ID of the account that a token was issued to.
    pub(crate) fn verify(&self, token: &str, now_ms: u64) -> Result<String, AccountError> {
        let claims = jwt::verify(token, &self.key.verifying_key(), now_ms / 1000);
        claims.map(|claims| claims.sub).map_err(|_| AccountError::Unauthorized)
    }

    /// What verifies the tokens elsewhere.
    pub(crate) fn public_key(&self) -> VerifyingKey {
        self.key.verifying_key()
    }
}

/// Without the key.
impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access").field("lifetime_s", &self.lifetime_s).finish_non_exhaustive()
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Member => "member",
        Role::Admin => "admin",
        _ => "guest",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_created_once_and_stays_a_secret() {
        let directory = tempfile::tempdir().expect("a directory");
        let key = key_in(directory.path()).expect("a new key");
        assert_eq!(key_in(directory.path()).expect("the same key").to_bytes(), key.to_bytes());
        let path = directory.path().join(FILE_NAME);
        let file = fs::metadata(&path).expect("the key file");
        assert_eq!(file.permissions().mode() & 0o777, MODE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("our own file");
        assert!(matches!(key_in(directory.path()), Err(KeyError::Exposed { .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(MODE)).expect("our own file");
        fs::write(&path, "short").expect("our own file");
        assert!(matches!(key_in(directory.path()), Err(KeyError::Length { .. })));
    }
}
