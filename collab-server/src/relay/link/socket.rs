//! The transport below a WebSocket, taken out of the HTTP server: reads and writes that do not wait,
//! by whoever holds a reference.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf, copy_bidirectional};
use tokio::net::{TcpStream, UnixStream, tcp, unix};

/// Where a connected socket is read from.
#[derive(Debug)]
pub(super) enum Source {
    Tcp(tcp::OwnedReadHalf),
    Unix(unix::OwnedReadHalf),
}

/// Where it is written to.
#[derive(Debug)]
pub(super) enum Sink {
    Tcp(tcp::OwnedWriteHalf),
    Unix(unix::OwnedWriteHalf),
}

/// The socket below an upgraded connection, and what was read from it already. Where an embedder
/// serves something else, TLS for example, a task copies to and from a socket pair.
pub(super) fn take(upgraded: Upgraded) -> io::Result<(Source, Sink, Bytes)> {
    match tcp_below(upgraded) {
        Ok((stream, read)) => {
            // Only latency suffers where the system refuses.
            let _ = stream.set_nodelay(true);
            let (source, sink) = stream.into_split();
            Ok((Source::Tcp(source), Sink::Tcp(sink), read))
        }
        Err(upgraded) => {
            let (source, sink) = pump(upgraded)?.into_split();
            Ok((Source::Unix(source), Sink::Unix(sink), Bytes::new()))
        }
    }
}

impl Source {
    /// Reads what is there. A read that does not fill the buffer is known to be the last one for
    /// now, and costs no second system call.
    pub(super) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(half) => Pin::new(half).poll_read(context, buffer),
            Self::Unix(half) => Pin::new(half).poll_read(context, buffer),
        }
    }
}

impl Sink {
    pub(super) async fn writable(&self) -> io::Result<()> {
        match self {
            Self::Tcp(half) => half.writable().await,
            Self::Unix(half) => half.writable().await,
        }
    }

    pub(super) fn try_write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match (self, slices) {
            (Self::Tcp(half), [one]) => half.try_write(one),
            (Self::Tcp(half), _) => half.try_write_vectored(slices),
            (Self::Unix(half), _) => half.try_write_vectored(slices),
        }
    }
}

/// hyper hands out what it was given; `axum::serve` gives it a wrapper of its own.
fn tcp_below(upgraded: Upgraded) -> Result<(TcpStream, Bytes), Upgraded> {
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
