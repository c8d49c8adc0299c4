//! The relay: connections on one side, `collab_core::relay::Room`s in the middle, a store on the
//! other side.
//!
//! ```text
//! upgrade -> handshake -> connection { read -> room -> dispatch -> link -> write }
//!                                                 |-> journal -> store
//! ```
//!
//! An application builds a [`Relay`], nests its [`Relay::router`], and calls [`Relay::shutdown`].

mod admission;
mod alarms;
mod clock;
mod config;
mod connection;
mod dispatch;
mod handshake;
mod head;
mod journal;
mod link;
mod metrics;
mod queue;
mod read;
mod room;
mod rooms;
mod upgrade;
mod write;

pub use config::RelayConfig;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::routing::get;
use collab_core::relay::{Input, PeerId, RoomConfig};
use collab_core::wire::{CloseCode, Grant};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::RoomName;
use crate::auth::{AuthRequest, Authorizer, Open, Refusal};
use crate::store::{EphemeralStore, Store};
use admission::Admission;
use alarms::Alarms;
use journal::Journal;
use metrics::Metrics;
use rooms::Rooms;

/// What clients are told to wait before they come back after a shutdown; each adds its own jitter.
const RETRY_AFTER_SHUTDOWN_MS: u64 = 1000;

/// A relay. Clones are handles to the same one; it ends when the last handle and the last
/// connection are gone.
#[derive(Clone, Debug)]
pub struct Relay {
    running: Arc<Running>,
}

#[derive(Debug)]
struct Running {
    state: Arc<RelayState>,
}

/// Chooses the parts of a [`Relay`].
pub struct RelayBuilder {
    store: Arc<dyn Store>,
    authorizer: Arc<dyn Authorizer>,
    config: RelayConfig,
}

/// What connections, rooms and the journal share.
pub(crate) struct RelayState {
    config: RelayConfig,
    /// `config.room`, shared by all rooms.
    room_config: Arc<RoomConfig>,
    store: Arc<dyn Store>,
    authorizer: Arc<dyn Authorizer>,
    rooms: Rooms,
    journal: Journal,
    alarms: Arc<Alarms>,
    admission: Arc<Admission>,
    metrics: Metrics,
    loads: Semaphore,
    work: Semaphore,
    authorizations: Semaphore,
    next_peer: AtomicU64,
    closing: watch::Sender<bool>,
}

/// Why a relay should not be sent traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotReady {
    /// It shuts down.
    Closing,
    /// Its last write failed; it goes on trying.
    StoreNotWriting,
    /// Its store cannot be read.
    StoreNotReading,
    /// Its store does not answer.
    StoreSilent,
}

impl Relay {
    /// An open, ephemeral relay with default limits, to be changed before it is built.
    pub fn builder() -> RelayBuilder {
        RelayBuilder {
            store: Arc::new(EphemeralStore::default()),
            authorizer: Arc::new(Open),
            config: RelayConfig::default(),
        }
    }

    /// One route, `/{room}`, where the room may contain `/`. To be nested, by convention at `/sync`.
    pub fn router(&self) -> Router {
        Router::new().route("/{*room}", get(upgrade::upgrade)).with_state(self.clone())
    }

    /// Changes what a user may do in a room at once: on all connections that the user has there.
    /// `None` revokes, which closes them with 4403.
    pub fn regrant(&self, room: &RoomName, user: &str, grant: Option<&Grant>) {
        let Some(room) = self.state().rooms.find(room) else {
            return;
        };
        for peer in room.peers_of(user) {
            room.handle(Input::Regrant { peer, grant: grant.cloned() });
        }
    }

    /// Whether the relay takes connections and its store works.
    pub async fn readiness(&self) -> Result<(), NotReady> {
        let state = self.state();
        if state.is_closing() {
            return Err(NotReady::Closing);
        }
        if !state.journal.is_healthy() {
            return Err(NotReady::StoreNotWriting);
        }
        state.store.health().await.map_err(|_| NotReady::StoreNotReading)
    }

    /// All metrics in the OpenMetrics text format.
    pub fn metrics_text(&self) -> String {
        let state = self.state();
        state.metrics.connections.set((state.admission.connections() as u64).cast_signed());
        state.metrics.rooms.set((state.rooms.count() as u64).cast_signed());
        state.metrics.encode()
    }

    /// Lets nobody in any more, tells everybody, waits until all that was accepted is durable, and
    /// closes all connections with 1001. Returns whether it was done within `shutdown_timeout`.
    pub async fn shutdown(&self) -> bool {
        let state = self.state();
        state.closing.send_replace(true);
        let done = timeout(state.config.shutdown_timeout, state.wind_down()).await;
        done.is_ok()
    }

    pub(crate) fn state(&self) -> &Arc<RelayState> {
        &self.running.state
    }
}

impl RelayBuilder {
    /// Where updates become durable. Default: [`EphemeralStore`].
    #[must_use]
    pub fn store(mut self, store: impl Store) -> Self {
        self.store = Arc::new(store);
        self
    }

    /// The same for a store that is used elsewhere too, or whose kind was chosen at run time.
    #[must_use]
    pub fn shared_store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = store;
        self
    }

    /// Who may do what. Default: [`Open`].
    #[must_use]
    pub fn authorizer(mut self, authorizer: impl Authorizer) -> Self {
        self.authorizer = Arc::new(authorizer);
        self
    }

    /// Limits and times. Default: `RelayConfig::default()`.
    #[must_use]
    pub fn limits(mut self, config: RelayConfig) -> Self {
        self.config = config;
        self
    }

    /// Starts the relay. To be called in a tokio runtime, which runs its tasks.
    pub fn build(mut self) -> Relay {
        self.config.room.keeps = self.store.keeps();
        let config = self.config;
        let state = Arc::new(RelayState {
            store: self.store,
            authorizer: self.authorizer,
            rooms: Rooms::default(),
            journal: Journal::new(config.journal_max_bytes),
            alarms: Arc::default(),
            admission: Arc::new(Admission::new(&config)),
            metrics: Metrics::new(),
            loads: Semaphore::new(config.loads_max),
            work: Semaphore::new(config.work_max),
            authorizations: Semaphore::new(config.authorizations_max),
            next_peer: AtomicU64::new(1),
            closing: watch::Sender::new(false),
            room_config: Arc::new(config.room.clone()),
            config,
        });
        tokio::spawn(journal::write_batches(Arc::clone(&state)));
        Relay { running: Arc::new(Running { state }) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.state.journal.stop_when_empty();
    }
}

impl RelayState {
    async fn authorize(&self, request: &AuthRequest<'_>) -> Result<Grant, Refusal> {
        // The semaphore is never closed; if it were, nobody could be let in.
        let _permit = self.authorizations.acquire().await.map_err(|_| Refusal::Unavailable)?;
        let decision = self.authorizer.authorize(request);
        timeout(self.config.authorize_timeout, decision).await.unwrap_or(Err(Refusal::Unavailable))
    }

    /// Counts a request that is not let in.
    fn turned_away<E>(&self, reason: &'static str, error: E) -> E {
        self.metrics.turned_away(reason);
        error
    }

    fn next_peer(&self) -> PeerId {
        PeerId(self.next_peer.fetch_add(1, Ordering::Relaxed))
    }

    fn is_closing(&self) -> bool {
        *self.closing.borrow()
    }

    /// Waits until the relay shuts down.
    async fn until_closing(&self) {
        // The sender lives as long as this state, so waiting ends for no other reason.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }

    async fn wind_down(&self) {
        for room in self.rooms.all() {
            room.handle(Input::GoingAway { retry_after_ms: RETRY_AFTER_SHUTDOWN_MS });
        }
        self.journal.flushed().await;
        for room in self.rooms.all() {
            room.close_all(CloseCode::GOING_AWAY, "shutting down");
        }
        self.admission.empty().await;
        // What arrived between the first flush and the close.
        self.journal.flushed().await;
    }
}

impl NotReady {
    /// The reason as a line of text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closing => "shutting down\n",
            Self::StoreNotWriting => "the store does not take writes\n",
            Self::StoreNotReading => "the store cannot be read\n",
            Self::StoreSilent => "the store does not answer\n",
        }
    }
}

impl std::fmt::Debug for RelayState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelayState").field("config", &self.config).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for RelayBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelayBuilder").field("config", &self.config).finish_non_exhaustive()
    }
}
