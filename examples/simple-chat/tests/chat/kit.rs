//! Processes to talk to.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Longer than anything takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// `simple-chat` without the settings of whoever runs the tests.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_simple-chat"));
    for name in ["CHAT_HOST", "CHAT_PORT", "CHAT_USERNAME", "CHAT_CONFIG"] {
        command.env_remove(name);
    }
    command
}

/// A server. Dropping it kills it.
pub(crate) struct Server {
    process: Process,
    pub(crate) port: u16,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut command = command();
        let mut process = Process::start(command.arg("server").args(arguments));
        let line = process.hear("listens on");
        let port = line.rsplit_once(':').unwrap().1.parse().unwrap();
        Self { process, port }
    }

    /// On a free port.
    pub(crate) fn anywhere() -> Self {
        Self::start(&["--port", "0"])
    }

    /// Without a word to anybody.
    pub(crate) fn kill(self) {
        drop(self.process);
    }

    /// A client that is connected.
    pub(crate) fn join(&self, name: &str) -> Process {
        let mut client = self.client(name);
        client.hear("-- connected");
        client.hear("* here");
        client
    }

    pub(crate) fn client(&self, name: &str) -> Process {
        let port = self.port.to_string();
        Process::start(command().args(["client", "--port", &port, "--username", name]))
    }
}

/// A program, what it says on both outputs, and its input.
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    said: Receiver<String>,
    /// Lines that were read, and which of them were waited for.
    pub(crate) heard: Vec<String>,
    waited_for: Vec<bool>,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let (tell, said) = channel();
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let tell = tell.clone();
            thread::spawn(move || {
                let lines = BufReader::new(output).lines().map_while(Result::ok);
                // Nobody may be there any more who wants to know.
                lines.for_each(|line| drop(tell.send(line)));
            });
        }
        let input = child.stdin.take();
        Self { child, input, said, heard: Vec::new(), waited_for: Vec::new() }
    }

    /// Types this.
    pub(crate) fn type_line(&mut self, line: &str) {
        self.type_raw(&format!("{line}\n"));
    }

    pub(crate) fn type_raw(&mut self, text: &str) {
        let input = self.input.as_mut().expect("its input is open");
        input.write_all(text.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// Waits for a line with this text that was not waited for before, and returns it. The two outputs
    /// have no order between them.
    pub(crate) fn hear(&mut self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let lines = self.heard.iter().zip(&mut self.waited_for);
            for (line, waited_for) in lines.filter(|(line, _)| line.contains(text)) {
                if !std::mem::replace(waited_for, true) {
                    return line.clone();
                }
            }
            match self.said.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.heard.push(line);
                    self.waited_for.push(false);
                }
                Err(RecvTimeoutError::Timeout) => panic!("no {text:?} in {:#?}", self.heard),
                Err(RecvTimeoutError::Disconnected) => panic!("it ended: {:#?}", self.heard),
            }
        }
    }

    /// Ends its input.
    pub(crate) fn end_input(&mut self) {
        self.input = None;
    }

    /// Sends a signal, by its name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }

    /// Waits for its end; returns how it ended and all that it said.
    pub(crate) fn ended(mut self) -> (ExitStatus, Vec<String>) {
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "it goes on: {:#?}", self.heard);
            thread::sleep(Duration::from_millis(5));
        };
        self.heard.extend(self.said.iter());
        (status, std::mem::take(&mut self.heard))
    }

    /// Leaves in order.
    pub(crate) fn leave(mut self) -> Vec<String> {
        self.type_line("leave");
        let (status, said) = self.ended();
        assert_eq!(status.code(), Some(0), "{said:#?}");
        said
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error means that it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
