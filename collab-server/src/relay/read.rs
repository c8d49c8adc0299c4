//! The reading half of a connection: frames into the room.

use std::error::Error as _;
use std::time::Duration;

use axum::extract::ws::{Message as Data, WebSocket};
use bytes::Bytes;
use collab_core::relay::Input;
use collab_core::wire::CloseCode;
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;

use super::RelayState;
use super::connection::Joined;

/// Why reading ended.
#[derive(Debug)]
pub(super) enum ReadEnd {
    /// The peer closed, or the transport broke.
    Gone,
    /// The peer did what it must not.
    Refused(CloseCode, &'static str),
}

/// Reads until the connection ends.
pub(super) async fn frames(
    state: &RelayState,
    joined: &Joined,
    stream: &mut SplitStream<WebSocket>,
) -> ReadEnd {
    loop {
        let data = match timeout(state.config.silence_timeout, stream.next()).await {
            Ok(Some(Ok(data))) => data,
            Ok(Some(Err(error))) => return failed(&error),
            Ok(None) => return ReadEnd::Gone,
            // Not 4408, which is final for stock clients: a laptop that slept shall come back.
            Err(_) => return ReadEnd::Refused(CloseCode::TRY_LATER, "silent for too long"),
        };
        let refused = match data {
            Data::Binary(frame) => accept(state, joined, frame).await.err(),
            Data::Text(_) => Some((CloseCode::PROTOCOL, "text frames are not spoken here")),
            // Reading on sends the answer to a close frame, and then ends.
            Data::Ping(_) | Data::Pong(_) | Data::Close(_) => None,
        };
        if let Some((code, reason)) = refused {
            return ReadEnd::Refused(code, reason);
        }
    }
}

/// Hands a frame to the room, once the journal has room for what it may contain and the queue for
/// what it may ask for.
async fn accept(
    state: &RelayState,
    joined: &Joined,
    frame: Bytes,
) -> Result<(), (CloseCode, &'static str)> {
    state.metrics.received(frame.len());
    timeout(state.config.journal_patience, state.journal.room_for_more())
        .await
        .map_err(|_| (CloseCode::TRY_LATER, "the store does not keep up"))?;
    joined.queue.answers_written().await;
    // After its close the room has forgotten the peer, and nothing it says counts.
    if !joined.queue.is_closed() {
        joined.room.handle(Input::Frame { peer: joined.peer, frame });
    }
    Ok(())
}

fn failed(error: &axum::Error) -> ReadEnd {
    if is_too_large(error) {
        ReadEnd::Refused(CloseCode::TOO_LARGE, "frame too large")
    } else {
        // Everything else that this library reports leaves a stream that cannot be read on.
        ReadEnd::Gone
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    let source = error.source().and_then(|source| source.downcast_ref::<tungstenite::Error>());
    matches!(source, Some(tungstenite::Error::Capacity(_)))
}

/// Waits for the peer's close frame: a socket that is closed with unread bytes is reset, and the
/// peer may never see our close code.
pub(super) async fn linger(stream: &mut SplitStream<WebSocket>, patience: Duration) {
    let ended = async {
        loop {
            match stream.next().await {
                Some(Ok(_)) => {}
                // What follows cannot be read; the peer gets its time all the same.
                Some(Err(error)) if is_too_large(&error) => std::future::pending().await,
                Some(Err(_)) | None => return,
            }
        }
    };
    // The connection is over either way.
    let _ = timeout(patience, ended).await;
}
