//! A client of either dialect around a Yrs document.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use collab_core::wire::{
    Dialect, EventKind, Frame, Message, SUBPROTOCOL, Sync, read_awareness, read_names,
};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message as Data};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use yrs::updates::decoder::Decode;
use yrs::updates::encoder::Encode;
use yrs::{
    ClientID, Doc, GetString, OffsetKind, Options, ReadTxn, StateVector, Text, Transact, Update,
};

use super::PATIENCE;

static NEXT_CLIENT: AtomicU64 = AtomicU64::new(1_000);

/// How to connect.
#[derive(Clone, Debug)]
pub(crate) struct Connect {
    pub(crate) address: SocketAddr,
    /// Where the relay is nested, with a slash at both ends.
    pub(crate) path: String,
    /// Percent-encoded, maybe with a query string.
    pub(crate) room: String,
    pub(crate) dialect: Dialect,
    pub(crate) token: String,
    pub(crate) channel: String,
    /// Bytes of the socket's receive buffer, where a test wants a slow reader.
    pub(crate) receive_buffer: Option<u32>,
}

/// A connection with a document, and what it was told.
pub(crate) struct Client {
    socket: WebSocketStream<TcpStream>,
    dialect: Dialect,
    pub(crate) doc: Doc,
    pub(crate) channel: u64,
    pub(crate) peer: u64,
    pub(crate) seq: u64,
    pub(crate) received: u64,
    pub(crate) durable: u64,
    /// Whether the relay keeps what it acknowledges.
    pub(crate) keeps: bool,
    /// How many step 2 have come.
    pub(crate) answers: usize,
    pub(crate) frames: usize,
    pub(crate) errors: Vec<u64>,
    pub(crate) events: Vec<(EventKind, Vec<u8>)>,
    /// Channels, as they were listed.
    pub(crate) listed: Vec<Vec<String>>,
    /// The last state of each awareness client.
    pub(crate) awareness: std::collections::BTreeMap<u64, String>,
    /// The close code, 1006 if there was none.
    pub(crate) closed: Option<u16>,
}

impl Connect {
    pub(crate) fn new(address: SocketAddr, room: &str, dialect: Dialect) -> Self {
        Self {
            address,
            path: "/sync/".into(),
            room: room.into(),
            dialect,
            token: String::new(),
            channel: "doc".into(),
            receive_buffer: None,
        }
    }

    /// The WebSocket alone, without a word.
    pub(crate) async fn socket(&self) -> Result<WebSocketStream<TcpStream>, Error> {
        let subprotocol = (self.dialect == Dialect::V1).then_some(SUBPROTOCOL);
        self.socket_with(subprotocol).await
    }

    pub(crate) async fn socket_with(
        &self,
        subprotocol: Option<&'static str>,
    ) -> Result<WebSocketStream<TcpStream>, Error> {
        let url = format!("ws://{}{}{}", self.address, self.path, self.room);
        let mut request = url.into_client_request()?;
        if let Some(name) = subprotocol {
            let value = HeaderValue::from_static(name);
            request.headers_mut().insert("sec-websocket-protocol", value);
        }
        let tcp = TcpSocket::new_v4()?;
        if let Some(size) = self.receive_buffer {
            tcp.set_recv_buffer_size(size)?;
        }
        let stream = tcp.connect(self.address).await?;
        stream.set_nodelay(true)?;
        // A channel comes in one frame, and browsers take any size.
        let any_size = WebSocketConfig::default().max_frame_size(None).max_message_size(None);
        Ok(client_async_with_config(request, stream, Some(any_size)).await?.0)
    }

    /// Connects with a new document and says what a client says first, waiting for nothing.
    pub(crate) async fn greet(&self) -> Client {
        self.greet_with(document()).await
    }

    /// The same with a document that exists already.
    pub(crate) async fn greet_with(&self, doc: Doc) -> Client {
        self.greet_on(self.socket().await.unwrap(), doc).await
    }

    /// The same on a socket that is open already.
    pub(crate) async fn greet_on(&self, socket: WebSocketStream<TcpStream>, doc: Doc) -> Client {
        let mut client = Client::new(socket, self.dialect, doc);
        match self.dialect {
            Dialect::Plain => client.send_step1().await,
            Dialect::V1 => {
                client.say(0, &Message::Hello { version: 1, token: &self.token }).await;
                client.say(0, &Message::Open { name: &self.channel }).await;
            }
        }
        client
    }

    /// Connects and waits until the document is synced.
    pub(crate) async fn join(&self) -> Client {
        let mut client = self.greet().await;
        client.until("synced", |client| client.answers > 0).await;
        client
    }

    /// Returns with a document: pushes what the relay lacks.
    pub(crate) async fn rejoin(&self, doc: Doc) -> Client {
        let mut client = self.greet_with(doc).await;
        client.until("synced", |client| client.answers > 0).await;
        client
    }
}

impl Client {
    fn new(socket: WebSocketStream<TcpStream>, dialect: Dialect, doc: Doc) -> Self {
        Self {
            socket,
            dialect,
            doc,
            channel: 0,
            peer: 0,
            seq: 0,
            received: 0,
            durable: 0,
            keeps: false,
            answers: 0,
            frames: 0,
            errors: Vec::new(),
            events: Vec::new(),
            listed: Vec::new(),
            awareness: std::collections::BTreeMap::new(),
            closed: None,
        }
    }

    /// A synced stock client.
    pub(crate) async fn plain(address: SocketAddr, room: &str) -> Self {
        Connect::new(address, room, Dialect::Plain).join().await
    }

    /// A synced `collab.v1` client with `doc` open.
    pub(crate) async fn v1(address: SocketAddr, room: &str) -> Self {
        Connect::new(address, room, Dialect::V1).join().await
    }

    /// Appends to the text and sends the update.
    pub(crate) async fn type_text(&mut self, text: &str) {
        let update = self.edit(text);
        self.push(&update).await;
    }

    /// Appends to the text; returns the update.
    pub(crate) fn edit(&self, text: &str) -> Vec<u8> {
        let main = self.doc.get_or_insert_text("main");
        let mut transaction = self.doc.transact_mut();
        let before = transaction.state_vector();
        let at = main.len(&transaction);
        main.insert(&mut transaction, at, text);
        transaction.encode_state_as_update_v1(&before)
    }

    /// Sends an update, in the words of the dialect.
    pub(crate) async fn push(&mut self, update: &[u8]) {
        match self.dialect {
            Dialect::Plain => self.say(0, &Message::Sync(Sync::Update(update))).await,
            Dialect::V1 => {
                self.seq += 1;
                self.say(self.channel, &Message::Push { seq: self.seq, update }).await;
            }
        }
    }

    pub(crate) fn text(&self) -> String {
        text_of(&self.doc)
    }

    /// The text's length in UTF-16 code units, without walking it.
    pub(crate) fn length(&self) -> usize {
        let main = self.doc.get_or_insert_text("main");
        main.len(&self.doc.transact()) as usize
    }

    pub(crate) async fn say(&mut self, channel: u64, message: &Message<'_>) {
        self.send(Data::Binary(message.frame(self.dialect, channel))).await;
    }

    /// Sends anything. A connection that the relay has ended already shows when reading.
    pub(crate) async fn send(&mut self, data: Data) {
        if let Err(Error::Utf8(error)) = self.socket.send(data).await {
            panic!("{error}");
        }
    }

    /// Reads until the condition holds.
    pub(crate) async fn until(&mut self, what: &str, condition: impl Fn(&Self) -> bool) {
        let reached = async {
            while !condition(self) {
                assert!(self.closed.is_none(), "closed with {:?} before: {what}", self.closed);
                self.read().await;
            }
        };
        let result = timeout(PATIENCE, reached).await;
        assert!(result.is_ok(), "still not: {what}");
    }

    /// Reads until the relay closes; returns the code.
    pub(crate) async fn until_closed(&mut self) -> u16 {
        let closed = async {
            loop {
                if let Some(code) = self.closed {
                    return code;
                }
                self.read().await;
            }
        };
        timeout(PATIENCE, closed).await.expect("the relay closes")
    }

    /// Reads until everything that was sent is received by the relay.
    pub(crate) async fn until_received(&mut self) {
        self.until("received", |client| client.received == client.seq).await;
    }

    /// Reads until at most so many pushes wait for their acknowledgement; a stock client gets none.
    pub(crate) async fn keep_up(&mut self, unacknowledged_max: u64) {
        let is_plain = self.dialect == Dialect::Plain;
        let kept = |client: &Self| is_plain || client.seq - client.received <= unacknowledged_max;
        self.until("acknowledgements", kept).await;
    }

    /// Reads until everything that was sent is durable.
    pub(crate) async fn until_durable(&mut self) {
        self.until("durable", |client| client.durable == client.seq).await;
    }

    /// Like [`Self::until_closed`] for a client that has said anything: nothing is answered any more.
    pub(crate) async fn hears_until_closed(mut self) -> u16 {
        let closed = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Data::Close(frame))) => {
                        return frame.map_or(1005, |frame| frame.code.into());
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return 1006,
                }
            }
        };
        timeout(PATIENCE, closed).await.expect("the relay closes")
    }

    /// Says nothing over a new socket; returns the close code.
    pub(crate) async fn hears(socket: WebSocketStream<TcpStream>) -> u16 {
        Self::new(socket, Dialect::V1, Doc::new()).hears_until_closed().await
    }

    /// Says one thing over a new socket; returns the close code.
    pub(crate) async fn said(socket: WebSocketStream<TcpStream>, frame: Bytes) -> u16 {
        let mut client = Self::new(socket, Dialect::V1, Doc::new());
        client.send(Data::Binary(frame)).await;
        client.hears_until_closed().await
    }

    /// Closes in order.
    pub(crate) async fn leave(mut self) -> Doc {
        let _ = self.socket.close(None).await;
        self.until_closed().await;
        self.doc
    }

    /// Reads and handles one frame.
    pub(crate) async fn read(&mut self) {
        match self.socket.next().await {
            Some(Ok(Data::Binary(frame))) => self.handle(&frame).await,
            Some(Ok(Data::Close(frame))) => {
                self.closed = Some(frame.map_or(1005, |frame| frame.code.into()));
                // Reading on answers the close frame; the relay waits for that.
                let _ = self.socket.next().await;
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => self.closed = self.closed.or(Some(1006)),
        }
    }

    async fn handle(&mut self, bytes: &Bytes) {
        self.frames += 1;
        let frame = Frame::read(self.dialect, bytes).unwrap();
        match frame.message {
            Message::Sync(Sync::Step1(known)) => self.offer(known).await,
            Message::Sync(Sync::Step2(update)) => {
                self.apply(update);
                self.answers += 1;
            }
            Message::Sync(Sync::Update(update)) => self.apply(update),
            Message::Awareness(update) => {
                let entries = read_awareness(update).unwrap();
                let entries = entries.iter().map(|entry| (entry.client, entry.json.to_owned()));
                self.awareness.extend(entries);
            }
            Message::Welcome { peer, keeps, .. } => (self.peer, self.keeps) = (peer, keeps),
            Message::Opened { .. } => {
                self.channel = frame.channel;
                self.send_step1().await;
            }
            Message::Received { seq } => self.received = seq,
            Message::Durable { seq } => {
                self.durable = seq;
                self.received = self.received.max(seq);
            }
            Message::Error { code, .. } => self.errors.push(code),
            Message::Listed { names, .. } => {
                let names = read_names(names).unwrap();
                self.listed.push(names.into_iter().map(Into::into).collect());
            }
            Message::Event { kind, payload } => self.notice(kind, payload).await,
            _ => {}
        }
    }

    async fn notice(&mut self, kind: u64, payload: &[u8]) {
        let kind = EventKind::from_u64(kind).unwrap();
        self.events.push((kind, payload.to_owned()));
        if kind == EventKind::Resync {
            self.send_step1().await;
        }
    }

    async fn send_step1(&mut self) {
        let known = self.doc.transact().state_vector().encode_v1();
        self.say(self.channel, &Message::Sync(Sync::Step1(&known))).await;
    }

    /// Answers the relay's step 1 with what it lacks.
    async fn offer(&mut self, known: &[u8]) {
        let known = StateVector::decode_v1(known).unwrap();
        let update = self.doc.transact().encode_state_as_update_v1(&known);
        match self.dialect {
            Dialect::Plain => self.say(0, &Message::Sync(Sync::Step2(&update))).await,
            Dialect::V1 if update != [0, 0] => self.push(&update).await,
            Dialect::V1 => {}
        }
    }

    fn apply(&self, update: &[u8]) {
        self.doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
    }
}

/// An empty document under a client ID of its own.
pub(crate) fn document() -> Doc {
    document_of(NEXT_CLIENT.fetch_add(1, Ordering::Relaxed))
}

/// An empty document under this client ID.
pub(crate) fn document_of(client: u64) -> Doc {
    let mut options = Options::with_client_id(ClientID::new(client));
    options.offset_kind = OffsetKind::Utf16;
    Doc::with_options(options)
}

/// The text of the default file.
pub(crate) fn text_of(doc: &Doc) -> String {
    let main = doc.get_or_insert_text("main");
    let transaction = doc.transact();
    main.get_string(&transaction)
}
