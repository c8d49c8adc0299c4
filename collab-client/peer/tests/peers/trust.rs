//! Who wrote something is proven by a key, whoever brings it.

use std::sync::Arc;

use collab_core::chat::{Client, ClientConfig, Place, SayError, Seal, Signature, Signer, UserId};
use collab_peer::Identity;

use super::kit::{ANYWHERE, Person, Where, identity};

/// Says that it is somebody else, whose public key everybody knows, and signs with its own.
#[derive(Debug)]
pub(crate) struct Impostor {
    pub(crate) own: Arc<Identity>,
    pub(crate) claimed: [u8; 32],
}

impl Signer for Impostor {
    fn public_key(&self) -> [u8; 32] {
        self.claimed
    }

    fn sign(&self, message: &[u8]) -> Signature {
        Signer::sign(&*self.own, message)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_writes_with_anothers_key() {
    let adas_key = identity();
    let listening = Where { listen: Some(ANYWHERE), peers: &[] };
    let mut ada = Person::start(1, "ada", adas_key.clone(), listening).await;
    ada.say("it is me").await;
    let to_ada = [ada.peer.address()];
    let mut bo = Person::start(2, "bo", identity(), Where { listen: None, peers: &to_ada }).await;
    bo.reads(&[("ada", "it is me")]).await;

    let own = identity();
    let claimed = adas_key.public_key().0;
    let signer = Arc::new(Impostor { own, claimed });
    let seal = Seal { room: "lobby".into(), signer };
    let config = ClientConfig::peer(9, 9, "ada", seal);
    assert_eq!(config.user, Some(UserId::of_key(&claimed)));
    let (impostor, _changes) = collab_client::start(bo.peer.local(), Client::new(config));
    let say = |chat: &mut Client, now| chat.say(now, &Place::Room, "send money", None);
    impostor.call(say).await.unwrap().unwrap();

    // What comes after it arrives, it does not.
    bo.say("after").await;
    ada.reads(&[("ada", "it is me"), ("bo", "after")]).await;
    bo.reads(&[("ada", "it is me"), ("bo", "after")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_could_read_on_its_way_is_not_said_in_private() {
    let listening = Where { listen: Some(ANYWHERE), peers: &[] };
    let ada = Person::start(1, "ada", identity(), listening).await;
    let bo = identity().public_key().user();
    let privately = move |chat: &mut Client, now| {
        let said = chat.say(now, &Place::Direct(bo.clone()), "psst", None).map(drop);
        [said, chat.open_direct(now, &bo)]
    };
    assert_eq!(ada.chat.call(privately).await.unwrap(), [Err(SayError::NotAmongPeers); 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_for_one_room_proves_nothing_in_another() {
    let key = identity();
    let listening = Where { listen: Some(ANYWHERE), peers: &[] };
    let mut ada = Person::start(1, "ada", key.clone(), listening).await;
    let elsewhere = Seal { room: "elsewhere".into(), signer: key };
    let config = ClientConfig::peer(9, 9, "ada", elsewhere);
    let (stray, _changes) = collab_client::start(ada.peer.local(), Client::new(config));
    let say = |chat: &mut Client, now| chat.say(now, &Place::Room, "taken elsewhere", None);
    stray.call(say).await.unwrap().unwrap();
    ada.say("here").await;
    ada.reads(&[("ada", "here")]).await;
}
