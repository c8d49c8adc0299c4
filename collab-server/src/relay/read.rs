//! The reading half of a connection's task: frames into the room.

use bytes::Bytes;
use collab_core::relay::Input;
use collab_core::wire::CloseCode;
use tokio::task::yield_now;
use tokio::time::timeout;

use super::RelayState;
use super::connection::Joined;
use super::link::{Data, Ended, Reader};
use super::room::Begun;

/// Why reading ended.
#[derive(Debug)]
pub(super) enum ReadEnd {
    /// The peer closed, or the transport broke.
    Gone,
    /// The peer did what it must not.
    Refused(CloseCode, &'static str),
}

/// Reads until the connection ends.
pub(super) async fn frames(state: &RelayState, joined: &Joined, reader: &mut Reader) -> ReadEnd {
    loop {
        let mut next = match reader.next(&joined.link).await {
            Ok(data) => Some(data),
            Err(Ended::Gone) => return ReadEnd::Gone,
            Err(Ended::TooLarge) => {
                return ReadEnd::Refused(CloseCode::TOO_LARGE, "frame too large");
            }
        };
        let mut tick = None;
        while let Some(data) = next {
            let accepted = match data {
                Data::Binary(frame) => accept(state, joined, frame).await,
                Data::Text => Err((CloseCode::PROTOCOL, "text frames are not spoken here")),
            };
            match accepted {
                Ok(begun) => tick = tick.or(begun),
                // What was accepted before is told by the close, or by the leave.
                Err((code, reason)) => return ReadEnd::Refused(code, reason),
            }
            next = reader.at_hand(&joined.link);
        }
        if let Some(begun) = tick {
            if begun == Begun::Shared {
                yield_now().await;
            }
            joined.room.handle(Input::Tick);
        }
    }
}

/// Hands a frame to the room, once the journal has room for what it may contain and the queue for
/// what it may ask for. Returns the tick that began with it.
async fn accept(
    state: &RelayState,
    joined: &Joined,
    frame: Bytes,
) -> Result<Option<Begun>, (CloseCode, &'static str)> {
    let link = &joined.link;
    state.metrics.received(frame.len());
    if state.journal.is_full() || link.queue.answers_wait() {
        link.stop_listening();
        timeout(state.config.journal_patience, state.journal.room_for_more())
            .await
            .map_err(|_| (CloseCode::TRY_LATER, "the store does not keep up"))?;
        link.queue.answers_written().await;
        link.hear();
    }
    // After its close the room has forgotten the peer, and nothing it says counts.
    if link.queue.is_closed() {
        return Ok(None);
    }
    Ok(joined.room.handle_within_tick(Input::Frame { peer: joined.peer, frame }))
}
