//! The session's status for JavaScript.

use collab_core::sync::{Phase, Status};
use collab_core::wire::{Access, ErrorCode};
#[cfg(feature = "chat")]
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// [`Phase`] without its fields.
#[wasm_bindgen]
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "as in collab_core::sync::Phase")]
pub enum PhaseKind {
    Refused = 0,
    Offline = 1,
    Connecting = 2,
    Syncing = 3,
    Synced = 4,
    Saved = 5,
}

/// Its phase, and the code of what went wrong.
pub(crate) fn phase(status: &Status) -> (PhaseKind, Option<&'static str>) {
    let (phase, refusal) = match status.phase {
        Phase::Refused(code) => (PhaseKind::Refused, Some(code)),
        Phase::Offline => (PhaseKind::Offline, None),
        Phase::Connecting => (PhaseKind::Connecting, None),
        Phase::Syncing => (PhaseKind::Syncing, None),
        Phase::Synced => (PhaseKind::Synced, None),
        Phase::Saved => (PhaseKind::Saved, None),
    };
    (phase, refusal.or(status.error).map(ErrorCode::name))
}

/// What else it says, as [`crate::batch::StatusFlag`]s.
#[cfg(feature = "documents")]
pub(crate) fn flags(status: &Status) -> u32 {
    use crate::batch::StatusFlag;
    let flag = |is_set: bool, flag: StatusFlag| if is_set { flag as u32 } else { 0 };
    flag(status.access == Access::Write, StatusFlag::CanWrite)
        | flag(status.keeps, StatusFlag::Keeps)
        | flag(status.store_ok, StatusFlag::StoreOk)
}

/// `[phase, unsaved, retryAt | undefined, error | undefined, canWrite, keeps, storeOk]`.
#[cfg(feature = "chat")]
pub(crate) fn to_js(status: &Status) -> Array {
    let (phase, error) = phase(status);
    let retry_at = status.retry_at.map(|at| JsValue::from(at.as_millis() as f64));
    [
        JsValue::from(phase as u32),
        JsValue::from(status.unsaved as f64),
        retry_at.unwrap_or(JsValue::UNDEFINED),
        error.map_or(JsValue::UNDEFINED, JsValue::from_str),
        JsValue::from(status.access == Access::Write),
        JsValue::from(status.keeps),
        JsValue::from(status.store_ok),
    ]
    .into_iter()
    .collect()
}
