//! yrs-warp as its documentation starts it, but with a document and a broadcast group for each path.
//! Nothing is stored, and no room is ever forgotten: the crate leaves both to its user.
//!
//! `PORT=8080 yrs-warp-relay` listens on 127.0.0.1.

use std::collections::HashMap;
use std::error::Error;
use std::net::Ipv4Addr;
use std::sync::Arc;

use futures_util::StreamExt;
use tokio::sync::Mutex;
use warp::Filter;
use warp::ws::{WebSocket, Ws};
use yrs::Doc;
use yrs::sync::Awareness;
use yrs_warp::broadcast::BroadcastGroup;
use yrs_warp::ws::{WarpSink, WarpStream};

/// Messages that may wait in a group. The example has 32, with which many writers lose some; the
/// places are allocated with the group, so more would show as memory of an idle room.
const WAITING_MAX: usize = 1 << 10;

type Groups = Arc<Mutex<HashMap<String, Arc<BroadcastGroup>>>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = std::env::var("PORT")?.parse()?;
    let groups = Groups::default();
    let connect = warp::path::param().and(warp::ws()).map(move |room: String, ws: Ws| {
        let groups = Arc::clone(&groups);
        ws.on_upgrade(move |socket| serve(groups, room, socket))
    });
    warp::serve(connect).run((Ipv4Addr::LOCALHOST, port)).await;
    Ok(())
}

async fn serve(groups: Groups, room: String, socket: WebSocket) {
    let group = group(&groups, room).await;
    let (sink, stream) = socket.split();
    let sink = Arc::new(Mutex::new(WarpSink::from(sink)));
    // Why a connection ends is its client's affair.
    let _ = group.subscribe(sink, WarpStream::from(stream)).completed().await;
}

async fn group(groups: &Groups, room: String) -> Arc<BroadcastGroup> {
    let mut groups = groups.lock().await;
    if let Some(group) = groups.get(&room) {
        return Arc::clone(group);
    }
    let awareness = Arc::new(Awareness::new(Doc::new()));
    let group = Arc::new(BroadcastGroup::new(awareness, WAITING_MAX).await);
    groups.insert(room, Arc::clone(&group));
    group
}
