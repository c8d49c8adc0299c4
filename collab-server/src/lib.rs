//! A thin relay for collaborative editing: checks, forwards and stores updates, with no opinion on
//! content. Any stock Yjs client can use it; `collab.v1` clients get acknowledgements, typed
//! errors, channels and signalling.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use collab_server::{Relay, SqliteStore, http};
//!
//! let relay = Relay::builder().store(SqliteStore::open("data".as_ref())?).build();
//! let app = axum::Router::new().nest("/sync", relay.router());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! http::serve(listener, app).await?;
//! relay.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! | module | its job |
//! |---|---|
//! | [`Relay`] | connections, rooms, bounded queues, the journal in front of the store |
//! | [`store`] | where updates become durable: SQLite, Postgres, memory, nothing |
//! | [`auth`] | who may do what |
//! | [`http`] | what the binary serves: the relay, probes, metrics, the web page |
//! | [`config`] | settings of the binary |
//! | [`program`] | the rest of a binary: log, listener, signals |

pub mod auth;
pub mod config;
pub mod http;
mod open_files;
pub mod program;
mod relay;
mod room_name;
pub mod store;

pub use auth::{AuthRequest, Authorizer, Lease, Open, Refusal, RequestHead};
pub use open_files::raise_open_files_limit;
pub use relay::{NotReady, Relay, RelayBuilder, RelayConfig};
pub use room_name::{RoomName, RoomNameError};
pub use store::{EphemeralStore, MemoryStore, SqliteStore, Store};
