//! An object's fields, and the unit that they make.

use super::any::Value;
use super::{Re, Unit, UnitError, UnitId};

/// The fields that any kind of unit has.
#[derive(Default)]
pub(super) struct Fields<'a> {
    values: [Option<Value<'a>>; KEYS.len()],
}

const KEYS: [&str; 9] = ["t", "user", "name", "at", "text", "re", "of", "with", "on"];

impl<'a> Fields<'a> {
    pub(super) fn put(&mut self, key: &str, value: Value<'a>) -> Result<(), UnitError> {
        let Some(place) = KEYS.iter().position(|known| *known == key) else { return Ok(()) };
        // Which of two counts, readers would not agree on.
        match self.values[place].replace(value) {
            None => Ok(()),
            Some(_) => Err(UnitError::Field(KEYS[place])),
        }
    }

    fn get(&self, key: &str) -> Option<Value<'a>> {
        self.values[KEYS.iter().position(|known| *known == key)?]
    }

    fn text(&self, key: &'static str) -> Result<&'a str, UnitError> {
        if let Some(Value::Text(text)) = self.get(key) {
            Ok(text)
        } else {
            Err(UnitError::Field(key))
        }
    }

    fn at(&self) -> Result<u64, UnitError> {
        if let Some(Value::Number(at)) = self.get("at") {
            Ok(at)
        } else {
            Err(UnitError::Field("at"))
        }
    }

    fn of(&self) -> Result<UnitId, UnitError> {
        match self.get("of") {
            Some(Value::Id(numbers, 2)) => id(numbers).ok_or(UnitError::Field("of")),
            _ => Err(UnitError::Field("of")),
        }
    }

    fn re(&self) -> Result<Option<Re>, UnitError> {
        let wrong = UnitError::Field("re");
        let Some(value) = self.get("re") else { return Ok(None) };
        let Value::Id(numbers, len) = value else { return Err(wrong) };
        let segment = u32::try_from(numbers[2]).map_err(|_| wrong)?;
        let of = id(numbers).ok_or(wrong)?;
        Ok(Some(Re { of, segment: (len == 3).then_some(segment) }))
    }

    pub(super) fn unit(&self) -> Result<Unit<'a>, UnitError> {
        Ok(match self.text("t")? {
            "iam" => Unit::Iam { user: self.text("user")?, name: self.text("name")? },
            "msg" => Unit::Message { at: self.at()?, text: self.text("text")?, re: self.re()? },
            "edit" => Unit::Edit { at: self.at()?, of: self.of()?, text: self.text("text")? },
            "react" => {
                let Some(Value::Flag(on)) = self.get("on") else {
                    return Err(UnitError::Field("on"));
                };
                Unit::React { at: self.at()?, of: self.of()?, with: self.text("with")?, on }
            }
            _ => Unit::Unknown,
        })
    }
}

fn id([client, clock, _]: [u64; 3]) -> Option<UnitId> {
    Some(UnitId { client, clock: u32::try_from(clock).ok()? })
}
