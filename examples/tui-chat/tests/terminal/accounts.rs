//! Accounts on real terminals: a guest at once, kept by a password, entered again from elsewhere.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::rooms_server::RoomsServer;
use crate::stage::{Person, Tmux, free_address};

#[test]
fn a_guest_keeps_the_account_and_is_the_same_person_on_a_second_terminal() {
    let tmux = Tmux::start();
    let server = RoomsServer::start();
    let options = format!("--port {}", server.port);
    let bo = Person::with(&tmux, "Bo", &format!("{options} --name Bo"));
    bo.sees("you are a guest, Bo");
    let mut ada = Person::with(&tmux, "Ada", &options);
    ada.sees("you are a guest, ");
    bo.sees("2 here");
    ada.types("still by a random name");
    bo.sees("still by a random name");
    ada.types("/set name bo");
    ada.sees("taken");
    ada.types("/set name Ada");
    ada.sees("you are Ada now");
    bo.sees("● Ada");
    ada.types("/set password correct horse");
    ada.sees("your account is kept; log in from elsewhere: /login Ada");
    bo.types("@Ada psst");
    ada.sees("@Bo              1");

    let elsewhere = Person::with(&tmux, "Elsewhere", &options);
    bo.sees("People 3");
    elsewhere.types("/login ada wrong horse");
    elsewhere.sees("unknown name or wrong password");
    elsewhere.types("/login ada correct horse");
    elsewhere.sees("you are Ada now");
    bo.sees("People 2");
    elsewhere.sees("@Bo");
    elsewhere.presses("M-Down");
    elsewhere.sees("psst");
    elsewhere.types("from elsewhere");
    bo.sees("from elsewhere");
    ada.presses("M-Down");
    ada.sees("from elsewhere");

    // Renamed here, she is renamed there.
    elsewhere.types("/set name Ada.L");
    ada.sees("you are Ada.L now, by another window");
    bo.sees("● Ada.L");
    elsewhere.types("/set name Ada");
    ada.sees("you are Ada now, by another window");

    // Who comes back is who they were.
    ada.kill();
    ada.returns();
    ada.sees("● Ada (you)");
    ada.sees("@Bo");
    for person in [&ada, &bo, &elsewhere] {
        assert!(!person.screen().contains("horse"));
        person.presses("Up");
        assert!(!person.screen().contains("horse"));
    }
    let files = files(&tmux.folder);
    let accounts: Vec<_> =
        files.iter().filter(|file| file.parent().unwrap().ends_with("accounts")).collect();
    assert_eq!(accounts.len(), 3, "{files:?}");
    for account in accounts {
        assert_eq!(fs::metadata(account).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let kept: Vec<u8> = files.iter().flat_map(|file| fs::read(file).unwrap()).collect();
    assert!(!String::from_utf8_lossy(&kept).contains("horse"));
}

#[test]
fn what_is_written_before_the_server_was_ever_seen_is_sent_as_the_account() {
    let tmux = Tmux::start();
    let address = free_address();
    let options = format!("--port {}", address.port());
    let mut ada = Person::with(&tmux, "Ada", &format!("{options} --name Ada"));
    ada.sees("cannot reach the server");
    ada.types("/login ada correct horse");
    ada.sees("the server is out of reach");
    ada.types("from before");
    ada.sees("2 unsaved");
    // The next process takes over what the first one left.
    ada.kill();
    ada.returns();
    ada.sees("from before");
    ada.types("from now");
    let _server = RoomsServer::on(TcpListener::bind(address).unwrap());
    ada.sees("is sent as Ada");
    let bo = Person::with(&tmux, "Bo", &format!("{options} --name Bo"));
    bo.sees("from before");
    bo.sees("from now");
    bo.sees("● Ada");
    assert_eq!(bo.screen().matches("from before").count(), 1);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let inner: Vec<PathBuf> = folders.iter().flat_map(|folder| self::files(folder)).collect();
    files.into_iter().chain(inner).collect()
}
