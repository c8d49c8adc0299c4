//! WebSocket frames as a client reads and writes them (RFC 6455 section 5), without copying.
//!
//! The generator takes millions of frames a second on one core, which the WebSocket library of the
//! tests does not: it would measure itself. Fragmented messages, which no relay here sends, are
//! refused.

use super::LoadError;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opcode {
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
}

/// A frame as it lies in a buffer.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) opcode: Opcode,
    pub(super) payload: &'a [u8],
    /// Of all of it, head and payload.
    pub(super) length: usize,
}

/// Takes the first whole frame from `bytes`, if there is one.
pub(super) fn read(bytes: &[u8]) -> Result<Option<Frame<'_>>, LoadError> {
    let [first, second, ..] = *bytes else { return Ok(None) };
    let opcode = match first {
        0x81 => Opcode::Text,
        0x82 => Opcode::Binary,
        0x88 => Opcode::Close,
        0x89 => Opcode::Ping,
        0x8a => Opcode::Pong,
        _ => return Err(LoadError::Frame(first)),
    };
    let (start, length) = match second {
        126 => match bytes.get(2..4) {
            Some(length) => (4, usize::from(length[0]) << 8 | usize::from(length[1])),
            None => return Ok(None),
        },
        127 => match bytes.get(2..10) {
            Some(length) => (10, length.iter().fold(0, |sum, &b| sum << 8 | usize::from(b))),
            None => return Ok(None),
        },
        masked if masked > 127 => return Err(LoadError::Frame(second)),
        length => (2, usize::from(length)),
    };
    let end = length.saturating_add(start);
    Ok(bytes.get(start..end).map(|payload| Frame { opcode, payload, length: end }))
}

/// Appends one frame. Its mask is zero, so that the payload lies there as it is.
pub(super) fn write(opcode: Opcode, payload: &[u8], out: &mut Vec<u8>) {
    out.push(0x80 | opcode as u8);
    match payload.len() {
        length @ ..126 => out.push(0x80 | length as u8),
        length @ ..0x1_0000 => {
            out.push(0x80 + 126);
            out.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            out.push(0x80 + 127);
            out.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_length_are_read_whole_or_not_at_all() {
        for length in [0, 1, 125, 126, 0xffff, 0x1_0000] {
            let mut frame = Vec::new();
            write(Opcode::Binary, &vec![7; length], &mut frame);
            // What a server sends has no mask.
            let mask = frame.len() - length - 4;
            frame.drain(mask..mask + 4);
            frame[1] &= 0x7f;
            assert!(read(&frame[..frame.len() - 1]).is_ok_and(|frame| frame.is_none()));
            let whole = read(&frame).ok().flatten().expect("a whole frame");
            assert_eq!((whole.opcode, whole.payload.len()), (Opcode::Binary, length));
            assert_eq!(whole.length, frame.len());
        }
    }
}
