//! The accounts that this device keeps for one server, each in a file by its name: `--username` says who
//! of them is meant, so that several people, or terminals, can use one device.

use std::io;
use std::path::PathBuf;

use collab_rooms_api::{Account, AccountFile, Keep, Kept, Secret};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Where the account is kept of somebody who does not say who. No name is encoded so.
const NOBODY: &str = "_";

pub(crate) struct Slots {
    folder: PathBuf,
    is_by_name: bool,
    /// Whose turn it is.
    current: AccountFile,
}

impl Slots {
    /// Those for `server` below a folder; that of `username`, if there is one.
    pub(crate) fn new(config: Option<PathBuf>, server: &str, username: Option<&str>) -> Self {
        let folder = config.or_else(default_folder).unwrap_or_default();
        let folder = folder.join("accounts").join(encoded(server));
        let current = slot(&folder, username);
        Self { folder, is_by_name: username.is_some(), current }
    }
}

impl Keep for Slots {
    fn recall(&mut self) -> io::Result<Option<Secret>> {
        self.current.recall()
    }

    /// Who has another name now moves; who is another person has a place of their own.
    fn keep(&mut self, account: &Account, refresh_token: &Secret) -> io::Result<()> {
        let before = self.current.clone();
        if self.is_by_name {
            self.current = slot(&self.folder, Some(&account.name));
        }
        let refresh_token = refresh_token.clone();
        self.current.write(&Kept { account: account.clone(), refresh_token })?;
        let has_moved = before.path() != self.current.path();
        if has_moved && before.read()?.is_some_and(|kept| kept.account.id == account.id) {
            before.remove()?;
        }
        Ok(())
    }
}

fn slot(folder: &std::path::Path, name: Option<&str>) -> AccountFile {
    let name = name.map_or_else(|| NOBODY.to_owned(), |name| encoded(&name.to_lowercase()));
    AccountFile::new(folder.join(name))
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// None where nobody is at home: then it is the folder in which one is.
fn default_folder() -> Option<PathBuf> {
    let base = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let base = base.filter(|path| path.is_absolute());
    Some(base.or_else(|| Some(std::env::home_dir()?.join(".config")))?.join("simple-chat"))
}

#[cfg(test)]
mod tests {
    use collab_rooms_api::Role;

    use super::*;

    fn account(id: &str, name: &str) -> Account {
        Account { id: id.to_owned(), name: name.to_owned(), role: Role::Guest }
    }

    #[test]
    fn each_name_has_its_account_and_a_renamed_one_moves() {
        let folder = std::env::temp_dir().join(format!("simple-chat-slots-{}", std::process::id()));
        let open = |name| Slots::new(Some(folder.clone()), "http://host:1", name);
        let recall =
            |name| open(name).recall().expect("readable").map(|token| token.reveal().to_owned());
        let mut ada = open(Some("Ada"));
        ada.keep(&account("u1", "Ada"), &"one".into()).expect("writable");
        open(None).keep(&account("u3", "quiet-otter-417"), &"three".into()).expect("writable");
        ada.keep(&account("u2", "bob"), &"two".into()).expect("writable");
        assert_eq!(recall(Some("ada")).as_deref(), Some("one"), "who logs in elsewhere stays here");
        ada.keep(&account("u2", "eve"), &"two".into()).expect("writable");
        assert_eq!((recall(Some("bob")), recall(Some("EVE")).as_deref()), (None, Some("two")));
        assert_eq!(recall(None).as_deref(), Some("three"));
        std::fs::remove_dir_all(folder).expect("there");
    }
}
