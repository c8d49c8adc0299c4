//! Who is here, as differences from what was told before.

use std::collections::BTreeMap;

use collab_core::chat::{NAME_MAX_BYTES, Person, UserId, printable_name};

/// Everybody else, as last told.
#[derive(Debug, Default)]
pub(crate) struct People {
    here: BTreeMap<UserId, String>,
    /// Whether anybody was told of at all.
    is_known: bool,
}

impl People {
    /// Lines that tell what is different now, each with its line end. The first time it is one line
    /// with everybody.
    pub(crate) fn news(&mut self, people: &[Person]) -> String {
        let others = people.iter().filter(|person| !person.is_own);
        let name = |person: &Person| printable_name(&person.name, NAME_MAX_BYTES);
        let now: BTreeMap<_, _> = others.map(|p| (p.user.clone(), name(p))).collect();
        let before = std::mem::replace(&mut self.here, now);
        if !std::mem::replace(&mut self.is_known, true) {
            return format!("* here: {}\n", self.list());
        }
        let joined = self.here.iter().filter_map(|(user, name)| match before.get(user) {
            None => Some(format!("* {name} joined\n")),
            Some(old) if old != name => Some(format!("* {old} is now {name}\n")),
            Some(_) => None,
        });
        let left = before.iter().filter(|&(user, _)| !self.here.contains_key(user));
        let left = left.map(|(_, name)| format!("* {name} left\n"));
        joined.chain(left).collect()
    }

    /// The names of everybody else.
    pub(crate) fn list(&self) -> String {
        let names: Vec<&str> = self.here.values().map(String::as_str).collect();
        if names.is_empty() { "nobody else".to_owned() } else { names.join(", ") }
    }

    /// The person of this name.
    pub(crate) fn find(&self, name: &str) -> Option<&UserId> {
        let is_named =
            |(_, known): &(&UserId, &String)| known.to_lowercase() == name.to_lowercase();
        self.here.iter().find(is_named).map(|(user, _)| user)
    }
}

#[cfg(test)]
mod tests {
    use collab_core::presence::Status;

    use super::*;

    fn people(names: &[&str]) -> Vec<Person> {
        let person = |name: &&str| Person {
            user: UserId::of_guest(&name[..1]).expect("a token"),
            name: (*name).to_owned(),
            status: Status::default(),
            is_typing: false,
            is_own: false,
        };
        names.iter().map(person).collect()
    }

    #[test]
    fn all_are_told_at_first_and_then_only_who_comes_changes_and_leaves() {
        let mut known = People::default();
        assert_eq!(known.news(&people(&["ada"])), "* here: ada\n");
        assert_eq!(known.news(&people(&["ada", "bob"])), "* bob joined\n");
        assert_eq!(known.news(&people(&["alice", "bob"])), "* ada is now alice\n");
        assert_eq!(known.news(&people(&["bob"])), "* alice left\n");
        assert_eq!(known.news(&people(&["bob"])), "");
        assert_eq!(known.find("BOB"), UserId::of_guest("b").as_ref());
    }

    #[test]
    fn a_name_cannot_make_the_terminal_do_anything() {
        let mut known = People::default();
        let told = known.news(&people(&["e\u{1b}]0;owned\u{7}\nve"]));
        assert!(told.chars().filter(|c| c.is_control()).eq(['\n']), "{told:?}");
    }
}
