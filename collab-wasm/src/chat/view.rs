//! What a page shows of a chat, as flat arrays: as few crossings of the border as can be.

use collab_core::chat::{Conversation, Message, Person, Place, Reaction, UserId};
use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::{ChatClient, place_name, read_place};

#[wasm_bindgen]
impl ChatClient {
    /// Own user ID, once known.
    pub fn user(&self) -> Option<String> {
        self.client.own().map(UserId::to_string)
    }

    /// `(place, name, unread)*`: the room first.
    pub fn places(&self) -> Array {
        let place = |conversation: &Conversation| -> [JsValue; 3] {
            let (place, unread) = (conversation.place(), conversation.unread() as f64);
            [place_name(place).into(), self.title(conversation).into(), unread.into()]
        };
        self.client.places().flat_map(place).collect::<Array>()
    }

    /// `(user, name, self, typing)*`
    pub fn people(&self) -> Array {
        let person = |person: Person| -> [JsValue; 4] {
            let user = JsValue::from_str(person.user.as_str());
            [user, person.name.into(), person.is_own.into(), person.is_typing.into()]
        };
        self.client.people().into_iter().flat_map(person).collect()
    }

    /// The newest `limit` messages, newest first: `(id, user, name, own, at, text, edited, pending,
    /// re?, reactions)*`, where reactions are `(with, own, names)*`.
    pub fn messages(&self, place: &str, limit: u32) -> Result<Array, JsValue> {
        let Some(conversation) = self.client.conversation(&read_place(place)?) else {
            return Ok(Array::new());
        };
        let messages = conversation.messages().take(limit as usize);
        Ok(messages.flat_map(|message| fields(conversation, &message)).collect())
    }

    /// Whether there are older messages than the newest `limit`.
    #[wasm_bindgen(js_name = hasOlder)]
    pub fn has_older(&self, place: &str, limit: u32) -> Result<bool, JsValue> {
        let conversation = self.client.conversation(&read_place(place)?);
        Ok(conversation.is_some_and(|c| c.has_older() || c.len() > limit as usize))
    }
}

impl ChatClient {
    /// Of a direct conversation: what the other is called, or was when they last wrote.
    fn title(&self, conversation: &Conversation) -> String {
        let Place::Direct(user) = conversation.place() else { return String::new() };
        let here = self.client.people().into_iter().find(|person| person.user == *user);
        if let Some(person) = here {
            return person.name;
        }
        let written = conversation.messages().find(|message| message.user == user.as_str());
        written.map_or_else(|| user.to_string(), |message| message.name.to_owned())
    }
}

fn fields(conversation: &Conversation, message: &Message<'_>) -> [JsValue; 10] {
    let reactions = conversation.reactions(message.id);
    let re = message.re.map(|re| JsValue::from(re.to_string()));
    [
        message.id.to_string().into(),
        message.user.into(),
        message.name.into(),
        message.is_own.into(),
        (message.at as f64).into(),
        message.text.into(),
        message.edited_at.is_some().into(),
        message.is_pending.into(),
        re.unwrap_or(JsValue::UNDEFINED),
        reactions.iter().flat_map(reaction).collect::<Array>().into(),
    ]
}

fn reaction(reaction: &Reaction<'_>) -> [JsValue; 3] {
    let names = reaction.by.iter().map(|(_, name)| JsValue::from_str(name)).collect::<Array>();
    [reaction.with.into(), reaction.is_own.into(), names.into()]
}
