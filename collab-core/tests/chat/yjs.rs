//! Segments that Yjs wrote, and what Yjs reads of one that we wrote.

use collab_core::chat::{Re, Segment, Unit, UnitId, UserId};
use collab_core::log::StateVector;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::vectors::{Hex, load};

const AT: u64 = 1_700_000_000_000;
const ADA: u64 = (1 << 52) + 1;
const BOB: u64 = 3;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vectors {
    /// Two runs, and both in one update.
    from_yjs: [Hex; 3],
    from_rust: FromRust,
}

#[derive(Deserialize)]
struct FromRust {
    update: Hex,
    /// The array as Yjs has it.
    units: Vec<Value>,
}

#[test]
fn what_yjs_wrote_is_shown() {
    let [ada, bob, both] = load::<Vectors>("chat.json").from_yjs;
    for updates in [vec![&ada, &bob], vec![&bob, &ada], vec![&both, &bob]] {
        let mut segment = Segment::new(9, 1, UserId::new("bob").ok());
        for update in updates {
            segment.apply(&update.0).expect("a chat");
        }
        let messages: Vec<_> = (0..segment.len()).filter_map(|at| segment.message_at(at)).collect();
        let shown: Vec<_> = messages.iter().map(|m| (m.name, m.text, m.at - AT)).collect();
        let expected = [
            ("Ada", "hello all", 0),
            ("Bob", "hi", 2),
            ("Ada L.", "as another", 4),
            ("Bob", "of old", 6),
        ];
        assert_eq!(shown, expected);
        assert_eq!(messages[0].edited_at, Some(AT + 3));
        assert_eq!(messages[1].re, Some(messages[0].id));
        assert_eq!(messages[3].re.map(|re| (re.segment, re.client, re.clock)), Some((9, 7, 8)));
        let reactions = segment.reactions(messages[0].id.unit());
        assert_eq!(reactions[0].by, [("bob", "Bob")]);
        assert_eq!(segment.unread(), 2);
    }
}

#[test]
fn what_we_write_yjs_reads() {
    let ada = UserId::new("ada").expect("a user");
    let mut segment = Segment::new(0, ADA, Some(ada.clone()));
    let of = UnitId { client: BOB, clock: 1 };
    let re = Some(Re { of, segment: None });
    let old = Some(Re { of, segment: Some(7) });
    let hello = segment.write(&ada, "Ada", &Unit::Message { at: AT, text: "hello 👋", re });
    let oops = segment.write(&ada, "Ada", &Unit::Message { at: AT + 1, text: "oops", re: None });
    segment.write(&ada, "Ada", &Unit::Edit { at: AT + 2, of: hello, text: "hello all" });
    segment.write(&ada, "Ada L.", &Unit::Message { at: AT + 3, text: "again", re: old });
    segment.write(&ada, "Ada L.", &Unit::React { at: AT + 4, of, with: "👍", on: false });
    segment.delete(oops);

    let vector = load::<Vectors>("chat.json").from_rust;
    let written = segment.encode(&StateVector::default());
    assert_eq!(written, vector.update.0, "{written:02x?}");
    let expected = [
        json!({ "t": "iam", "user": "ada", "name": "Ada" }),
        json!({ "t": "msg", "at": AT, "text": "hello 👋", "re": [BOB, 1] }),
        json!({ "t": "edit", "at": AT + 2, "of": [ADA, 1], "text": "hello all" }),
        json!({ "t": "iam", "user": "ada", "name": "Ada L." }),
        json!({ "t": "msg", "at": AT + 3, "text": "again", "re": [BOB, 1, 7] }),
        json!({ "t": "react", "at": AT + 4, "of": [BOB, 1], "with": "👍", "on": false }),
    ];
    assert_eq!(vector.units, expected);
}
