//! Sticky positions as JSON, read and written by hand: derived code for it is 5 KB of the WASM.

use serde_json::{Map, Value};

use super::{Assoc, ItemId, StickyPosition};

impl StickyPosition {
    /// Reads what Yjs writes for a `RelativePosition`. `None` if a field has a wrong type; one that
    /// is missing is as good as null.
    pub fn from_json(json: &Value) -> Option<Self> {
        let fields = json.as_object()?;
        let negative = fields.get("assoc").and_then(Value::as_f64).is_some_and(|side| side < 0.0);
        Some(Self {
            nested: nullable(fields, "type", read_item)?,
            tname: nullable(fields, "tname", |name| Some(name.as_str()?.to_owned()))?,
            item: nullable(fields, "item", read_item)?,
            // Yjs takes any number, or none, for 0 unless it is negative.
            assoc: if negative { Assoc::Before } else { Assoc::After },
        })
    }

    /// `{"type", "tname", "item", "assoc"}`, as Yjs writes it.
    pub fn to_json(&self) -> Value {
        let item = |item: Option<ItemId>| item.map_or(Value::Null, write_item);
        let assoc = match self.assoc {
            Assoc::After => 0,
            Assoc::Before => -1,
        };
        object([
            ("type", item(self.nested)),
            ("tname", self.tname.as_deref().map_or(Value::Null, Value::from)),
            ("item", item(self.item)),
            ("assoc", assoc.into()),
        ])
    }
}

fn read_item(json: &Value) -> Option<ItemId> {
    let clock = u32::try_from(json.get("clock")?.as_u64()?).ok()?;
    Some(ItemId { client: json.get("client")?.as_u64()?, clock })
}

fn write_item(item: ItemId) -> Value {
    object([("client", item.client.into()), ("clock", item.clock.into())])
}

/// `Some(None)` for a field that is missing or null, `None` for one of a wrong type.
#[allow(clippy::option_option, reason = "no value is not the same as an unfit one")]
fn nullable<T>(
    fields: &Map<String, Value>,
    key: &str,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Option<Option<T>> {
    match fields.get(key) {
        None | Some(Value::Null) => Some(None),
        Some(value) => read(value).map(Some),
    }
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let mut map = Map::new();
    for (key, value) in fields {
        map.insert(key.to_owned(), value);
    }
    Value::Object(map)
}
