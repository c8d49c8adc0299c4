//! One message as rows: a name and a time where somebody begins to speak, the text, reactions.

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::theme::Theme;
use super::{cut, when};
use crate::app::LocalClock;
use crate::model::Message;

/// Columns before every text.
const INDENT: &str = "  ";

/// Messages of one person within this time stand below one name.
const GROUP_MS: u64 = 5 * 60_000;

/// What all messages of a window have in common.
pub(super) struct Context<'a> {
    pub(super) theme: &'a Theme,
    pub(super) clock: LocalClock,
    pub(super) columns: u16,
    /// Words that are searched for, in lower case; may be empty.
    pub(super) words: String,
}

/// What a message's neighbours say about it.
pub(super) struct Around<'a> {
    pub(super) before: Option<&'a Message>,
    /// It is the first that had not been seen.
    pub(super) unseen: bool,
    pub(super) selected: bool,
}

/// The rows of a message.
pub(super) fn rows(
    context: &Context<'_>,
    message: &Message,
    around: &Around<'_>,
) -> Vec<Line<'static>> {
    let mut rows = Vec::new();
    let at = (context.clock)(message.at);
    let new_day =
        around.before.is_none_or(|before| !when::same_day((context.clock)(before.at), at));
    if new_day {
        rows.push(rule(context, &when::day(at), context.theme.dim));
    }
    if around.unseen {
        rows.push(rule(context, "new", context.theme.badge));
    }
    let own_begin = rows.len();
    let continues = around.before.is_some_and(|before| {
        before.author == message.author
            && before.name == message.name
            && message.at.as_millis().saturating_sub(before.at.as_millis()) < GROUP_MS
    });
    if message.is_act {
        rows.extend(act(context, message));
    } else {
        if new_day || around.unseen || !continues || message.reply.is_some() {
            rows.push(head(context, message));
        }
        rows.extend(quote(context, message));
        rows.extend(text(context, message));
    }
    rows.extend(reactions(context, message));
    if around.selected {
        for row in &mut rows[own_begin..] {
            *row = std::mem::take(row).patch_style(context.theme.selected);
        }
    }
    rows
}

/// A line across with a word in it.
fn rule(context: &Context<'_>, word: &str, style: Style) -> Line<'static> {
    let columns = usize::from(context.columns);
    let side = columns.saturating_sub(word.len() + 2) / 2;
    let left = "─".repeat(side);
    let right = "─".repeat(columns.saturating_sub(side + word.len() + 2));
    Line::styled(format!("{left} {word} {right}"), style)
}

fn head(context: &Context<'_>, message: &Message) -> Line<'static> {
    let name = cut(&message.name, usize::from(context.columns).saturating_sub(8));
    Line::from(vec![
        Span::styled(name, context.theme.person(message.author.as_str())),
        Span::raw(" "),
        Span::styled(when::time((context.clock)(message.at)), context.theme.dim),
    ])
}

fn quote(context: &Context<'_>, message: &Message) -> Option<Line<'static>> {
    let quote = message.reply.as_ref()?;
    let what = if quote.name.is_empty() {
        "↳ a message that is gone or not loaded".to_owned()
    } else {
        format!("↳ {}: {}", quote.name, quote.text.replace('\n', " "))
    };
    let columns = usize::from(context.columns).saturating_sub(INDENT.len());
    Some(Line::from(vec![Span::raw(INDENT), Span::styled(cut(&what, columns), context.theme.dim)]))
}

fn text(context: &Context<'_>, message: &Message) -> Vec<Line<'static>> {
    let mut rows: Vec<Line<'static>> = wrap(&message.text, context.columns, INDENT)
        .map(|row| highlighted(context, &row, Style::new()))
        .collect();
    if let Some(last) = rows.last_mut() {
        last.spans.extend(marks(context, message));
    }
    rows
}

/// `* ada waves`
fn act(context: &Context<'_>, message: &Message) -> Vec<Line<'static>> {
    let told = format!("* {} {}", message.name, message.text);
    let style = Style::new().add_modifier(Modifier::ITALIC);
    let mut rows: Vec<Line<'static>> =
        wrap(&told, context.columns, "").map(|row| highlighted(context, &row, style)).collect();
    if let Some(last) = rows.last_mut() {
        last.spans.extend(marks(context, message));
    }
    rows
}

/// What is to be known about a message, behind its text.
fn marks(context: &Context<'_>, message: &Message) -> Vec<Span<'static>> {
    let edited = message.edited.then(|| Span::styled(" (edited)", context.theme.dim));
    let pending = message.pending.then(|| Span::styled(" …", context.theme.waiting));
    edited.into_iter().chain(pending).collect()
}

fn reactions(context: &Context<'_>, message: &Message) -> Option<Line<'static>> {
    if message.reactions.is_empty() {
        return None;
    }
    let mut spans = vec![Span::raw(INDENT)];
    for reaction in &message.reactions {
        let style = if reaction.mine { context.theme.accent } else { context.theme.dim };
        spans.push(Span::styled(format!("{} {}  ", reaction.with, reaction.count), style));
    }
    Some(Line::from(spans))
}

/// The rows of a text, with room for the marks behind the last one.
fn wrap(text: &str, columns: u16, indent: &'static str) -> impl Iterator<Item = String> {
    let columns = usize::from(columns).saturating_sub(indent.len()).max(4);
    let rows: Vec<String> =
        textwrap::wrap(text, columns).into_iter().map(|row| format!("{indent}{row}")).collect();
    rows.into_iter()
}

/// A row with the words that are searched for made visible.
fn highlighted(context: &Context<'_>, row: &str, style: Style) -> Line<'static> {
    let lower = row.to_lowercase();
    // Where lower case has another length the places would not fit: rather none than wrong ones.
    if context.words.is_empty() || lower.len() != row.len() {
        return Line::styled(row.to_owned(), style);
    }
    let mut spans = Vec::new();
    let mut from = 0;
    for (at, found) in lower.match_indices(&context.words) {
        let to = at + found.len();
        let (Some(between), Some(words)) = (row.get(from..at), row.get(at..to)) else { break };
        spans.push(Span::styled(between.to_owned(), style));
        spans.push(Span::styled(words.to_owned(), context.theme.found));
        from = to;
    }
    spans.push(Span::styled(row.get(from..).unwrap_or_default().to_owned(), style));
    Line::from(spans)
}
