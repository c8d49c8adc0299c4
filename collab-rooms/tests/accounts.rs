//! What people can do with accounts, over HTTP.

#![allow(clippy::unwrap_used, reason = "test code")]

mod kit;
#[cfg(feature = "postgres")]
#[path = "../../collab-server/tests/kit/postgres.rs"]
mod postgres;

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use collab_rooms::accounts::{Accounts, AccountsConfig, Allowance};
use collab_rooms_api::{CallError, Client, ErrorCode, Role, Secret, SignedIn};
use kit::{Server, code};

/// As the default, but a used refresh token is a stolen one at once.
fn strict() -> AccountsConfig {
    AccountsConfig { refresh_grace: Duration::ZERO, ..AccountsConfig::default() }
}

fn refresh_token(signed_in: &SignedIn) -> Secret {
    signed_in.refresh_token.clone().unwrap()
}

/// A guest becomes a member, is called otherwise, and comes back from elsewhere.
async fn a_life(client: &Client) -> SignedIn {
    let guest = client.guest().await.unwrap();
    assert_eq!(guest.account.role, Role::Guest);
    assert!(guest.account.id.starts_with('u') && guest.account.id.len() == 11);
    let kept = client.set_password(&guest.access_token, "correct horse".into()).await.unwrap();
    assert_eq!((kept.account.role, &kept.account.id), (Role::Member, &guest.account.id));
    let named = client.set_name(&kept.access_token, "Ada").await.unwrap();
    assert!(named.refresh_token.is_none(), "the one from before stays valid");
    let elsewhere = client.login("ada", "correct horse".into()).await.unwrap();
    assert_eq!(elsewhere.account, named.account);
    assert_eq!(client.me(&elsewhere.access_token).await.unwrap(), named.account);

    // Another password ended the guest's session; each refresh token works once.
    assert_eq!(code(client.refresh(refresh_token(&guest)).await), ErrorCode::RefreshRefused);
    let first = client.refresh(refresh_token(&elsewhere)).await.unwrap();
    let used = client.refresh(refresh_token(&elsewhere)).await;
    assert_eq!(code(used), ErrorCode::RefreshRefused);
    let thief_or_not = client.refresh(refresh_token(&first)).await;
    assert_eq!(code(thief_or_not), ErrorCode::RefreshRefused, "the session ended with the theft");
    let other_session = client.refresh(refresh_token(&kept)).await.unwrap();
    assert_eq!(other_session.account.name, "Ada");
    client.logout(refresh_token(&other_session)).await.unwrap();
    let after = client.refresh(refresh_token(&other_session)).await;
    assert_eq!(code(after), ErrorCode::RefreshRefused);
    named
}

#[tokio::test]
async fn an_account_survives_a_restart_and_so_do_its_tokens() {
    let directory = tempfile::tempdir().unwrap();
    let open = || Accounts::in_directory(directory.path(), &strict()).unwrap();
    let server = Server::start(open(), false).await;
    let ada = a_life(&server.client()).await;
    drop(server);
    let server = Server::start(open(), false).await;
    let client = server.client();
    assert_eq!(client.me(&ada.access_token).await.unwrap(), ada.account);
    let again = client.login("ADA", "correct horse".into()).await.unwrap();
    assert_eq!(again.account, ada.account);
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn accounts_live_in_postgres_as_well() {
    use collab_server::store::StoreUrl;
    let postgres = postgres::Postgres::start();
    let keys = tempfile::tempdir().unwrap();
    let url = StoreUrl::from(postgres.url());
    let config = strict();
    let open = || Accounts::in_postgres(&url, keys.path(), &config);
    let server = Server::start(open().await.unwrap(), false).await;
    let ada = a_life(&server.client()).await;
    // A second server on the same database.
    let server = Server::start(open().await.unwrap(), false).await;
    let client = server.client();
    assert_eq!(client.me(&ada.access_token).await.unwrap(), ada.account);
    let guest = client.guest().await.unwrap();
    assert_eq!(code(client.set_name(&guest.access_token, "a.d.a").await), ErrorCode::NameTaken);
    open().await.unwrap().sweep().await.unwrap();
    assert_eq!(client.me(&guest.access_token).await.unwrap(), guest.account);
}

#[tokio::test]
async fn two_tabs_may_refresh_at_once() {
    let server = Server::with(AccountsConfig::default()).await;
    let client = server.client();
    let guest = client.guest().await.unwrap();
    let one = client.refresh(refresh_token(&guest)).await.unwrap();
    let other = client.refresh(refresh_token(&guest)).await.unwrap();
    for tab in [one, other] {
        let next = client.refresh(refresh_token(&tab)).await.unwrap();
        assert_eq!(next.account, guest.account);
    }
}

#[tokio::test]
async fn names_and_passwords_that_nobody_may_have_are_refused() {
    let server = Server::with(AccountsConfig::default()).await;
    let client = server.client();
    let (ada, bob) = (client.guest().await.unwrap(), client.guest().await.unwrap());
    client.set_name(&ada.access_token, "ada").await.unwrap();
    client.set_name(&ada.access_token, "Ada").await.unwrap();
    for (name, refused) in [
        ("ada", ErrorCode::NameTaken),
        ("AD.A", ErrorCode::NameTaken),
        ("a", ErrorCode::NameRefused),
        ("аda", ErrorCode::NameRefused),
        ("bob\u{1b}[2J", ErrorCode::NameRefused),
        ("system", ErrorCode::NameRefused),
    ] {
        assert_eq!(code(client.set_name(&bob.access_token, name).await), refused, "{name:?}");
    }
    for password in ["short", "with\ncontrol", &"long".repeat(100)] {
        let refused = client.set_password(&bob.access_token, password.into()).await;
        assert_eq!(code(refused), ErrorCode::PasswordRefused);
    }
    let nobody = client.set_name(&"not.a.token".into(), "bob").await;
    assert_eq!(code(nobody), ErrorCode::Unauthorized);
}

#[tokio::test]
async fn guessing_passwords_is_limited_by_account_and_by_address() {
    let few = Allowance { burst: 3, interval_ms: 3_600_000 };
    let config = AccountsConfig { logins_per_account: few, ..AccountsConfig::default() };
    let server = Server::with(config).await;
    let client = server.client();
    let ada = client.guest().await.unwrap();
    let ada = client.set_password(&ada.access_token, "correct horse".into()).await.unwrap();
    // Whether a name exists makes no difference, and spelling it otherwise neither.
    let spelled = ada.account.name.to_uppercase().replace('-', ".");
    for (names, password) in
        [([&ada.account.name, &spelled], "wrong horse"), ([&"nobody-here".to_owned(); 2], "x")]
    {
        for name in [names[0], names[1], names[0]] {
            assert_eq!(code(client.login(name, password.into()).await), ErrorCode::LoginRefused);
        }
        let Err(CallError::Refused(body)) = client.login(names[0], "correct horse".into()).await
        else {
            panic!("the fourth attempt is refused")
        };
        assert_eq!(body.code, ErrorCode::TooManyAttempts);
        assert!((3_500_000..=3_600_000).contains(&body.retry_after_ms.unwrap()), "{body:?}");
    }

    let config = AccountsConfig { logins_per_address: few, guests_per_address: few, ..strict() };
    let server = Server::with(config).await;
    let client = server.client();
    for i in 0..3 {
        client.guest().await.unwrap();
        let refused = client.login(&format!("name-{i}"), "wrong horse".into()).await;
        assert_eq!(code(refused), ErrorCode::LoginRefused);
    }
    let refused = client.login("another", "wrong horse".into()).await;
    assert_eq!(code(refused), ErrorCode::TooManyAttempts);
    assert_eq!(code(client.guest().await), ErrorCode::TooManyAttempts);
}

#[tokio::test]
async fn behind_a_proxy_attempts_count_for_the_address_that_it_names() {
    let one = Allowance { burst: 1, interval_ms: 3_600_000 };
    let config = AccountsConfig { guests_per_address: one, ..AccountsConfig::default() };
    let server = Server::start(Accounts::in_memory(&config).unwrap(), true).await;
    let status = async |forwarded: &str| {
        let head = format!("POST /api/accounts/guest HTTP/1.1\r\nX-Forwarded-For: {forwarded}\r\n");
        request(&server, &head, "").await
    };
    assert!(status("192.0.2.1").await.starts_with("HTTP/1.1 201"));
    assert!(status("192.0.2.1").await.starts_with("HTTP/1.1 429"));
    assert!(status("192.0.2.9, 192.0.2.1").await.starts_with("HTTP/1.1 429"), "a client's claim");
    assert!(status("2001:db8::1").await.starts_with("HTTP/1.1 201"));
    assert!(status("2001:db8::2").await.starts_with("HTTP/1.1 429"), "the same network");
}

#[tokio::test]
async fn what_is_not_a_call_is_refused_in_json_without_an_echo() {
    let server = Server::with(AccountsConfig::default()).await;
    for (line, body, status) in [
        ("POST /api/accounts/login", r#"{"name":"ada","password":"hush-hush"#, 400),
        ("POST /api/accounts/login", r#"{"name":"ada","password":["hush-hush"]}"#, 400),
        ("POST /api/accounts/login", r#"{"name":"ada","password":"x","hush-hush":1}"#, 400),
        (
            "POST /api/accounts/refresh",
            &format!("{{\"refresh_token\":\"{}\"}}", "h".repeat(5000)),
            400,
        ),
        ("GET /api/accounts/login", "", 404),
        ("POST /api/accounts/hush-hush", "{}", 404),
        ("GET /api/accounts/me", "", 401),
    ] {
        let answer = request(&server, &format!("{line} HTTP/1.1\r\n"), body).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{line} {body}: {answer}");
        assert!(answer.contains("{\"code\":\"") && answer.contains("no-store"), "{answer}");
        assert!(!answer.contains("hush-hush"), "{answer}");
    }
}

/// What people do, logged at the finest level, and searched for their secrets.
#[tokio::test]
async fn the_log_tells_neither_passwords_nor_tokens() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let server = Server::with(strict()).await;
    let client = server.client();
    let ada = a_life(&client).await;
    let wrong = client.login("Ada", "wrong horse".into()).await;
    let shown = format!("{ada:?} {wrong:?} {client:?}");
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap() + &shown;
    assert!(text.contains("used again"), "{text}");
    for secret in ["horse", ada.access_token.reveal(), "Bearer", "argon2id"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    // Refresh tokens are hexadecimal digits, a dot, and more of them.
    let is_token =
        |word: &str| word.len() > 64 && word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'.');
    assert!(!text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').any(is_token), "{text}");
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Sends bytes that our client would not, and returns the whole answer.
async fn request(server: &Server, head: &str, body: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut socket = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let fixed = "Host: localhost\r\nConnection: close\r\nContent-Type: application/json";
    let request = format!("{head}{fixed}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}
