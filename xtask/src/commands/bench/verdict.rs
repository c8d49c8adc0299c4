//! Whether a target is met, and how figures look.

use super::measures::Target;

impl Target {
    /// How our figure stands to its target; `None` if what it is compared with was not measured.
    pub(super) fn verdict(
        &self,
        ours: f64,
        bare: Option<f64>,
        hocuspocus: Option<f64>,
    ) -> Option<String> {
        Some(match *self {
            Self::None => String::new(),
            Self::AtMost(max) => {
                format!("{} (at most {max}): {}", number(ours), word(ours <= max))
            }
            Self::TimesBare(max) => {
                let ratio = ours / bare?;
                format!("{ratio:.2} × bare (at most {max}): {}", word(ratio <= max))
            }
            Self::RateOfBareAndHocuspocus(bare_min, peer_min) => {
                let (of_bare, of_peer) = (ours / bare?, ours / hocuspocus?);
                format!(
                    "{of_bare:.2} × bare (at least {bare_min}): {}; {of_peer:.2} × hocuspocus \
                     (at least {peer_min}): {}",
                    word(of_bare >= bare_min),
                    word(of_peer >= peer_min)
                )
            }
        })
    }
}

fn word(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**missed**" }
}

/// Three digits that matter.
pub(super) fn number(figure: f64) -> String {
    match figure {
        _ if figure >= 1_000.0 => {
            let digits = format!("{figure:.0}");
            let (head, tail) = digits.split_at(digits.len() - 3);
            format!("{head},{tail}")
        }
        _ if figure >= 100.0 => format!("{figure:.0}"),
        _ if figure >= 10.0 => format!("{figure:.1}"),
        _ => format!("{figure:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_met_or_missed_in_one_run() {
        let verdict = |ours| Target::TimesBare(1.1).verdict(ours, Some(10.0), None);
        assert_eq!(verdict(11.0).as_deref(), Some("1.10 × bare (at most 1.1): met"));
        assert_eq!(verdict(11.1).as_deref(), Some("1.11 × bare (at most 1.1): **missed**"));
        assert_eq!(Target::TimesBare(1.1).verdict(1.0, None, None), None);
    }

    #[test]
    fn three_digits_are_shown() {
        assert_eq!([28_123.0, 999.6, 12.34, 0.051].map(number), ["28,123", "1000", "12.3", "0.05"]);
    }
}
