//! What a log knows about where its units lie: as little as it can.

use super::Refusal;
use super::check::{Checked, Told};
use super::places::Places;

/// Where the units of a log lie.
#[derive(Clone, Debug)]
pub(super) enum Layout {
    /// All is text in one root (as a parent that lies in an update), if there is anything: so nobody
    /// needs places.
    OneText(Option<Box<[u8]>>),
    /// In several roots, types or entries.
    Placed(Box<Places>),
    /// Something is missing between what was stored once.
    Unknown,
}

impl Layout {
    /// Whether it stays one text with an update that says this.
    pub(super) fn stays_one_text(&mut self, checked: &Checked) -> bool {
        match (self, &checked.told) {
            (Self::OneText(_), Told::Nothing) => true,
            (Self::OneText(known), Told::Root(root)) => {
                known.get_or_insert_with(|| root.clone()) == root
            }
            _ => false,
        }
    }

    /// The layout of all that an update holds. Refuses types in what is missing.
    pub(super) fn of(update: &[u8]) -> Result<Self, Refusal> {
        let mut all = Box::<Places>::default();
        let Some(placed) = all.place(update, |_| 0)? else {
            let nests = super::check(update, usize::MAX)?.nests;
            return if nests { Err(Refusal::Nesting) } else { Ok(Self::Unknown) };
        };
        placed.check()?;
        all.add(placed);
        Ok(Self::Placed(all))
    }

    /// Adds an update. `known` is per client the next clock expected before it. Refuses, and changes
    /// nothing, what some reader does not survive, and structs that wait for each other for ever.
    pub(super) fn add(
        &mut self,
        update: &[u8],
        checked: &Checked,
        known: impl Fn(u64) -> u32,
    ) -> Result<(), Refusal> {
        match self {
            Self::Placed(all) => {
                let placed = all.place(update, known)?.ok_or(Refusal::Early)?;
                placed.check()?;
                all.add(placed);
                Ok(())
            }
            Self::Unknown if checked.nests => Err(Refusal::Nesting),
            Self::Unknown | Self::OneText(_) => Ok(()),
        }
    }
}
