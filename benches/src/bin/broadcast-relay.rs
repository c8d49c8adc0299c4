//! The shortest chat server that one would write: a `tokio::sync::broadcast`, and a task with a
//! tokio-tungstenite socket for each client. What a real one is measured against.
//!
//! Any text frame goes to all others. Nobody has a name, nothing is checked, kept or acknowledged, and
//! who reads too slowly loses messages.
//!
//! `broadcast-relay [ADDRESS]`, for `collab-server load chat --dialect text`.

use anyhow::Result;
use collab_server::raise_open_files_limit;
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Sender};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Messages that a slow reader may be behind.
const BEHIND_MAX: usize = 1 << 12;

/// A message, and the number of the client that it comes from.
type Said = (u64, Utf8Bytes);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    raise_open_files_limit();
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("broadcast-relay listens on {}", listener.local_addr()?);
    let (everybody, _) = broadcast::channel(BEHIND_MAX);
    for number in 0.. {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let everybody = everybody.clone();
        // Why a connection ends is its client's affair.
        tokio::spawn(async move { drop(serve(stream, number, &everybody).await) });
    }
    Ok(())
}

async fn serve(stream: TcpStream, number: u64, everybody: &Sender<Said>) -> Result<()> {
    let mut others = everybody.subscribe();
    let mut socket = tokio_tungstenite::accept_async(stream).await?;
    loop {
        tokio::select! {
            heard = socket.next() => match heard {
                Some(Ok(Message::Text(text))) => drop(everybody.send((number, text))),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Ok(()),
            },
            said = others.recv() => match said {
                Ok((from, text)) if from != number => socket.send(Message::Text(text)).await?,
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return Ok(()),
            },
        }
    }
}
