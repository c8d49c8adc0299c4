//! What a session needs of a document.

use std::error::Error;

/// A document that a session keeps in sync. `Document` is one; a chat will be another.
pub trait Replica {
    /// Per client ID, the next clock expected; encoded as in PROTOCOL section 2.
    fn state_vector(&self) -> Vec<u8>;

    /// Everything that a holder of `state_vector` lacks, as one v1 update, but for what waits for
    /// something that is missing here: a relay does not take that. Deletions are always included,
    /// since they do not move a state vector.
    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError>;

    /// All deletions, as the delete set of a v1 update alone. `None` where that is not to be had:
    /// then the relay sends all deletions, and is sent all.
    fn delete_set(&self) -> Option<Vec<u8>> {
        None
    }

    /// Whether it holds content that it cannot integrate, since something before it is missing.
    /// Neither [`Replica::state_vector`] nor [`Replica::diff`] tells of such content.
    fn has_gaps(&self) -> bool;

    /// Merges a remote update. Must check it first: it may come from anybody. A failed call leaves
    /// the replica as it was.
    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError>;
}

/// The caller's documents, by channel name.
pub trait Replicas {
    /// The replica of an open channel. Must be there for every name given to
    /// [`super::Session::open`].
    fn replica(&mut self, channel: &str) -> Option<&mut dyn Replica>;
}

/// Why a replica did not take what the relay sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplicaError {
    /// The bytes are not a state vector.
    #[error("not a state vector")]
    StateVector(#[source] Box<dyn Error + Send + Sync>),
    /// The update is malformed or unsafe.
    #[error("update refused by the replica")]
    Update(#[source] Box<dyn Error + Send + Sync>),
}
