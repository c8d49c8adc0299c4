//! Documents that edit together while a stranger says anything.

mod pad;

use collab_core::document::FileId;

use self::pad::Pad;
use crate::script::Script;
use crate::structs::write::Writing;

const STEPS_MAX: usize = 64;
const GARBAGE_MAX_BYTES: u32 = 300;

/// The claims: nothing panics or hangs; the deltas of a watched file lead from text to text; a
/// newcomer reads the snapshot; and as long as nobody lied, everybody sees the same in the end.
pub fn run(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let mut pads = [Pad::new(11), Pad::new(12)];
    let mut stranger = Writing::new(false, ["main", script.pick(&["files", "settings"])]);
    let mut honest = true;
    let mut late: Vec<Vec<u8>> = Vec::new();
    for _ in 0..STEPS_MAX {
        if script.is_over() {
            break;
        }
        let at = usize::from(script.flip());
        match script.roll(12) {
            0..=4 => pads[at].edit(&mut script),
            5 => pads[at].travel(&mut script),
            6 => pads[at].set(&mut script),
            7 | 8 => exchange(&mut pads, at),
            9 => pads[at].reopen(),
            10 if script.flip() && !late.is_empty() => {
                let update = late.swap_remove(script.roll(late.len() as u32) as usize);
                honest &= !pads[at].hear(&update);
            }
            10 => {
                honest &= !pads[at].hear(script.bytes(GARBAGE_MAX_BYTES));
            }
            _ => {
                let update = stranger.update(&mut script);
                if script.roll(3) == 0 {
                    late.push(update);
                    continue;
                }
                honest &= !pads.iter_mut().fold(false, |heard, pad| pad.hear(&update) | heard);
            }
        }
        pads[at].watched_text_is_shown();
    }
    exchange(&mut pads, 0);
    exchange(&mut pads, 1);
    let newcomer = Pad::from_snapshot(13, &pads[0].snapshot());
    if honest {
        let main = FileId::main();
        assert_eq!(pads[0].text(&main), pads[1].text(&main), "replicas differ");
        assert_eq!(pads[0].text(&main), newcomer.text(&main), "a newcomer sees something else");
    }
}

/// Hands everything that one pad said to the other.
fn exchange(pads: &mut [Pad; 2], from: usize) {
    for update in pads[from].take_updates() {
        pads[1 - from].hear(&update);
    }
}
