//! The binary: settings from three places, logs without secrets, a clean end.

#![allow(clippy::unwrap_used, reason = "test code")]

mod kit;

use std::path::Path;

use collab_core::wire::Dialect;
use kit::{Client, Connect, Process, command};

/// What the binary says about settings that it refuses.
fn complaint(flag: Option<&str>, environment: Option<&str>, file: Option<&str>) -> String {
    let directory = tempfile::tempdir().unwrap();
    let mut command = command();
    if let Some(value) = flag {
        command.args(["--queue-max-frames", value]);
    }
    if let Some(value) = environment {
        command.env("COLLAB_QUEUE_MAX_FRAMES", value);
    }
    if let Some(text) = file {
        let path = directory.path().join("collab.toml");
        std::fs::write(&path, text).unwrap();
        command.arg("--config").arg(path);
    }
    let output = command.output().unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn flags_beat_environment_beats_file() {
    let file = Some("queue_max_frames = 1");
    let range = "allowed are 16 to 1048576";
    for (flag, environment, used) in
        [(Some("3"), Some("2"), 3), (None, Some("2"), 2), (None, None, 1)]
    {
        let complaint = complaint(flag, environment, file);
        assert_eq!(complaint, format!("error: queue_max_frames is {used}; {range}\n"));
    }
}

#[test]
fn mistakes_in_the_file_are_named() {
    for (text, named) in [
        ("queue_max_frame = 100", "unknown field `queue_max_frame`"),
        ("queue_max_frames = \"many\"", "queue_max_frames"),
        ("listen = \"everywhere\"", "listen"),
        ("= 3", "line 1"),
    ] {
        let complaint = complaint(None, None, Some(text));
        assert!(complaint.contains(named), "{text}: {complaint}");
    }
}

#[test]
fn contradictions_are_refused() {
    let output = command().args(["--ephemeral", "--data", "somewhere"]).output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert_eq!(complaint, "error: ephemeral is set, but data is too; only one of them can hold\n");
    assert!(!Path::new("somewhere").exists());
}

#[tokio::test]
async fn logs_name_rooms_but_never_tokens_queries_or_text() {
    let process = Process::start(&["--ephemeral", "--log-filter", "trace"]);
    let mut connect = Connect::new(process.address, "named-room", Dialect::V1);
    connect.token = "secret-token".into();
    let mut ours = connect.join().await;
    let query = Connect::new(process.address, "named-room?key=secret-query", Dialect::Plain);
    let stock = query.join().await;
    ours.type_text("secret-text").await;
    ours.until_received().await;
    stock.leave().await;
    ours.leave().await;
    let (status, log) = process.stop();
    assert!(status.success());
    assert!(log.contains("named-room"), "{log}");
    assert!(!log.contains("secret"), "{log}");
}

#[tokio::test]
async fn sigterm_ends_with_everything_saved_and_status_zero() {
    let directory = tempfile::tempdir().unwrap();
    let data = ["--data", directory.path().to_str().unwrap()];
    let process = Process::start(&data);
    let mut client = Client::v1(process.address, "room").await;
    client.type_text("kept").await;
    client.until_received().await;
    let stop = tokio::task::spawn_blocking(|| process.stop());
    assert_eq!(client.until_closed().await, 1001);
    assert!(stop.await.unwrap().0.success());
    let process = Process::start(&data);
    assert_eq!(Client::v1(process.address, "room").await.text(), "kept");
}
