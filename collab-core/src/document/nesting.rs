//! Types in types: none is kept so deep that a reader could not delete it any more.
//!
//! A relay refuses what lies too deep; what comes another way is buried here, as children of what is
//! no type are (`log::bury_children`), since whoever uses Yrs is given this document's state. A
//! document that never saw a type in a type pays nothing.

use crate::log::{self, Depths, Measured, Refusal};

/// How deep everything lies that was integrated.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    depths: Depths,
    /// An update with types in types has arrived.
    is_used: bool,
}

/// An update that may be integrated.
#[derive(Debug, Default)]
pub(super) struct Levelled {
    /// What lies where.
    pub(super) measured: Measured,
    /// What is to be integrated in its place: it without what lies too deep.
    pub(super) flat: Option<Vec<u8>>,
}

impl Nesting {
    /// Notes that an update with types in types has arrived.
    pub(super) const fn expect(&mut self) {
        self.is_used = true;
    }

    /// Measures an update that is to be integrated. `known` is per client the next clock expected.
    /// `None` if something before it is missing.
    pub(super) fn level(
        &self,
        update: &[u8],
        known: impl Fn(u64) -> u32,
    ) -> Result<Option<Levelled>, Refusal> {
        if !self.is_used {
            return Ok(Some(Levelled::default()));
        }
        let Some(measured) = self.depths.measure(update, known)? else { return Ok(None) };
        let is_full = |client, clock| measured.is_full(&self.depths, client, clock);
        let flat = measured.is_too_deep().then(|| log::bury_children(update, is_full));
        let flat = flat.transpose()?;
        Ok(Some(Levelled { measured, flat }))
    }

    /// Takes note that an update was integrated.
    pub(super) fn add(&mut self, measured: Measured) {
        self.depths.add(measured);
    }
}
