//! Who is here is proven too, complete after a link was lost, and told at once where somebody leaves.

use std::net::Ipv4Addr;
use std::time::Instant;

use collab_client::Event;
use collab_core::chat::{self, Client, ClientConfig, Seal};
use collab_core::presence::EXPIRY;
use collab_core::wire::ErrorCode;

use super::kit::{ANYWHERE, Person, Where, identity};
use super::trust::Impostor;
use super::wire::Wire;

fn to(peers: &[std::net::SocketAddr]) -> Where<'_> {
    Where { listen: None, peers }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_here_is_complete_after_a_link_was_lost() {
    // At all interfaces, which is no address to announce: there is no way around the wire.
    let everywhere = Some((Ipv4Addr::UNSPECIFIED, 0).into());
    let listening = Where { listen: everywhere, peers: &[] };
    let mut bo = Person::start(2, "bo", identity(), listening).await;
    let bos_address = (Ipv4Addr::LOCALHOST, bo.peer.address().port()).into();
    let wire = Wire::to(bos_address).await;
    let mut ada = Person::start(1, "ada", identity(), to(&[wire.address])).await;
    let mut cleo = Person::start(3, "cleo", identity(), to(&[bos_address])).await;
    for person in [&mut ada, &mut bo, &mut cleo] {
        person.sees(&["ada", "bo", "cleo"]).await;
    }

    wire.cut();
    // While it is cut somebody comes, somebody goes and somebody changes, on the far side and on the near.
    let dora = Person::start(4, "dora", identity(), to(&[bos_address])).await;
    cleo.rename("cleopatra").await;
    ada.rename("adele").await;
    bo.sees(&["ada", "bo", "cleopatra", "dora"]).await;
    wire.mend();
    for person in [&mut ada, &mut bo, &mut cleo] {
        person.sees(&["adele", "bo", "cleopatra", "dora"]).await;
    }

    // Who leaves is gone at once, across the chain: nobody waits until they are not heard of any more.
    let left = Instant::now();
    dora.stop().await;
    ada.sees(&["adele", "bo", "cleopatra"]).await;
    assert!(left.elapsed() < EXPIRY / 2, "{:?}", left.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_present_with_anothers_key() {
    let adas_key = identity();
    let listening = Where { listen: Some(ANYWHERE), peers: &[] };
    let mut ada = Person::start(1, "ada", adas_key.clone(), listening).await;
    let to_ada = [ada.peer.address()];
    let mut bo = Person::start(2, "bo", identity(), to(&to_ada)).await;

    let signer = Impostor { own: identity(), claimed: adas_key.public_key().0 };
    let seal = Seal { room: "lobby".into(), signer: std::sync::Arc::new(signer) };
    let config = ClientConfig::peer(9, 9, "mallory", seal);
    let (_impostor, mut told) = collab_client::start(bo.peer.local(), Client::new(config));
    loop {
        let event = told.next().await.expect("the client runs");
        if let Event::Change(chat::Event::Refused { code, .. }) = event {
            assert_eq!(code, ErrorCode::AwarenessRefused);
            break;
        }
    }
    bo.sees(&["ada", "bo"]).await;
    ada.sees(&["ada", "bo"]).await;
}
