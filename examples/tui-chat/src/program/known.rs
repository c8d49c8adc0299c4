//! Who was known by which name, among peers: whoever comes under a known name with another key is told of
//! loudly. Names are not secret, and nobody else may change what was seen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::Result;
use collab_core::chat::printable_name;

use super::identity::{read, write_private};

/// Longest name that is compared.
const NAME_MAX_CHARS: usize = 64;

/// Names that are remembered, and users that are warned of. Later ones are not.
const KNOWN_MAX: usize = 10_000;

/// A file with a line for each name: the user, a space, the name.
pub(super) struct KnownNames {
    path: PathBuf,
    users: BTreeMap<String, String>,
    /// Who was warned of already.
    told: BTreeSet<String>,
}

impl KnownNames {
    pub(super) fn read(path: PathBuf) -> Result<Self> {
        let text = read(&path)?.unwrap_or_default();
        let line =
            |line: &str| line.split_once(' ').map(|(user, name)| (folded(name), user.to_owned()));
        Ok(Self { path, users: text.lines().filter_map(line).collect(), told: BTreeSet::new() })
    }

    /// Remembers who has said something under a name first, not who is merely here: that costs nothing, and
    /// anybody could fill the file. Says so, once each time the program runs, where somebody else uses it.
    pub(super) fn see(
        &mut self,
        said: &BTreeSet<(String, String)>,
        here: &BTreeSet<(String, String)>,
    ) -> Result<Option<String>> {
        let (mut warning, before) = (None, self.users.len());
        for (user, name) in said {
            if self.users.len() < KNOWN_MAX {
                self.users.entry(folded(name)).or_insert_with(|| user.clone());
            }
        }
        for (user, name) in said.union(here) {
            let Some(known) = self.users.get(&folded(name)) else { continue };
            if known != user && self.told.len() < KNOWN_MAX && self.told.insert(user.clone()) {
                let name = printable_name(name, NAME_MAX_CHARS);
                warning = Some(format!(
                    "CHANGED KEY: {user} calls itself {name}, but you know {name} as {known}"
                ));
            }
        }
        if self.users.len() > before {
            self.write()?;
        }
        Ok(warning)
    }

    fn write(&self) -> Result<()> {
        let lines: Vec<_> =
            self.users.iter().map(|(name, user)| format!("{user} {name}")).collect();
        write_private(&self.path, lines.join("\n").as_bytes())
    }
}

/// Alike for names that look alike but for case, and without line breaks.
fn folded(name: &str) -> String {
    printable_name(name, NAME_MAX_CHARS).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(known: &mut KnownNames, user: &str, name: &str) -> Option<String> {
        let said = [(user.to_owned(), name.to_owned())].into();
        known.see(&said, &BTreeSet::new()).expect("a file to write")
    }

    #[test]
    fn a_changed_key_is_told_and_the_first_one_stays_known() {
        let folder = std::env::temp_dir().join(format!("tui-chat-known-{}", std::process::id()));
        let path = folder.join("known");
        super::super::identity::create(&folder).expect("a folder");
        let mut known = KnownNames::read(path.clone()).expect("nothing yet");
        assert_eq!(seen(&mut known, "kada", "Ada"), None);
        let warning = seen(&mut known, "kmallory", "ADA\u{200b}").expect("a warning");
        assert!(warning.contains("kmallory") && warning.contains("kada"), "{warning}");
        assert_eq!(seen(&mut known, "kmallory", "ada"), None, "told once");
        let here = [("keve".to_owned(), "ada".to_owned()), ("kbo".to_owned(), "Bo".to_owned())];
        let warning = known.see(&BTreeSet::new(), &here.into()).expect("nothing to write");
        assert!(warning.expect("of who says nothing").contains("keve"));
        assert_eq!(known.users.len(), 1, "who says nothing is not remembered");
        let mut again = KnownNames::read(path).expect("what was written");
        assert_eq!(seen(&mut again, "kada", "ada"), None);
        assert!(seen(&mut again, "kmallory", "ada").is_some(), "told again after a restart");
        std::fs::remove_dir_all(folder).expect("its own folder");
    }
}
