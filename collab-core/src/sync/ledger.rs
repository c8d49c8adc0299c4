//! Which edits are acknowledged: counts, never contents.

use std::collections::VecDeque;

use super::Fault;

/// The edits of one channel between "made" and "settled". What settles an edit is `durable`, or
/// `received` in an ephemeral room.
///
/// A push carries one edit, or all that waited. The contents stay in the replica, so nothing grows
/// while offline: after a reconnect one diff covers everything that is not settled.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Edits that are in no push of this opening.
    waiting: u64,
    /// `seq` of the last push of this opening.
    pushed: u64,
    /// All pushes up to this one are settled.
    settled: u64,
    /// Pushes after `settled` that carry more than one edit: `seq`, and how many more than one.
    bulk: VecDeque<(u64, u64)>,
}

impl Ledger {
    /// `count` edits were made, or restored, and wait for a push.
    pub(super) const fn wait(&mut self, count: u64) {
        self.waiting = self.waiting.saturating_add(count);
    }

    /// Whether edits wait for a push.
    pub(super) const fn is_waiting(&self) -> bool {
        self.waiting > 0
    }

    /// A push of one new edit: its `seq`.
    pub(super) const fn push_one(&mut self) -> u64 {
        self.pushed += 1;
        self.pushed
    }

    /// A push of a part of what would not fit into one, before its last part: its `seq`. It counts
    /// as one of the edits that wait.
    pub(super) const fn push_part(&mut self) -> u64 {
        self.waiting = self.waiting.saturating_sub(1);
        self.push_one()
    }

    /// A push that carries all that waits: its `seq`. It counts as one edit if nothing waits, as
    /// when a relay has lost what was durable.
    pub(super) fn push_waiting(&mut self) -> u64 {
        self.pushed += 1;
        if self.waiting > 1 {
            self.bulk.push_back((self.pushed, self.waiting - 1));
        }
        self.waiting = 0;
        self.pushed
    }

    /// The relay settled all pushes up to `seq`. True if that left nothing unsaved.
    pub(super) fn settle(&mut self, seq: u64) -> Result<bool, Fault> {
        self.check(seq)?;
        if seq <= self.settled {
            return Ok(false);
        }
        self.settled = seq;
        while self.bulk.front().is_some_and(|&(bulk, _)| bulk <= seq) {
            self.bulk.pop_front();
        }
        Ok(self.unsaved() == 0)
    }

    /// Fails if `seq` was never pushed.
    pub(super) const fn check(&self, seq: u64) -> Result<(), Fault> {
        if seq > self.pushed {
            return Err(Fault::Acknowledgement { acknowledged: seq, pushed: self.pushed });
        }
        Ok(())
    }

    /// The channel was closed: what is not settled waits again, and `seq` starts again.
    pub(super) fn reopen(&mut self) {
        *self = Self { waiting: self.unsaved(), ..Self::default() };
    }

    /// Edits that are not settled.
    pub(super) fn unsaved(&self) -> u64 {
        let bulk = self.bulk.iter().fold(0, |sum: u64, &(_, more)| sum.saturating_add(more));
        self.waiting.saturating_add(self.pushed - self.settled).saturating_add(bulk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_settles_all_that_waited() {
        let mut ledger = Ledger::default();
        ledger.wait(5);
        assert_eq!(ledger.push_waiting(), 1);
        assert_eq!(ledger.push_one(), 2);
        assert_eq!(ledger.unsaved(), 6);
        assert!(!ledger.settle(1).expect("pushed"));
        assert_eq!(ledger.unsaved(), 1);
        assert!(ledger.settle(2).expect("pushed"));
    }

    #[test]
    fn what_is_not_settled_waits_again_after_a_reopen() {
        let mut ledger = Ledger::default();
        ledger.wait(3);
        ledger.push_waiting();
        ledger.push_one();
        ledger.settle(1).expect("pushed");
        ledger.reopen();
        assert_eq!(ledger.unsaved(), 1);
        assert_eq!(ledger.push_waiting(), 1);
    }

    #[test]
    fn an_acknowledgement_of_nothing_is_a_fault() {
        assert!(matches!(
            Ledger::default().settle(1),
            Err(Fault::Acknowledgement { acknowledged: 1, pushed: 0 })
        ));
    }
}
