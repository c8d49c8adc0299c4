//! What an authorizer lends to a connection comes back when the connection ends, however it ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use collab_core::wire::{Dialect, ErrorCode, Grant, Message};
use collab_server::auth::{AuthRequest, Authorizer, Refusal};
use collab_server::{Relay, RelayConfig};
use futures_util::future::BoxFuture;
use tokio::time::{sleep, timeout};

use crate::kit::{self, Connect, PATIENCE, Server};

/// One chair: who sits on it holds it.
#[derive(Clone, Default)]
struct OneChair(Arc<AtomicUsize>);

struct Taken(Arc<AtomicUsize>);

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Authorizer for OneChair {
    fn authorize<'a>(
        &'a self,
        request: &'a AuthRequest<'a>,
    ) -> BoxFuture<'a, Result<Grant, Refusal>> {
        Box::pin(async {
            // Whoever asks again sits down anew.
            let is_free = request.token == Some("again") || self.taken() == 0;
            self.0.fetch_add(1, Ordering::SeqCst);
            let taken = Taken(Arc::clone(&self.0));
            if is_free {
                request.lease.hold(taken);
            }
            if is_free { Ok(Grant::open()) } else { Err(Refusal::NameTaken) }
        })
    }
}

impl OneChair {
    fn taken(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    async fn becomes(&self, count: usize) {
        let reached = async {
            while self.taken() != count {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, reached).await.expect("in time");
    }

    async fn server(&self, config: RelayConfig) -> Server {
        Server::start(Relay::builder().authorizer(self.clone()).limits(config)).await
    }
}

#[tokio::test]
async fn what_is_taken_is_refused_with_its_own_code_and_free_after_the_leave() {
    let chair = OneChair::default();
    let server = chair.server(RelayConfig::default()).await;
    let connect = Connect::new(server.address, "room", Dialect::V1);
    let first = connect.join().await;
    let mut second = connect.greet().await;
    assert_eq!(second.until_closed().await, 4403);
    assert_eq!(second.errors, [ErrorCode::NameTaken as u64]);
    first.leave().await;
    chair.becomes(0).await;
    connect.join().await;
}

#[tokio::test]
async fn a_peer_that_answers_nothing_gives_back_what_it_has() {
    let chair = OneChair::default();
    let server = chair.server(kit::impatient()).await;
    let mut stuck = Connect::new(server.address, "room", Dialect::V1).greet().await;
    stuck.read().await;
    assert_eq!(chair.taken(), 1);
    // It holds its socket and says nothing more, not even a pong, as if its cable were pulled.
    chair.becomes(0).await;
    drop(stuck);
}

#[tokio::test]
async fn a_new_grant_replaces_what_is_held() {
    let chair = OneChair::default();
    let server = chair.server(RelayConfig::default()).await;
    let mut client = Connect::new(server.address, "room", Dialect::V1).join().await;
    let before = client.frames;
    client.say(0, &Message::Token { token: "again" }).await;
    client.until("the grant", |client| client.frames > before).await;
    assert_eq!(chair.taken(), 1);
    client.leave().await;
    chair.becomes(0).await;
}
