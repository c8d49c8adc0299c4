//! What a hand-made client may try.

use collab_core::chat::Unit;
use collab_core::wire::ErrorCode;

use crate::chat_kit::{deletes, id, root, run, says, update, values};
use crate::kit::{edit, iam, msg};

/// What eve may not say, and the code that answers it.
#[allow(clippy::too_many_lines, reason = "a table")]
pub(crate) fn crimes() -> Vec<(&'static str, Vec<u8>, ErrorCode)> {
    use ErrorCode::{ChatRefused, NotAuthor};
    let own = |structs: Vec<Vec<u8>>| update(&[(30, 0, structs)], &[]);
    let begun = [iam("eve"), msg("x")];
    let head =
        |info: u8, parts: &[Vec<u8>]| [vec![info], parts.concat(), values(&[msg("x")])].concat();
    let after = |strukt: Vec<u8>| own(vec![run(30, 0, &[iam("eve")]), strukt]);
    let both = |deleted: &[(u64, u32, u32)]| update(&[(30, 0, vec![run(30, 0, &begun)])], deleted);
    let future = Unit::Message { at: 1_060_001, text: "x", re: None }.write();
    let long = Unit::Message { at: 1, text: &"x".repeat(8 * 1024 + 1), re: None }.write();
    let ansi = Unit::Iam { user: "eve", name: "\u{1b}[2Jeve" }.write();
    let name = Unit::Iam { user: "eve", name: &"x".repeat(65) }.write();
    vec![
        ("another's name", says(30, 0, &[iam("ada"), msg("x")]), NotAuthor),
        ("another's name later", says(30, 0, &[iam("eve"), iam("ada")]), NotAuthor),
        ("another's client ID", says(10, 3, &[msg("x")]), NotAuthor),
        (
            "another's client ID, all of it",
            says(10, 0, &[iam("eve"), msg("x"), msg("x"), msg("x")]),
            NotAuthor,
        ),
        (
            "another's client ID, deleted",
            update(&[(10, 3, vec![[vec![0x81], id(10, 2), vec![1]].concat()])], &[]),
            NotAuthor,
        ),
        ("an edit of another's message", says(30, 0, &[iam("eve"), edit(10, 1)]), NotAuthor),
        ("a deletion of another's message", deletes(&[(10, 1, 1)]), NotAuthor),
        (
            "a deletion of another's message, among others",
            both(&[(30, 1, 1), (10, 2, 1)]),
            NotAuthor,
        ),
        ("a deletion of another's claim", deletes(&[(10, 0, 3)]), NotAuthor),
        ("a deletion of what nobody has", deletes(&[(77, 1, 1)]), NotAuthor),
        ("another's messages as GC", update(&[(10, 3, vec![vec![0, 2]])], &[]), NotAuthor),
        ("a deletion of one's own claim", both(&[(30, 0, 1)]), ChatRefused),
        ("a deletion beyond what is there", both(&[(30, 1, 2)]), ChatRefused),
        (
            "a claim that is deleted at once",
            own(vec![[vec![1, 1, 4], b"chat".to_vec(), vec![2]].concat()]),
            ChatRefused,
        ),
        ("GC structs", own(vec![run(30, 0, &[iam("eve")]), vec![0, 3]]), ChatRefused),
        ("a GC struct at first", own(vec![vec![0, 3]]), ChatRefused),
        ("a skip", own(vec![run(30, 0, &[iam("eve")]), vec![10, 3]]), ChatRefused),
        ("a gap", says(30, 5, &[msg("x")]), ChatRefused),
        ("no claim", says(30, 0, &[msg("x")]), ChatRefused),
        ("a right origin", after(head(0xc8, &[id(30, 0), id(10, 1)])), ChatRefused),
        ("only a right origin", after(head(0x48, &[id(10, 1)])), ChatRefused),
        ("behind another's message", after(head(0x88, &[id(10, 2)])), ChatRefused),
        ("in another root", own(vec![[root("doc"), values(&begun)].concat()]), ChatRefused),
        (
            "at the front of the array",
            after([root("chat"), values(&[msg("x")])].concat()),
            ChatRefused,
        ),
        (
            "under a key",
            own(vec![
                [vec![0x28, 1, 4], b"chat".to_vec(), vec![1, b'k'], values(&[iam("eve")])].concat(),
            ]),
            ChatRefused,
        ),
        ("with a key bit behind an origin", after(head(0xa8, &[id(30, 0)])), ChatRefused),
        (
            "in another's message",
            own(vec![[vec![8, 0], id(10, 1), values(&begun)].concat()]),
            ChatRefused,
        ),
        ("a nested array", after([vec![0x87], id(30, 0), vec![0]].concat()), ChatRefused),
        ("text", after([vec![0x84], id(30, 0), vec![1, b'x']].concat()), ChatRefused),
        ("not an object", says(30, 0, &[iam("eve"), vec![119, 1, b'x']]), ChatRefused),
        ("from the future", says(30, 0, &[iam("eve"), future]), ChatRefused),
        ("a long text", says(30, 0, &[iam("eve"), long]), ChatRefused),
        ("control characters in a name", says(30, 0, &[ansi]), ChatRefused),
        ("a long name", says(30, 0, &[name]), ChatRefused),
    ]
}
