//! What a person says of themselves, and its JSON.
//!
//! Writes the cursor twice, as `cursor` for y-codemirror.next and as `selection` for y-monaco, and
//! reads either. What others send is never trusted: names are cut, colours checked, fields of a
//! wrong type are as good as absent.

use serde_json::{Map, Value};

use super::color;
use crate::document::{FileId, StickyPosition};

/// Longest name of a person, in characters.
const NAME_MAX_CHARS: usize = 40;

/// Name of somebody who has none, as y-codemirror.next shows it.
const ANONYMOUS: &str = "Anonymous";

/// What one client says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Who it is.
    pub user: User,
    /// The file that they look at.
    pub file: Option<FileId>,
    /// Their selection in it; a cursor is an empty one.
    pub cursor: Option<Selection>,
    /// Whether somebody is there.
    pub status: Status,
    /// Whether they are typing (in a chat, say).
    pub typing: bool,
    /// Fields that we do not know, kept as they are.
    pub extra: Map<String, Value>,
}

/// A person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct User {
    /// Shown name: up to 40 characters, no control characters.
    pub name: String,
    /// `#rrggbb` or `#rrggbbaa`; anything else is replaced by one derived from the client ID.
    pub color: String,
    /// Of their selections; derived from `color` if it is not a colour.
    pub color_light: String,
    /// Fields that we do not know, kept as they are.
    pub extra: Map<String, Value>,
}

/// A selection, from where it began to where the cursor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Where it began.
    pub anchor: StickyPosition,
    /// Where the cursor is.
    pub head: StickyPosition,
}

/// Whether somebody is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// At work.
    #[default]
    Active,
    /// Nothing happened for a while.
    Idle,
    /// Not looking at this page.
    Away,
}

impl State {
    /// Reads the state of `client`. `None` if it is not JSON. A stock state may be any JSON value;
    /// what is not there is filled in.
    pub fn from_json(client: u64, json: &str) -> Option<Self> {
        let Value::Object(fields) = serde_json::from_str(json).ok()? else {
            return Some(Self { user: User::read(client, Map::new()), ..Self::default() });
        };
        let names = ["user", "cursor", "selection", "file", "status", "typing"];
        let ([user, cursor, selection, file, status, typing], extra) = take(fields, names);
        let user = match user {
            Some(Value::Object(user)) => User::read(client, user),
            _ => User::read(client, Map::new()),
        };
        let mut selections = [cursor, selection].into_iter().flatten();
        let cursor = selections.find_map(|json| Selection::from_json(&json));
        let file = text(file).and_then(|id| FileId::parse(&id).ok());
        let file = file.or_else(|| cursor.as_ref()?.anchor.file());
        let status = text(status).and_then(|name| Status::from_name(&name)).unwrap_or_default();
        let typing = typing == Some(Value::Bool(true));
        Some(Self { user, file, cursor, status, typing, extra })
    }

    /// Writes the state.
    pub fn to_json(&self) -> String {
        let mut fields = self.extra.clone();
        fields.insert("user".to_owned(), self.user.write());
        if let Some(file) = &self.file {
            fields.insert("file".to_owned(), file.as_str().into());
        }
        if let Some(cursor) = &self.cursor {
            fields.insert("cursor".to_owned(), cursor.to_json());
            fields.insert("selection".to_owned(), cursor.to_json());
        }
        fields.insert("status".to_owned(), self.status.name().into());
        fields.insert("typing".to_owned(), self.typing.into());
        // Not by way of `Display`, which can also write it over many lines. Values always are JSON.
        serde_json::to_string(&fields).unwrap_or_default()
    }
}

impl Selection {
    /// Reads `{"anchor", "head"}` with positions as Yjs writes them.
    pub fn from_json(json: &Value) -> Option<Self> {
        let end = |name| StickyPosition::from_json(json.get(name)?);
        Some(Self { anchor: end("anchor")?, head: end("head")? })
    }

    /// Writes what [`Selection::from_json`] reads.
    pub fn to_json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("anchor".to_owned(), self.anchor.to_json());
        fields.insert("head".to_owned(), self.head.to_json());
        Value::Object(fields)
    }
}

impl Status {
    /// As JSON has it: `active`, `idle` or `away`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Idle => "idle",
            Self::Away => "away",
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Idle, Self::Away].into_iter().find(|status| status.name() == name)
    }
}

impl User {
    fn read(client: u64, fields: Map<String, Value>) -> Self {
        let ([name, color, light], extra) = take(fields, ["name", "color", "colorLight"]);
        let name = text(name).unwrap_or_default();
        let color = text(color).filter(|color| color::is_color(color));
        let color = color.unwrap_or_else(|| color::of_client(client));
        let light = text(light).filter(|light| color::is_color(light));
        let color_light = light.unwrap_or_else(|| color::light(&color));
        Self { name: fit_name(&name), color, color_light, extra }
    }

    fn write(&self) -> Value {
        let mut fields = self.extra.clone();
        fields.insert("name".to_owned(), fit_name(&self.name).into());
        // Who has no colour yet lets the reader derive it.
        for (key, color) in [("color", &self.color), ("colorLight", &self.color_light)] {
            if color::is_color(color) {
                fields.insert(key.to_owned(), color.as_str().into());
            }
        }
        Value::Object(fields)
    }
}

/// The fields of these names, and all others.
fn take<const N: usize>(
    fields: Map<String, Value>,
    names: [&str; N],
) -> ([Option<Value>; N], Map<String, Value>) {
    let (mut taken, mut others) = ([const { None }; N], Map::new());
    for (name, value) in fields {
        match names.iter().position(|known| **known == *name) {
            Some(at) => taken[at] = Some(value),
            None => drop(others.insert(name, value)),
        }
    }
    (taken, others)
}

/// `None` if it is absent or of another type.
fn text(value: Option<Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn fit_name(name: &str) -> String {
    let shown = |c: &char| !c.is_control() && !is_direction_override(*c);
    let name: String = name.trim().chars().filter(shown).take(NAME_MAX_CHARS).collect();
    if name.trim().is_empty() { ANONYMOUS.to_owned() } else { name }
}

/// Characters that make the text after them run backwards, so that a name could disguise itself.
const fn is_direction_override(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}
