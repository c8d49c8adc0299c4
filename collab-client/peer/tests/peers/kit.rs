//! A person at a peer.

use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use collab_client::{Changes, Handle, start};
use collab_core::chat::{Client, ClientConfig, Event, Place};
use collab_peer::{Identity, Peer, PeerConfig};
use tokio::time::timeout;

/// Nothing here takes as long.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Person {
    pub(crate) peer: Peer,
    pub(crate) chat: Handle<Client>,
    changes: Changes<Event>,
}

/// Where to listen and whom to dial.
#[derive(Default)]
pub(crate) struct Where<'a> {
    pub(crate) listen: Option<SocketAddr>,
    pub(crate) peers: &'a [SocketAddr],
}

/// A port of the loopback that is free.
pub(crate) const ANYWHERE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

pub(crate) fn identity() -> Arc<Identity> {
    Arc::new(Identity::generate().unwrap())
}

impl Person {
    /// Starts a peer and its client. `number` is a client ID that nobody else has.
    pub(crate) async fn start(
        number: u64,
        name: &str,
        identity: Arc<Identity>,
        Where { listen, peers }: Where<'_>,
    ) -> Self {
        let peers = peers.iter().map(ToString::to_string).collect();
        let config = PeerConfig { room: "lobby".into(), listen, announce: None, peers };
        Self::with(number, name, identity, config).await
    }

    /// The same, with all that may be said.
    pub(crate) async fn with(
        number: u64,
        name: &str,
        identity: Arc<Identity>,
        config: PeerConfig,
    ) -> Self {
        let peer = Peer::start(identity, config).await.unwrap();
        let client = Client::new(ClientConfig::peer(number, number, name, peer.seal()));
        let (chat, changes) = start(peer.local(), client);
        Self { peer, chat, changes }
    }

    pub(crate) async fn say(&self, text: &'static str) {
        let said = self.chat.call(move |chat, now| chat.say(now, &Place::Room, text, None)).await;
        said.unwrap().unwrap();
    }

    pub(crate) async fn rename(&self, name: &'static str) {
        self.chat.call(move |chat, now| chat.set_name(now, name)).await.unwrap();
    }

    /// Author and text of all messages, oldest first.
    pub(crate) async fn messages(&self) -> Vec<(String, String)> {
        let read = |chat: &mut Client, _| {
            let room = chat.conversation(&Place::Room).unwrap();
            let mut messages: Vec<_> =
                room.messages().map(|m| (m.name.to_owned(), m.text.to_owned())).collect();
            messages.reverse();
            messages
        };
        self.chat.call(read).await.unwrap()
    }

    /// Waits until these are all who are here, by name.
    pub(crate) async fn sees(&mut self, expected: &[&str]) {
        let expected = expected.iter().map(|&name| name.to_owned()).collect();
        self.shows(expected, Self::people).await;
    }

    /// Waits until these are all messages, whatever their order.
    pub(crate) async fn reads(&mut self, expected: &[(&str, &str)]) {
        let expected = expected.iter().map(|&(name, text)| (name.to_owned(), text.to_owned()));
        self.shows(expected.collect(), Self::messages).await;
    }

    /// Waits until this is all that `read` finds, whatever its order.
    async fn shows<T: Ord + Debug>(
        &mut self,
        mut expected: Vec<T>,
        read: impl AsyncFn(&Self) -> Vec<T>,
    ) {
        expected.sort();
        let mut shown = Vec::new();
        let agreed = timeout(PATIENCE, async {
            loop {
                shown = read(self).await;
                shown.sort();
                if shown == expected {
                    return;
                }
                self.changes.next().await.expect("the client runs");
            }
        });
        let agreed = agreed.await.is_ok();
        assert!(agreed, "shown {shown:?}, expected {expected:?}");
    }

    /// The names of all who are here.
    async fn people(&self) -> Vec<String> {
        let read =
            |chat: &mut Client, _| chat.people().into_iter().map(|person| person.name).collect();
        self.chat.call(read).await.unwrap()
    }

    /// Stops client and peer as a program that ends.
    pub(crate) async fn stop(self) {
        self.chat.stop().await;
        self.peer.stop().await;
    }
}
