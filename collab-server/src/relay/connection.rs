//! One connection: a reader and a writer in one task, from admission to the closing handshake.
//!
//! The reader feeds frames to the room; the writer takes over where a link cannot be written to at
//! once. Neither waits for the other, so a client that does not read can still be heard and one
//! that floods can still be answered.

use std::pin::pin;
use std::sync::Arc;

use collab_core::relay::PeerId;
use collab_core::wire::{CloseCode, Dialect, ErrorCode};
use futures_util::future::{Either, select};
use hyper::upgrade::OnUpgrade;
use tokio::time::timeout;

use super::admission::Admitted;
use super::handshake::{self, Failed, Granted};
use super::head::KeptHead;
use super::link::{Link, Reader};
use super::read::{self, ReadEnd};
use super::room::{LiveRoom, Member, Newcomer};
use super::write::Writer;
use super::{Relay, RelayState};
use crate::RoomName;
use crate::auth::RequestHead;

/// A request that was admitted.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) name: RoomName,
    pub(super) dialect: Dialect,
    pub(super) head: RequestHead,
    /// Its place among the connections, given back when it ends.
    pub(super) place: Admitted,
}

/// A connection that is in a room. Dropping it leaves the room, whatever ended the task.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) room: Arc<LiveRoom>,
    pub(super) peer: PeerId,
    pub(super) dialect: Dialect,
    pub(super) link: Arc<Link>,
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.room.leave(self.peer);
    }
}

/// Serves a connection until it ends. Holds the [`Relay`], so that what it wrote becomes durable
/// even if every other handle is gone.
///
/// What begins and ends a connection is boxed: its future is gone while the connection lives.
pub(super) async fn serve(relay: Relay, upgrade: OnUpgrade, arrival: Arrival) {
    let Some(mut connected) = Box::pin(connect(relay.state(), upgrade, arrival)).await else {
        return;
    };
    exchange(relay.state(), &mut connected).await;
    tracing::debug!(room = %connected.joined.room.name(), peer = connected.joined.peer.0, "left");
}

/// A connection in its room.
struct Connected {
    joined: Joined,
    reader: Reader,
    _place: Admitted,
}

/// From a request to a room, or a refusal.
async fn connect(
    state: &Arc<RelayState>,
    upgrade: OnUpgrade,
    arrival: Arrival,
) -> Option<Connected> {
    let upgraded = upgrade.await.ok()?;
    let (link, mut reader) = Link::open(Arc::clone(state), upgraded, arrival.dialect).ok()?;
    match handshake::shake_hands(state, &link, &mut reader, &arrival).await {
        Ok(granted) => {
            let joined = join(state, link, &arrival, granted);
            let (room, dialect) = (&arrival.name, arrival.dialect);
            tracing::debug!(%room, peer = joined.peer.0, ?dialect, "joined");
            Some(Connected { joined, reader, _place: arrival.place })
        }
        Err(Failed::Gone) => None,
        Err(Failed::Refused { code, close, reason }) => {
            tracing::debug!(room = %arrival.name, code = close.0, reason, "refused");
            state.metrics.turned_away(code.map_or(reason, ErrorCode::name));
            if let Some(frame) = code.and_then(|code| handshake::error_frame(arrival.dialect, code))
            {
                link.send_now(frame);
            }
            link.send_close(close, reason);
            // The connection is over in any case.
            let _ = timeout(state.config.close_timeout, reader.drain(&link)).await;
            None
        }
    }
}

fn join(state: &Arc<RelayState>, link: Arc<Link>, arrival: &Arrival, granted: Granted) -> Joined {
    let Granted { grant, held } = granted;
    let dialect = arrival.dialect;
    let member = Member {
        link: Arc::clone(&link),
        // A stock client has no token to refresh.
        head: (dialect == Dialect::V1).then(|| KeptHead::new(&arrival.head).into()),
        user: grant.user.as_str().into(),
        held,
    };
    let newcomer = Newcomer { dialect, grant, member };
    let (room, peer) = state.rooms.join(state, &arrival.name, &newcomer);
    if state.is_closing() {
        // It arrived while the others were being closed.
        link.queue.close(CloseCode::GOING_AWAY, "shutting down");
    }
    Joined { room, peer, dialect, link }
}

/// Reads and writes until either side ends, then closes.
async fn exchange(state: &RelayState, Connected { joined, reader, .. }: &mut Connected) {
    let closed = {
        let reading = pin!(read::frames(state, joined, reader));
        let writing = pin!(Writer::new(state, joined).run());
        match select(reading, writing).await {
            Either::Left((ReadEnd::Gone, _)) => false,
            Either::Left((ReadEnd::Refused(code, reason), writing)) => {
                joined.link.queue.close(code, reason);
                matches!(timeout(state.config.close_timeout, writing).await, Ok(Ok(())))
            }
            Either::Right((closed, _)) => closed.is_ok(),
        }
    };
    if closed {
        // A socket that is closed with unread bytes is reset, and the peer may never see our close
        // code.
        let drained = reader.drain(&joined.link);
        let _ = Box::pin(timeout(state.config.close_timeout, drained)).await;
    }
}
