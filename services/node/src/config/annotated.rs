//! The file that `init` writes: the settings that a host may want to change, with comments.

use hedgerow_server::config::annotate;

use super::Config;

impl Config {
    /// Formats the configuration with comments. Settings that `TEMPLATE` leaves out must
    /// have their defaults.
    pub fn annotated(&self) -> Result<String, toml::ser::Error> {
        annotate(TEMPLATE, self)
    }
}

/// The comments of the file. A line that is only a key gets its value from the configuration, and
/// `@` begins a name of comments that both servers have; see [`annotate`].
const TEMPLATE: &str = r##"# A Hedgerow node. Every key may be left out: the values here, and those after a `#`, are
# the defaults. `hedgerow-node config --show` prints everything in force.

# Where stewards' tools and other servers reach this node: an IP address and a port.
# "127.0.0.1:…" is reachable from this machine only, "0.0.0.0:…" from the whole network.
# Publishing needs no inbound connection at all.
listen

# The name of this node on the internet. With it, browsers and programs reach it as
@domain
# domain = "node.example.org"

# Whether browsers on a private network may open the pages of this node, the console among
# them, without encryption, under an IP address of this machine such as
# http://192.168.0.5:7440/. Everybody on that network can then read along and take over a
# sign-in. Never with a proxy in front, or in a container: there, strangers come from private
# addresses too.
console_on_local_network

# Where stewards on other devices reach this node: the name or address of this machine in their
# network. It is written into stewards' files and never published. Needed if `listen` is
# "0.0.0.0:…" and a steward is not at this machine.
# steward_address = "https://node.example.org:7440"

# The aggregators to publish to, each as
#   "https://HOST:PORT#sha256=…"   exactly the key with that hash (its operator publishes it), or
#   "https://HOST:PORT"            a certificate that the public roots sign.
aggregators

# Who may keep and show what is published here:
#   "anyone"   any aggregator
#   "named"    only those under `aggregators`; one that is removed from the list is notified
#   "nobody"   no aggregator
indexing

# Where others can reach this node, included in every head for all to read.
# It reveals where this machine is, and that all groups on it belong together.
# Leave it out unless you want that.
# public_endpoint = "https://node.example.org:7440"

[publishing]
# The largest record, and the maximum records and total bytes that a group may publish.
# Aggregators have limits of their own; these are the usual ones.
max_record_bytes
max_records
max_view_bytes
# The file of a place pack from `hedgerow places import`: it lets stewards name more suburbs
# and villages. They are published as a town in any case.
# place_pack = "gb.places"

[steward]
# Whether stewards may name more aggregators for their own group, in the console. The node then
# connects to them; addresses in private networks stay yours to name.
may_name_aggregators

[heartbeat]
# An unchanged head is signed again weekly; one that is 28 days old counts as stale.
every_seconds
head_life_seconds
check_seconds

[delivery]
# How many groups are delivered to one aggregator at the same time, and how long it may take
# to respond to a call.
at_once
response_seconds
# Failures are retried after a second, then two, four … and never later than a day.
first_retry_milliseconds
longest_retry_seconds
# Without changes, each aggregator is contacted daily.
check_in_seconds
# How long a node that is stopping waits for transfers in progress.
drain_seconds

[inbox]
# Groups whose people want that get messages which wait, sealed, at the aggregators. How often they
# are fetched; without such a group, nothing is.
fetch_seconds

[site]
# Where browsers find the pages of this node, the console among them, if a reverse proxy such as
# nginx is in front: it ends TLS, keeps the Host header, and appends the visitor to
# X-Forwarded-For. Not together with `domain`.
# origin = "https://node.example.org"
@proxies

@backup

@acme

@metrics

[telemetry]
# Where traces are sent: a collector that speaks OTLP over gRPC. Off by default.
# With TLS: "https://HOST:PORT", or that with "#sha256=…" after it, as under `aggregators`.
# otlp_endpoint = "http://127.0.0.1:4317"
# service_name = "hedgerow-node"
# The fraction of all traces that is sent, from 0 to 1.
sample_ratio

# [connector], [limits] and [feed] have timeouts and limits; see
# `hedgerow-node config --show`.
"##;

#[cfg(test)]
mod tests {
    use hedgerow_core::endpoint::Endpoint;

    use super::*;

    #[test]
    fn the_annotated_file_contains_the_defaults() {
        let written = Config::default().annotated().unwrap();
        assert_eq!(Config::parse(&written).unwrap(), Config::default());
    }

    #[test]
    fn the_annotated_file_contains_the_address_and_the_aggregators() {
        let config = Config {
            listen: "0.0.0.0:1".to_owned(),
            aggregators: vec![Endpoint::parse("https://a.example:1").unwrap()],
            ..Config::default()
        };
        let written = config.annotated().unwrap();
        assert_eq!(Config::parse(&written).unwrap(), config);
    }
}
