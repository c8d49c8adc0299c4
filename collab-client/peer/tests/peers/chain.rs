//! Messages travel across peers that do not know each other, and partitions heal.

use super::kit::{ANYWHERE, Person, Where, identity};

#[tokio::test(flavor = "multi_thread")]
async fn messages_reach_both_ends_of_a_chain_and_the_middle_comes_back() {
    let middle = identity();
    let mut bo =
        Person::start(2, "bo", middle.clone(), Where { listen: Some(ANYWHERE), peers: &[] }).await;
    let address = bo.peer.address();
    let peers = [address];
    let to_bo = || Where { listen: None, peers: &peers };
    let mut ada = Person::start(1, "ada", identity(), to_bo()).await;
    let mut cleo = Person::start(3, "cleo", identity(), to_bo()).await;

    ada.say("from the left").await;
    cleo.say("from the right").await;
    bo.say("from the middle").await;
    let all = [("ada", "from the left"), ("cleo", "from the right"), ("bo", "from the middle")];
    for person in [&mut ada, &mut bo, &mut cleo] {
        person.reads(&all).await;
    }

    bo.stop().await;
    ada.say("alone on the left").await;
    cleo.say("alone on the right").await;
    let listen = Some(address);
    let mut bo = Person::start(4, "bo", middle, Where { listen, peers: &[] }).await;
    bo.say("again").await;
    let all = [
        &all[..],
        &[("ada", "alone on the left"), ("cleo", "alone on the right"), ("bo", "again")],
    ]
    .concat();
    for person in [&mut ada, &mut bo, &mut cleo] {
        person.reads(&all).await;
    }
    let (left, right) = (ada.messages().await, cleo.messages().await);
    assert_eq!(left, right, "the same order at both ends");
    for person in [ada, bo, cleo] {
        person.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_learns_others_from_the_one_that_it_knows() {
    let listening = |peers| Where { listen: Some(ANYWHERE), peers };
    let bo = Person::start(2, "bo", identity(), listening(&[])).await;
    let to_bo = [bo.peer.address()];
    let mut ada = Person::start(1, "ada", identity(), listening(&to_bo)).await;
    let mut cleo = Person::start(3, "cleo", identity(), listening(&to_bo)).await;
    ada.say("hello").await;
    cleo.reads(&[("ada", "hello")]).await;
    cleo.say("hi").await;
    ada.reads(&[("ada", "hello"), ("cleo", "hi")]).await;
    let (known, also) = (ada.peer.known(), cleo.peer.known());
    let learned = known.contains(&cleo.peer.address().to_string())
        || also.contains(&ada.peer.address().to_string());
    assert!(learned, "{known:?} {also:?}");

    // Whom they had in common is gone, and they go on.
    bo.stop().await;
    ada.say("without him").await;
    cleo.reads(&[("ada", "hello"), ("cleo", "hi"), ("ada", "without him")]).await;
}
