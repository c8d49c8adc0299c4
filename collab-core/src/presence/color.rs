//! Colours of people.

/// Colours that can be told apart on a light and on a dark ground, for those who chose none.
const PALETTE: [&str; 12] = [
    "#d6336c", "#ae3ec9", "#7048e8", "#4263eb", "#1c7ed6", "#1098ad", "#0ca678", "#37b24d",
    "#74b816", "#f08c00", "#e8590c", "#e03131",
];

/// The alpha that y-codemirror.next's examples give to selections.
const LIGHT_ALPHA: &str = "33";

/// Whether `color` is `#rrggbb` or `#rrggbbaa`. Nothing else ever reaches a style sheet.
pub(super) fn is_color(color: &str) -> bool {
    color.strip_prefix('#').is_some_and(|digits| {
        matches!(digits.len(), 6 | 8) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// The colour of a client that chose none: the same in every browser.
pub(super) fn of_client(client: u64) -> String {
    PALETTE[(client % PALETTE.len() as u64) as usize].to_owned()
}

/// A translucent variant of a valid colour.
pub(super) fn light(color: &str) -> String {
    format!("{}{LIGHT_ALPHA}", &color[..7])
}
