//! What strangers say and send makes a peer neither dial, nor wait, nor stop.

use collab_peer::PeerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::kit::{ANYWHERE, Person, Where, identity};
use super::wire::Wire;

const LISTENING: Where<'static> = Where { listen: Some(ANYWHERE), peers: &[] };

#[tokio::test(flavor = "multi_thread")]
async fn an_announced_address_is_linked_only_to_the_key_that_announced_it() {
    let cleo = Person::start(3, "cleo", identity(), LISTENING).await;
    let mut cleos = Wire::to(cleo.peer.address()).await;
    let mut bo = Person::start(2, "bo", identity(), LISTENING).await;
    // Eve says that she is where cleo is, whom nobody here knows.
    let config = PeerConfig {
        room: "lobby".into(),
        listen: Some(ANYWHERE),
        announce: Some(cleos.address),
        peers: vec![bo.peer.address().to_string()],
    };
    let eve = Person::with(4, "eve", identity(), config).await;
    assert_eq!(cleos.is_left().await.ever, 1, "dialled once, and given up");
    eve.say("hello").await;
    bo.reads(&[("eve", "hello")]).await;
    assert!(cleo.messages().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_and_half_open_connections_keep_nobody_out() {
    let mut bo = Person::start(2, "bo", identity(), LISTENING).await;
    let address = bo.peer.address();
    let mut silent = Vec::new();
    for _ in 0..400 {
        silent.push(TcpStream::connect(address).await.unwrap());
    }
    // Not TLS; a TLS record without end; a hello of nonsense.
    for garbage in [&b"GET /sync/lobby HTTP/1.1\r\n\r\n"[..], &[22, 3, 3, 255, 255], &[0xff; 4096]]
    {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        silent.push(stream);
    }
    let ada = Person::start(1, "ada", identity(), Where { listen: None, peers: &[address] }).await;
    ada.say("through the crowd").await;
    bo.reads(&[("ada", "through the crowd")]).await;

    // The oldest had to go, at once and not after a time limit.
    let mut oldest = silent.swap_remove(0);
    let read = oldest.read(&mut [0]).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
}
