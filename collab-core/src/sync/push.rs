//! What the caller gives to the relay: edits, presence and signals.

use bytes::Bytes;

use super::ledger::Ledger;
use super::{Replicas, Session};
use crate::log;
use crate::wire::{Dialect, ErrorCode, Message};

impl Session {
    /// One edit: pushed at once where the relay has what it builds on, else left to the next diff.
    pub(super) fn edited(&mut self, channel: &str, update: &Bytes) {
        let Some(index) = self.index_of(channel) else {
            return;
        };
        let takes_pushes = self.channels[index].takes_pushes();
        if !takes_pushes || !self.push(index, update, Ledger::push_one) {
            self.channels[index].ledger.wait(1);
        }
    }

    /// The replica was filled from offline storage, possibly after the channel had synced.
    pub(super) fn restored(&mut self, channel: &str, unsaved: u64, replicas: &mut dyn Replicas) {
        let Some(index) = self.index_of(channel) else {
            return;
        };
        self.channels[index].ledger.wait(unsaved);
        if self.channels[index].takes_pushes()
            && let Err(fault) = self.catch_up(index, replicas)
        {
            self.fault(fault);
        }
    }

    /// Sends a push under the next `seq`, or refuses it here, before it has one. What is too large
    /// for one push goes as several, of which the last one counts for the edit.
    pub(super) fn push(
        &mut self,
        index: usize,
        update: &[u8],
        seq: fn(&mut Ledger) -> u64,
    ) -> bool {
        if update.len() <= self.push_max_bytes() {
            return self.push_piece(index, update, seq);
        }
        let pieces = log::split(update, self.push_max_bytes()).unwrap_or_default();
        let Some((last, parts)) = pieces.split_last() else {
            return self.push_piece(index, update, seq);
        };
        parts.iter().all(|part| self.push_piece(index, part, Ledger::push_part))
            && self.push_piece(index, last, seq)
    }

    fn push_piece(&mut self, index: usize, update: &[u8], seq: fn(&mut Ledger) -> u64) -> bool {
        let refused = if !self.may_write(index) {
            Some(ErrorCode::ReadOnly)
        } else if update.len() > self.push_max_bytes() {
            Some(ErrorCode::UpdateTooLarge)
        } else {
            None
        };
        let channel = &mut self.channels[index];
        let (None, Some(number)) = (refused, channel.number) else {
            channel.refused = refused;
            return false;
        };
        let seq = seq(&mut channel.ledger);
        self.send(number, &Message::Push { seq, update });
        true
    }

    /// The largest update that the relay takes in one push.
    fn push_max_bytes(&self) -> usize {
        /// Channel, type, `seq` and length: four integers of at most eight bytes.
        const FRAMING_MAX_BYTES: u64 = 32;
        let in_frame = self.limits.frame_max_bytes.saturating_sub(FRAMING_MAX_BYTES);
        usize::try_from(in_frame.min(self.limits.update_max_bytes)).unwrap_or(usize::MAX)
    }

    pub(super) fn presence(&mut self, channel: &str, update: &[u8]) {
        let Some(index) = self.index_of(channel) else {
            return;
        };
        let Some(number) = self.channels[index].number else {
            return;
        };
        let frame = Message::Awareness(update).frame(Dialect::V1, number);
        if frame.len() as u64 <= self.limits.frame_max_bytes {
            self.send_frame(frame);
        } else {
            self.report(Some(index), ErrorCode::AwarenessRefused);
        }
    }

    pub(super) fn signal(&mut self, peer: u64, payload: &[u8]) {
        if self.link.is_welcomed() && payload.len() as u64 <= self.limits.signal_max_bytes {
            self.send(0, &Message::Signal { peer, payload });
        } else {
            self.report(None, ErrorCode::SignalRefused);
        }
    }
}
