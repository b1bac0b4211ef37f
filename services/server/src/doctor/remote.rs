//! Other servers: whether they respond, and what their clocks say.

use std::time::{Duration, SystemTime};

use futures::future::join_all;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::time::Timestamp;
use hedgerow_transport::checks::Check;
use hedgerow_transport::connector::{ConnectReason, Connector, Trust};
use hedgerow_transport::failure::CallFailure;
use tokio::time::timeout;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

/// Longest wait for one server. All are called at once.
const MAX_WAIT: Duration = Duration::from_secs(15);
/// A difference of two clocks that has no effect.
const MAX_DRIFT: Duration = Duration::from_secs(120);

/// Another server, and what its last contact was.
#[derive(Debug)]
pub struct Remote {
    pub address: Endpoint,
    /// Whether it may be on a private network.
    pub trust: Trust,
    /// A sentence about the last contact of the running server.
    pub last_contact: String,
}

/// Calls servers, and returns a check for each and the differences of their clocks.
pub async fn check_remotes(
    name: &'static str,
    connector: &Connector,
    remotes: Vec<Remote>,
    now: impl Fn() -> Timestamp,
) -> (Vec<Check>, Vec<Offset>) {
    let calls = remotes
        .iter()
        .map(|it| call(connector, &it.address, it.trust));
    let responses = join_all(calls).await;
    let mut checks = Vec::new();
    let mut offsets = Vec::new();
    for (remote, response) in remotes.iter().zip(responses) {
        let host = plain(&remote.address);
        let contact = &remote.last_contact;
        match response {
            Ok(theirs) => {
                checks.push(Check::good(name, format!("{host} responds. {contact}")));
                offsets.extend(theirs.map(|theirs| Offset {
                    host,
                    theirs,
                    own: now(),
                }));
            }
            Err(failure) => {
                let detail = format!("{}. {contact}", failure.message.trim_end_matches('.'));
                checks.push(Check::fault(name, detail, way_out(&failure)));
            }
        }
    }
    (checks, offsets)
}

/// The clock of another server and this one's at the same moment, a second more or less.
#[derive(Clone, Debug)]
pub struct Offset {
    host: String,
    theirs: Timestamp,
    own: Timestamp,
}

impl Offset {
    fn is_off(&self) -> bool {
        self.theirs.since(self.own).max(self.own.since(self.theirs)) > MAX_DRIFT
    }
}

/// Compares this machine's clock with those of others. If it differs from all, it is this one that
/// is wrong.
#[must_use]
pub fn check_clocks(offsets: &[Offset]) -> Option<Check> {
    const NAME: &str = "clock";
    let off: Vec<&Offset> = offsets.iter().filter(|offset| offset.is_off()).collect();
    let first = off.first()?;
    let (ahead, behind) = (first.own.since(first.theirs), first.theirs.since(first.own));
    let difference = match ahead > behind {
        true => format!("{} s ahead of", ahead.as_secs()),
        false => format!("{} s behind", behind.as_secs()),
    };
    let detail = format!("this machine is {difference} {}", first.host);
    if off.len() == offsets.len() {
        let way_out = "Set this machine's clock, such as with `sudo timedatectl set-ntp true`: \
                       signatures are dated by it, and others reject them.";
        return Some(Check::fault(NAME, detail, way_out));
    }
    let way_out = "Others agree with this machine: the people who run that server should check its \
                   clock.";
    Some(Check::notice(NAME, detail, way_out))
}

/// Calls a server's health service, and returns the time of its response.
pub(super) async fn call(
    connector: &Connector,
    address: &Endpoint,
    trust: Trust,
) -> Result<Option<Timestamp>, CallFailure> {
    let failed = |status: tonic::Status| CallFailure::from_status(&status);
    let channel = connector
        .channel(address, trust)
        .map_err(|error| failed(tonic::Status::from_error(Box::new(error))))?;
    let mut client = HealthClient::new(channel);
    let response = timeout(MAX_WAIT, client.check(HealthCheckRequest::default())).await;
    let late = |_| {
        let seconds = MAX_WAIT.as_secs();
        let host = plain(address);
        failed(tonic::Status::deadline_exceeded(format!(
            "{host} did not respond within {seconds} s"
        )))
    };
    let response = response.map_err(late)?.map_err(failed)?;
    let date = response.metadata().get("date");
    Ok(date.and_then(|date| parse_date(date.to_str().ok()?)))
}

/// Parses the `Date` of a response.
fn parse_date(text: &str) -> Option<Timestamp> {
    let time = httpdate::parse_http_date(text).ok()?;
    let since = time.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(Timestamp::from_seconds(
        i64::try_from(since.as_secs()).ok()?,
    ))
}

/// An address without the hash of its key, for people.
pub(super) fn plain(address: &Endpoint) -> String {
    let unpinned = Endpoint {
        pin: None,
        ..address.clone()
    };
    unpinned.to_string()
}

fn way_out(failure: &CallFailure) -> String {
    let text = match failure.connect {
        Some(ConnectReason::NameNotFound) => {
            "Check this machine's network and the address in the configuration."
        }
        Some(ConnectReason::ConnectFailed | ConnectReason::ConnectTimedOut) => {
            "Check this machine's network. If other addresses work, that server does not: it is \
             tried again by itself."
        }
        Some(ConnectReason::PinMismatch) => {
            "Compare the end of the address, `#sha256=…`, with the one that its operator publishes."
        }
        Some(ConnectReason::TlsFailed) => {
            "Use the whole address that its operator publishes, with `#sha256=…` at its end."
        }
        Some(ConnectReason::AddressNotAllowed) | None => {
            "If it lasts, ask the people who run that server."
        }
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(host: &str, seconds: i64) -> Offset {
        let own = Timestamp::from_seconds(1_800_000_000);
        Offset {
            host: host.to_owned(),
            theirs: Timestamp::from_seconds(1_800_000_000 + seconds),
            own,
        }
    }

    #[test]
    fn a_clock_that_differs_from_all_others_is_this_machines() {
        assert!(check_clocks(&[]).is_none());
        assert!(check_clocks(&[offset("a", 100), offset("b", -100)]).is_none());
        let check = check_clocks(&[offset("a", 7200), offset("b", 7201)]).unwrap();
        assert!(
            check.is_fault() && check.detail.contains("7200 s behind a"),
            "{check:?}"
        );
        let check = check_clocks(&[offset("a", -300)]).unwrap();
        assert!(check.detail.contains("300 s ahead of a"), "{check:?}");
        let check = check_clocks(&[offset("a", 0), offset("b", 7200)]).unwrap();
        assert!(
            !check.is_fault() && check.detail.ends_with(" b"),
            "{check:?}"
        );
    }

    #[test]
    fn the_date_of_a_response_is_a_time() {
        let time = parse_date("Fri, 15 Jan 2027 08:00:00 GMT");
        assert_eq!(time, Some(Timestamp::from_seconds(1_800_000_000)));
        assert_eq!(parse_date("yesterday"), None);
    }
}
