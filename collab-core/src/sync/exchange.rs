//! Documents against the relay's: state vectors, diffs, remote updates.

use super::channel::Stage;
use super::ledger::Ledger;
use super::{Fault, Replicas, Session};
use crate::log::{EMPTY_UPDATE, StateVector};
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
            self.send_state_vector(index, replicas)?;
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
            channel.stage = Stage::Syncing;
            channel.gaps = replicas.replica(&channel.name).ok_or(Fault::NoReplica)?.has_gaps();
            self.send_state_vector(index, replicas)?;
        }
        if self.channels[index].takes_pushes() { self.catch_up(index, replicas) } else { Ok(()) }
    }

    fn send_state_vector(
        &mut self,
        index: usize,
        replicas: &mut dyn Replicas,
    ) -> Result<(), Fault> {
        let channel = &self.channels[index];
        let Some(number) = channel.number else {
            return Ok(());
        };
        let replica = replicas.replica(&channel.name).ok_or(Fault::NoReplica)?;
        let state_vector = replica.state_vector();
        self.send(number, &Message::Sync(Sync::Step1(&state_vector)));
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
        let update = replica.diff(&channel.relay_state_vector)?;
        if self.push(index, &update, Ledger::push_waiting) {
            self.channels[index].heard = false;
        }
        Ok(())
    }
}
