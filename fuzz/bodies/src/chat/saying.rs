//! Updates of a chat: most of them as they should be, but for whose they are.

use collab_core::chat::{Unit, UnitId};
use collab_core::wire::Writer;

use super::room::USERS;
use crate::script::Script;
use crate::structs::write::Writing;

pub(crate) const CLIENTS: u32 = 6;
const CLOCKS: u32 = 6;
const UNITS_MAX: u32 = 3;

/// Who speaks, and per client ID the next clock.
pub(crate) struct Speaker {
    pub(crate) user: usize,
    pub(crate) next: [u32; CLIENTS as usize],
}

/// Anything that somebody may push.
pub(crate) fn saying(script: &mut Script<'_>, speaker: &Speaker) -> Vec<u8> {
    match script.roll(16) {
        0 => Writing::new(true, ["chat", "list"]).update(script),
        1 => script.bytes(60).to_vec(),
        _ => units(script, speaker),
    }
}

/// One run of units of each of some clients, and deletions.
fn units(script: &mut Script<'_>, speaker: &Speaker) -> Vec<u8> {
    let mut writer = Writer::default();
    // Each user has two client IDs, and mostly speaks under these.
    let own = speaker.user as u32 + 3 * script.roll(2);
    let first = if script.roll(6) == 0 { script.roll(CLIENTS) } else { own };
    let sections = script.pick(&[1, 1, 1, 1, 2, 0]);
    writer.var_uint(sections);
    for section in 0..sections {
        let client = (u64::from(first) + 3 * section) % u64::from(CLIENTS);
        section_of(&mut writer, script, speaker, 1 + client);
    }
    let deleted = script.pick(&[0, 0, 0, 1, 2]);
    writer.var_uint(deleted);
    for at in 0..deleted {
        let client = 1 + (3 * at + u64::from(first)) % u64::from(CLIENTS);
        let (clock, len) = (script.roll(CLOCKS), 1 + script.roll(3));
        write_all(&mut writer, &[client, 1, clock.into(), len.into()]);
    }
    writer.into_vec()
}

fn section_of(writer: &mut Writer, script: &mut Script<'_>, speaker: &Speaker, client: u64) {
    let next = speaker.next[client as usize - 1];
    let clock = if script.roll(6) == 0 { script.roll(CLOCKS) } else { next };
    let units = 1 + script.roll(UNITS_MAX);
    write_all(writer, &[1, client, clock.into()]);
    // Behind the unit before, or now and then behind another's.
    let before = if script.roll(8) == 0 { 1 + u64::from(script.roll(CLIENTS)) } else { client };
    match clock.checked_sub(1) {
        Some(last) if script.roll(16) > 0 => {
            writer.bytes(&[0x88]);
            write_all(writer, &[before, last.into()]);
        }
        _ => {
            writer.bytes(&[8, 1]);
            writer.var_string(script.pick(&["chat", "chat", "chat", "chap"]));
        }
    }
    writer.var_uint(units.into());
    for unit in 0..units {
        let user = if script.roll(6) == 0 { script.pick(&USERS) } else { USERS[speaker.user] };
        let of = UnitId { client: 1 + u64::from(script.roll(CLIENTS)), clock: script.roll(CLOCKS) };
        let at = 1_000 * u64::from(script.byte());
        let begins = clock + unit == 0 && script.roll(16) > 0;
        let kind = if begins { 0 } else { script.roll(5) };
        writer.bytes(&match kind {
            0 => Unit::Iam { user, name: user }.write(),
            1 => Unit::Edit { at, of, text: "changed" }.write(),
            2 => Unit::React { at, of, with: "+1", on: script.flip() }.write(),
            _ => Unit::Message { at, text: "said", re: None }.write(),
        });
    }
}

fn write_all(writer: &mut Writer, numbers: &[u64]) {
    for &number in numbers {
        writer.var_uint(number);
    }
}
