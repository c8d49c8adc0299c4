//! Claims about what a state says, to our clients and to stock ones.

use collab_core::document::{Assoc, Document, FileId, Splice, StickyPosition};
use collab_core::presence::{Presence, Selection, State, Status};
use serde_json::{Value, json};

use crate::support::{at, named, only_entry, says, sent};

/// The state of client 1 as client 2 sees it.
fn seen(json: &Value) -> State {
    let mut presence = Presence::new(2);
    presence.apply(at(0), &says(1, 1, &json.to_string())).unwrap();
    presence.people()[0].state.clone()
}

/// The JSON that client 1 sends.
fn written(state: State) -> Value {
    let mut presence = Presence::new(1);
    presence.set_local(at(0), Some(state)).unwrap();
    serde_json::from_str(&only_entry(&sent(&mut presence)[0]).1).unwrap()
}

fn position(clock: u64) -> Value {
    json!({ "type": null, "tname": "main", "item": { "client": 1, "clock": clock }, "assoc": 0 })
}

#[test]
fn cursor_is_written_for_both_stock_editors() {
    let mut document = Document::new(1);
    let main = FileId::main();
    document.edit(&main, &[Splice { at: 0, delete: 0, insert: "hello" }]).unwrap();
    let at = |offset| document.sticky(&main, offset, Assoc::After).unwrap();
    let cursor = Some(Selection { anchor: at(1), head: at(3) });
    let json = written(State { cursor, file: Some(main.clone()), ..named("Ada") });
    let selection = json!({ "anchor": position(1), "head": position(3) });
    assert_eq!(json["cursor"], selection);
    assert_eq!(json["selection"], selection);
    assert_eq!(json["file"], "main");
    assert_eq!(json["status"], "active");
    assert_eq!(json["user"]["name"], "Ada");
    assert!(json["user"]["colorLight"].as_str().unwrap().len() == 9);
}

#[test]
fn cursor_of_either_stock_editor_is_read() {
    let selection = json!({ "anchor": position(1), "head": position(2) });
    for field in ["cursor", "selection"] {
        let state = seen(&json!({ "user": { "name": "x" }, field: selection }));
        let cursor = state.cursor.unwrap();
        assert_eq!(cursor.to_json(), selection);
        assert_eq!(state.file, Some(FileId::main()));
        assert!(state.extra.is_empty());
    }
    let other = json!({ "anchor": position(7), "head": position(7) });
    let both = seen(&json!({ "cursor": selection, "selection": other }));
    assert_eq!(both.cursor.unwrap().anchor.item.unwrap().clock, 1);
    let null = seen(&json!({ "cursor": null, "selection": other }));
    assert_eq!(null.cursor.unwrap().anchor.item.unwrap().clock, 7);
}

#[test]
fn fields_that_we_do_not_know_survive() {
    let json = json!({
        "user": { "name": "x", "avatar": "a.png" }, "tool": { "zoom": [1, 2.5] }, "status": "idle",
    });
    let state = seen(&json);
    assert_eq!(state.status, Status::Idle);
    let again = written(state);
    assert_eq!(again["tool"], json["tool"]);
    assert_eq!(again["user"]["avatar"], "a.png");
}

#[test]
fn states_of_any_shape_are_people() {
    for strange in [
        json!({}),
        json!(12),
        json!("text"),
        json!([1]),
        json!({ "user": 1, "cursor": "x", "file": "../etc", "status": 5, "typing": "yes" }),
        json!({ "user": { "name": 5, "color": [], "colorLight": "red;}" }, "status": "drunk" }),
        json!({ "cursor": { "anchor": { "item": { "client": -1, "clock": 1e30 } }, "head": {} } }),
    ] {
        let state = seen(&strange);
        assert_eq!(state.user.name, "Anonymous", "{strange}");
        assert!(state.user.color.len() == 7 && state.user.color_light.len() == 9);
        assert_eq!((state.status, state.file, state.cursor), (Status::Active, None, None));
    }
}

#[test]
fn names_are_cut_and_harmless() {
    let name = |name: &str| seen(&json!({ "user": { "name": name } })).user.name;
    assert_eq!(name(&"é".repeat(100)), "é".repeat(40));
    assert_eq!(name(" a\u{0}b\n\u{202E}c "), "abc");
    assert_eq!(name("\u{202E}\u{7}"), "Anonymous");
    // Markup is the page's to escape; here it is a name like any other.
    assert_eq!(name("<script>alert(1)</script>"), "<script>alert(1)</script>");
    assert_eq!(written(named(&"x".repeat(100)))["user"]["name"], "x".repeat(40));
}

#[test]
fn colours_are_colours() {
    let color = |color: &str| seen(&json!({ "user": { "color": color } })).user.color;
    assert_eq!(color("#12aBcF"), "#12aBcF");
    assert_eq!(color("#12abcf80"), "#12abcf80");
    let derived = color("");
    for bad in ["red", "#12ab", "#12345g", "#123456789", "url(x)", "#ééé"] {
        assert_eq!(color(bad), derived, "{bad}");
    }
    let state = seen(&json!({ "user": { "color": "#102030" } }));
    assert_eq!(state.user.color_light, "#10203033");
}

#[test]
fn who_chose_no_colour_has_the_same_one_everywhere() {
    let mut alice = Presence::new(1);
    alice.set_local(at(0), Some(named("Alice"))).unwrap();
    let mut bob = Presence::new(2);
    bob.apply(at(0), &sent(&mut alice)[0]).unwrap();
    assert_eq!(alice.local().unwrap(), bob.people()[0].state);
}

#[test]
fn cursor_in_a_file_that_is_none_of_ours_names_no_file() {
    let anchor = json!({ "type": null, "tname": "monaco", "item": null, "assoc": 0 });
    let state = seen(&json!({ "selection": { "anchor": anchor, "head": anchor } }));
    assert_eq!(state.file, None);
    let StickyPosition { tname, .. } = state.cursor.unwrap().head;
    assert_eq!(tname.as_deref(), Some("monaco"));
}
