//! Positions in texts that stay with their neighbours.

use yrs::ReadTxn;

use super::index::{Index, Unit};
use super::text::Text;
use super::{Assoc, Document, FileId, ItemId, StickyPosition};

impl Document {
    /// A position that stays with its neighbours. `None` beyond the end of the text.
    pub fn sticky(&self, file: &FileId, offset: u32, assoc: Assoc) -> Option<StickyPosition> {
        if let Some(index) = self.texts.get(file).and_then(Text::sound_index) {
            return self.sticky_of_index(file, index, offset, assoc);
        }
        let txn = self.read();
        match txn.get_text(file.shared()) {
            Some(root) => StickyPosition::take(file, &root, &txn, offset, assoc),
            None => (offset == 0).then(|| StickyPosition::edge(file, assoc)),
        }
    }

    fn sticky_of_index(
        &self,
        file: &FileId,
        index: &Index,
        offset: u32,
        assoc: Assoc,
    ) -> Option<StickyPosition> {
        let edge = StickyPosition::edge(file, assoc);
        let unit = match assoc {
            Assoc::After if offset == index.len() => return Some(edge),
            Assoc::After => index.unit_at(offset)?,
            Assoc::Before if offset == 0 => return Some(edge),
            Assoc::Before => index.unit_at(offset - 1)?,
        };
        let item = ItemId { client: self.known.client(unit.client), clock: unit.clock };
        Some(StickyPosition { item: Some(item), ..edge })
    }

    /// Where a position lies now. `None` if it names nothing that this replica has, or no file.
    pub fn offset(&self, position: &StickyPosition) -> Option<(FileId, u32)> {
        if let Some(item) = position.item {
            return self
                .offset_in_indexes(item, position.assoc)
                .or_else(|| StickyPosition::resolve_item(&self.read(), item, position.assoc));
        }
        let file = position.file()?;
        let offset = match position.assoc {
            Assoc::After => self.len(&file),
            Assoc::Before => 0,
        };
        Some((file, offset))
    }

    /// The offset of a unit that an index shows. Of one that is deleted only Yrs knows whether an
    /// undo brought it back under another name, unless nothing was undone here.
    fn offset_in_indexes(&self, item: ItemId, assoc: Assoc) -> Option<(FileId, u32)> {
        let client = self.known.find(item.client)?;
        let unit = Unit { client, clock: item.clock };
        self.texts.iter().find_map(|(file, text)| {
            let (offset, is_visible) = text.sound_index()?.offset_of(unit)?;
            let behind = u32::from(is_visible && assoc == Assoc::Before);
            (is_visible || !text.history.has_travelled()).then(|| (file.clone(), offset + behind))
        })
    }
}
