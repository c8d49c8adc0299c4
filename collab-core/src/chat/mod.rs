//! Chats: messages in segments of a room, straight from and to encoded updates (PROTOCOL section 7).

mod user;

pub use user::{USER_ID_MAX_BYTES, UserId, UserIdError, guest_token};
