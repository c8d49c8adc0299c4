//! A relay that does nothing but relay: the floor that every real one is measured against.
//!
//! Each frame goes to all others in the room as it came. It checks nothing, stores nothing, merges
//! nothing and acknowledges nothing. A newcomer gets the largest update that its room has seen, as it
//! lies there. What waits for one reader goes out with one write.
//!
//! `bare-relay [ADDRESS]` speaks just enough y-websocket for `collab-server load`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use bytes::Bytes;
use collab_core::log::EMPTY_UPDATE;
use collab_core::wire::{Dialect, Frame, Message, Sync};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Data;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Frames that may wait for one reader; one that is slower is dropped.
const QUEUE_MAX_FRAMES: usize = 1 << 16;
/// Frames that are written at once.
const BATCH_MAX_FRAMES: usize = 1 << 10;
/// An update of this size is a document, which newcomers get; smaller ones are keystrokes.
const DOCUMENT_MIN_BYTES: usize = 4 << 10;

/// Whoever is there, by number, and the document.
struct Room {
    queues: HashMap<u64, mpsc::Sender<Bytes>>,
    document: Bytes,
    arrived: u64,
}

type Rooms = Arc<Mutex<HashMap<String, Arc<Mutex<Room>>>>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("bare-relay listens on http://{}", listener.local_addr()?);
    let rooms = Rooms::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let rooms = Arc::clone(&rooms);
        // Why a connection ends is its client's affair.
        tokio::spawn(async move { drop(welcome(stream, &rooms).await) });
    }
}

async fn welcome(stream: TcpStream, rooms: &Rooms) -> Result<()> {
    let mut path = String::new();
    #[allow(clippy::result_large_err, reason = "the handshake's own type")]
    let read_path = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        request.uri().path().clone_into(&mut path);
        Ok(response)
    };
    let config = WebSocketConfig::default().read_buffer_size(4 << 10);
    let socket =
        tokio_tungstenite::accept_hdr_async_with_config(stream, read_path, Some(config)).await?;
    let room = Arc::clone(lock(rooms).entry(path.clone()).or_default());
    let (queue, queued) = mpsc::channel(QUEUE_MAX_FRAMES);
    let number = lock(&room).enter(queue.clone());
    let served = serve(socket, &room, number, &queue, queued).await;
    let is_empty = lock(&room).leave(number);
    if is_empty {
        lock(rooms).remove(&path);
    }
    served
}

/// Takes frames from the socket into the others' queues, and from its own queue onto the socket.
async fn serve(
    mut socket: WebSocketStream<TcpStream>,
    room: &Mutex<Room>,
    number: u64,
    queue: &mpsc::Sender<Bytes>,
    mut queued: mpsc::Receiver<Bytes>,
) -> Result<()> {
    let mut batch = Vec::new();
    loop {
        tokio::select! {
            heard = socket.next() => match heard {
                Some(Ok(Data::Binary(frame))) => lock(room).take(number, queue, &frame)?,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Ok(()),
            },
            _ = queued.recv_many(&mut batch, BATCH_MAX_FRAMES) => {
                for frame in batch.drain(..) {
                    socket.feed(Data::Binary(frame)).await?;
                }
                socket.flush().await?;
            }
        }
    }
}

impl Default for Room {
    fn default() -> Self {
        Self { queues: HashMap::new(), document: Bytes::from_static(EMPTY_UPDATE), arrived: 0 }
    }
}

impl Room {
    fn enter(&mut self, queue: mpsc::Sender<Bytes>) -> u64 {
        self.arrived += 1;
        self.queues.insert(self.arrived, queue);
        self.arrived
    }

    /// Returns whether nobody is left, and no document that somebody may still come for.
    fn leave(&mut self, number: u64) -> bool {
        self.queues.remove(&number);
        self.queues.is_empty() && self.document == EMPTY_UPDATE
    }

    fn take(&mut self, from: u64, own: &mpsc::Sender<Bytes>, frame: &Bytes) -> Result<()> {
        match Frame::read(Dialect::Plain, frame)?.message {
            Message::Sync(Sync::Step1(_)) => {
                let answer = Message::Sync(Sync::Step2(&self.document));
                own.try_send(answer.frame(Dialect::Plain, 0))?;
            }
            Message::Sync(Sync::Step2(_)) => {}
            Message::Sync(Sync::Update(update)) => {
                if update.len() >= DOCUMENT_MIN_BYTES {
                    self.document = frame.slice_ref(update);
                }
                // A document too: somebody may have asked while it was on its way here.
                self.forward(from, frame);
            }
            _ => self.forward(from, frame),
        }
        Ok(())
    }

    fn forward(&mut self, from: u64, frame: &Bytes) {
        self.queues
            .retain(|&number, queue| number == from || queue.try_send(frame.clone()).is_ok());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
