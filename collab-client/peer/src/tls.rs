//! Links between peers: TLS 1.3 in which both sides show a bare Ed25519 key (RFC 7250).
//!
//! There is no authority to ask: any key may connect, and the handshake proves that it is the peer's; who
//! dials an address that somebody announced takes only their key. Who somebody is follows from the key
//! ([`PublicKey::user`]); what they wrote is signed with it.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{AlwaysResolvesClientRawPublicKeys, ResolvesClientCert};
use rustls::crypto::{CryptoProvider, ring, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, SubjectPublicKeyInfoDer,
    UnixTime,
};
use rustls::server::AlwaysResolvesServerRawPublicKeys;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, DistinguishedName, Error,
    PeerIncompatible, ServerConfig, SignatureScheme,
};

use crate::{Identity, PublicKey};

/// What stands before the key in an Ed25519 `SubjectPublicKeyInfo` (RFC 8410, section 4).
const ED25519_SPKI_PREFIX: [u8; 12] =
    [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// For whoever dials the holder of `whose`, or anybody.
pub(crate) fn client_config(
    identity: &Identity,
    whose: Option<PublicKey>,
) -> Result<Arc<ClientConfig>, Error> {
    let (provider, key) = certified(identity)?;
    let resolver: Arc<dyn ResolvesClientCert> =
        Arc::new(AlwaysResolvesClientRawPublicKeys::new(key));
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&TLS13])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(KeyVerifier { provider, expected: whose }))
        .with_client_cert_resolver(resolver);
    Ok(Arc::new(config))
}

/// For whoever listens.
pub(crate) fn server_config(identity: &Identity) -> Result<Arc<ServerConfig>, Error> {
    let (provider, key) = certified(identity)?;
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&TLS13])?
        .with_client_cert_verifier(Arc::new(KeyVerifier { provider, expected: None }))
        .with_cert_resolver(Arc::new(AlwaysResolvesServerRawPublicKeys::new(key)));
    Ok(Arc::new(config))
}

/// The key that the other side of a finished handshake has proven.
pub(crate) fn peer_key(certificates: Option<&[CertificateDer<'_>]>) -> Option<PublicKey> {
    key_of(certificates?.first()?)
}

fn certified(identity: &Identity) -> Result<(Arc<CryptoProvider>, Arc<CertifiedKey>), Error> {
    let provider = Arc::new(ring::default_provider());
    let secret = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(identity.pkcs8().to_vec()));
    let key = provider.key_provider.load_private_key(secret)?;
    let spki = [&ED25519_SPKI_PREFIX[..], &identity.public_key().0].concat();
    Ok((provider, Arc::new(CertifiedKey::new(vec![CertificateDer::from(spki)], key))))
}

fn key_of(spki: &[u8]) -> Option<PublicKey> {
    let key = spki.strip_prefix(&ED25519_SPKI_PREFIX)?;
    key.try_into().ok().map(PublicKey)
}

/// Takes an Ed25519 key whose holder signs the handshake.
#[derive(Debug)]
struct KeyVerifier {
    provider: Arc<CryptoProvider>,
    /// The only one; `None`: any.
    expected: Option<PublicKey>,
}

impl KeyVerifier {
    fn check(&self, spki: &[u8]) -> Result<(), Error> {
        let refused = match key_of(spki) {
            Some(key) if self.expected.is_none_or(|expected| expected == key) => return Ok(()),
            Some(_) => CertificateError::ApplicationVerificationFailure,
            None => CertificateError::BadEncoding,
        };
        Err(Error::InvalidCertificate(refused))
    }

    fn verify(
        &self,
        message: &[u8],
        spki: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let spki = SubjectPublicKeyInfoDer::from(spki.as_ref());
        let schemes = &self.provider.signature_verification_algorithms;
        verify_tls13_signature_with_raw_key(message, &spki, signature, schemes)
    }
}

/// TLS 1.2 knows no bare keys, and is not spoken here.
fn only_tls13() -> Error {
    Error::PeerIncompatible(PeerIncompatible::Tls12NotOffered)
}

/// What both verifier traits of rustls want alike.
macro_rules! bare_ed25519_keys {
    () => {
        fn verify_tls12_signature(
            &self,
            _message: &[u8],
            _cert: &CertificateDer<'_>,
            _dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            Err(only_tls13())
        }

        fn verify_tls13_signature(
            &self,
            message: &[u8],
            cert: &CertificateDer<'_>,
            dss: &DigitallySignedStruct,
        ) -> Result<HandshakeSignatureValid, Error> {
            self.verify(message, cert, dss)
        }

        fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
            vec![SignatureScheme::ED25519]
        }

        fn requires_raw_public_keys(&self) -> bool {
            true
        }
    };
}

impl ServerCertVerifier for KeyVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.check(end_entity).map(|()| ServerCertVerified::assertion())
    }

    bare_ed25519_keys!();
}

impl ClientCertVerifier for KeyVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.check(end_entity).map(|()| ClientCertVerified::assertion())
    }

    bare_ed25519_keys!();
}
