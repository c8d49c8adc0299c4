//! Who a peer is: an Ed25519 key pair, kept in a file of its own.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use collab_core::chat::{self, Signature, Signer, UserId};
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};

/// A key pair. What is signed with it, and the links that it opens, are this peer's.
pub struct Identity {
    pair: Ed25519KeyPair,
    pkcs8: Vec<u8>,
}

/// The public half: how others know a peer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey(pub [u8; 32]);

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The system has no randomness to give.
    #[error("no randomness for a new key")]
    Randomness,
    /// The file cannot be read or written.
    #[error("key file")]
    File(#[from] io::Error),
    /// The file holds no key, or a damaged one.
    #[error("the key file holds no Ed25519 key pair")]
    Damaged,
}

impl Identity {
    /// A new one.
    pub fn generate() -> Result<Self, IdentityError> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
            .map_err(|_| IdentityError::Randomness)?;
        Self::from_pkcs8(document.as_ref().to_vec())
    }

    /// The one in this file; a new one, readable by its owner alone, if there is no such file.
    pub fn load_or_create(path: &Path) -> Result<Self, IdentityError> {
        match fs::read(path) {
            Ok(pkcs8) => Self::from_pkcs8(pkcs8),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let identity = Self::generate()?;
                write_secret(path, &identity.pkcs8)?;
                Ok(identity)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The public half.
    pub fn public_key(&self) -> PublicKey {
        let mut key = [0; 32];
        key.copy_from_slice(self.pair.public_key().as_ref());
        PublicKey(key)
    }

    /// The key pair in PKCS#8, for TLS.
    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    fn from_pkcs8(pkcs8: Vec<u8>) -> Result<Self, IdentityError> {
        let pair = Ed25519KeyPair::from_pkcs8(&pkcs8).map_err(|_| IdentityError::Damaged)?;
        Ok(Self { pair, pkcs8 })
    }
}

/// The key goes into a new file beside it, then into its place: no moment at which others may read it,
/// and no half of it after a crash.
fn write_secret(path: &Path, secret: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&new)?;
    file.write_all(secret)?;
    file.sync_all()?;
    fs::rename(&new, path)
}

impl PublicKey {
    /// The user that a holder of this key is.
    pub fn user(&self) -> UserId {
        UserId::of_key(&self.0)
    }
}

impl Signer for Identity {
    fn public_key(&self) -> chat::PublicKey {
        self.public_key().0
    }

    fn sign(&self, message: &[u8]) -> Signature {
        let mut signature = [0; 64];
        signature.copy_from_slice(self.pair.sign(message).as_ref());
        signature
    }
}

/// Whether the holder of `key` signed `message`.
pub(crate) fn verify(key: &chat::PublicKey, message: &[u8], signature: &Signature) -> bool {
    UnparsedPublicKey::new(&ED25519, key).verify(message, signature).is_ok()
}

/// The user ID, which is short and tells keys apart.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.user().fmt(f)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// Never the secret half.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.public_key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_private_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deeper/key");
        let first = Identity::load_or_create(&path).unwrap();
        let again = Identity::load_or_create(&path).unwrap();
        assert_eq!(first.public_key(), again.public_key());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(&path, b"damaged").unwrap();
        assert!(matches!(Identity::load_or_create(&path), Err(IdentityError::Damaged)));
    }

    #[test]
    fn only_the_holder_of_a_key_signs_for_it() {
        let (ada, bo) = (Identity::generate().unwrap(), Identity::generate().unwrap());
        let signature = ada.sign(b"hello");
        assert!(verify(&ada.public_key().0, b"hello", &signature));
        assert!(!verify(&ada.public_key().0, b"hallo", &signature));
        assert!(!verify(&bo.public_key().0, b"hello", &signature));
        assert_ne!(ada.public_key().user(), bo.public_key().user());
    }
}
