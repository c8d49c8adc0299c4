//! The relay's way to its store: in order, late, sometimes twice, sometimes not at all.

use collab_core::relay::{Input, LoadFailure};

use super::store::{Operation, Store};
use super::world::{Event, World};

impl World {
    pub(crate) fn ask_store(&mut self, operation: Operation) {
        let Some(relay) = &mut self.relay else { return };
        relay.operations.push_back(operation);
        if relay.operations.len() == 1 {
            self.soon(self.plan.store_delay_max_ms, Event::Store(self.room_number()));
        }
    }

    /// Works off some of what waits, in order, and answers later.
    pub(crate) fn work_store(&mut self, number: u64) {
        if number != self.room_number() {
            return;
        }
        if self.now_ms < self.store.outage_until_ms {
            self.store_health(false);
            return self.at(self.store.outage_until_ms + 1, Event::Store(number));
        }
        self.store_health(true);
        if self.random.percent(10) {
            self.tell_relay(Input::StoreLate);
        }
        for _ in 0..self.random.range(1, 8) {
            let Some(operation) = self.relay.as_mut().and_then(|r| r.operations.pop_front()) else {
                break;
            };
            let input = self.perform(operation);
            self.answer(number, input);
        }
        if self.relay.as_ref().is_some_and(|relay| !relay.operations.is_empty()) {
            self.soon(self.plan.store_delay_max_ms, Event::Store(number));
        }
    }

    /// Answers of the store keep their order, since each store has one writer; some come twice.
    fn answer(&mut self, number: u64, input: Input) {
        if let Input::Durable { channel, entry, position } = &input
            && self.random.percent(10)
        {
            let (channel, entry, position) = (channel.clone(), *entry, *position);
            let again = Input::Durable { channel, entry, position };
            self.soon(2_000, Event::Stored(number, again));
        }
        self.soon(20, Event::Stored(number, input));
    }

    pub(crate) fn perform(&mut self, operation: Operation) -> Input {
        match operation {
            Operation::Load { channel } => {
                let stored = self.try_to_read(|store| store.load(&channel));
                Input::Loaded { channel, stored }
            }
            Operation::List { prefix, max } => {
                let names = self.try_to_read(|store| store.list(prefix, max));
                Input::Listed { prefix, names }
            }
            Operation::Append { channel, entry, update } => {
                // An answer was lost and the append was repeated.
                if self.random.percent(5) {
                    self.store.append(channel.clone(), update.clone());
                }
                let position = self.store.append(channel.clone(), update);
                Input::Durable { channel, entry, position }
            }
            Operation::Replace { channel, upto, snapshot } => {
                let ok = !self.random.percent(20);
                if ok {
                    self.store.replace(&channel, upto, snapshot);
                    self.check_store();
                    self.check_stored_chats();
                }
                Input::Replaced { channel, upto, ok }
            }
        }
    }

    fn try_to_read<T>(&mut self, read: impl FnOnce(&Store) -> T) -> Result<T, LoadFailure> {
        let fails = self.is_busy() && self.random.percent(10);
        if fails { Err(LoadFailure::Unavailable) } else { Ok(read(&self.store)) }
    }

    fn store_health(&mut self, ok: bool) {
        if let Some(relay) = &mut self.relay
            && relay.store_ok != ok
        {
            relay.store_ok = ok;
            self.trace(|_| format!("store {}", if ok { "recovers" } else { "fails" }));
            self.tell_relay(Input::StoreHealth { ok });
        }
    }

    pub(crate) fn stored(&mut self, number: u64, input: Input) {
        if number == self.room_number() {
            self.tell_relay(input);
        }
    }
}
