//! The operating system's randomness, for IDs, names and tokens.

use super::AccountError;

/// Random bytes that were drawn at once and are used up one by one.
#[derive(Debug)]
pub(crate) struct Random {
    bytes: [u8; 64],
    used: usize,
}

impl Random {
    pub(crate) fn draw() -> Result<Self, AccountError> {
        Ok(Self { bytes: bytes()?, used: 0 })
    }

    /// A number below `limit`, which is at most 65,536. Two bytes more than needed make the bias
    /// smaller than one in 65,536.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let drawn = self.bytes.iter().cycle().skip(self.used).take(4);
        let number = drawn.fold(0, |number, byte| number << 8 | usize::from(*byte));
        self.used += 4;
        number % limit
    }
}

/// Bytes for a key or a token.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], AccountError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| AccountError::Unavailable(error.into()))?;
    Ok(bytes)
}
