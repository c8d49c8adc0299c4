//! Where the server keeps accounts (`collab-rooms`): in pipes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::kit::{Process, Server, command};
use crate::rooms_server::RoomsServer;

/// A device: a folder of its own, gone after the test.
struct Device(PathBuf);

impl Device {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(
            std::env::temp_dir().join(format!("simple-chat-device-{}-{count}", std::process::id())),
        )
    }

    /// A client that is connected.
    fn join(&self, server: &RoomsServer, username: Option<&str>) -> Process {
        let mut client = self.client(server, username);
        client.hear("-- connected");
        client.hear("* here");
        client
    }

    fn client(&self, server: &RoomsServer, username: Option<&str>) -> Process {
        let mut command = command();
        command.args(["client", "--port", &server.port.to_string(), "--config"]).arg(&self.0);
        if let Some(username) = username {
            command.args(["--username", username]);
        }
        Process::start(&mut command)
    }

    fn files(&self) -> Vec<PathBuf> {
        let servers = entries(&self.0.join("accounts"));
        servers.iter().flat_map(|server| entries(server)).collect()
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

impl Drop for Device {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_newcomer_is_a_guest_and_the_same_person_with_the_next_start() {
    let (server, device) = (RoomsServer::start(), Device::new());
    let mut guest = device.join(&server, None);
    let welcome = guest.hear("you are a guest, ");
    let name = welcome.split(", ").nth(1).unwrap().split(':').next().unwrap().to_owned();
    guest.type_line("/me");
    guest.hear(&format!("you are {name}"));
    guest.leave();
    let mut again = device.join(&server, None);
    assert!(again.heard.iter().any(|line| line.contains(&format!(" as {name};"))));
    let other = device.join(&server, Some("ada"));
    again.hear("* ada joined");
    assert!(other.heard.iter().any(|line| line.ends_with(&format!("here: {name}"))));
    assert_eq!(device.files().len(), 2);
    for file in device.files() {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn an_account_is_kept_and_entered_from_elsewhere_through_a_pipe() {
    let server = RoomsServer::start();
    let (home, work) = (Device::new(), Device::new());
    let mut bob = work.join(&server, Some("bob"));
    let mut ada = home.join(&server, Some("ada"));
    bob.hear("* ada joined");
    ada.type_line("/set name bob");
    ada.hear("taken");
    ada.type_line("/set name ada.l");
    ada.hear("you are ada.l now");
    bob.hear("* ada is now ada.l");
    ada.type_line("/set password short");
    ada.hear("8 to 256");
    ada.type_line("/set password correct horse");
    ada.hear("your account is kept");
    ada.type_line("@bob psst");
    bob.hear("ada.l (to you): psst");

    let mut elsewhere = work.client(&server, Some("Ada.L"));
    elsewhere.hear("taken");
    elsewhere.type_raw(
        "send before\n/login ada.l wrong horse\n/login ada.l correct horse\nsend after\n",
    );
    elsewhere.hear("unknown name or wrong password");
    elsewhere.hear("you are ada.l now");
    let before = bob.hear(": before");
    assert!(!before.starts_with("ada.l"), "what was said before was said by the guest: {before}");
    assert_eq!(bob.hear(": after"), "ada.l: after");
    // The other terminal of the same person, and the direct conversation of both.
    ada.hear("ada.l: after");
    elsewhere.hear("you (to bob): psst");
    bob.type_line("@ada.l got it");
    ada.hear("bob (to you): got it");
    elsewhere.hear("bob (to you): got it");
    ada.leave();
    // She is still here.
    bob.type_line("/who");
    bob.hear("here: ada.l");
    let said = [elsewhere.leave(), bob.leave()].concat();
    assert!(!said.iter().any(|line| line.contains("horse")), "{said:#?}");
    for file in home.files().into_iter().chain(work.files()) {
        assert!(!fs::read_to_string(file).unwrap().contains("horse"));
    }
}

#[test]
fn a_server_without_accounts_wants_a_name_and_says_that_it_keeps_none() {
    let server = Server::anywhere();
    let port = server.port.to_string();
    let nobody = Process::start(command().args(["client", "--port", &port]));
    let (status, said) = nobody.ended();
    assert_eq!(status.code(), Some(1), "{said:#?}");
    assert!(said[0].contains("--username"), "{said:#?}");
    let mut ada = server.join("ada");
    for line in ["/login ada correct horse", "/set password correct horse", "/set name eve"] {
        ada.type_line(line);
        assert!(!ada.hear("this server keeps no accounts").contains("horse"));
    }
    ada.leave();
}
