//! Times and days as they are shown.

use crate::app::LocalTime;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

pub(super) fn time(at: LocalTime) -> String {
    format!("{:02}:{:02}", at.hour, at.minute)
}

pub(super) fn day(at: LocalTime) -> String {
    let month = MONTHS.get(usize::from(at.month).wrapping_sub(1)).copied().unwrap_or("?");
    format!("{} {month} {}", at.day, at.year)
}

pub(super) fn same_day(a: LocalTime, b: LocalTime) -> bool {
    (a.year, a.month, a.day) == (b.year, b.month, b.day)
}
