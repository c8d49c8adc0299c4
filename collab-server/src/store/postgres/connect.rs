//! Connections to the server: from a URL to a pool that reconnects by itself.

use std::str::FromStr;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};

use super::OpenError;
use crate::store::StoreUrl;

/// Time to reach the server, where the URL does not say `connect_timeout`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Sent bytes that are not acknowledged for this long end a connection, where the URL does not say
/// `tcp_user_timeout`: a server whose cable is pulled does not hold an append for ever.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(15);

/// "Durable" must mean that the server's log is on its disk; stronger settings stay.
const BE_DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off'";

/// A pool of at most `connections_max` connections, opened when they are needed; also for what
/// others keep in the same database. Connections that broke are replaced at the next use.
pub fn pool(url: &StoreUrl, connections_max: usize) -> Result<Pool, OpenError> {
    let config = read(url)?;
    let fast = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = manager(config, fast)?;
    let be_durable = Hook::async_fn(|client, _| {
        Box::pin(async move { client.batch_execute(BE_DURABLE).await.map_err(HookError::Backend) })
    });
    let builder = Pool::builder(manager).max_size(connections_max).post_create(be_durable);
    Ok(builder.build()?)
}

fn read(url: &StoreUrl) -> Result<Config, OpenError> {
    // The parser's own error may quote what it could not read.
    let mut config = Config::from_str(url.reveal()).map_err(|_| OpenError::Url)?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_TIMEOUT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE_TIMEOUT);
    }
    if config.get_application_name().is_none() {
        config.application_name("collab");
    }
    Ok(config)
}

fn manager(mut config: Config, settings: ManagerConfig) -> Result<Manager, OpenError> {
    if config.get_ssl_mode() == SslMode::Require {
        return encrypted(config, settings);
    }
    // "Prefer" would encrypt and verify nothing: no protection, but a reason to fail.
    config.ssl_mode(SslMode::Disable);
    Ok(Manager::from_config(config, NoTls, settings))
}

/// With certificates of this machine's authorities; `SSL_CERT_FILE` names others.
#[cfg(feature = "postgres-tls")]
fn encrypted(config: Config, settings: ManagerConfig) -> Result<Manager, OpenError> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(OpenError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let tls = tokio_postgres_rustls::MakeRustlsConnect::new(tls);
    Ok(Manager::from_config(config, tls, settings))
}

#[cfg(not(feature = "postgres-tls"))]
fn encrypted(_config: Config, _settings: ManagerConfig) -> Result<Manager, OpenError> {
    Err(OpenError::WithoutTls)
}
