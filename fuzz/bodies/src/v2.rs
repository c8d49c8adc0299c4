//! Updates in the second encoding: of any bytes, and of updates in the first one.

use collab_core::log::{self, v2};
use yrs::Update;
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;

use crate::script::Script;
use crate::structs::write::Writing;

/// What a few bytes may stand for.
const MAX_BYTES: usize = 1 << 16;

/// The claims: what is read passes the check, is no larger than it may be, and says the same when it
/// was written and read again; Yrs reads the same in it.
pub fn run(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    if script.flip() {
        let update = Writing::new(false, ["main", "list"]).update(&mut script);
        let second = v2::from_v1(&update).expect("a well-formed update");
        let first = read(&second).expect("what was written can be read");
        same(&first, &update);
    } else {
        let _read_or_refused = read(script.rest());
    }
}

fn read(second: &[u8]) -> Option<Vec<u8>> {
    let first = v2::to_v1(second, MAX_BYTES).ok()?;
    assert!(first.len() <= MAX_BYTES, "larger than allowed");
    log::check(&first, MAX_BYTES).expect("what was read passes the check");
    let again = v2::from_v1(&first).expect("what passes the check can be written");
    let again = v2::to_v1(&again, usize::MAX).expect("what was written can be read");
    same(&again, &first);
    // Yrs forgets the bit of a key where a neighbour tells it.
    let (of_first, of_second) = (Update::decode_v1(&first), Update::decode_v2(second));
    let of_second = of_second.expect("what we read, Yrs reads").encode_v1();
    assert_eq!(of_first.expect("what passes the check").encode_v1(), of_second, "Yrs reads more");
    Some(first)
}

/// The same structs and deletions, though perhaps in other bytes.
fn same(one: &[u8], other: &[u8]) {
    let merged = |update: &[u8]| log::merge(&[update], log::Deleted::Keep).map(|m| m.update);
    assert_eq!(merged(one), merged(other), "another update");
}
