//! Reports to the service manager, systemd: `sd_notify(3)` without its library.
//!
//! Without a manager, as in a terminal, nothing is sent.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use std::{env, process};

use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

/// How long the manager waits for the next report while a server starts.
const START_MICROSECONDS: u64 = 60_000_000;

/// The manager that started this process, if it wants to be notified.
#[derive(Clone, Debug, Default)]
pub struct Manager {
    socket: Option<Arc<Socket>>,
    /// Time after which the manager restarts a service that has not reported.
    watchdog: Option<Duration>,
}

impl Manager {
    /// Finds the manager in the variables that it sets: `NOTIFY_SOCKET`, `WATCHDOG_USEC` and
    /// `WATCHDOG_PID`.
    #[must_use]
    pub fn from_environment() -> Self {
        let variable = |name| env::var(name).ok();
        let socket = variable("NOTIFY_SOCKET").and_then(|address| Socket::connect(&address));
        let process = variable("WATCHDOG_PID");
        // Set for another process: this one was started by it, and inherited the variable.
        let is_ours = process.is_none_or(|process| process == process::id().to_string());
        let watchdog = variable("WATCHDOG_USEC").filter(|_| is_ours);
        let watchdog = watchdog.and_then(|microseconds| microseconds.parse().ok());
        Self {
            socket: socket.map(Arc::new),
            watchdog: watchdog.map(Duration::from_micros),
        }
    }

    /// Runs the part of a start that may take minutes, such as a migration, and asks the manager
    /// for more time every half minute.
    pub async fn starting<T>(&self, start: impl Future<Output = T>) -> T {
        let manager = self.clone();
        // In a task of its own, which runs on another thread if the start blocks this one.
        let mut task = JoinSet::new();
        task.spawn(async move {
            let mut tick = interval(Duration::from_micros(START_MICROSECONDS / 2));
            tick.tick().await;
            loop {
                tick.tick().await;
                manager.send(&format!(
                    "EXTEND_TIMEOUT_USEC={START_MICROSECONDS}\nSTATUS=preparing the folder"
                ));
            }
        });
        start.await
    }

    /// Waits for `shutdown`, and reports that the service is ready before and that it stops
    /// after. Polled first when the listener accepts connections.
    pub async fn serving(&self, shutdown: impl Future<Output = ()>) {
        self.send("READY=1\nSTATUS=serving");
        shutdown.await;
        self.send("STOPPING=1\nSTATUS=finishing open calls");
    }

    /// Runs a server, and reports that it is alive for as long as `check` succeeds, which reads
    /// from the store: a bare timer would also run in a server whose database hangs.
    pub async fn watched<T, E: std::fmt::Display>(
        &self,
        server: impl Future<Output = T>,
        check: impl AsyncFn() -> Result<(), E>,
    ) -> T {
        let Some(watchdog) = self.watchdog.filter(|_| self.socket.is_some()) else {
            return server.await;
        };
        let watch = async {
            loop {
                match check().await {
                    Ok(()) => {
                        self.send("WATCHDOG=1");
                        sleep(watchdog / 2).await;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the store does not respond: no report to the service manager");
                        sleep(watchdog / 8).await;
                    }
                }
            }
        };
        tokio::select! {
            result = server => result,
            result = watch => result,
        }
    }

    fn send(&self, message: &str) {
        if let Some(socket) = &self.socket {
            socket.send(message);
        }
    }
}

#[cfg(unix)]
#[derive(Debug)]
struct Socket(std::os::unix::net::UnixDatagram);

#[cfg(unix)]
impl Socket {
    fn connect(address: &str) -> Option<Self> {
        use std::os::unix::net::{SocketAddr, UnixDatagram};
        let connect = || {
            let socket = UnixDatagram::unbound()?;
            match address.strip_prefix('@') {
                #[cfg(target_os = "linux")]
                Some(name) => {
                    use std::os::linux::net::SocketAddrExt;
                    socket.connect_addr(&SocketAddr::from_abstract_name(name)?)?;
                }
                _ => socket.connect_addr(&SocketAddr::from_pathname(address)?)?,
            }
            // A full queue must not stop the server.
            socket.set_nonblocking(true)?;
            Ok(socket)
        };
        match connect() {
            Ok(socket) => Some(Self(socket)),
            Err(error) => {
                let error: std::io::Error = error;
                tracing::warn!(%error, "cannot reach the service manager (NOTIFY_SOCKET)");
                None
            }
        }
    }

    fn send(&self, message: &str) {
        if let Err(error) = self.0.send(message.as_bytes()) {
            tracing::warn!(%error, "cannot notify the service manager");
        }
    }
}

#[cfg(not(unix))]
#[derive(Debug)]
struct Socket;

#[cfg(not(unix))]
impl Socket {
    fn connect(_: &str) -> Option<Self> {
        None
    }

    fn send(&self, _: &str) {}
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::net::UnixDatagram;

    use super::*;

    fn manager(watchdog: Option<Duration>) -> (tempfile::TempDir, UnixDatagram, Manager) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let receiver = UnixDatagram::bind(&path).unwrap();
        receiver.set_nonblocking(true).unwrap();
        let socket = Socket::connect(path.to_str().unwrap());
        let socket = Some(Arc::new(socket.unwrap()));
        (folder, receiver, Manager { socket, watchdog })
    }

    fn received(receiver: &UnixDatagram) -> Vec<String> {
        let mut messages = Vec::new();
        let mut buffer = [0; 200];
        while let Ok(length) = receiver.recv(&mut buffer) {
            messages.push(String::from_utf8_lossy(&buffer[..length]).into_owned());
        }
        messages
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_is_ready_when_it_serves_and_asks_for_time_before() {
        let (_folder, receiver, manager) = manager(None);
        manager.starting(sleep(Duration::from_secs(70))).await;
        let extended = received(&receiver);
        assert_eq!(extended.len(), 2, "{extended:?}");
        assert!(extended[0].starts_with("EXTEND_TIMEOUT_USEC=60000000\n"));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let serving = manager.serving(async { drop(stopped.await) });
        let mut serving = std::pin::pin!(serving);
        assert!(futures::poll!(&mut serving).is_pending());
        assert_eq!(received(&receiver), ["READY=1\nSTATUS=serving"]);
        stop.send(()).unwrap();
        serving.await;
        assert_eq!(
            received(&receiver),
            ["STOPPING=1\nSTATUS=finishing open calls"]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_is_reported_alive_only_while_its_store_responds() {
        let (_folder, receiver, manager) = manager(Some(Duration::from_secs(60)));
        let works = async || Ok::<(), &str>(());
        manager.watched(sleep(Duration::from_secs(65)), works).await;
        assert_eq!(received(&receiver), ["WATCHDOG=1"; 3]);
        let fails = async || Err::<(), _>("disk");
        manager.watched(sleep(Duration::from_secs(65)), fails).await;
        let hangs = async || std::future::pending::<Result<(), &str>>().await;
        manager.watched(sleep(Duration::from_secs(65)), hangs).await;
        assert!(received(&receiver).is_empty());
    }

    #[tokio::test]
    async fn nothing_is_sent_without_a_manager() {
        let manager = Manager::default();
        let check = async || Err::<(), _>("not called");
        assert_eq!(manager.watched(async { 5 }, check).await, 5);
        manager.serving(async {}).await;
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_abstract_address_begins_with_an_at_sign() {
        use std::os::linux::net::SocketAddrExt;
        let name = format!("hedgerow-test-{}", process::id());
        let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
        let receiver = UnixDatagram::bind_addr(&address).unwrap();
        Socket::connect(&format!("@{name}"))
            .unwrap()
            .send("READY=1");
        let mut buffer = [0; 20];
        assert_eq!(receiver.recv(&mut buffer).unwrap(), 7);
    }
}
