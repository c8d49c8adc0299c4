//! Histories for machines that have no real ones.

use crate::{History, Txn};

/// As many transactions as a test of a debug build bears.
const TXNS: usize = 3_000;

impl History {
    /// People who type runs and delete some; each continues what only they have seen. Where several
    /// type, what they end with is not known, since they insert at the same places.
    pub fn seeded(agents: usize) -> Self {
        let mut state = 42u64;
        let mut roll = move |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) % below
        };
        let (mut lengths, mut heads) = (vec![0u32; agents], vec![Vec::new(); agents]);
        let mut txns = Vec::new();
        for number in 0..TXNS {
            let agent = number / 50 % agents;
            let at = roll(u64::from(lengths[agent]) + 1) as u32;
            let delete = (roll(3) as u32).min(lengths[agent] - at);
            let insert = ["a", "bc", "def", "\n"][roll(4) as usize];
            lengths[agent] = lengths[agent] - delete + insert.len() as u32;
            let parents = Some(std::mem::replace(&mut heads[agent], vec![number]));
            txns.push(Txn { agent, parents, patches: vec![(at, delete, insert.to_owned())] });
        }
        let end_content = String::new();
        let mut history = Self { end_content, num_agents: agents, txns, is_cut: false };
        if agents == 1 {
            history.end_content = history.replayed_plainly();
        }
        history
    }
}
