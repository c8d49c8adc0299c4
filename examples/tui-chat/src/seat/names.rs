//! Names as they are shown: safe to print, and never the same for two people.
//!
//! Who was renamed is shown by the newest name that is known, also beside what they said before. On an
//! open relay everybody calls themselves what they like: where two users share a name, a part of the
//! ID, which nobody can choose, tells them apart.

use std::collections::{HashMap, HashSet};

use collab_core::chat::{Client, Conversation, printable_name};

/// Longest name that is shown.
const NAME_MAX_CHARS: usize = 32;

/// Characters of the ID behind a name that is not unique: 20 bits of a guest's.
const ID_CHARS: usize = 4;

/// Who uses which name in a room.
#[derive(Debug, Default)]
pub(super) struct Names {
    newest: HashMap<String, String>,
    users: HashMap<String, HashSet<String>>,
}

impl Names {
    /// The names of all who are here or have said something that is loaded.
    pub(super) fn of(client: &Client) -> Self {
        let mut names = Self::default();
        for person in client.people() {
            names.add(person.user.as_str(), &person.name);
        }
        // Newest first.
        for message in client.places().flat_map(Conversation::messages) {
            names.add(message.user, message.name);
        }
        names
    }

    /// `user` is called so, unless a newer name is known already.
    fn add(&mut self, user: &str, name: &str) {
        if !self.newest.contains_key(user) {
            self.newest.insert(user.to_owned(), name.to_owned());
            self.users.entry(folded(name)).or_default().insert(user.to_owned());
        }
    }

    /// What to call `user`, who called themselves `name` once.
    pub(super) fn shown(&self, user: &str, name: &str) -> String {
        let name = self.newest.get(user).map_or(name, String::as_str);
        let shown = printable_name(name, NAME_MAX_CHARS);
        if self.users.get(&folded(name)).is_none_or(|users| users.len() < 2) {
            return shown;
        }
        // The first character of a guest's ID is the same for all.
        let part: String = user.chars().skip(1).take(ID_CHARS).collect();
        format!("{shown}~{part}")
    }
}

/// Alike for names that look alike but for case.
fn folded(name: &str) -> String {
    printable_name(name, NAME_MAX_CHARS).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_people_of_one_name_are_told_apart_by_what_neither_can_choose() {
        let mut names = Names::default();
        names.add("gaaaabbbb", "Ada");
        assert_eq!(names.shown("gaaaabbbb", "Ada"), "Ada");
        // In other letters, or with what is not seen, it is still the same name.
        names.add("gzzzzyyyy", "aDA\u{200b}");
        assert_eq!(names.shown("gaaaabbbb", "Ada"), "Ada~aaaa");
        assert_eq!(names.shown("gzzzzyyyy", "aDA\u{200b}"), "aDA~zzzz");
        assert_eq!(names.shown("gccccdddd", "Bo\u{1b}[2J"), "Bo");
    }

    #[test]
    fn the_newest_name_is_shown_beside_what_was_said_before() {
        let mut names = Names::default();
        for (user, name) in [("gaaaabbbb", "Ada.L"), ("gaaaabbbb", "Ada"), ("gzzzzyyyy", "Ada")] {
            names.add(user, name);
        }
        assert_eq!(names.shown("gaaaabbbb", "Ada"), "Ada.L");
        assert_eq!(names.shown("gzzzzyyyy", "Ada"), "Ada");
    }
}
