//! Counts the bytes of a connection.

use std::io;
use std::io::IoSlice;
use std::net::IpAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::metrics::ConnectionCount;

/// The type of the first record of every TLS connection (RFC 8446, section 5.1). No request of
/// HTTP/1.1 begins with it, because it is a control character.
const TLS_HANDSHAKE: u8 = 0x16;

pub(super) struct ByteCounter {
    tcp: TcpStream,
    count: ConnectionCount,
}

impl ByteCounter {
    pub(super) fn new(tcp: TcpStream, count: ConnectionCount) -> Self {
        Self { tcp, count }
    }

    /// Returns the address of this machine that the peer has connected to.
    pub(super) fn local_ip(&self) -> io::Result<IpAddr> {
        Ok(self.tcp.local_addr()?.ip())
    }

    /// Waits for the first bytes, and returns whether they begin a TLS handshake. They remain to
    /// be read. A connection that was closed without a byte does not begin one.
    pub(super) async fn begins_tls(&self) -> io::Result<bool> {
        let mut first = [0];
        let read = self.tcp.peek(&mut first).await?;
        Ok(read == 1 && first == [TLS_HANDSHAKE])
    }
}

impl AsyncRead for ByteCounter {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.tcp).poll_read(context, buffer))?;
        self.count.received(buffer.filled().len() - before);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ByteCounter {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.tcp).poll_write(context, bytes))?;
        self.count.sent(written);
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.tcp).poll_write_vectored(context, slices))?;
        self.count.sent(written);
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(context)
    }
}
