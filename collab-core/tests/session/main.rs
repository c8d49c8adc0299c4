//! What a sync session promises, against a scripted relay and on a virtual clock.

mod acknowledgements;
mod arbitrary;
mod channels;
mod connecting;
mod deletions;
mod faults;
mod kit;
mod listing;
mod liveness;
mod offline;
mod presence;
mod refusals;
mod tokens;
