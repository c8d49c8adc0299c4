//! Colours. The default uses the terminal's own sixteen, so it is readable wherever the terminal is.

use std::str::FromStr;

use ratatui::style::{Color, Modifier, Style};

/// A theme by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeName {
    /// The terminal's own background and colours, light or dark.
    #[default]
    Terminal,
    /// Own colours on a dark ground.
    Dark,
    /// Own colours on a light ground.
    Light,
    /// No colour at all (<https://no-color.org>).
    Mono,
}

/// Not the name of a theme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeNameError;

impl std::fmt::Display for ThemeNameError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("themes are terminal, dark, light and mono")
    }
}

impl std::error::Error for ThemeNameError {}

/// How things look.
#[derive(Clone, Copy, Debug)]
pub struct Theme {
    /// Text.
    pub base: Style,
    /// What matters less: times, hints, lines.
    pub dim: Style,
    /// What is active: the open conversation, keys.
    pub accent: Style,
    /// All is well.
    pub good: Style,
    /// Something is still to come.
    pub waiting: Style,
    /// Something is wrong.
    pub bad: Style,
    /// The selected line or message.
    pub selected: Style,
    /// Words that were searched for.
    pub found: Style,
    /// Numbers of unread messages.
    pub badge: Style,
    /// What lies above the rest: the popup.
    pub raised: Style,
    /// For names of people.
    pub people: [Color; 6],
}

impl ThemeName {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Terminal, Self::Dark, Self::Light, Self::Mono];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Mono => "mono",
        }
    }

    /// The theme itself.
    pub fn theme(self) -> Theme {
        match self {
            Self::Terminal => terminal(),
            Self::Dark => of_palette(&DARK),
            Self::Light => of_palette(&LIGHT),
            Self::Mono => mono(),
        }
    }
}

impl FromStr for ThemeName {
    type Err = ThemeNameError;

    fn from_str(name: &str) -> Result<Self, ThemeNameError> {
        Self::ALL.into_iter().find(|theme| theme.name() == name).ok_or(ThemeNameError)
    }
}

/// Colours of a theme of our own, as 0xRRGGBB.
pub(crate) struct Palette {
    pub(crate) ground: u32,
    pub(crate) raised: u32,
    pub(crate) selected: u32,
    pub(crate) text: u32,
    pub(crate) dim: u32,
    pub(crate) accent: u32,
    pub(crate) good: u32,
    pub(crate) waiting: u32,
    pub(crate) bad: u32,
    pub(crate) people: [u32; 6],
}

pub(crate) const DARK: Palette = Palette {
    ground: 0x001a_1b26,
    raised: 0x0024_2637,
    selected: 0x002e_3250,
    text: 0x00d5_d9ee,
    dim: 0x009b_a2c0,
    accent: 0x007d_cfff,
    good: 0x009e_ce6a,
    waiting: 0x00e0_af68,
    bad: 0x00ff_8a9f,
    people: [0x007d_cfff, 0x00bb_9af7, 0x009e_ce6a, 0x00ff_9e64, 0x00f7_a8c4, 0x0073_daca],
};

pub(crate) const LIGHT: Palette = Palette {
    ground: 0x00fa_fafa,
    raised: 0x00ef_f0f3,
    selected: 0x00e1_e6f2,
    text: 0x0020_2430,
    dim: 0x0058_5e70,
    accent: 0x0000_5f9e,
    good: 0x002b_6b16,
    waiting: 0x0085_5000,
    bad: 0x00b0_1c3c,
    people: [0x0000_5f9e, 0x0074_3fb5, 0x002b_6b16, 0x009a_4200, 0x00a8_1f66, 0x0000_6660],
};

/// Only colours that stand out on white and on black alike; everything else is weight.
fn terminal() -> Theme {
    let plain = Style::new();
    Theme {
        base: plain,
        dim: plain.add_modifier(Modifier::DIM),
        accent: plain.fg(Color::Cyan).add_modifier(Modifier::BOLD),
        good: plain.fg(Color::Green),
        waiting: plain.fg(Color::Magenta),
        bad: plain.fg(Color::Red).add_modifier(Modifier::BOLD),
        selected: plain.add_modifier(Modifier::REVERSED),
        found: plain.fg(Color::Black).bg(Color::Yellow),
        badge: plain.fg(Color::Magenta).add_modifier(Modifier::BOLD),
        raised: plain,
        people: [Color::Cyan, Color::Magenta, Color::Green, Color::Red, Color::Blue, Color::Yellow],
    }
}

fn mono() -> Theme {
    let plain = Style::new();
    let bold = plain.add_modifier(Modifier::BOLD);
    Theme {
        base: plain,
        dim: plain.add_modifier(Modifier::DIM),
        accent: bold,
        good: plain,
        waiting: plain,
        bad: bold,
        selected: plain.add_modifier(Modifier::REVERSED),
        found: plain.add_modifier(Modifier::REVERSED),
        badge: bold,
        raised: plain,
        people: [Color::Reset; 6],
    }
}

fn of_palette(palette: &Palette) -> Theme {
    let base = Style::new().fg(Color::from_u32(palette.text)).bg(Color::from_u32(palette.ground));
    let fg = |color| base.fg(Color::from_u32(color));
    Theme {
        base,
        dim: fg(palette.dim),
        accent: fg(palette.accent).add_modifier(Modifier::BOLD),
        good: fg(palette.good),
        waiting: fg(palette.waiting),
        bad: fg(palette.bad),
        selected: base.bg(Color::from_u32(palette.selected)),
        found: base.fg(Color::from_u32(palette.ground)).bg(Color::from_u32(palette.waiting)),
        badge: fg(palette.waiting).add_modifier(Modifier::BOLD),
        raised: base.bg(Color::from_u32(palette.raised)),
        people: palette.people.map(Color::from_u32),
    }
}

impl Theme {
    /// How a name is written: the same colour for the same person everywhere.
    pub(crate) fn person(&self, user: &str) -> Style {
        // FNV-1a (RFC 9923).
        let hash = user
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        let color = self.people[hash as usize % self.people.len()];
        Style::new().fg(color).add_modifier(Modifier::BOLD)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.2).
    fn luminance(color: u32) -> f64 {
        let channel = |shift: u32| {
            let c = f64::from(color >> shift & 0xff) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    }

    fn contrast(a: u32, b: u32) -> f64 {
        let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
        a.max(b) / a.min(b)
    }

    #[test]
    fn every_text_is_readable_on_every_ground() {
        for palette in [DARK, LIGHT] {
            let Palette { text, dim, accent, good, waiting, bad, people, .. } = palette;
            for ground in [palette.ground, palette.raised, palette.selected] {
                for color in [text, dim, accent, good, waiting, bad].iter().chain(&people) {
                    let ratio = contrast(*color, ground);
                    assert!(ratio >= 4.5, "{color:06x} on {ground:06x}: {ratio:.2}");
                }
            }
        }
    }
}
