//! The lib0 primitives (PROTOCOL section 2), bounded on reading.

use bytes::Bytes;

/// Largest integer that JavaScript clients represent exactly: 2^53 - 1.
pub const VAR_UINT_MAX: u64 = (1 << 53) - 1;

/// Why bytes are not a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// The frame ends inside a value, or a length exceeds the rest of the frame.
    #[error("frame ends inside a value")]
    Truncated,
    /// An integer beyond 2^53 - 1, or one encoded in more than eight bytes.
    #[error("integer out of range")]
    IntegerRange,
    /// A string that is not UTF-8.
    #[error("string is not UTF-8")]
    Utf8,
    /// A message type that this dialect does not have.
    #[error("unknown message type {0}")]
    UnknownType(u64),
    /// A field with a value that the protocol does not define.
    #[error("field has an undefined value")]
    Field,
    /// Bytes after the end of a stock message.
    #[error("bytes after the end of the message")]
    Trailing,
}

/// Reads lib0 primitives from a borrowed frame.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads `bytes` from their start.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether everything was read.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Reads a `varUint`.
    pub fn var_uint(&mut self) -> Result<u64, WireError> {
        let mut value = 0u64;
        for (i, &byte) in self.rest.iter().enumerate().take(8) {
            value |= u64::from(byte & 0x7f) << (7 * i);
            if byte < 0x80 {
                self.rest = &self.rest[i + 1..];
                return if value <= VAR_UINT_MAX {
                    Ok(value)
                } else {
                    Err(WireError::IntegerRange)
                };
            }
        }
        if self.rest.len() < 8 { Err(WireError::Truncated) } else { Err(WireError::IntegerRange) }
    }

    /// Reads `length` raw bytes.
    pub fn bytes(&mut self, length: usize) -> Result<&'a [u8], WireError> {
        if length > self.rest.len() {
            return Err(WireError::Truncated);
        }
        let (head, rest) = self.rest.split_at(length);
        self.rest = rest;
        Ok(head)
    }

    /// Reads one byte.
    pub fn byte(&mut self) -> Result<u8, WireError> {
        Ok(self.bytes(1)?[0])
    }

    /// Reads `varBytes`.
    pub fn var_bytes(&mut self) -> Result<&'a [u8], WireError> {
        let length = usize::try_from(self.var_uint()?).map_err(|_| WireError::Truncated)?;
        self.bytes(length)
    }

    /// Reads a `varString`.
    pub fn var_string(&mut self) -> Result<&'a str, WireError> {
        std::str::from_utf8(self.var_bytes()?).map_err(|_| WireError::Utf8)
    }
}

/// Writes lib0 primitives into a growing buffer.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    buffer: Vec<u8>,
}

impl Writer {
    /// An empty buffer with room for `capacity` bytes.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { buffer: Vec::with_capacity(capacity) }
    }

    /// Writes a `varUint`.
    pub fn var_uint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.buffer.push((value as u8) | 0x80);
            value >>= 7;
        }
        self.buffer.push(value as u8);
    }

    /// Writes raw bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Writes `varBytes`.
    pub fn var_bytes(&mut self, bytes: &[u8]) {
        self.var_uint(bytes.len() as u64);
        self.bytes(bytes);
    }

    /// Writes a `varString`.
    pub fn var_string(&mut self, text: &str) {
        self.var_bytes(text.as_bytes());
    }

    /// Bytes written so far.
    pub(crate) fn len(&self) -> usize {
        self.buffer.len()
    }

    /// What was written so far.
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.buffer
    }

    /// The written bytes.
    pub fn into_bytes(self) -> Bytes {
        Bytes::from(self.buffer)
    }

    /// The written bytes as a vector.
    pub fn into_vec(self) -> Vec<u8> {
        self.buffer
    }
}
