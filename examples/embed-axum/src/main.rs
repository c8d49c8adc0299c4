//! A relay nested in an axum app that has routes of its own. Any Yjs client can join at
//! `ws://127.0.0.1:8080/collab/{room}`.

use anyhow::Context;
use axum::Router;
use axum::response::Html;
use axum::routing::get;
use collab_server::{Relay, SqliteStore, http};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let store = SqliteStore::open("data".as_ref()).context("cannot open ./data")?;
    let relay = Relay::builder().store(store).build();

    let app = Router::new()
        .route("/", get(async || Html("<h1>My app</h1>")))
        .route("/about", get(async || "with a relay at /collab/{room}\n"))
        .nest("/collab", relay.router());

    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    println!("http://{}", listener.local_addr()?);
    // `axum::serve` does as well; this one also sends small frames at once.
    tokio::select! {
        result = http::serve(listener, app) => result?,
        _ = tokio::signal::ctrl_c() => {}
    }
    // Whatever was accepted is durable when this returns true.
    anyhow::ensure!(relay.shutdown().await, "not everything could be flushed in time");
    Ok(())
}
