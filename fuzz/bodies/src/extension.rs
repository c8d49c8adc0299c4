//! A room and several peers that send anything in any order, while somebody listens. In half of the inputs
//! they are users, who may chat.

mod driver;
mod frames;

use collab_core::log::{self, Deleted};
use collab_core::relay::{Input, PeerId};
use collab_core::wire::{Access, DOC_CHANNEL, Dialect, Grant, Message, Sync};

use self::driver::Driver;
use self::frames::Strangers;
use crate::script::Script;

const STEPS_MAX: usize = 96;
/// Hears everything and says nothing.
const LISTENER: PeerId = PeerId(1);
const NEWCOMER: PeerId = PeerId(1_000);

/// The claims: the room never panics; what it sends can be read by whom it is sent to, and is
/// bounded by what it was sent; nobody is told the name of others' direct chat; a listener, a newcomer and the store hold the same in the end; a
/// room that everybody left is idle.
pub fn run(bytes: &[u8]) {
    let mut script = Script::new(bytes);
    let kind = script.byte();
    let mut driver = Driver::new(kind & 1 == 1);
    listen(&mut driver, LISTENER);
    let mut strangers = Strangers::new(kind & 2 == 2);
    for _ in 0..STEPS_MAX {
        if script.is_over() {
            break;
        }
        match script.roll(10) {
            0..=6 => {
                let (peer, frame) = strangers.frame(&mut script, &driver);
                driver.input(Input::Frame { peer, frame });
            }
            7 => strangers.come_or_go(&mut script, &mut driver),
            8 => driver.environment(&mut script),
            _ => driver.catch_up(&mut script),
        }
    }
    driver.settle();
    listen(&mut driver, NEWCOMER);
    driver.settle();
    everybody_holds_the_same(&driver);
    driver.everybody_leaves();
    assert!(driver.is_idle(), "a room without peers is not idle");
}

/// Joins and asks for everything.
fn listen(driver: &mut Driver, peer: PeerId) {
    let grant = Grant { access: Access::Read, ..Grant::open() };
    driver.input(Input::Join { peer, dialect: Dialect::V1, grant });
    driver.say(peer, 0, &Message::Open { name: DOC_CHANNEL });
    driver.settle();
    let number = driver.doc_number();
    driver.say(peer, number, &Message::Sync(Sync::Step1(&[0])));
}

fn everybody_holds_the_same(driver: &Driver) {
    let merged = |updates: &[Vec<u8>]| {
        log::merge(updates, Deleted::Drop).expect("what a relay sends can be merged").update
    };
    let newcomer = merged(driver.heard(NEWCOMER));
    if let Some(stored) = driver.stored() {
        assert_eq!(merged(&stored), newcomer, "the store differs");
    }
    if driver.is_here(LISTENER) {
        assert_eq!(merged(driver.heard(LISTENER)), newcomer, "the listener differs");
    }
}
