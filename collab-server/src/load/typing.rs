//! What writers type: valid Yjs updates, each building on what its writer sent before.

use collab_core::document::{Document, DocumentError, FileId, Splice};
use collab_core::wire::Writer;

/// Struct info of a string (kind 4), and of one that names the ID left of it.
const STRING: u8 = 4;
const STRING_WITH_ORIGIN: u8 = STRING | 0x80;

/// Somebody who types one character after the other into the text `main`, as Yjs encodes that.
///
/// Update number n has clock n and one unit of content, so that what arrived can be told from
/// clocks alone, even after a relay has merged it.
#[derive(Debug)]
pub(super) struct Typist {
    client: u64,
    /// Updates so far.
    pub(super) typed: u32,
}

impl Typist {
    pub(super) fn new(client: u64) -> Self {
        Self { client, typed: 0 }
    }

    /// The next keystroke.
    pub(super) fn keystroke(&mut self) -> Vec<u8> {
        let clock = u64::from(self.typed);
        let mut writer = Writer::with_capacity(32);
        // One client, one struct.
        writer.var_uint(1);
        writer.var_uint(1);
        writer.var_uint(self.client);
        writer.var_uint(clock);
        if let Some(left) = clock.checked_sub(1) {
            writer.bytes(&[STRING_WITH_ORIGIN]);
            writer.var_uint(self.client);
            writer.var_uint(left);
        } else {
            writer.bytes(&[STRING]);
            // The parent is a root, by its name.
            writer.var_uint(1);
            writer.var_string("main");
        }
        writer.bytes(&[1, b'a' + (clock % 26) as u8]);
        // No deletions.
        writer.var_uint(0);
        self.typed += 1;
        writer.into_vec()
    }
}

/// People who wrote the document that newcomers load.
pub(super) const AUTHORS: u32 = 8;
/// Characters of one edit.
const WORD_CHARS: usize = 12;

/// Edits after which the document's size is looked at.
const ROUND: usize = 128;

/// A document of about so many bytes, as one update, with client IDs from `first_client` on.
///
/// Its authors take turns in typing words at places all over it, and delete a bit of every eighth.
pub(super) fn document(first_client: u64, bytes: usize) -> Result<Vec<u8>, DocumentError> {
    let mut authors: Vec<Document> =
        (0..AUTHORS).map(|number| Document::new(first_client + u64::from(number))).collect();
    let (mut length, mut place) = (0, 7_u64);
    for turn in (0..authors.len()).cycle() {
        let known = authors[turn].state_vector();
        for number in 0..ROUND {
            // Places repeat only after a long time (Knuth's MMIX generator).
            place = place.wrapping_mul(6_364_136_223_846_793_005);
            place = place.wrapping_add(1_442_695_040_888_963_407);
            let at = (place >> 33) as u32 % (length + 1);
            let delete = if number % 8 == 7 { (length - at).min(4) } else { 0 };
            let insert = format!("{:11} ", place >> 40);
            authors[turn].edit(&FileId::main(), &[Splice { at, delete, insert: &insert }])?;
            length = length + WORD_CHARS as u32 - delete;
            while authors[turn].poll_event().is_some() {}
        }
        let news = authors[turn].diff(&known)?;
        for reader in (0..authors.len()).filter(|&reader| reader != turn) {
            authors[reader].apply(&news)?;
            while authors[reader].poll_event().is_some() {}
        }
        let state = authors[turn].diff(&[0])?;
        if state.len() >= bytes {
            return Ok(state);
        }
    }
    unreachable!("a document that grows reaches any size")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yrs_reads_what_a_typist_types() -> Result<(), DocumentError> {
        let mut document = Document::new(1);
        let mut typist = Typist::new(1 << 31);
        for _ in 0..30 {
            document.apply(&typist.keystroke())?;
        }
        assert_eq!(document.text(&FileId::main()), "abcdefghijklmnopqrstuvwxyzabcd");
        Ok(())
    }

    #[test]
    fn a_document_has_the_size_that_was_asked_for() -> Result<(), DocumentError> {
        let state = document(1 << 31, 20_000)?;
        assert!((20_000..30_000).contains(&state.len()), "{}", state.len());
        let mut reader = Document::new(1);
        reader.apply(&state)?;
        assert!(reader.text(&FileId::main()).chars().count() > 2_000);
        Ok(())
    }
}
