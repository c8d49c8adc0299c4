//! Terminals in a tmux of their own, a server, and people who type. Nothing sleeps for luck: each
//! step waits until something is on the screen, up to a deadline.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tui-chat");

/// Longer than any step takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);

/// A tmux server and a folder for one test, both gone after it.
pub(crate) struct Tmux {
    socket: String,
    pub(crate) folder: PathBuf,
}

impl Tmux {
    pub(crate) fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let socket = format!("tui-chat-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(&socket);
        fs::create_dir_all(&folder).unwrap();
        Self { socket, folder }
    }

    /// Runs a tmux command and returns what it prints.
    fn run(&self, arguments: &[&str]) -> String {
        let tmux = Command::new("tmux")
            .args(["-L", &self.socket, "-f", "/dev/null"])
            .args(arguments)
            .output()
            .expect("tmux is installed: cargo xtask test does that");
        assert!(tmux.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&tmux.stderr));
        String::from_utf8(tmux.stdout).unwrap()
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-L", &self.socket, "kill-server"]).output();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// `tui-chat server` on SQLite.
pub(crate) struct Server {
    child: Child,
    port: u16,
    folder: PathBuf,
}

impl Server {
    pub(crate) fn start() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("tui-chat-data-{}-{count}", std::process::id()));
        let (child, port) = Self::spawn(&folder, 0);
        Self { child, port, folder }
    }

    fn spawn(folder: &Path, port: u16) -> (Child, u16) {
        let mut child = Command::new(PROGRAM)
            .args(["server", "--host", "127.0.0.1", "--port", &port.to_string()])
            .args(["--database".as_ref(), folder.as_os_str()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        (child, port.unwrap_or_else(|| panic!("no port in {line:?}")))
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The same port, the same store.
    pub(crate) fn restart(&mut self) {
        (self.child, self.port) = Self::spawn(&self.folder, self.port);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Somebody at a terminal of 100 by 24 cells.
pub(crate) struct Person<'a> {
    tmux: &'a Tmux,
    name: &'a str,
    command: String,
}

impl<'a> Person<'a> {
    /// A client of a server.
    pub(crate) fn new(tmux: &'a Tmux, name: &'a str, server: &Server) -> Self {
        Self::with(tmux, name, &format!("--name {name} --host 127.0.0.1 --port {}", server.port))
    }

    /// With these options; `name` is that of the terminal.
    pub(crate) fn with(tmux: &'a Tmux, name: &'a str, options: &str) -> Self {
        let config = tmux.folder.join(name);
        // The shell that is left tells whether the terminal is as it was.
        let command = format!(
            "sh -c 'echo $$ > {}; exec {PROGRAM} {options} --config {}'; \
             echo the shell is back; stty -a | grep -q ' echo ' && echo echo is on; sleep 600",
            tmux.folder.join(format!("{name}.pid")).display(),
            config.display(),
        );
        let person = Self { tmux, name, command };
        person.arrives();
        person
    }

    fn arrives(&self) {
        let size = ["-x", "100", "-y", "24"];
        let session = ["new-session", "-d", "-s", self.name];
        self.tmux.run(&[&session[..], &size, &["sh", "-c", &self.command]].concat());
    }

    /// The program is killed, as by a power cut.
    pub(crate) fn kill(&mut self) {
        self.signal("KILL");
        self.tmux.run(&["kill-session", "-t", self.name]);
    }

    /// A new program with the same identity.
    pub(crate) fn returns(&self) {
        self.arrives();
    }

    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    fn signal(&self, signal: &str) {
        let file = self.tmux.folder.join(format!("{}.pid", self.name));
        let pid = fs::read_to_string(file).unwrap();
        let done = Command::new("kill").args(["-s", signal, pid.trim()]).status().unwrap();
        assert!(done.success());
    }

    /// Types a line and Enter.
    pub(crate) fn types(&self, text: &str) {
        self.tmux.run(&["send-keys", "-t", self.name, "-l", text]);
        self.presses("Enter");
    }

    pub(crate) fn presses(&self, key: &str) {
        self.tmux.run(&["send-keys", "-t", self.name, key]);
    }

    pub(crate) fn screen(&self) -> String {
        self.tmux.run(&["capture-pane", "-p", "-t", self.name])
    }

    /// What tmux knows of the terminal.
    pub(crate) fn ask(&self, format: &str) -> String {
        self.tmux.run(&["display-message", "-p", "-t", self.name, format]).trim().to_owned()
    }

    /// Waits until `text` is on the screen.
    pub(crate) fn sees(&self, text: &str) {
        let start = Instant::now();
        while !self.screen().contains(text) {
            assert!(
                start.elapsed() < PATIENCE,
                "{} does not see {text:?}:\n{}",
                self.name,
                self.screen()
            );
            std::thread::sleep(POLL);
        }
    }

    /// Waits until both show the same messages; returns them.
    pub(crate) fn agrees_with(&self, other: &Self) -> String {
        let start = Instant::now();
        loop {
            let (history, of_other) = (self.history(), other.history());
            if history == of_other {
                return history;
            }
            assert!(start.elapsed() < PATIENCE, "{history}\ndiffers from\n{of_other}");
            std::thread::sleep(POLL);
        }
    }

    /// The messages, without lists, box and last line.
    fn history(&self) -> String {
        let screen = self.screen();
        let middle = screen.lines().filter_map(|line| line.split('│').nth(1)).map(str::trim_end);
        let rows: Vec<&str> = middle.skip(1).collect();
        rows[..rows.len().saturating_sub(3)].join("\n")
    }
}

/// An address of the loopback at which nobody listens.
pub(crate) fn free_address() -> std::net::SocketAddr {
    // Freed at once: nobody else takes it before its peer does, since ports are given out in turn.
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
