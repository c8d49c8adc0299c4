//! Connections over TLS, to a server behind a proxy that speaks it.

use std::net::SocketAddr;
use std::sync::Arc;

use collab_client::{Config, ConnectError, start};
use collab_core::sync::Phase;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::Server;
use crate::editor::{Editor, unreachable, until};

/// Takes TLS off, with a certificate for `localhost` that nobody knows; returns it and the URL.
async fn proxy(behind: SocketAddr) -> (CertificateDer<'static>, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = cert.der().clone();
    let key = signing_key.serialize_der().try_into().unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("localhost:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut inner = TcpStream::connect(behind).await?;
                copy_bidirectional(&mut acceptor.accept(stream).await?, &mut inner).await
            });
        }
    });
    (certificate, format!("wss://localhost:{port}/sync/room"))
}

#[tokio::test]
async fn who_trusts_the_certificate_is_connected() {
    let server = Server::start("127.0.0.1:0").await;
    let (certificate, url) = proxy(server.address).await;
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let tls = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let config = Config { tls: Some(Arc::new(tls)), ..Config::new(url) };
    let (ada, mut news) = start(config, Editor::new(1));
    until(&ada, &mut news, |ada| ada.phase() == Phase::Synced).await;
}

#[tokio::test]
async fn an_unknown_certificate_and_a_server_without_tls_are_refused() {
    let server = Server::start("127.0.0.1:0").await;
    let (_, url) = proxy(server.address).await;
    for url in [url, format!("wss://{}/sync/room", server.address)] {
        let (_lost, mut news) = start(Config::new(&url), Editor::new(1));
        let error = unreachable(&mut news).await;
        assert!(matches!(error, ConnectError::Tls(_)), "{url}: {error:?}");
    }
}
