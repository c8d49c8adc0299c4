//! Documents against the relay's: state vectors, deletions, diffs, remote updates.

use super::channel::{Question, Stage};
use super::ledger::Ledger;
use super::{Fault, Replicas, Session};
use crate::log::{Deletions, Differing, EMPTY_UPDATE, StateVector};
use crate::wire::{Message, Sync};

impl Session {
    pub(super) fn sync(
        &mut self,
        number: u64,
        sync: Sync<'_>,
        replicas: &mut dyn Replicas,
    ) -> Result<(), Fault> {
        let Some(index) = self.index_of_number(number) else {
            return Ok(());
        };
        match sync {
            Sync::Step1(state_vector) => self.relay_state_vector(index, state_vector, replicas),
            Sync::Update(update) => {
                self.channels[index].heard = true;
                self.apply(index, update, replicas)
            }
            Sync::Step2(update) => {
                self.apply(index, update, replicas)?;
                if self.channels[index].stage == Stage::Syncing {
                    self.channels[index].stage = Stage::Live;
                }
                Ok(())
            }
        }
    }

    /// Frames of this channel were dropped on their way here. Pushes went the other way and are
    /// not affected.
    pub(super) fn resync(&mut self, number: u64, replicas: &mut dyn Replicas) -> Result<(), Fault> {
        let Some(index) = self.index_of_number(number) else {
            return Ok(());
        };
        // A channel that is loading asks as soon as the relay's state vector arrives.
        if matches!(self.channels[index].stage, Stage::Syncing | Stage::Live) {
            self.channels[index].stage = Stage::Syncing;
            self.ask(index, replicas)?;
        }
        Ok(())
    }

    /// The relay's state vector arrived: ask for what is lacking here, push what is lacking there.
    fn relay_state_vector(
        &mut self,
        index: usize,
        state_vector: &[u8],
        replicas: &mut dyn Replicas,
    ) -> Result<(), Fault> {
        let channel = &mut self.channels[index];
        channel.relay_state_vector = state_vector.to_vec();
        if channel.stage == Stage::Loading {
            channel.gaps = replicas.replica(&channel.name).ok_or(Fault::NoReplica)?.has_gaps();
            self.ask(index, replicas)?;
            let channel = &mut self.channels[index];
            let asks = channel.question.is_some();
            channel.stage = if asks { Stage::Asking } else { Stage::Syncing };
        }
        if self.channels[index].takes_pushes() { self.catch_up(index, replicas) } else { Ok(()) }
    }

    /// Asks the relay for what is lacking here: with a digest of the deletions, if the relay takes
    /// one, and no other question is open whose answer would be taken for this one's.
    fn ask(&mut self, index: usize, replicas: &mut dyn Replicas) -> Result<(), Fault> {
        let channel = &mut self.channels[index];
        let Some(number) = channel.number else {
            return Ok(());
        };
        let replica = replicas.replica(&channel.name).ok_or(Fault::NoReplica)?;
        let state_vector = replica.state_vector();
        let asks = self.digests && channel.question.is_none() && state_vector != [0];
        let delete_set = if asks { replica.delete_set() } else { None };
        let deletions = delete_set.and_then(|delete_set| Deletions::read(&delete_set).ok());
        let Some(deletions) = deletions else {
            self.send(number, &Message::Sync(Sync::Step1(&state_vector)));
            return Ok(());
        };
        let digest = deletions.digest(self.random.key());
        let written = digest.write();
        channel.question = Some(Question { deletions, digest });
        self.send(number, &Message::Ask { state_vector: &state_vector, digest: &written });
        Ok(())
    }

    /// Where the deletions differ: the relay has all others that were in the digest.
    pub(super) fn differ(
        &mut self,
        number: u64,
        buckets: &[u8],
        replicas: &mut dyn Replicas,
    ) -> Result<(), Fault> {
        let Some(index) = self.index_of_number(number) else {
            return Ok(());
        };
        let channel = &mut self.channels[index];
        let question = channel.question.take().ok_or(Fault::Unexpected)?;
        let differing = Differing::read(buckets)?;
        channel.relay_deletions = Some(question.deletions.shared(&question.digest, &differing));
        if channel.stage == Stage::Asking {
            channel.stage = Stage::Syncing;
            self.catch_up(index, replicas)?;
        }
        Ok(())
    }

    fn apply(
        &mut self,
        index: usize,
        update: &[u8],
        replicas: &mut dyn Replicas,
    ) -> Result<(), Fault> {
        if update == EMPTY_UPDATE {
            return Ok(());
        }
        let channel = &mut self.channels[index];
        let replica = replicas.replica(&channel.name).ok_or(Fault::NoReplica)?;
        replica.apply(update)?;
        if channel.gaps && !replica.has_gaps() {
            channel.gaps = false;
            if channel.takes_pushes() {
                self.push_diff(index, replicas)?;
            }
        }
        Ok(())
    }

    /// Pushes what the relay lacks, if it may lack anything.
    pub(super) fn catch_up(
        &mut self,
        index: usize,
        replicas: &mut dyn Replicas,
    ) -> Result<(), Fault> {
        let channel = &self.channels[index];
        let replica = replicas.replica(&channel.name).ok_or(Fault::NoReplica)?;
        let relay = StateVector::read(&channel.relay_state_vector)?;
        let ahead = !relay.covers(&StateVector::read(&replica.state_vector())?);
        if ahead || channel.heard || channel.ledger.is_waiting() {
            self.push_diff(index, replicas)?;
        }
        Ok(())
    }

    /// One push of all that the relay did not have when it told its state vector.
    fn push_diff(&mut self, index: usize, replicas: &mut dyn Replicas) -> Result<(), Fault> {
        let channel = &self.channels[index];
        // A reader who has what the relay lost cannot heal it, and has nothing unsaved.
        if !channel.ledger.is_waiting() && !self.may_write(index) {
            return Ok(());
        }
        let replica = replicas.replica(&channel.name).ok_or(Fault::NoReplica)?;
        let mut update = replica.diff(&channel.relay_state_vector)?;
        if let Some(known) = &channel.relay_deletions {
            update = known.removed_from(&update).unwrap_or(update);
        }
        if update == EMPTY_UPDATE && !channel.ledger.is_waiting() {
            self.channels[index].heard = false;
            return Ok(());
        }
        if self.push(index, &update, Ledger::push_waiting) {
            self.channels[index].heard = false;
        }
        Ok(())
    }
}
