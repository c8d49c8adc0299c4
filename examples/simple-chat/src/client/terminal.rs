//! Where lines come from and go to: a terminal with a prompt, or a pipe without.

use std::io::{self, IsTerminal, Write};

use collab_core::command;
use collab_rooms_api::Secret;
use crossterm::event::{Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use futures_util::StreamExt;
use futures_util::future::{Either, pending, select};
use rustyline_async::{Readline, ReadlineEvent, SharedWriter};
use tokio::io::{AsyncBufReadExt, BufReader, Lines, Stdin, stdin};
use tokio::signal::unix::{Signal, SignalKind, signal};

const PROMPT: &str = "> ";

/// A person, or a program.
pub(crate) struct Terminal {
    face: Face,
    interrupt: Signal,
    terminate: Signal,
}

enum Face {
    /// What arrives is written above the line that is being edited, which is never torn.
    Prompt { editor: Box<Readline>, writer: SharedWriter, prompt: String },
    /// Messages to standard output, remarks to standard error.
    Pipe { lines: Lines<BufReader<Stdin>> },
}

/// What came of waiting for a line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    Line(String),
    /// Ctrl-C, Ctrl-D, the end of a pipe, or a signal.
    End,
}

impl Terminal {
    pub(crate) fn open() -> anyhow::Result<Self> {
        let face = if io::stdin().is_terminal() && io::stdout().is_terminal() {
            let (mut editor, writer) = Readline::new(PROMPT.to_owned())?;
            // It is shown again without what is secret.
            editor.should_print_line_on(false, false);
            Face::Prompt { editor: Box::new(editor), writer, prompt: PROMPT.to_owned() }
        } else {
            Face::Pipe { lines: BufReader::new(stdin()).lines() }
        };
        let (interrupt, terminate) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { face, interrupt, terminate })
    }

    /// Whether somebody is there who can be asked.
    pub(crate) const fn is_interactive(&self) -> bool {
        matches!(self.face, Face::Prompt { .. })
    }

    /// The next line, or, if none is read now, that the person leaves. Safe to cancel.
    pub(crate) async fn line(&mut self, reads: bool) -> anyhow::Result<Typed> {
        let Self { face, interrupt, terminate } = self;
        let signalled = std::pin::pin!(async {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        });
        let typed =
            std::pin::pin!(async { if reads { face.line().await } else { pending().await } });
        match select(typed, signalled).await {
            Either::Left((typed, _)) => typed,
            Either::Right(_) => Ok(Typed::End),
        }
    }

    /// Shows messages, each with its line end.
    pub(crate) fn show(&mut self, lines: &str) -> io::Result<()> {
        match &mut self.face {
            Face::Prompt { writer, .. } => writer.write_all(lines.as_bytes()),
            Face::Pipe { .. } => {
                let mut out = io::stdout().lock();
                out.write_all(lines.as_bytes())?;
                out.flush()
            }
        }
    }

    /// Says something about the program itself.
    pub(crate) fn remark(&mut self, text: &str) -> io::Result<()> {
        match &mut self.face {
            Face::Prompt { writer, .. } => writer.write_all(format!("-- {text}\n").as_bytes()),
            Face::Pipe { .. } => writeln!(io::stderr(), "-- {text}"),
        }
    }

    /// Asks for something else than a command; `None` for the prompt of commands.
    pub(crate) fn ask(&mut self, question: Option<&str>) -> anyhow::Result<()> {
        if let Face::Prompt { editor, prompt, .. } = &mut self.face {
            question.unwrap_or(PROMPT).clone_into(prompt);
            editor.update_prompt(prompt)?;
        }
        Ok(())
    }

    /// Asks for a password, of which nothing is shown. `None` if the person thinks better of it, or
    /// nobody is there.
    pub(crate) async fn password(&mut self) -> anyhow::Result<Option<Secret>> {
        if !self.is_interactive() {
            return Ok(None);
        }
        self.ask(Some("password (not shown): "))?;
        io::stdout().flush()?;
        let typed = read_password().await;
        self.ask(None)?;
        typed
    }
}

/// Reads keys up to Enter. Messages wait meanwhile.
async fn read_password() -> anyhow::Result<Option<Secret>> {
    let mut keys = EventStream::new();
    let mut password = String::new();
    while let Some(event) = keys.next().await {
        let Event::Key(KeyEvent { code, modifiers, kind, .. }) = event? else { continue };
        let is_ctrl = modifiers.contains(KeyModifiers::CONTROL);
        match code {
            _ if kind == KeyEventKind::Release => {}
            KeyCode::Enter => return Ok((!password.is_empty()).then(|| password.into())),
            KeyCode::Esc => return Ok(None),
            KeyCode::Char('c' | 'd') if is_ctrl => return Ok(None),
            KeyCode::Char('u') if is_ctrl => password.clear(),
            KeyCode::Backspace => drop(password.pop()),
            KeyCode::Char(c) if !is_ctrl => password.push(c),
            _ => {}
        }
    }
    Ok(None)
}

impl Face {
    async fn line(&mut self) -> anyhow::Result<Typed> {
        Ok(match self {
            Self::Prompt { editor, writer, prompt } => match editor.readline().await? {
                ReadlineEvent::Line(line) => {
                    let secret = command::secret(&line);
                    if secret.is_none() && !line.trim().is_empty() {
                        editor.add_history_entry(line.clone());
                    }
                    let shown = &line[..secret.map_or(line.len(), |secret| secret.start)];
                    writer.write_all(format!("{prompt}{shown}\n").as_bytes())?;
                    Typed::Line(line)
                }
                ReadlineEvent::Eof | ReadlineEvent::Interrupted => Typed::End,
            },
            Self::Pipe { lines } => lines.next_line().await?.map_or(Typed::End, Typed::Line),
        })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Face::Prompt { editor, .. } = &mut self.face {
            // The terminal may be gone already.
            let _ = editor.flush();
        }
    }
}
