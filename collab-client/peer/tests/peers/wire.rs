//! A link that can be cut: a forwarder on the loopback.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::kit::ANYWHERE;

pub(crate) struct Wire {
    /// What to dial instead.
    pub(crate) address: SocketAddr,
    is_whole: watch::Sender<bool>,
}

impl Wire {
    pub(crate) async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind(ANYWHERE).await.unwrap();
        let address = listener.local_addr().unwrap();
        let is_whole = watch::Sender::new(true);
        tokio::spawn(forward(listener, target, is_whole.subscribe()));
        Self { address, is_whole }
    }

    /// Ends all connections; new ones end at once.
    pub(crate) fn cut(&self) {
        self.is_whole.send_replace(false);
    }

    pub(crate) fn mend(&self) {
        self.is_whole.send_replace(true);
    }
}

/// Until the wire is dropped.
async fn forward(listener: TcpListener, target: SocketAddr, is_whole: watch::Receiver<bool>) {
    while let Ok((mut near, _)) = listener.accept().await {
        let mut cut = is_whole.clone();
        tokio::spawn(async move {
            if *cut.borrow_and_update()
                && let Ok(mut far) = TcpStream::connect(target).await
            {
                tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => {}
                    _ = cut.changed() => {}
                }
            }
        });
    }
}
