//! Chats: messages in segments of a room, straight from and to encoded updates (PROTOCOL section 7).

mod place;
mod unit;
mod user;

pub use place::{Chat, DIRECT_PREFIX, PRESENCE_CHANNEL, Place, ROOM_PREFIX, SegmentName};
pub use unit::{
    NAME_MAX_BYTES, REACTION_MAX_BYTES, ROOT_ARRAY, Re, TEXT_MAX_BYTES, Unit, UnitError, UnitId,
    UnitLimits,
};
pub use user::{USER_ID_MAX_BYTES, UserId, UserIdError, guest_token};
