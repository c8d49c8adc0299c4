//! Settings of the binary: flags over environment over a TOML file over defaults, checked once.
//!
//! [`Options`] is what somebody wrote, the same fields in all three places; [`Settings`] is what
//! holds after the check.

mod options;
mod settings;

pub use options::{LogFormat, Options};
pub use settings::Settings;

use std::path::{Path, PathBuf};

use clap::Args;

/// What the command line and the environment say.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A TOML file with the options below, dashes as underscores
    #[arg(long, env = "COLLAB_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    options: Options,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file is not TOML, or has a field that does not exist or has another type.
    #[error("the configuration file {} is not valid, line {line}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where, counted from 1.
        line: usize,
        /// Field and reason. It does not quote the file, which may hold passwords.
        source: toml::de::Error,
    },
    /// A number out of its range.
    #[error("{field} is {value}; allowed are {min} to {max}")]
    Range {
        /// The field's name, as in the file.
        field: &'static str,
        /// What was given.
        value: u64,
        /// The smallest allowed value.
        min: u64,
        /// The largest allowed value.
        max: u64,
    },
    /// Two fields that contradict each other.
    #[error("{field} is set, but {other} is too; only one of them can hold")]
    Conflict {
        /// The one.
        field: &'static str,
        /// The other.
        other: &'static str,
    },
}

impl Arguments {
    /// Reads the file, if one is named, and checks what all places say together.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        let file = self.config.as_deref().map(read_file).transpose()?.unwrap_or_default();
        Settings::check(&self.options.clone().or(file))
    }
}

fn read_file(path: &Path) -> Result<Options, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Read { path: path.into(), source })?;
    toml::from_str(&text).map_err(|mut source: toml::de::Error| {
        let start = source.span().map_or(0, |span| span.start);
        let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
        source.set_input(None);
        ConfigError::Parse { path: path.into(), line, source }
    })
}
