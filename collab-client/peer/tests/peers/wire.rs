//! A link that can be watched and cut: a forwarder on the loopback.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

use super::kit::ANYWHERE;

pub(crate) struct Wire {
    /// What to dial instead.
    pub(crate) address: SocketAddr,
    is_whole: watch::Sender<bool>,
    calls: watch::Receiver<Calls>,
}

/// Connections.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Calls {
    pub(crate) ever: usize,
    pub(crate) open: usize,
}

impl Wire {
    pub(crate) async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind(ANYWHERE).await.unwrap();
        let address = listener.local_addr().unwrap();
        let is_whole = watch::Sender::new(true);
        let (counts, calls) = watch::channel(Calls::default());
        tokio::spawn(forward(listener, target, is_whole.subscribe(), counts));
        Self { address, is_whole, calls }
    }

    /// Ends all connections; new ones end at once.
    pub(crate) fn cut(&self) {
        self.is_whole.send_replace(false);
    }

    pub(crate) fn mend(&self) {
        self.is_whole.send_replace(true);
    }

    /// Waits until somebody has called and nobody is there any more.
    pub(crate) async fn is_left(&mut self) -> Calls {
        let left = self.calls.wait_for(|calls| calls.ever > 0 && calls.open == 0);
        *timeout(Duration::from_secs(60), left).await.expect("nobody stays").unwrap()
    }
}

/// Until the wire is dropped.
async fn forward(
    listener: TcpListener,
    target: SocketAddr,
    is_whole: watch::Receiver<bool>,
    counts: watch::Sender<Calls>,
) {
    while let Ok((mut near, _)) = listener.accept().await {
        let (mut cut, counts) = (is_whole.clone(), counts.clone());
        counts.send_modify(|calls| (calls.ever, calls.open) = (calls.ever + 1, calls.open + 1));
        tokio::spawn(async move {
            if *cut.borrow_and_update()
                && let Ok(mut far) = TcpStream::connect(target).await
            {
                tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => {}
                    _ = cut.changed() => {}
                }
            }
            counts.send_modify(|calls| calls.open -= 1);
        });
    }
}
