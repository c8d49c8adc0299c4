//! Where the window on the messages stands: at the end, following it, or held at a message.
//!
//! Rows are known only where widths are, so keys leave a wish here that the view fulfils.

use crate::model::MessageId;

/// Where the window stands, and where it shall go.
#[derive(Debug, Default)]
pub struct Scroll {
    /// The message at the lower edge and how many of its rows lie below; `None` follows the end.
    held: Option<(MessageId, usize)>,
    wish: Option<Wish>,
}

/// What was asked for since it was drawn last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// Rows towards older messages.
    Rows(isize),
    /// Windows towards older messages.
    Page(isize),
    First,
    Last,
    /// No further than this message needs to be in the window.
    Reveal(MessageId),
}

impl Scroll {
    /// Whether new messages move the window.
    pub fn follows(&self) -> bool {
        self.held.is_none()
    }

    pub(super) fn by(&mut self, rows: isize) {
        let before = if let Some(Wish::Rows(before)) = self.wish { before } else { 0 };
        self.wish = Some(Wish::Rows(before.saturating_add(rows)));
    }

    pub(super) fn page(&mut self, older: bool) {
        self.wish = Some(Wish::Page(if older { 1 } else { -1 }));
    }

    pub(super) fn show_first(&mut self) {
        self.wish = Some(Wish::First);
    }

    pub(super) fn show_last(&mut self) {
        self.wish = Some(Wish::Last);
    }

    pub(super) fn reveal(&mut self, id: MessageId) {
        self.wish = Some(Wish::Reveal(id));
    }

    /// Fulfils the wish in a window of `height` rows on `count` messages; `rows` tells how many rows
    /// a message takes, `index` where it stands. Returns the message at the lower edge and how many
    /// of its rows lie below it.
    pub(crate) fn settle(
        &mut self,
        height: usize,
        ids: &[MessageId],
        rows: &mut dyn FnMut(usize) -> usize,
    ) -> Option<Edge> {
        let last = ids.len().checked_sub(1)?;
        let held = self.held.and_then(|(id, below)| {
            let index = ids.iter().position(|other| *other == id)?;
            Some(Edge { index, below: below.min(rows(index).saturating_sub(1)) })
        });
        let mut edge = held.unwrap_or(Edge { index: last, below: 0 });
        match self.wish.take() {
            None => {}
            Some(Wish::Rows(count)) => edge = edge.moved(count, last, rows),
            Some(Wish::Page(count)) => {
                let page = isize::try_from(height.saturating_sub(2).max(1)).unwrap_or(1);
                edge = edge.moved(count * page, last, rows);
            }
            Some(Wish::First) => edge = Edge { index: 0, below: rows(0).saturating_sub(1) },
            Some(Wish::Last) => edge = Edge { index: last, below: 0 },
            Some(Wish::Reveal(id)) => {
                if let Some(index) = ids.iter().position(|other| *other == id) {
                    edge = edge.revealing(index, height, rows);
                }
            }
        }
        let edge = edge.filling(height, last, rows);
        let at_end = edge == Edge { index: last, below: 0 };
        self.held = (!at_end).then(|| (ids[edge.index], edge.below));
        Some(edge)
    }
}

/// The lower edge of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    /// Which message.
    pub(crate) index: usize,
    /// How many of its rows lie below.
    pub(crate) below: usize,
}

impl Edge {
    /// Moved by `count` rows towards older messages, as far as there are any.
    fn moved(self, count: isize, last: usize, rows: &mut dyn FnMut(usize) -> usize) -> Self {
        let mut edge = self;
        if count >= 0 {
            edge.below += count.unsigned_abs();
            while edge.below >= rows(edge.index) && edge.index > 0 {
                edge.below -= rows(edge.index);
                edge.index -= 1;
            }
            edge.below = edge.below.min(rows(edge.index).saturating_sub(1));
            return edge;
        }
        let mut left = count.unsigned_abs();
        while left > edge.below {
            if edge.index == last {
                return Self { index: last, below: 0 };
            }
            left -= edge.below + 1;
            edge.index += 1;
            edge.below = rows(edge.index).saturating_sub(1);
        }
        edge.below -= left;
        edge
    }

    /// Moved no further than needed for all of message `index` to lie in the window.
    fn revealing(self, index: usize, height: usize, rows: &mut dyn FnMut(usize) -> usize) -> Self {
        if index > self.index || (index == self.index && self.below > 0) {
            return Self { index, below: 0 };
        }
        let above = (index..=self.index).map(&mut *rows).sum::<usize>() - self.below;
        let excess = isize::try_from(above.saturating_sub(height)).unwrap_or(0);
        // Towards older messages there is always something left: `index` itself.
        self.moved(excess, self.index, rows)
    }

    /// Moved towards newer messages until nothing above the first one is shown.
    fn filling(self, height: usize, last: usize, rows: &mut dyn FnMut(usize) -> usize) -> Self {
        let mut shown = 0;
        for index in (0..=self.index).rev() {
            shown += rows(index) - if index == self.index { self.below } else { 0 };
            if shown >= height {
                return self;
            }
        }
        let missing = isize::try_from(height - shown).unwrap_or(0);
        self.moved(-missing, last, rows)
    }
}
