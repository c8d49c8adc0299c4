//! The page around the program: its elements, its clock, its random numbers.

use collab_core::Timestamp;
use js_sys::Date;
use tui_chat::app::LocalTime;
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, Event, EventTarget, Window};

/// Something that every browser has is missing.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the browser has no {0}")]
pub(crate) struct Missing(pub(crate) &'static str);

impl From<Missing> for JsValue {
    fn from(missing: Missing) -> Self {
        Self::from_str(&missing.to_string())
    }
}

pub(crate) fn window() -> Result<Window, Missing> {
    web_sys::window().ok_or(Missing("window"))
}

pub(crate) fn document() -> Result<Document, Missing> {
    window()?.document().ok_or(Missing("document"))
}

pub(crate) fn element(id: &'static str) -> Result<Element, Missing> {
    document()?.get_element_by_id(id).ok_or(Missing(id))
}

/// Calls `heard` for every event of that name, as long as the page lives.
pub(crate) fn listen<E: JsCast + 'static>(
    target: &EventTarget,
    name: &str,
    mut heard: impl FnMut(&E) + 'static,
) -> Result<(), JsValue> {
    let closure =
        Closure::<dyn FnMut(Event)>::new(move |event: Event| heard(event.unchecked_ref()));
    target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref())?;
    closure.forget();
    Ok(())
}

/// Unix time.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_millis(Date::now() as u64)
}

/// The time on the wall here.
pub(crate) fn local_time(at: Timestamp) -> LocalTime {
    let date = Date::new(&JsValue::from_f64(at.as_millis() as f64));
    LocalTime {
        year: date.get_full_year() as i16,
        month: date.get_month() as u8 + 1,
        day: date.get_date() as u8,
        hour: date.get_hours() as u8,
        minute: date.get_minutes() as u8,
    }
}

/// Random bytes that nobody can foresee.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], JsValue> {
    let mut bytes = [0; N];
    window()?.crypto()?.get_random_values_with_u8_array(&mut bytes)?;
    Ok(bytes)
}
