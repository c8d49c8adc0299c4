//! The document as the session sees it, with every remote update noted for offline storage.

use collab_core::document::Document;
use collab_core::sync::{Replica, ReplicaError, Replicas};
use collab_core::wire::DOC_CHANNEL;

use crate::batch::{Outbox, OutputKind};

/// Lends the document to one call of the session.
pub(crate) struct Recording<'a> {
    pub(crate) document: &'a mut Document,
    pub(crate) outbox: &'a mut Outbox,
    pub(crate) is_kept: bool,
}

impl Replicas for Recording<'_> {
    fn replica(&mut self, channel: &str) -> Option<&mut dyn Replica> {
        if channel == DOC_CHANNEL { Some(self) } else { None }
    }
}

impl Replica for Recording<'_> {
    fn state_vector(&self) -> Vec<u8> {
        Replica::state_vector(self.document)
    }

    fn diff(&self, state_vector: &[u8]) -> Result<Vec<u8>, ReplicaError> {
        Replica::diff(self.document, state_vector)
    }

    fn delete_set(&self) -> Option<Vec<u8>> {
        Replica::delete_set(self.document)
    }

    fn has_gaps(&self) -> bool {
        Replica::has_gaps(self.document)
    }

    fn apply(&mut self, update: &[u8]) -> Result<(), ReplicaError> {
        Replica::apply(self.document, update)?;
        // Step 2 of a relay that has nothing new, as it comes with every reconnect.
        if self.is_kept && update != [0, 0] {
            self.outbox.bytes_record(OutputKind::Persist, update);
        }
        Ok(())
    }
}
