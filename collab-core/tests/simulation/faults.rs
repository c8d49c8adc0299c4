//! What goes wrong.

use super::network::{ConnectionId, Way};
use super::process::News;
use super::world::{Event, World};

/// How long anything may last, at most; everything is over when the busy time is.
const FAULT_MAX_MS: u64 = 70_000;

impl World {
    pub(crate) fn plan_fault(&mut self) {
        let every_ms = self.plan.fault_every_ms;
        self.soon(2 * every_ms, Event::Fault);
    }

    pub(crate) fn fault(&mut self) {
        if !self.is_busy() {
            return;
        }
        self.plan_fault();
        let client = self.random.index(self.plan.everybody());
        match self.random.range(0, 100) {
            0..20 => self.note("break", |world| world.break_connection_of(client)),
            20..35 => self.note("partition", |world| world.partition(client)),
            35..50 => self.note("slow reader", |world| world.slow_down(client)),
            50..65 => self.note("client crash", |world| world.crash_for_a_while(client)),
            65..72 => self.note("relay crash", Self::crash_relay_for_a_while),
            72..75 => self.note("power failure", Self::fail_power),
            75..80 => self.note("relay restart", Self::send_relay_away),
            80..90 => self.note("store outage", Self::fail_store),
            90..93 => self.note("demotion", Self::demote_somebody),
            93..97 => self.note("stop", |world| world.stop_for_a_while(client)),
            _ => self.note("network back", |world| world.tell_client(client, News::NetworkBack)),
        }
    }

    fn note(&mut self, name: &'static str, fault: impl FnOnce(&mut Self)) {
        self.trace(|_| format!("fault: {name}"));
        self.faults.push(name);
        fault(self);
    }

    /// A time within the busy time.
    fn a_while(&mut self) -> u64 {
        let end_ms = self.now_ms + self.random.range(1, FAULT_MAX_MS);
        end_ms.min(self.busy_until_ms)
    }

    fn break_connection_of(&mut self, client: usize) {
        if let Some(id) = self.connections[client] {
            self.break_connection(id);
        }
    }

    /// Either end may notice soon, or find out by silence.
    fn break_connection(&mut self, id: ConnectionId) {
        self.network.get(id).cut = true;
        for way in [Way::Up, Way::Down] {
            if self.random.percent(70) {
                self.soon(4_000, Event::Notice(id, way));
            }
        }
    }

    fn partition(&mut self, client: usize) {
        let until_ms = self.a_while();
        self.network.weather[client].partition_until_ms = until_ms;
        if self.random.percent(50) {
            self.break_connection_of(client);
        }
        if self.random.percent(50) {
            self.at(until_ms, Event::NetworkBack(client));
        }
    }

    fn slow_down(&mut self, client: usize) {
        self.network.weather[client].slow_until_ms = self.a_while();
    }

    fn crash_for_a_while(&mut self, client: usize) {
        if self.clients[client].is_some() {
            self.crash_client(client);
            let at_ms = self.a_while();
            self.at(at_ms, Event::ClientStarts(client));
        }
    }

    fn stop_for_a_while(&mut self, client: usize) {
        let at_ms = self.a_while();
        self.at(at_ms, Event::Start(client));
        self.tell_client(client, News::Stop);
    }

    fn demote_somebody(&mut self) {
        let until_ms = self.a_while();
        self.demote(until_ms);
    }

    fn crash_relay_for_a_while(&mut self) {
        if self.relay.is_some() {
            self.crash_relay();
            self.check_store();
            self.check_stored_chats();
            let at_ms = self.now_ms + self.random.range(1, 20_000);
            self.at(at_ms, Event::RelayStarts);
        }
    }

    /// The relay and some clients crash in the same moment.
    fn fail_power(&mut self) {
        for client in 0..self.plan.everybody() {
            if self.random.percent(50) {
                self.crash_for_a_while(client);
            }
        }
        self.crash_relay_for_a_while();
    }

    fn fail_store(&mut self) {
        self.store.outage_until_ms = self.a_while();
    }
}
