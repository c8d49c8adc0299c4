//! Segments against each other and against Yrs, in any order and with any duplicates.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "test code")]

use collab_core::chat::{Segment, Unit, UnitId, UserId};
use collab_core::log::{Deleted, StateVector, check, merge};
use collab_core::sync::Replica;
use proptest::prelude::*;
use yrs::updates::decoder::Decode;
use yrs::{Any, Array, ClientID, Doc, Options, Out, ReadTxn, Transact, Update};

/// What somebody does. Messages are named by their place in the order that they see.
#[derive(Clone, Debug)]
enum Act {
    Say(u8),
    Edit(usize),
    Delete(usize),
    React(usize, bool),
    /// Hears everything that was sent so far.
    Hear,
    /// Sends what waits.
    Send,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => any::<u8>().prop_map(Act::Say),
        2 => any::<usize>().prop_map(Act::Edit),
        1 => any::<usize>().prop_map(Act::Delete),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(at, on)| Act::React(at, on)),
        2 => Just(Act::Hear),
        3 => Just(Act::Send),
    ]
}

/// Four devices, two of them of one user, and what they sent, in an order in which nothing is missing.
struct Writers {
    segments: Vec<(UserId, Segment)>,
    sent: Vec<Vec<u8>>,
    now: u64,
}

impl Writers {
    fn new() -> Self {
        let users = ["ada", "ada", "bob", "eve"].map(|user| UserId::new(user).unwrap());
        let writer = |(number, user): (usize, UserId)| {
            (user.clone(), Segment::new(0, 10 + number as u64, Some(user)))
        };
        let segments = users.into_iter().enumerate().map(writer).collect();
        Self { segments, sent: Vec::new(), now: 1_000 }
    }

    fn act(&mut self, who: usize, act: &Act) {
        self.now += 1;
        let at = self.now;
        let (user, segment) = &mut self.segments[who];
        let picked = |segment: &Segment, at: usize| {
            let message = segment.message_at(at.checked_rem(segment.len())?)?;
            Some((message.id.unit(), message.is_own))
        };
        match act {
            Act::Say(number) => {
                let text = format!("message {number}");
                segment.write(user, "Name", &Unit::Message { at, text: &text, re: None });
            }
            Act::Edit(place) => {
                if let Some((of, true)) = picked(segment, *place) {
                    segment.write(user, "Name", &Unit::Edit { at, of, text: "edited" });
                }
            }
            Act::Delete(place) => {
                if let Some((of, true)) = picked(segment, *place) {
                    segment.delete(of);
                }
            }
            Act::React(place, on) => {
                if let Some((of, _)) = picked(segment, *place) {
                    segment.write(user, "Name", &Unit::React { at, of, with: "+1", on: *on });
                }
            }
            Act::Hear => self.sent.iter().for_each(|update| segment.apply(update).unwrap()),
            Act::Send => {
                self.sent.extend(segment.release(2).map(|(update, _)| update));
                self.sent.extend(segment.release_deletions());
            }
        }
    }

    /// Everybody sends and hears all.
    fn meet(&mut self) {
        for (_, segment) in &mut self.segments {
            while let Some((update, _)) = segment.release(100) {
                self.sent.push(update);
            }
            self.sent.extend(segment.release_deletions());
        }
        for who in 0..self.segments.len() {
            self.act(who, &Act::Hear);
        }
    }
}

/// Everything that is shown of a segment, whoever looks.
fn shown(segment: &Segment) -> Vec<String> {
    let messages = (0..segment.len()).map(|place| segment.message_at(place).unwrap());
    messages
        .map(|m| {
            let reactions = segment.reactions(m.id.unit());
            let reactions: Vec<_> = reactions.iter().map(|r| (r.with, &r.by)).collect();
            format!("{} {} {} {} {:?} {reactions:?}", m.id, m.user, m.at, m.text, m.edited_at)
        })
        .collect()
}

/// A doc of Yrs that has an update.
fn doc(update: &[u8]) -> Doc {
    let doc = Doc::with_options(Options::with_client_id(ClientID::new(99)));
    doc.get_or_insert_array("chat");
    doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
    doc
}

/// The texts of all live messages, as Yrs has them: as they were first written.
fn texts_in_yrs(doc: &Doc) -> Vec<String> {
    let array = doc.get_or_insert_array("chat");
    let txn = doc.transact();
    let text = |value: Out| match value {
        Out::Any(Any::Map(fields)) if fields.get("t") == Some(&Any::from("msg")) => {
            fields.get("text").map(ToString::to_string)
        }
        Out::Any(Any::Map(_)) => None,
        other => panic!("not a unit: {other:?}"),
    };
    let mut texts: Vec<String> = array.iter(&txn).filter_map(text).collect();
    texts.sort_unstable();
    texts
}

/// The same, as a segment has them.
fn texts_in(segment: &Segment) -> Vec<String> {
    let ids = (0..segment.len()).map(|place| segment.message_at(place).unwrap().id.unit());
    let first = ids.map(|id| segment.history(id).pop().unwrap().to_owned());
    let mut texts: Vec<String> = first.collect();
    texts.sort_unstable();
    texts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn replicas_show_the_same_in_any_order_and_parts(
        acts in proptest::collection::vec((0usize..4, act()), 1..60),
        order in any::<u64>(),
    ) {
        let mut writers = Writers::new();
        for (who, act) in &acts {
            writers.act(*who, act);
        }
        writers.meet();
        let expected = shown(&writers.segments[0].1);
        for (_, segment) in &writers.segments {
            prop_assert_eq!(&shown(segment), &expected);
        }
        // A reader who hears of everybody's runs in another order, and twice.
        let mut reader = Segment::new(0, 1, None);
        let mut rest = writers.sent.clone();
        let mut random = order;
        while !rest.is_empty() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let pick = (random >> 33) as usize % rest.len();
            // What comes too early is refused, and comes again.
            if reader.apply(&rest[pick]).is_ok() {
                reader.apply(&rest.remove(pick)).unwrap();
            }
        }
        prop_assert_eq!(&shown(&reader), &expected);
        // One who gets all at once, as the relay keeps it, and one who opens what was stored.
        for deleted in [Deleted::Drop, Deleted::Keep] {
            let mut late = Segment::new(0, 1, None);
            late.apply(&merge(&writers.sent, deleted).unwrap().update).unwrap();
            prop_assert_eq!(&shown(&late), &expected);
            let mut opened = Segment::new(0, 1, None);
            opened.apply(&late.encode(&StateVector::default())).unwrap();
            prop_assert_eq!(&shown(&opened), &expected);
            prop_assert_eq!(late.delete_set(), opened.delete_set());
        }
    }

    #[test]
    fn yrs_holds_the_same_units_and_takes_the_same_updates(
        acts in proptest::collection::vec((0usize..4, act()), 1..60),
    ) {
        let mut writers = Writers::new();
        for (who, act) in &acts {
            writers.act(*who, act);
        }
        writers.meet();
        for update in &writers.sent {
            check(update, usize::MAX).unwrap();
        }
        let segment = &writers.segments[0].1;
        let merged = merge(&writers.sent, Deleted::Drop).unwrap().update;
        let yrs = doc(&merged);
        prop_assert_eq!(texts_in(segment), texts_in_yrs(&yrs));
        // What a segment encodes is the same document, and so is what Yrs encodes of it.
        prop_assert_eq!(texts_in_yrs(&doc(&segment.encode(&StateVector::default()))), texts_in_yrs(&yrs));
        let by_yrs = yrs.transact().encode_state_as_update_v1(&yrs::StateVector::default());
        let mut from_yrs = Segment::new(0, 1, None);
        from_yrs.apply(&by_yrs).unwrap();
        prop_assert_eq!(shown(&from_yrs), shown(segment));
        // Diffs of the writers alone make up the whole.
        let mut healed = Segment::new(0, 1, None);
        for (_, writer) in &writers.segments {
            healed.apply(&writer.diff(&healed.state_vector()).unwrap()).unwrap();
        }
        prop_assert_eq!(shown(&healed), shown(segment));
    }

    #[test]
    fn any_bytes_leave_a_segment_as_it_was_or_apply(
        acts in proptest::collection::vec((0usize..4, act()), 1..20),
        place in any::<usize>(),
        flip in 1u8..,
    ) {
        let mut writers = Writers::new();
        for (who, act) in &acts {
            writers.act(*who, act);
        }
        writers.meet();
        let mut update = merge(&writers.sent, Deleted::Keep).unwrap().update.to_vec();
        let place = place % update.len();
        update[place] ^= flip;
        let segment = &mut writers.segments[0].1;
        let before = shown(segment);
        if segment.apply(&update).is_err() {
            prop_assert_eq!(shown(segment), before);
        }
        let _no_panic = (shown(segment), segment.encode(&StateVector::default()));
    }
}

#[test]
fn a_gap_is_an_error_and_changes_nothing() {
    let ada = UserId::new("ada").unwrap();
    let mut writer = Segment::new(0, 7, Some(ada.clone()));
    let say = |writer: &mut Segment, text| {
        writer.write(&ada, "Ada", &Unit::Message { at: 5, text, re: None })
    };
    let first = say(&mut writer, "one");
    let (begin, units) = writer.release(9).unwrap();
    assert_eq!((units, first), (2, UnitId { client: 7, clock: 1 }));
    say(&mut writer, "two");
    let (next, _) = writer.release(9).unwrap();
    let mut reader = Segment::new(0, 8, None);
    assert!(reader.apply(&next).is_err());
    assert!(reader.is_empty());
    reader.apply(&begin).unwrap();
    reader.apply(&next).unwrap();
    assert_eq!(reader.len(), 2);
}
