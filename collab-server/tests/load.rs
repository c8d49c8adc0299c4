//! `collab-server load` against the binary itself: everything that is sent arrives, and is counted.

#![allow(clippy::unwrap_used, reason = "test code")]

mod kit;

use std::process::Output;

use kit::{Process, command};
use serde_json::Value;

fn load(server: &Process, arguments: &[&str]) -> Output {
    let url = format!("ws://{}/sync/{{room}}", server.address);
    let common = ["--url", &url, "--seconds", "1", "--json"];
    command().arg("load").args(common).args(arguments).output().unwrap()
}

/// Runs a scenario in both dialects, checks that it lost nothing, and returns the reports.
fn reports(arguments: &[&str]) -> Vec<Value> {
    let server = Process::start(&["--ephemeral"]);
    ["collab", "y-websocket"]
        .map(|dialect| {
            let output = load(&server, &[&["--dialect", dialect], arguments].concat());
            assert!(output.status.success(), "{output:?}");
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(report.get("failures"), None, "{report}");
            report
        })
        .into()
}

#[test]
fn every_reader_receives_every_update() {
    for report in reports(&["fan-out", "--writers", "3", "--readers", "5", "--rate", "60"]) {
        // Each of the 60 goes to all of the eight but its writer.
        assert_eq!(report["updates"], 60, "{report}");
        assert_eq!(report["delivered"], 60 * 7, "{report}");
        assert_eq!((&report["lost"], &report["duplicates"]), (&0.into(), &0.into()), "{report}");
        assert!(report["delay_ms"]["p99"].as_f64().unwrap() > 0.0, "{report}");
    }
}

#[test]
fn rooms_receive_only_their_own() {
    for report in reports(&["rooms", "--rooms", "20", "--rate", "3"]) {
        assert_eq!(
            (&report["updates"], &report["delivered"]),
            (&120.into(), &120.into()),
            "{report}"
        );
    }
}

#[test]
fn newcomers_get_the_whole_document() {
    for report in reports(&["join", "--document-kib", "40", "--joins", "5"]) {
        assert_eq!((&report["joined"], &report["lost"]), (&5.into(), &0.into()), "{report}");
        assert!(report["document_bytes"].as_u64().unwrap() >= 40 << 10, "{report}");
    }
    for report in reports(&["storm", "--document-kib", "8", "--joins", "40"]) {
        assert_eq!((&report["joined"], &report["lost"]), (&40.into(), &0.into()), "{report}");
    }
}

#[test]
fn nothing_that_a_short_visitor_types_is_lost() {
    for report in reports(&["churn", "--at-once", "4"]) {
        assert!(report["visits"].as_u64().unwrap() > 4, "{report}");
        assert_eq!(report["lost"], 0, "{report}");
    }
}

#[test]
fn everybody_in_a_chat_hears_all_others_once() {
    let server = Process::start(&["--ephemeral"]);
    let pid = server.id().to_string();
    let chat = ["--pid", &pid, "chat", "--clients", "6", "--rate", "30"];
    let report: Value = serde_json::from_slice(&load(&server, &chat).stdout).unwrap();
    assert_eq!(
        (&report["updates"], &report["delivered"]),
        (&30.into(), &(30 * 5).into()),
        "{report}"
    );
    assert_eq!((&report["lost"], &report["duplicates"]), (&0.into(), &0.into()), "{report}");
    assert_eq!(report.get("failures"), None, "{report}");
    let idle = ["--pid", &pid, "chat", "--idle", "10"];
    let report: Value = serde_json::from_slice(&load(&server, &idle).stdout).unwrap();
    assert_eq!((&report["connections"], report.get("failures")), (&10.into(), None), "{report}");
}

#[test]
fn the_search_ends_with_a_rate_that_is_held() {
    let crowd = ["--writers", "2", "--readers", "2", "--p99-ms", "5000", "--max", "500"];
    for report in reports(&[&["rate"], &crowd[..]].concat()) {
        assert_eq!(report["tried"].as_array().unwrap().len(), 2, "{report}");
        assert_eq!(
            (&report["updates_per_s"], &report["lost"]),
            (&500.into(), &0.into()),
            "{report}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_servers_process_is_watched() {
    let server = Process::start(&["--ephemeral"]);
    let pid = server.id().to_string();
    let output = load(&server, &["--pid", &pid, "idle", "--connections", "20"]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["server"]["resident_kib"].as_u64().unwrap() > 1_000, "{report}");
    assert!(report["room_kib"].is_number(), "{report}");
}

#[test]
fn people_get_a_table() {
    let server = Process::start(&["--ephemeral"]);
    let url = format!("ws://{}/sync/{{room}}", server.address);
    let arguments = ["load", "join", "--url", &url, "--joins", "1", "--document-kib", "1"];
    let output = command().args(arguments).output().unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(table.lines().any(|line| line.starts_with("joined ") && line.ends_with(" 1")));
}

#[test]
fn another_host_is_refused_without_a_word_of_its_owner() {
    let arguments = ["load", "fan-out", "--url", "ws://192.0.2.1:9/sync/{room}"];
    let output = command().args(arguments).output().unwrap();
    assert!(!output.status.success());
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(complaint.contains("--i-own-this-host"), "{complaint}");
}
