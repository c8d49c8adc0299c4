//! Chats: messages in segments of a room, straight from and to encoded updates (PROTOCOL section 7).
//!
//! A [`Segment`] is a replica of one channel, a [`Conversation`] the segments of one chat that are
//! loaded, [`Chats`] all conversations of a room below a `sync::Session`, and [`Client`] all that a
//! program needs which only chats. Nothing here uses Yrs.
//!
//! ```
//! use collab_core::Timestamp;
//! use collab_core::chat::{Client, ClientConfig, Place};
//!
//! # fn main() -> Result<(), collab_core::chat::SayError> {
//! let now = Timestamp::from_millis(1_700_000_000_000);
//! let token = collab_core::chat::guest_token([7; 20]); // random, kept by the program
//! let mut client = Client::new(ClientConfig::guest(1 << 40, 42, "Ada", &token));
//! let id = client.say(now, &Place::Room, "hello", None)?; // offline: it waits
//! let room = client.conversation(&Place::Room).expect("always there");
//! assert_eq!(room.newest(0).map(|message| message.text), Some("hello"));
//! assert!(room.message(id).is_some_and(|message| message.is_pending));
//! # Ok(())
//! # }
//! ```

mod chats;
mod client;
mod company;
mod conversation;
mod message_id;
mod pacer;
mod place;
mod printable;
mod sealed;
mod sealed_state;
mod segment;
mod unit;
mod user;

pub use chats::{ChatEvent, Chats, SayError, StoredError};
pub use client::{Client, ClientConfig, Event, Input, Output};
pub use company::{Company, Person};
pub use conversation::Conversation;
pub use message_id::{Change, MessageId, MessageIdError};
pub use place::{Chat, DIRECT_PREFIX, PRESENCE_CHANNEL, Place, ROOM_PREFIX, SegmentName};
pub use printable::{printable_name, printable_text};
pub use sealed::{PublicKey, Seal, Signature, Signer, Verify};
pub(crate) use sealed::{Sealed, Stand};
pub(crate) use sealed_state::SealedState;
pub use sealed_state::{present_as, signer_of};
pub use segment::{Message, Reaction, SEGMENT_UNITS, Segment, SegmentError};
pub use unit::{
    NAME_MAX_BYTES, REACTION_MAX_BYTES, ROOT_ARRAY, Re, TEXT_MAX_BYTES, Unit, UnitError, UnitId,
    UnitLimits,
};
pub use user::{USER_ID_MAX_BYTES, UserId, UserIdError, guest_token};
