//! Accepts connections on a thread of its own.
//!
//! The system keeps few connections that wait to be accepted. While it has no place for more, it
//! drops the packets of everybody, and a client repeats them after 200 ms at the earliest.
//! Workers that are busy with handshakes return to a listener too seldom to empty the queue
//! during a flood; this thread does nothing else.

use std::net::{SocketAddr, TcpListener as StdTcpListener, TcpStream as StdTcpStream};
use std::sync::Arc;
use std::time::Duration;
use std::{io, thread};

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::gate::Gate;
use crate::peer::Peer;

/// Connections that the gate admitted and the server has not begun to serve.
const QUEUE_LENGTH: usize = 64;

/// A connection that the gate admitted.
pub(super) struct Accepted {
    tcp: StdTcpStream,
    pub(super) address: SocketAddr,
    /// The wait before its handshake.
    pub(super) delay: Duration,
}

impl Accepted {
    /// Moves the connection to the current runtime.
    pub(super) fn into_stream(self) -> io::Result<TcpStream> {
        TcpStream::from_std(self.tcp)
    }
}

/// The thread that accepts. It ends when this is dropped.
pub(super) struct Acceptor {
    accepted: mpsc::Receiver<Accepted>,
    stop: DropGuard,
}

impl Acceptor {
    /// Starts the thread.
    pub(super) fn start(listener: TcpListener, gate: Arc<Gate>) -> io::Result<Self> {
        let listener = listener.into_std()?;
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (sender, accepted) = mpsc::channel(QUEUE_LENGTH);
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        thread::Builder::new()
            .name("accept".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    if let Err(error) = accept(listener, &gate, &sender, &stopped).await {
                        tracing::error!(%error, "stopped accepting connections");
                    }
                });
                // After the socket, so that `close` returns once its port is free.
                drop(sender);
            })?;
        Ok(Self {
            accepted,
            stop: stop.drop_guard(),
        })
    }

    /// Returns the next connection. `None` if the listener failed for good.
    pub(super) async fn next(&mut self) -> Option<Accepted> {
        self.accepted.recv().await
    }

    /// Closes the listening socket. Connections that were not served yet are closed.
    pub(super) async fn close(mut self) {
        drop(self.stop);
        while self.accepted.recv().await.is_some() {}
    }
}

/// Accepts until `stopped`, and closes what the gate does not admit.
async fn accept(
    listener: StdTcpListener,
    gate: &Gate,
    sender: &mpsc::Sender<Accepted>,
    stopped: &CancellationToken,
) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (tcp, address) = tokio::select! {
            () = stopped.cancelled() => return Ok(()),
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    pause_after(&error).await;
                    continue;
                }
            },
        };
        let Some(delay) = gate.admit_from(Peer(address)) else {
            close_at_once(&tcp);
            continue;
        };
        let accepted = match tcp.into_std() {
            Ok(tcp) => Accepted {
                tcp,
                address,
                delay,
            },
            Err(error) => {
                tracing::debug!(%error, "lost a connection");
                continue;
            }
        };
        tokio::select! {
            () = stopped.cancelled() => return Ok(()),
            sent = sender.send(accepted) => if sent.is_err() {
                return Ok(());
            },
        }
    }
}

/// Waits after a failed accept, unless only that connection failed. Without file descriptors,
/// each further accept would fail at once, in a busy loop.
async fn pause_after(error: &io::Error) {
    match error.kind() {
        io::ErrorKind::ConnectionAborted
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionRefused
        | io::ErrorKind::Interrupted => {}
        _ => {
            tracing::warn!(%error, "cannot accept connections at the moment");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Makes the drop of a connection reset it. If it were closed in the usual way, the system would
/// keep the state of each for a minute.
fn close_at_once(tcp: &TcpStream) {
    if let Err(error) = tcp.set_zero_linger() {
        tracing::debug!(%error, "cannot set SO_LINGER");
    }
}
