//! Which announced addresses lie where whoever announces them may send this peer.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU8, Ordering};

/// How far away an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
enum Scope {
    /// This machine.
    Machine = 0,
    /// Private or link-local: who is not near means another machine by it.
    Near = 1,
    /// Anywhere.
    World = 2,
}

/// The farthest that a peer was linked to, ever. Nearer addresses are not dialled for others: somebody
/// outside could mean a machine of ours that is none of their business. What is known by hand is.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    farthest: AtomicU8,
}

impl Reach {
    /// Notes that this peer is linked with somebody there.
    pub(crate) fn meet(&self, ip: IpAddr) {
        // What is no peer's address is not near.
        let scope = scope(ip).unwrap_or(Scope::World);
        self.farthest.fetch_max(scope as u8, Ordering::Relaxed);
    }

    /// The same for what the user gave, as it was typed: a name is taken for one in the world.
    pub(crate) fn meet_given(&self, address: &str) {
        match address.parse::<SocketAddr>() {
            Ok(address) => self.meet(address.ip()),
            Err(_) if address.starts_with("localhost:") => {}
            Err(_) => {
                self.farthest.fetch_max(Scope::World as u8, Ordering::Relaxed);
            }
        }
    }

    /// Whether what was announced there may be dialled.
    pub(crate) fn covers(&self, address: SocketAddr) -> bool {
        let farthest = self.farthest.load(Ordering::Relaxed);
        address.port() != 0 && scope(address.ip()).is_some_and(|scope| scope as u8 >= farthest)
    }
}

/// `None` where no single machine listens.
fn scope(ip: IpAddr) -> Option<Scope> {
    let ip = ip.to_canonical();
    if ip.is_unspecified() || ip.is_multicast() || ip == IpAddr::from([255; 4]) {
        return None;
    }
    let is_near = match ip {
        // 100.64.0.0/10: shared address space (RFC 6598), as overlay networks use it.
        IpAddr::V4(v4) => {
            let shared = v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64;
            v4.is_private() || v4.is_link_local() || shared
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    };
    Some(match is_near {
        _ if ip.is_loopback() => Scope::Machine,
        true => Scope::Near,
        false => Scope::World,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_far_away_sends_a_peer_to_a_machine_that_is_near() {
        let machine = ["127.0.0.1:7", "[::1]:7", "[::ffff:127.0.0.1]:7"];
        let near = ["192.168.1.1:7", "10.0.0.1:7", "169.254.1.1:7", "100.64.0.1:7", "[fd00::1]:7"];
        let world = ["93.184.216.34:7", "[2001:4860:4860::8888]:7", "100.128.0.1:7"];
        let never = ["0.0.0.0:7", "224.0.0.1:7", "255.255.255.255:7", "[::]:7", "8.8.8.8:0"];
        let covered = |reach: &Reach, addresses: &[&str]| {
            let covered: Vec<bool> =
                addresses.iter().map(|address| reach.covers(address.parse().unwrap())).collect();
            assert!(covered.iter().all(|is| *is == covered[0]), "{addresses:?}: {covered:?}");
            covered[0]
        };
        let reach = Reach::default();
        for (met, expected) in [
            ("localhost:7", [true, true, true, false]),
            ("127.0.0.1:7", [true, true, true, false]),
            ("192.168.1.9:7", [false, true, true, false]),
            ("chat.example.org:7", [false, false, true, false]),
            ("127.0.0.1:7", [false, false, true, false]),
        ] {
            reach.meet_given(met);
            let [a, b, c, d] = [&machine[..], &near, &world, &never];
            assert_eq!([a, b, c, d].map(|addresses| covered(&reach, addresses)), expected, "{met}");
        }
    }
}
