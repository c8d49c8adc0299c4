//! A real Postgres server in a directory of its own, reached through a Unix socket.
//!
//! Postgres refuses to run as root; then it runs as the user `postgres`, whom Debian's package
//! creates. The server dies with the thread that started it, also if that thread is killed.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Longer than the server takes to start, also on a busy machine.
const PATIENCE_S: u64 = 60;

/// Who may connect: the tests through the socket, and over TLS.
const HBA: &str = "local all all scram-sha-256\nhostssl all all 127.0.0.1/32 scram-sha-256\n";

/// A password that must show up nowhere.
pub(crate) const PASSWORD: &str = "hush-hush";

/// A server that was started once; its data stays while this lives.
pub(crate) struct Postgres {
    directory: TempDir,
    programs: PathBuf,
    server: Option<Child>,
    /// More settings, as in `-c name=value`.
    settings: Vec<String>,
}

impl Postgres {
    /// Creates a database and serves it.
    pub(crate) fn start() -> Self {
        let directory = tempfile::Builder::new().prefix("pg").tempdir().unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(directory.path()));
        }
        let mut postgres =
            Self { directory, programs: programs(), server: None, settings: Vec::new() };
        let password = postgres.path("password");
        fs::write(&password, PASSWORD).unwrap();
        run(postgres.program("initdb").args(["--auth=scram-sha-256", "--encoding=UTF8"]).args([
            // Sorted as in a dictionary, where nothing says otherwise.
            "--locale=C.UTF-8",
            "--locale-provider=icu",
            "--icu-locale=de-DE",
            "--no-sync",
            "--username=collab",
            &format!("--pwfile={}", password.display()),
            &format!("--pgdata={}", postgres.path("data").display()),
        ]));
        postgres.resume();
        postgres
    }

    /// Serves `localhost` as well, over TLS only, with a certificate of its own; returns the URL and
    /// the certificate's file.
    pub(crate) fn start_with_tls() -> (Self, String, PathBuf) {
        let mut postgres = Self::start();
        postgres.kill();
        let (key, certificate) =
            (postgres.path("data/server.key"), postgres.path("data/server.crt"));
        let mut openssl = postgres.command("openssl".as_ref());
        openssl.args(["req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2"]);
        openssl.args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]);
        openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
        run(openssl.arg("-keyout").arg(key).arg("-out").arg(&certificate));
        fs::write(postgres.path("data/pg_hba.conf"), HBA).unwrap();
        // Postgres takes no port 0: ask for a free one, and hope that it stays free for a moment.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = ["ssl=on", "listen_addresses=127.0.0.1", &format!("port={port}")];
        postgres.settings = settings.map(str::to_owned).into();
        postgres.resume();
        let copy = postgres.path("trusted.crt");
        fs::copy(certificate, &copy).unwrap();
        (postgres, format!("postgres://collab:{PASSWORD}@localhost:{port}/postgres"), copy)
    }

    /// Serves the same data again.
    pub(crate) fn resume(&mut self) {
        let socket = self.directory.path().display().to_string();
        let data = self.path("data").display().to_string();
        let log = fs::File::create(self.path("log")).unwrap();
        let mut command = self.program("postgres");
        command.args(["-D", &data, "-k", &socket, "-c", "listen_addresses="]);
        command.args(self.settings.iter().flat_map(|setting| ["-c", setting]));
        self.server = Some(command.stderr(log).stdout(Stdio::null()).spawn().unwrap());
        let mut ready = self.program("pg_isready");
        ready.args(["--host", &socket, "--timeout", "1", "--quiet"]);
        let port = self.settings.iter().find_map(|setting| setting.strip_prefix("port="));
        ready.args(["--port", port.unwrap_or("5432")]);
        let started = std::time::Instant::now();
        while !ready.status().unwrap().success() {
            let log = || fs::read_to_string(self.path("log")).unwrap();
            assert!(started.elapsed().as_secs() < PATIENCE_S, "Postgres does not start: {}", log());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    /// Ends the server as a crash does: no connection is told, nothing is flushed.
    pub(crate) fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            // SIGQUIT: the server ends its own processes, so that none of them keeps the data.
            let quit = Command::new("kill").args(["-QUIT", &server.id().to_string()]).status();
            assert!(quit.unwrap().success());
            server.wait().unwrap();
        }
    }

    pub(crate) fn url(&self) -> String {
        let socket = self.directory.path().display().to_string().replace('/', "%2F");
        format!("postgres://collab:{PASSWORD}@{socket}/postgres")
    }

    /// Carries out statements as somebody else would.
    pub(crate) fn sql(&self, statements: &str) {
        let mut psql = self.program("psql");
        psql.env("PGPASSWORD", PASSWORD).args(["--username=collab", "--quiet"]);
        psql.args(["--set=ON_ERROR_STOP=1", "--command", statements, "postgres"]);
        run(psql.arg("--host").arg(self.directory.path()));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn program(&self, name: &str) -> Command {
        self.command(&self.programs.join(name))
    }

    /// As the user that owns the data, and no longer than this thread.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("setpriv");
        command.arg("--pdeathsig=KILL").current_dir(self.directory.path());
        if is_root() {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
        }
        command.arg(program);
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = Command::new("kill").args(["-QUIT", &server.id().to_string()]).status();
            let _ = server.wait();
        }
    }
}

/// Where Debian keeps the newest server, which is not in `PATH`.
fn programs() -> PathBuf {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let versions = installed.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let newest = versions.filter_map(|name| name.parse::<u32>().ok()).max();
    newest.map_or_else(
        || panic!("no Postgres server is installed: apt-get install postgresql"),
        |version| Path::new("/usr/lib/postgresql").join(version.to_string()).join("bin"),
    )
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
}
