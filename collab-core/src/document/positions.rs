//! Positions in texts that stay with their neighbours.

use super::index::{Index, Known, Unit};
use super::{Assoc, Document, FileId, ItemId, StickyPosition};

impl Document {
    /// A position that stays with its neighbours. `None` beyond the end of the text.
    pub fn sticky(&self, file: &FileId, offset: u32, assoc: Assoc) -> Option<StickyPosition> {
        self.with_index(file, |index, known| {
            let edge = StickyPosition::edge(file, assoc);
            let unit = match assoc {
                Assoc::After if offset == index.len() => return Some(edge),
                Assoc::After => index.unit_at(offset)?,
                Assoc::Before if offset > index.len() => return None,
                Assoc::Before if offset == 0 => return Some(edge),
                Assoc::Before => index.unit_at(offset - 1)?,
            };
            let item = ItemId { client: known.client(unit.client), clock: unit.clock };
            Some(StickyPosition { item: Some(item), ..edge })
        })
    }

    /// Where a position lies now. `None` if it names nothing that this replica has, or no file. Of a
    /// file that is not open it must tell the name, as those of root types do.
    pub fn offset(&self, position: &StickyPosition) -> Option<(FileId, u32)> {
        if let Some(item) = position.item {
            return self
                .offset_in_open_texts(item, position.assoc)
                .or_else(|| self.offset_in(position.file()?, item, position.assoc));
        }
        let file = position.file()?;
        let offset = match position.assoc {
            Assoc::After => self.len(&file),
            Assoc::Before => 0,
        };
        Some((file, offset))
    }

    fn offset_in_open_texts(&self, item: ItemId, assoc: Assoc) -> Option<(FileId, u32)> {
        let unit = unit(item, &self.known)?;
        self.texts.iter().find_map(|(file, text)| {
            let unit = text.history.redone.follow(unit);
            Some((file.clone(), offset_of(unit, &text.index, assoc)?))
        })
    }

    fn offset_in(&self, file: FileId, item: ItemId, assoc: Assoc) -> Option<(FileId, u32)> {
        let offset =
            self.with_index(&file, |index, known| offset_of(unit(item, known)?, index, assoc))?;
        Some((file, offset))
    }
}

fn unit(item: ItemId, known: &Known) -> Option<Unit> {
    Some(Unit { client: known.find(item.client)?, clock: item.clock })
}

/// The offset of a unit, or of the place where it stood.
fn offset_of(unit: Unit, index: &Index, assoc: Assoc) -> Option<u32> {
    let (offset, is_visible) = index.offset_of(unit)?;
    Some(offset + u32::from(is_visible && assoc == Assoc::Before))
}
