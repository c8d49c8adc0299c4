//! Names and texts of others, made safe to print: a terminal executes what it prints.
//!
//! Called by whoever shows a message anywhere but in a browser's text nodes, which need none of it
//! except against names that disguise themselves.

/// Marks that may stand on one letter; more of them reach into other lines.
const MARKS_MAX: u32 = 3;

/// A text as a terminal may print it: without control characters but line feeds, without escape
/// sequences, and without what makes other text run backwards. Tabs become four spaces.
pub fn printable_text(text: &str) -> String {
    cleaned(text, true)
}

/// A name as it may be shown: one line, no escapes, nothing invisible, nothing that makes it look
/// like another text, and at most so many characters. A name of which nothing is left is `?`.
pub fn printable_name(name: &str, max_chars: usize) -> String {
    let cleaned = cleaned(name, false);
    let words: Vec<&str> = cleaned.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(max_chars).collect();
    if name.is_empty() { "?".to_owned() } else { name }
}

fn cleaned(text: &str, is_text: bool) -> String {
    let mut clean = String::with_capacity(text.len());
    let (mut rest, mut marks) = (text, 0);
    while let Some(first) = rest.chars().next() {
        rest = after_escape(rest).unwrap_or(&rest[first.len_utf8()..]);
        marks = if is_mark(first) { marks + 1 } else { 0 };
        match first {
            '\n' | '\u{2028}' | '\u{2029}' => clean.push(if is_text { '\n' } else { ' ' }),
            '\t' => clean.push_str(if is_text { "    " } else { " " }),
            // Joins emoji, and letters of some scripts, where it is no disguise.
            '\u{200c}' | '\u{200d}' if is_text => clean.push(first),
            _ if first.is_control() || is_deceptive(first) || marks > MARKS_MAX => {}
            _ => clean.push(first),
        }
    }
    clean
}

/// What follows an escape sequence at the start of `text` (ECMA-48): CSI up to its final byte, a
/// control string up to its terminator, any other escape with one character.
fn after_escape(text: &str) -> Option<&str> {
    let mut chars = text.chars();
    let kind = match chars.next()? {
        '\u{1b}' => chars.next(),
        '\u{9b}' => Some('['),
        '\u{90}' | '\u{98}' | '\u{9d}' | '\u{9e}' | '\u{9f}' => Some(']'),
        _ => return None,
    };
    let body = chars.as_str();
    match kind {
        Some('[') => {
            let end = body.find(|c: char| !matches!(c, ' '..='?'));
            let ends = |at| body[at..].chars().next().filter(|c| matches!(c, '@'..='~'));
            Some(end.map_or("", |at| &body[at + ends(at).map_or(0, char::len_utf8)..]))
        }
        Some(']' | 'P' | 'X' | '^' | '_') => {
            let end = body.find(['\u{7}', '\u{1b}', '\u{9c}', '\n']);
            // An escape that ends it is read, with its backslash, as the next one.
            let end = end.map_or("", |at| &body[at..]);
            Some(end.strip_prefix(['\u{7}', '\u{9c}']).unwrap_or(end))
        }
        _ => Some(body),
    }
}

/// Characters without a shape that change how others look, or hide differences: directions (Unicode
/// TR 9), spaces of no width, soft hyphens, fillers, tags, annotations.
const fn is_deceptive(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The common blocks of combining marks.
const fn is_mark(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escapes_are_removed_with_what_belongs_to_them() {
        for (text, clean) in [
            ("a\u{1b}[31mred\u{1b}[0m!", "ared!"),
            ("\u{1b}]0;owned\u{7}title", "title"),
            ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("\u{9b}2Jgone", "gone"),
            ("\u{1b}Pq#0\u{1b}\\sixel", "sixel"),
            ("\u{1b}[", ""),
            ("\u{1b}", ""),
            ("bell\u{7} back\u{8} del\u{7f}", "bell back del"),
            ("two\r\nlines\tand", "two\nlines    and"),
            ("👩\u{200d}💻 \u{202e}abc", "👩\u{200d}💻 abc"),
        ] {
            assert_eq!(printable_text(text), clean, "{text:?}");
        }
    }

    #[test]
    fn names_do_not_disguise_themselves() {
        assert_eq!(printable_name(" A\u{200b}d\u{ad}a\n\tL. ", 40), "Ada L.");
        assert_eq!(printable_name("\u{3164}\u{200d}", 40), "?");
        assert_eq!(printable_name(&format!("Z{}", "\u{301}".repeat(50)), 40).chars().count(), 4);
        assert_eq!(printable_name("abcdef", 3), "abc");
    }

    proptest! {
        #[test]
        fn nothing_that_a_terminal_executes_is_left(text: String, escape in "[\u{1b}\u{9b}\u{9d}\\[\\]0-9;mJ\u{7}\\\\a]*") {
            let both = format!("{text}{escape}{text}");
            let clean = printable_text(&both);
            prop_assert!(clean.chars().all(|c| c == '\n' || !c.is_control()));
            prop_assert!(printable_name(&both, 40).chars().all(|c| !c.is_control()));
        }
    }
}
