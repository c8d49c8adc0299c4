//! Presence of those who chat: nobody speaks in another's name.

use super::ChatLimits;
use crate::Timestamp;
use crate::chat::{SealedState, UserId, Verify};
use crate::relay::RoomConfig;
use crate::wire::{AwarenessEntry, Grant};

/// Whether a user may say this, where `owner` is the user whose connection said it before.
pub(in crate::relay) fn may_say(
    grant: &Grant,
    owner: Option<&str>,
    entry: &AwarenessEntry<'_>,
    limits: &ChatLimits,
) -> bool {
    owner.is_none_or(|owner| *owner == *grant.user)
        && (entry.is_removal() || is_of(grant, entry.json, limits))
}

/// Why presence is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::relay) enum Unfit {
    /// Too large, too many, not JSON, or not this user's to say.
    Unsound,
    /// Among peers: not signed.
    Unsigned,
    /// Said too long ago, or ahead of time.
    Untimely,
    /// Under a client ID, or an ID, of another key.
    Foreign,
    /// With a signature that is none.
    Forged,
    /// More than is verified at once.
    TooMuch,
}

impl Unfit {
    /// For people.
    pub(in crate::relay) const fn detail(self) -> &'static str {
        match self {
            Self::Unsound => "too large, too many, not JSON, or not this user's",
            Self::Unsigned => "presence that is not signed",
            Self::Untimely => "presence of another time",
            Self::Foreign => "presence of somebody else",
            Self::Forged => "presence with a forged signature",
            Self::TooMuch => "too much presence at once",
        }
    }
}

/// How many states are verified for each user who brings some, among peers: all at once when a link is
/// new, and twice, then 200 in a second (a fortieth of a core).
pub(in crate::relay) fn verifying(config: &RoomConfig) -> ChatLimits {
    let burst = u32::try_from(2 * config.awareness_clients_max).unwrap_or(u32::MAX);
    ChatLimits { burst, rate_per_s: 200, push_units_max: 1, ..config.chat.clone() }
}

/// Among peers, whoever brings it: whether the holder of the key that an entry's client ID belongs to has
/// signed it, a moment ago, and says nothing of anybody else. The signature comes last: it costs most.
pub(in crate::relay) fn check_sealed(
    (room, verify): (&str, Verify),
    now: Timestamp,
    entry: &AwarenessEntry<'_>,
    limits: &ChatLimits,
) -> Result<(), Unfit> {
    let state = SealedState::read(entry.json).ok_or(Unfit::Unsigned)?;
    if !state.is_recent(now) {
        return Err(Unfit::Untimely);
    }
    let user = UserId::of_key(&state.key).to_string();
    let says_who = state.fields.get("user").is_some_and(|user| user.get("id").is_some());
    let is_own = !says_who || is_of(&Grant { user, ..Grant::open() }, entry.json, limits);
    if !is_own || !state.is_of(entry.client) {
        return Err(Unfit::Foreign);
    }
    state.is_signed(room, entry, verify).then_some(()).ok_or(Unfit::Forged)
}

/// Whether an awareness state, JSON that was checked, says whose it is and is `grant`'s. What
/// JavaScript reads in it counts: of two equal keys the last one.
fn is_of(grant: &Grant, json: &str, limits: &ChatLimits) -> bool {
    let Ok(state) = serde_json::from_str::<serde_json::Value>(json) else { return false };
    let text = |key: &str| state.get("user")?.get(key).map(|value| value.as_str());
    let has_name = match text("name") {
        name if !grant.name.is_empty() => name == Some(Some(&*grant.name)),
        None => true,
        Some(name) => name.is_some_and(|name| {
            name.len() <= limits.unit.name_max_bytes && !name.chars().any(char::is_control)
        }),
    };
    has_name && text("id") == Some(Some(&*grant.user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_says_whose_it_is() {
        let limits = ChatLimits::default();
        let guest = Grant { user: "ada".into(), ..Grant::open() };
        let named = Grant { name: "Ada".into(), ..guest.clone() };
        for (json, of_guest, of_named) in [
            (r#"{"user":{"id":"ada"}}"#, true, false),
            (r#"{"user":{"id":"ada","name":"Ada"},"typing":true}"#, true, true),
            (r#"{"user":{"id":"ada","name":"Bob"}}"#, true, false),
            (r#"{"user":{"id":"ada","id":"bob","name":"Ada"}}"#, false, false),
            (r#"{"user":{"id":"bob","name":"Ada"}}"#, false, false),
            (r#"{"user":{"id":"ada","name":"\u001b[2J"}}"#, false, false),
            (r#"{"user":{"id":"ada","name":7}}"#, false, false),
            (r#"{"user":["ada","Ada"]}"#, false, false),
            (r#"[["ada","Ada"]]"#, false, false),
            (r#"{"user":"ada"}"#, false, false),
            ("{}", false, false),
            ("7", false, false),
        ] {
            assert_eq!(is_of(&guest, json, &limits), of_guest, "{json}");
            assert_eq!(is_of(&named, json, &limits), of_named, "{json}");
        }
    }
}
