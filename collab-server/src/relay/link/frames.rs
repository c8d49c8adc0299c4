//! WebSocket frames (RFC 6455, sections 5.2 to 5.5): headers out, messages in.
//!
//! The decoder holds bytes only while a frame or a fragmented message is incomplete, so that idle
//! connections own no buffer.

use std::collections::VecDeque;
use std::io::Cursor;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::protocol::frame::FrameHeader;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Control, Data, OpCode};

/// The longest payload of a control frame.
const CONTROL_MAX_BYTES: u64 = 125;

/// What a client said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Received {
    Binary(Bytes),
    Text,
    Ping(Bytes),
    Pong,
    Close(Bytes),
}

/// Why a stream cannot be read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undecodable {
    TooLarge,
    Malformed,
}

/// Turns what is read into messages.
#[derive(Debug)]
pub(super) struct Decoder {
    message_max_bytes: usize,
    /// The beginning of a frame.
    partial: Vec<u8>,
    /// A message whose last fragment has not come: whether it is text, and its bytes.
    fragments: Option<(bool, Vec<u8>)>,
}

impl Decoder {
    pub(super) const fn new(message_max_bytes: usize) -> Self {
        Self { message_max_bytes, partial: Vec::new(), fragments: None }
    }

    /// Decodes what follows what was fed before; `bytes` are unmasked in place.
    pub(super) fn feed(
        &mut self,
        bytes: &mut [u8],
        messages: &mut VecDeque<Received>,
    ) -> Result<(), Undecodable> {
        if self.partial.is_empty() {
            let used = self.decode(bytes, messages)?;
            self.partial = bytes[used..].to_vec();
        } else {
            let mut partial = std::mem::take(&mut self.partial);
            partial.extend_from_slice(bytes);
            let used = self.decode(&mut partial, messages)?;
            if used < partial.len() {
                partial.drain(..used);
                self.partial = partial;
            }
        }
        Ok(())
    }

    /// Decodes all whole frames; returns how many bytes they are.
    fn decode(
        &mut self,
        bytes: &mut [u8],
        messages: &mut VecDeque<Received>,
    ) -> Result<usize, Undecodable> {
        let mut used = 0;
        loop {
            let mut cursor = Cursor::new(&bytes[used..]);
            let header = FrameHeader::parse(&mut cursor).map_err(|_| Undecodable::Malformed)?;
            let Some((header, len)) = header else { return Ok(used) };
            let start = used + cursor.position() as usize;
            self.validate(&header, len)?;
            let end = start + len as usize;
            let Some(payload) = bytes.get_mut(start..end) else { return Ok(used) };
            unmask(payload, header.mask.ok_or(Undecodable::Malformed)?);
            messages.extend(self.take(&header, payload)?);
            used = end;
        }
    }

    /// Refuses a frame by its header, before its payload is waited for.
    fn validate(&self, header: &FrameHeader, len: u64) -> Result<(), Undecodable> {
        let is_control = matches!(header.opcode, OpCode::Control(_));
        let continues = header.opcode == OpCode::Data(Data::Continue);
        let is_valid = !(header.rsv1 || header.rsv2 || header.rsv3)
            && header.mask.is_some()
            && (is_control || continues == self.fragments.is_some())
            && !(is_control && (len > CONTROL_MAX_BYTES || !header.is_final));
        let before = self.fragments.as_ref().map_or(0, |(_, bytes)| bytes.len());
        if !is_valid {
            return Err(Undecodable::Malformed);
        }
        if !is_control && len > (self.message_max_bytes - before) as u64 {
            return Err(Undecodable::TooLarge);
        }
        Ok(())
    }

    fn take(
        &mut self,
        header: &FrameHeader,
        payload: &[u8],
    ) -> Result<Option<Received>, Undecodable> {
        let copy = || Bytes::copy_from_slice(payload);
        Ok(match header.opcode {
            OpCode::Control(Control::Ping) => Some(Received::Ping(copy())),
            OpCode::Control(Control::Pong) => Some(Received::Pong),
            OpCode::Control(Control::Close) => Some(Received::Close(copy())),
            OpCode::Data(Data::Binary) if header.is_final => Some(Received::Binary(copy())),
            OpCode::Data(Data::Text) if header.is_final => Some(Received::Text),
            OpCode::Data(Data::Binary | Data::Text) => {
                let is_text = header.opcode == OpCode::Data(Data::Text);
                self.fragments = Some((is_text, payload.to_vec()));
                None
            }
            OpCode::Data(Data::Continue) => self.join(header.is_final, payload),
            // The parser refuses reserved ones.
            OpCode::Control(Control::Reserved(_)) | OpCode::Data(Data::Reserved(_)) => {
                return Err(Undecodable::Malformed);
            }
        })
    }

    fn join(&mut self, is_final: bool, payload: &[u8]) -> Option<Received> {
        let (is_text, mut message) = self.fragments.take()?;
        message.extend_from_slice(payload);
        if !is_final {
            self.fragments = Some((is_text, message));
            return None;
        }
        Some(if is_text { Received::Text } else { Received::Binary(message.into()) })
    }
}

/// Appends the header of an unfragmented frame from a server.
pub(super) fn write_header(buffer: &mut Vec<u8>, opcode: OpCode, len: usize) {
    let header = FrameHeader { opcode, ..FrameHeader::default() };
    header.format(len as u64, buffer).expect("writing to memory succeeds");
}

fn unmask(payload: &mut [u8], mask: [u8; 4]) {
    let mut chunks = payload.chunks_exact_mut(4);
    for chunk in &mut chunks {
        chunk.iter_mut().zip(mask).for_each(|(byte, key)| *byte ^= key);
    }
    chunks.into_remainder().iter_mut().zip(mask).for_each(|(byte, key)| *byte ^= key);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client's frame with an arbitrary mask.
    fn frame(opcode: OpCode, is_final: bool, payload: &[u8]) -> Vec<u8> {
        let mask = [7, 0, 200, 33];
        let header = FrameHeader { opcode, is_final, mask: Some(mask), ..FrameHeader::default() };
        let mut bytes = Vec::new();
        header.format(payload.len() as u64, &mut bytes).unwrap();
        let start = bytes.len();
        bytes.extend_from_slice(payload);
        unmask(&mut bytes[start..], mask);
        bytes
    }

    const BINARY: OpCode = OpCode::Data(Data::Binary);
    const CONTINUE: OpCode = OpCode::Data(Data::Continue);
    const PING: OpCode = OpCode::Control(Control::Ping);

    fn decode(bytes: &[u8], step: usize) -> Result<Vec<Received>, Undecodable> {
        let mut decoder = Decoder::new(100_000);
        let mut messages = VecDeque::new();
        for chunk in bytes.to_vec().chunks_mut(step) {
            decoder.feed(chunk, &mut messages)?;
        }
        assert!(decoder.partial.is_empty());
        Ok(messages.into())
    }

    #[test]
    fn messages_are_the_same_however_the_stream_is_cut() {
        let (small, large) = (vec![1; 100], vec![2; 70_000]);
        let frames = [
            frame(BINARY, true, &small),
            frame(BINARY, false, b"one "),
            frame(PING, true, b"between"),
            frame(CONTINUE, false, b"message"),
            frame(CONTINUE, true, b""),
            frame(BINARY, true, &large),
        ];
        let expected = [
            Received::Binary(small.into()),
            Received::Ping(Bytes::from_static(b"between")),
            Received::Binary(Bytes::from_static(b"one message")),
            Received::Binary(large.into()),
        ];
        for step in [1, 2, 3, 7, 1000, 1 << 20] {
            assert_eq!(decode(&frames.concat(), step).unwrap(), expected);
        }
    }

    #[test]
    fn what_the_rfc_forbids_is_malformed() {
        let mut unmasked = Vec::new();
        write_header(&mut unmasked, BINARY, 0);
        let mut reserved = frame(BINARY, true, b"");
        reserved[0] |= 0x40;
        let forbidden = [
            unmasked,
            reserved,
            frame(PING, true, &[0; 126]),
            frame(PING, false, b""),
            frame(CONTINUE, true, b""),
            [frame(BINARY, false, b""), frame(BINARY, true, b"")].concat(),
            vec![0x83, 0x80, 0, 0, 0, 0],
        ];
        for bytes in forbidden {
            assert_eq!(decode(&bytes, 1 << 20), Err(Undecodable::Malformed), "{bytes:?}");
        }
    }

    #[test]
    fn a_message_beyond_the_limit_is_refused_by_its_header() {
        let whole = frame(BINARY, true, &vec![0; 100_001]);
        assert_eq!(decode(&whole[..14], 14), Err(Undecodable::TooLarge));
        let parts =
            [frame(BINARY, false, &vec![0; 60_000]), frame(CONTINUE, true, &vec![0; 60_000])];
        assert_eq!(decode(&parts.concat(), 1 << 20), Err(Undecodable::TooLarge));
    }
}
