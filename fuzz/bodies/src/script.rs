//! Bytes as decisions: how a target turns its input into a sequence of steps.

use arbitrary::Unstructured;

/// Decisions that libFuzzer can mutate one by one. When the bytes end, all are 0.
pub(crate) struct Script<'a>(Unstructured<'a>);

impl<'a> Script<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(Unstructured::new(bytes))
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.0.arbitrary().unwrap_or_default()
    }

    /// A number below `below`.
    pub(crate) fn roll(&mut self, below: u32) -> u32 {
        match below {
            0 | 1 => 0,
            // One byte where one is enough, so that a mutation stays small.
            2..=256 => u32::from(self.byte()) % below,
            _ => u32::from(u16::from_le_bytes([self.byte(), self.byte()])) % below,
        }
    }

    pub(crate) fn flip(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    pub(crate) fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.roll(among.len() as u32) as usize]
    }

    /// Up to `max` bytes behind their number.
    pub(crate) fn bytes(&mut self, max: u32) -> &'a [u8] {
        let len = (self.roll(max + 1) as usize).min(self.0.len());
        self.0.bytes(len).unwrap_or_default()
    }

    /// All bytes that are left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        self.0.bytes(self.0.len()).unwrap_or_default()
    }

    /// Shuffles with the decisions that are left; without any it reverses.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.roll(last as u32 + 1) as usize);
        }
    }
}
