//! Three users in a room's chat, two of them in a direct one, who write and delete in anybody's name.

mod room;
mod saying;

use self::room::Chatting;
pub(crate) use self::room::USERS;
pub(crate) use self::saying::{CLIENTS, Speaker, saying};
use crate::script::Script;

const STEPS_MAX: usize = 64;

/// The claims: nothing panics; what others hear adds only units of client IDs that first spoke for
/// this very user, and deletes only such; a third hears nothing of a direct chat; who comes later
/// and the store hold what was heard.
pub fn run(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let mut chatting = Chatting::new();
    for _ in 0..STEPS_MAX {
        if script.is_over() {
            break;
        }
        let user = script.roll(USERS.len() as u32) as usize;
        let direct = script.roll(4) == 0;
        match script.roll(16) {
            0 => chatting.reopen(user),
            1 => chatting.restart(),
            2 => chatting.pass(u64::from(script.byte()) * 50),
            _ => {
                let update = saying(&mut script, &chatting.speaker(user, direct));
                chatting.push(user, direct, &update);
            }
        }
    }
    chatting.everybody_holds_the_same();
}
