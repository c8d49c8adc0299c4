//! The binary on a real Postgres server that goes away and comes back.

#![cfg(feature = "postgres")]
#![allow(clippy::unwrap_used, reason = "test code")]

mod kit;

#[path = "kit/postgres.rs"]
mod postgres;

use collab_core::wire::EventKind;
use kit::{Client, Process, command};
use postgres::{PASSWORD, Postgres};

fn told_store(client: &Client, ok: u8) -> bool {
    client.events.iter().any(|(kind, payload)| *kind == EventKind::Store && payload[..] == [ok])
}

#[tokio::test]
async fn editing_goes_on_while_postgres_is_gone_and_nothing_durable_is_lost() {
    let mut postgres = Postgres::start();
    let arguments = ["--store", &postgres.url(), "--log-filter", "trace"];
    let process = Process::start(&arguments);
    let mut alice = Client::v1(process.address, "room").await;
    let mut bob = Client::v1(process.address, "room").await;
    alice.type_text("saved, ").await;
    alice.until_durable().await;

    postgres.kill();
    alice.type_text("not saved").await;
    alice.until("the bad news", |client| told_store(client, 0)).await;
    alice.until_received().await;
    assert!(alice.durable < alice.seq);
    let text = alice.text();
    bob.until("the text all the same", |client| client.text() == text).await;

    postgres.resume();
    alice.until_durable().await;
    alice.until("the good news", |client| told_store(client, 1)).await;

    let (_, log) = process.stop();
    let process = Process::start(&arguments);
    assert_eq!(Client::v1(process.address, "room").await.text(), text);
    assert!(log.contains("append failed") && log.contains("StoreUrl"), "{log}");
    assert!(!log.contains(PASSWORD), "{log}");
}

#[tokio::test]
async fn two_relays_on_one_database_lose_nothing_although_they_do_not_hear_each_other() {
    const WORDS: usize = 30;
    let postgres = Postgres::start();
    let arguments = ["--store", &postgres.url(), "--compact-tail-updates", "4"];
    let relays = [Process::start(&arguments), Process::start(&arguments)];
    let mut clients =
        [Client::v1(relays[0].address, "room").await, Client::v1(relays[1].address, "room").await];
    for i in 0..WORDS {
        for (number, client) in clients.iter_mut().enumerate() {
            client.type_text(&format!("c{number}w{i} ")).await;
            client.until_durable().await;
        }
    }
    for client in clients {
        client.leave().await;
    }
    let logs = relays.map(|relay| relay.stop().1);
    assert!(logs.iter().any(|log| log.contains("another relay uses the same channel")), "{logs:?}");
    // Alone again, a relay folds what both wrote into a snapshot.
    for _ in 0..2 {
        let relay = Process::start(&arguments);
        let mut client = Client::v1(relay.address, "room").await;
        let text = client.text();
        for number in 0..2 {
            let missing = (0..WORDS).find(|i| !text.contains(&format!("c{number}w{i} ")));
            assert_eq!(missing, None, "client {number} in {text}");
        }
        client.type_text("more ").await;
        client.until_durable().await;
        client.leave().await;
        let (_, log) = relay.stop();
        assert!(!log.contains("compaction failed"), "{log}");
    }
}

#[cfg(feature = "postgres-tls")]
#[tokio::test]
async fn tls_is_used_where_it_is_asked_for_and_its_certificate_is_verified() {
    let (_postgres, url, certificate) = Postgres::start_with_tls();
    let required = format!("{url}?sslmode=require");
    for (url, trusted, complaint) in [
        (&url, Some(&certificate), "no pg_hba.conf entry"),
        (&required, None, "certificate"),
        (&required.replace("localhost", "127.0.0.1"), Some(&certificate), "certificate"),
    ] {
        let mut command = command();
        command.args(["--listen", "127.0.0.1:0", "--store", url]).env_remove("SSL_CERT_FILE");
        command.envs(trusted.map(|file| ("SSL_CERT_FILE", file)));
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(complaint), "{said}");
        assert!(!said.contains(PASSWORD), "{said}");
    }
    let file = certificate.to_str().unwrap();
    let process = Process::start_with(&["--store", &required], &[("SSL_CERT_FILE", file)]);
    let mut client = Client::v1(process.address, "room").await;
    client.type_text("encrypted").await;
    client.until_durable().await;
}

#[test]
fn no_complaint_shows_the_password() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("collab.toml");
    let url = format!("postgres://collab:{PASSWORD}@localhost:port/rooms");
    for (line, complaint) in [
        (format!("store = \"{url}\""), "the URL of the Postgres database is not valid"),
        (format!("store = \"{url}"), "line 1: "),
        (format!("store = \"{url}\"\nephemeral = true"), "ephemeral is set, but store is too"),
        (format!("store = [\"{url}\"]"), "invalid type: sequence, expected a string"),
    ] {
        std::fs::write(&file, &line).unwrap();
        let output = command().arg("--config").arg(&file).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(complaint), "{line}: {said}");
        assert!(!said.contains(PASSWORD), "{said}");
    }
    let help = command().env("COLLAB_STORE", &url).arg("--help").output().unwrap();
    assert!(!String::from_utf8(help.stdout).unwrap().contains(PASSWORD));
}
