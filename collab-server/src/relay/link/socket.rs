//! The transport below a WebSocket, taken out of the HTTP server: reads and writes that do not wait,
//! by whoever holds a reference.

use std::io::{self, IoSlice};

use axum::body::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpStream, UnixStream};

/// A connected socket.
#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Socket {
    /// The socket below an upgraded connection, and what was read from it already. Where an
    /// embedder serves something else, TLS for example, a task copies to and from a socket pair.
    pub(super) fn new(upgraded: Upgraded) -> io::Result<(Self, Bytes)> {
        let (socket, read) = match tcp(upgraded) {
            Ok((stream, read)) => {
                // Only latency suffers where the system refuses.
                let _ = stream.set_nodelay(true);
                (Self::Tcp(stream), read)
            }
            Err(upgraded) => (Self::Unix(pump(upgraded)?), Bytes::new()),
        };
        Ok((socket, read))
    }

    pub(super) async fn readable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.readable().await,
            Self::Unix(stream) => stream.readable().await,
        }
    }

    pub(super) async fn writable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.writable().await,
            Self::Unix(stream) => stream.writable().await,
        }
    }

    pub(super) fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.try_read(buffer),
            Self::Unix(stream) => stream.try_read(buffer),
        }
    }

    pub(super) fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match (self, slices) {
            (Self::Tcp(stream), [one]) => stream.try_write(one),
            (Self::Tcp(stream), _) => stream.try_write_vectored(slices),
            (Self::Unix(stream), _) => stream.try_write_vectored(slices),
        }
    }
}

/// hyper hands out what it was given; `axum::serve` gives it a wrapper of its own.
fn tcp(upgraded: Upgraded) -> Result<(TcpStream, Bytes), Upgraded> {
    let (io, read): (TokioIo<TcpStream>, Bytes) = match upgraded.downcast() {
        Ok(parts) => (parts.io, parts.read_buf),
        Err(upgraded) => {
            let parts = auto::upgrade::downcast(upgraded)?;
            (parts.io, parts.read_buf)
        }
    };
    Ok((io.into_inner(), read))
}

fn pump(upgraded: Upgraded) -> io::Result<UnixStream> {
    let (ours, mut theirs) = UnixStream::pair()?;
    let mut upgraded = TokioIo::new(upgraded);
    tokio::spawn(async move {
        // Either end closes the other; the connection hears of it as of any broken transport.
        let _ = copy_bidirectional(&mut upgraded, &mut theirs).await;
        let _ = upgraded.shutdown().await;
    });
    Ok(ours)
}
