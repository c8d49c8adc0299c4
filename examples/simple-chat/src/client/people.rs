//! Who is here, as differences from what was told before.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use collab_core::chat::{NAME_MAX_BYTES, Person, UserId, printable_name};

/// Everybody else, as last told.
#[derive(Debug, Default)]
pub(crate) struct People {
    here: BTreeMap<UserId, String>,
    /// Whether anybody was told of at all.
    is_known: bool,
    /// Who went a moment ago, and when that is told: who is renamed goes and comes back.
    gone: Gone,
}

type Gone = BTreeMap<UserId, (String, Instant)>;

/// What a person who is renamed is away at most.
const RENAME_MAX: Duration = Duration::from_secs(1);

impl People {
    /// Lines that tell what is different now, each with its line end. The first time it is one line
    /// with everybody.
    pub(crate) fn news(&mut self, people: &[Person], now: Instant) -> String {
        let others = people.iter().filter(|person| !person.is_own);
        let name = |person: &Person| printable_name(&person.name, NAME_MAX_BYTES);
        let here: BTreeMap<_, _> = others.map(|p| (p.user.clone(), name(p))).collect();
        let mut before = std::mem::replace(&mut self.here, here);
        if !std::mem::replace(&mut self.is_known, true) {
            return format!("* here: {}\n", self.list());
        }
        // Who one has become is not gone.
        before.retain(|user, _| !people.iter().any(|person| person.is_own && person.user == *user));
        let left = before.iter().filter(|&(user, _)| !self.here.contains_key(user));
        let left = left.map(|(user, name)| (user.clone(), (name.clone(), now + RENAME_MAX)));
        self.gone.extend(left);
        let (back, gone) = std::mem::take(&mut self.gone)
            .into_iter()
            .partition::<Gone, _>(|(user, _)| self.here.contains_key(user));
        self.gone = gone;
        before.extend(back.into_iter().map(|(user, (name, _))| (user, name)));
        let joined = self.here.iter().filter_map(|(user, name)| match before.get(user) {
            None => Some(format!("* {name} joined\n")),
            Some(old) if old != name => Some(format!("* {old} is now {name}\n")),
            Some(_) => None,
        });
        joined.collect()
    }

    /// When [`Self::tell_gone`] is due.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.gone.values().map(|(_, at)| *at).min()
    }

    /// Who is gone for good.
    pub(crate) fn tell_gone(&mut self, now: Instant) -> String {
        let (due, gone) = std::mem::take(&mut self.gone)
            .into_iter()
            .partition::<Gone, _>(|(_, (_, at))| *at <= now);
        self.gone = gone;
        let left = due.into_values().map(|(name, _)| format!("* {name} left\n"));
        left.collect()
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
        let (mut known, now) = (People::default(), Instant::now());
        assert_eq!(known.news(&people(&["ada"]), now), "* here: ada\n");
        assert_eq!(known.news(&people(&["ada", "bob"]), now), "* bob joined\n");
        assert_eq!(known.news(&people(&["bob"]), now), "", "perhaps she comes back");
        assert_eq!(known.news(&people(&["alice", "bob"]), now), "* ada is now alice\n");
        assert_eq!(known.news(&people(&["bob"]), now), "");
        assert_eq!(
            (known.tell_gone(now), known.deadline()),
            (String::new(), Some(now + RENAME_MAX))
        );
        assert_eq!(known.tell_gone(now + RENAME_MAX), "* alice left\n");
        assert_eq!((known.news(&people(&["bob"]), now), known.deadline()), (String::new(), None));
        assert_eq!(known.find("BOB"), UserId::of_guest("b").as_ref());
    }

    #[test]
    fn a_name_cannot_make_the_terminal_do_anything() {
        let mut known = People::default();
        let told = known.news(&people(&["e\u{1b}]0;owned\u{7}\nve"]), Instant::now());
        assert!(told.chars().filter(|c| c.is_control()).eq(['\n']), "{told:?}");
    }
}
