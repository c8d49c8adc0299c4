//! One connection: a reader and a writer in one task, from admission to the closing handshake.
//!
//! The reader feeds frames to the room; the writer empties the connection's queue. Neither touches
//! the other, so a client that does not read can still be heard and one that floods can still be
//! answered.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message as Data, WebSocket};
use bytes::Bytes;
use collab_core::relay::{Input, PeerId};
use collab_core::wire::{CloseCode, Dialect, ErrorCode, Grant};
use futures_util::future::{Either, select};
use futures_util::stream::SplitSink;
use futures_util::{SinkExt, StreamExt};
use tokio::time::timeout;

use super::admission::Admitted;
use super::handshake::{self, Failed};
use super::queue::Queue;
use super::read::{self, ReadEnd};
use super::room::{LiveRoom, Member, Newcomer};
use super::write::Writer;
use super::{Relay, RelayState};
use crate::RoomName;
use crate::auth::RequestHead;

/// A request that was admitted and upgraded.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) name: RoomName,
    pub(super) dialect: Dialect,
    pub(super) head: Arc<RequestHead>,
    /// Its place among the connections, given back when it ends.
    pub(super) _place: Admitted,
}

/// A connection that is in a room. Dropping it leaves the room, whatever ended the task.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) room: Arc<LiveRoom>,
    pub(super) peer: PeerId,
    pub(super) dialect: Dialect,
    pub(super) queue: Arc<Queue>,
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.room.leave(self.peer);
    }
}

/// Serves a connection until it ends. Holds the [`Relay`], so that what it wrote becomes durable
/// even if every other handle is gone.
pub(super) async fn serve(relay: Relay, mut socket: WebSocket, arrival: Arrival) {
    let state = Arc::clone(relay.state());
    let room = arrival.name.clone();
    match handshake::shake_hands(&state, &mut socket, &arrival).await {
        Ok(grant) => {
            let joined = join(&state, &arrival, grant);
            tracing::debug!(%room, peer = joined.peer.0, dialect = ?arrival.dialect, "joined");
            let peer = joined.peer.0;
            exchange(&state, socket, &joined).await;
            drop(joined);
            tracing::debug!(%room, peer, "left");
        }
        Err(Failed::Gone) => {}
        Err(Failed::Refused { code, close, reason }) => {
            tracing::debug!(%room, code = close.0, reason, "refused");
            state.metrics.turned_away(code.map_or(reason, ErrorCode::name));
            let frame = code.and_then(|code| handshake::error_frame(arrival.dialect, code));
            refuse(socket, frame, close, reason, state.config.close_timeout).await;
        }
    }
    drop(arrival);
}

fn join(state: &Arc<RelayState>, arrival: &Arrival, grant: Grant) -> Joined {
    let config = &state.config;
    let queue = Queue::new(arrival.dialect, config.queue_max_bytes, config.queue_max_frames);
    let queue = Arc::new(queue);
    let member = Member {
        queue: Arc::clone(&queue),
        head: Arc::clone(&arrival.head),
        user: grant.user.clone(),
    };
    let newcomer = Newcomer { dialect: arrival.dialect, grant, member };
    let (room, peer) = state.rooms.join(state, &arrival.name, &newcomer);
    if state.is_closing() {
        // It arrived while the others were being closed.
        queue.close(CloseCode::GOING_AWAY, "shutting down");
    }
    Joined { room, peer, dialect: arrival.dialect, queue }
}

/// Reads and writes until either side ends, then closes.
async fn exchange(state: &RelayState, socket: WebSocket, joined: &Joined) {
    let (sink, mut stream) = socket.split();
    let end = {
        let reader = pin!(read::frames(state, joined, &mut stream));
        let writer = pin!(Writer::new(state, joined, sink).run());
        match select(reader, writer).await {
            Either::Left((ReadEnd::Gone, _)) | Either::Right((None, _)) => End::Gone,
            Either::Left((ReadEnd::Refused(code, reason), writer)) => {
                joined.queue.close(code, reason);
                match timeout(state.config.close_timeout, writer).await {
                    Ok(Some(sink)) => End::Closed(sink),
                    _ => End::Gone,
                }
            }
            Either::Right((Some(sink), _)) => End::Closed(sink),
        }
    };
    if let End::Closed(_sink) = end {
        read::linger(&mut stream, state.config.close_timeout).await;
    }
}

/// How reading and writing ended.
enum End {
    /// The transport is of no use any more.
    Gone,
    /// A close frame was sent; the sink keeps the socket open.
    Closed(SplitSink<WebSocket, Data>),
}

async fn refuse(
    mut socket: WebSocket,
    frame: Option<Bytes>,
    code: CloseCode,
    reason: &'static str,
    patience: Duration,
) {
    let say = async {
        if let Some(frame) = frame {
            socket.feed(Data::Binary(frame)).await?;
        }
        socket.send(close_frame(code, reason)).await?;
        while let Some(Ok(_)) = socket.next().await {}
        Ok::<_, axum::Error>(())
    };
    // The connection is over in any case.
    let _ = timeout(patience, say).await;
}

pub(super) fn close_frame(code: CloseCode, reason: &'static str) -> Data {
    Data::Close(Some(CloseFrame { code: code.0, reason: reason.into() }))
}

/// Tells the room what its queue lost.
pub(super) fn report_drops(joined: &Joined, overflowed: bool, presence_dropped: bool) {
    let peer = joined.peer;
    if overflowed {
        joined.room.handle(Input::Overflowed { peer });
        joined.queue.resume_documents();
    }
    if presence_dropped {
        joined.room.handle(Input::PresenceDropped { peer });
    }
}
