//! Claims about shared settings.

use collab_core::document::{Document, DocumentError, Event};
use serde_json::{Value, json};
use yrs::{ClientID, Doc, Map, Options, ReadTxn, Transact};

use crate::support::{events, send};

#[test]
fn settings_are_shared_by_key() {
    let (mut alice, mut bob) = (Document::new(1), Document::new(2));
    let tabs = json!({"size": 4, "soft": true, "stops": [1, 2.5, null, "é"]});
    alice.set_setting("tabs", &tabs).unwrap();
    bob.set_setting("language", &json!("python")).unwrap();
    send(&mut alice, &mut bob);
    assert_eq!(bob.setting("tabs").unwrap()["stops"][3], json!("é"));
    assert_eq!(bob.settings().keys().collect::<Vec<_>>(), ["language", "tabs"]);
    assert_eq!(events(&mut bob).pop(), Some(Event::Setting { key: "tabs".into() }));
    alice.set_setting("tabs", &Value::Null).unwrap();
    send(&mut alice, &mut bob);
    assert_eq!(events(&mut bob), [Event::Setting { key: "tabs".into() }]);
}

#[test]
fn language_of_the_room_is_that_of_files_without_one() {
    let mut document = Document::new(1);
    document.set_setting("language", &json!("python")).unwrap();
    assert_eq!(document.files()[0].language, "python");
    let event = events(&mut document).pop();
    assert_eq!(event, Some(Event::Setting { key: "language".into() }));
}

#[test]
fn settings_that_others_could_not_read_are_refused() {
    let mut document = Document::new(1);
    let nested = (0..100).fold(Value::Null, |inner, _| json!([inner]));
    for (key, value) in [("deep", nested), ("large", json!("x".repeat(20_000)))] {
        let refused = document.set_setting(key, &value);
        assert!(matches!(refused, Err(DocumentError::InvalidSetting)), "{key}");
    }
    assert!(matches!(document.set_setting("", &json!(1)), Err(DocumentError::InvalidName)));
    assert_eq!(events(&mut document), []);
}

/// Merging updates, yjs and yrs leave out the bit of the key where a neighbour tells the key.
#[test]
fn settings_that_came_through_a_merge_of_others_are_the_same() {
    let options = Options::with_guid_and_client_id("x".into(), ClientID::new(7));
    let other = Doc::with_options(options);
    let map = other.get_or_insert_map("settings");
    let mut document = Document::new(1);
    for size in 0..5 {
        let before = other.try_transact().unwrap().state_vector();
        map.insert(&mut other.try_transact_mut().unwrap(), "size", size);
        let update = other.try_transact().unwrap().encode_state_as_update_v1(&before);
        document.apply(&yrs::merge_updates_v1([update]).unwrap()).unwrap();
        assert_eq!(document.setting("size"), Some(json!(size)));
    }
    let mut newcomer = Document::new(2);
    newcomer.apply(&document.snapshot()).unwrap();
    newcomer.set_setting("size", &json!("large")).unwrap();
    send(&mut newcomer, &mut document);
    for document in [document, newcomer] {
        assert_eq!(document.setting("size"), Some(json!("large")));
    }
}
