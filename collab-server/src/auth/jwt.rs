//! Access tokens: JSON Web Tokens (RFC 7519) signed with Ed25519 (RFC 8037), and nothing else.
//!
//! With one algorithm there is nothing to negotiate and no other to be tricked into, so the format
//! is written out here instead of with a library for all of them. A product server issues tokens
//! with [`sign`]; the relay only needs the public key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use collab_core::chat::UserId;
use collab_core::wire::{Access, Grant};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};

use super::{AuthRequest, Authorizer, Open, Refusal};

/// The only header there is.
const HEADER: &str = r#"{"alg":"EdDSA","typ":"JWT"}"#;

/// No token of ours is longer; nothing longer is decoded.
const TOKEN_MAX_BYTES: usize = 2048;

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user's ID, which never changes.
    pub sub: String,
    /// What the user is called.
    pub name: String,
    /// What the user may do beyond this relay.
    pub role: String,
    /// Unix time in seconds at which the token was issued.
    pub iat: u64,
    /// Unix time in seconds from which on the token is worth nothing.
    pub exp: u64,
}

/// Why a token is worth nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Not a token of the one kind that is issued.
    #[error("not an access token")]
    Malformed,
    /// Signed with another key, or changed.
    #[error("the signature of the access token does not fit")]
    Signature,
    /// Its time is over.
    #[error("the access token has expired")]
    Expired,
}

/// Signs what a token says.
#[expect(clippy::missing_panics_doc, reason = "strings and numbers are always JSON")]
pub fn sign(claims: &Claims, key: &SigningKey) -> String {
    let claims = serde_json::to_vec(claims).expect("strings and numbers are JSON");
    let signed = format!("{}.{}", BASE64.encode(HEADER), BASE64.encode(claims));
    let signature = key.sign(signed.as_bytes());
    format!("{signed}.{}", BASE64.encode(signature.to_bytes()))
}

/// Reads a token that was signed with the other half of `key` and is valid at `now_s`.
pub fn verify(token: &str, key: &VerifyingKey, now_s: u64) -> Result<Claims, TokenError> {
    let malformed = TokenError::Malformed;
    if token.len() > TOKEN_MAX_BYTES {
        return Err(malformed);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(malformed)?;
    let (header, claims) = signed.split_once('.').ok_or(malformed)?;
    let decode = |part: &str| BASE64.decode(part).map_err(|_| malformed);
    let signature = Signature::from_slice(&decode(signature)?).map_err(|_| malformed)?;
    key.verify_strict(signed.as_bytes(), &signature).map_err(|_| TokenError::Signature)?;
    if decode(header)? != HEADER.as_bytes() {
        return Err(malformed);
    }
    let claims: Claims = serde_json::from_slice(&decode(claims)?).map_err(|_| malformed)?;
    if claims.exp <= now_s { Err(TokenError::Expired) } else { Ok(claims) }
}

/// Lets in whoever brings an access token, under the ID and the name in it.
#[derive(Clone, Debug)]
pub struct Jwt {
    key: VerifyingKey,
    guests: bool,
}

impl Jwt {
    /// Verifies with the public half of the issuer's key.
    pub fn new(key: VerifyingKey) -> Self {
        Self { key, guests: false }
    }

    /// Lets in, as an open relay does, those without an access token too: stock clients, and whoever
    /// brings a guest's secret ([`UserId::of_guest`]). An access token that is wrong is still refused.
    #[must_use]
    pub fn or_guests(self) -> Self {
        Self { guests: true, ..self }
    }

    fn grant(&self, token: &str) -> Result<Grant, Refusal> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| Refusal::Unavailable)?;
        let claims = verify(token, &self.key, now.as_secs()).map_err(|_| Refusal::Unauthorized)?;
        let user = UserId::new(&claims.sub).map_err(|_| Refusal::Unauthorized)?;
        Ok(Grant {
            user: user.to_string(),
            name: claims.name,
            access: Access::Write,
            expires_at_ms: claims.exp.saturating_mul(1000),
        })
    }
}

impl Authorizer for Jwt {
    fn authorize<'a>(
        &'a self,
        request: &'a AuthRequest<'a>,
    ) -> BoxFuture<'a, Result<Grant, Refusal>> {
        match request.token {
            // A guest's secret has no dots.
            token if self.guests && token.is_none_or(|token| !token.contains('.')) => {
                Open.authorize(request)
            }
            Some(token) => {
                let grant = self.grant(token);
                Box::pin(async { grant })
            }
            None => Box::pin(async { Err(Refusal::Unauthorized) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        let role = "member".to_owned();
        Claims { sub: "u0123456789".into(), name: "ada".into(), role, iat: 100, exp: 200 }
    }

    #[test]
    fn a_token_says_what_was_signed_until_it_expires() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let token = sign(&claims(), &key);
        assert_eq!(verify(&token, &key.verifying_key(), 199), Ok(claims()));
        assert_eq!(verify(&token, &key.verifying_key(), 200), Err(TokenError::Expired));
        let other = SigningKey::from_bytes(&[8; 32]).verifying_key();
        assert_eq!(verify(&token, &other, 199), Err(TokenError::Signature));
    }

    #[test]
    fn a_changed_token_is_worth_nothing() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let token = sign(&claims(), &key);
        for i in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[i] = if changed[i] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap_or_default();
            assert!(verify(&changed, &key.verifying_key(), 150).is_err(), "{i}");
        }
        // "none" with and without the old signature, and another algorithm in a header of ours.
        let parts: Vec<_> = token.split('.').collect();
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"HS256","typ":"JWT"}"#] {
            let header = BASE64.encode(header);
            let forged = format!("{header}.{}", parts[1]);
            let resigned = BASE64.encode(key.sign(forged.as_bytes()).to_bytes());
            for signature in ["", parts[2], &resigned] {
                let forged = format!("{forged}.{signature}");
                assert!(verify(&forged, &key.verifying_key(), 150).is_err());
            }
        }
        for short in ["", ".", "..", "a.b", &"a".repeat(5000)] {
            assert_eq!(verify(short, &key.verifying_key(), 150), Err(TokenError::Malformed));
        }
    }
}
