//! Presence against a model of a few lines: the rules of y-protocols, and expiry.

use std::collections::{BTreeMap, BTreeSet};

use collab_core::presence::{Event, Presence};
use proptest::prelude::*;

use crate::support::{at, says};

#[derive(Clone, Debug)]
enum Step {
    Hear { client: u64, clock: u64, state: Option<u8> },
    Wait { ms: u64 },
    Reconnect,
    Poll,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (1u64..6, 0u64..8, prop::option::of(0u8..3))
            .prop_map(|(client, clock, state)| Step::Hear { client, clock, state }),
        4 => (0u64..40_000).prop_map(|ms| Step::Wait { ms }),
        1 => Just(Step::Reconnect),
        3 => Just(Step::Poll),
    ]
}

/// Per client: clock, when it was heard of (or went), and its state while it is here.
#[derive(Default)]
struct Model {
    known: BTreeMap<u64, (u64, u64, Option<u8>)>,
}

impl Model {
    fn hear(&mut self, now: u64, client: u64, clock: u64, state: Option<u8>) {
        let (known_clock, _, known) = self.known.get(&client).copied().unwrap_or_default();
        let newer = clock > known_clock;
        if newer || (clock == known_clock && state.is_none() && known.is_some()) {
            // Somebody who was never here is not remembered as gone.
            if state.is_some() || self.known.contains_key(&client) {
                self.known.insert(client, (clock, now, state));
            }
        }
    }

    fn expire(&mut self, now: u64) {
        self.known.retain(|_, (_, heard, state)| match state {
            Some(_) if *heard + 30_000 <= now => {
                (*heard, *state) = (now, None);
                true
            }
            None => *heard + 60_000 > now,
            Some(_) => true,
        });
    }

    fn here(&self) -> Vec<(u64, u8)> {
        self.known.iter().filter_map(|(client, known)| Some((*client, known.2?))).collect()
    }
}

fn json(state: Option<u8>) -> String {
    state.map_or("null".to_owned(), |state| format!(r#"{{"user":{{"name":"{state}"}}}}"#))
}

fn here(presence: &Presence) -> Vec<(u64, u8)> {
    let people = presence.people().into_iter();
    people.map(|person| (person.client, person.state.user.name.parse().unwrap())).collect()
}

/// Keeps a list of people by events alone.
fn poll(presence: &mut Presence, told: &mut BTreeSet<u64>) {
    while let Some(event) = presence.poll_event() {
        let Event::Changed { added, updated, removed } = event else { continue };
        assert!(added.iter().all(|client| told.insert(*client)), "came twice");
        assert!(updated.iter().all(|client| told.contains(client)), "changed unseen");
        assert!(removed.iter().all(|client| told.remove(client)), "left twice");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn presence_is_what_the_model_says(steps in prop::collection::vec(step(), 1..80)) {
        let (mut presence, mut model) = (Presence::new(100), Model::default());
        let (mut now, mut told) = (0, BTreeSet::new());
        for step in steps {
            match step {
                Step::Hear { client, clock, state } => {
                    presence.apply(at(now), &says(client, clock, &json(state))).unwrap();
                    model.hear(now, client, clock, state);
                }
                Step::Wait { ms } => {
                    let end = now + ms;
                    // Ticks when it is due, as a driver does.
                    while let Some(due) = presence.deadline().filter(|due| *due <= at(end)) {
                        now = due.as_millis().max(now);
                        presence.tick(at(now));
                        model.expire(now);
                        prop_assert!(presence.deadline().is_none_or(|next| next > at(now)));
                    }
                    now = end;
                }
                Step::Reconnect => {
                    presence.reconnected(at(now));
                    model.known.retain(|_, (_, _, state)| state.is_some());
                }
                Step::Poll => poll(&mut presence, &mut told),
            }
            prop_assert_eq!(here(&presence), model.here());
        }
        poll(&mut presence, &mut told);
        prop_assert_eq!(told.into_iter().collect::<Vec<_>>(), here(&presence).iter().map(|p| p.0).collect::<Vec<_>>());
        presence.tick(at(now + 30_000));
        prop_assert!(presence.people().is_empty(), "a ghost");
        presence.tick(at(now + 90_000));
        prop_assert_eq!(presence.deadline(), None);
    }
}
