//! A client's session with a document, and a relay that says anything at any time.

mod client;

use collab_core::sync::Phase;

use self::client::Client;
use crate::script::Script;
use crate::structs::write::Writing;

const STEPS_MAX: usize = 96;

/// The claims: nothing panics; pushes are counted without gaps; nothing is "saved" that was not
/// acknowledged as durable; deadlines are met by ticks that do not spin.
pub fn run(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let mut client = Client::new();
    let mut stranger = Writing::new(false, ["main", "settings"]);
    if script.flip() {
        client.go_live();
    }
    for _ in 0..STEPS_MAX {
        if script.is_over() {
            break;
        }
        let before = client.unsaved();
        let told_durable = match script.roll(4) {
            0 => client.user(&mut script),
            1 => client.network(&mut script),
            _ => client.relay(&mut script, &mut stranger),
        };
        let after = client.unsaved();
        assert!(after >= before || told_durable, "unsaved sank from {before} to {after}");
        let status = client.status();
        assert!(status.phase != Phase::Saved || (after == 0 && status.keeps), "saved too early");
        client.meets_deadlines();
    }
}
