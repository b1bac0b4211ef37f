//! The file that `init` writes: every key that a host may want, with what it means.

use hedgerow_core::address::Address;

/// The annotated configuration.
pub fn annotated(listen: &str, aggregators: &[Address]) -> String {
    let aggregators: String = match aggregators {
        [] => String::new(),
        some => some
            .iter()
            .map(|address| format!("\n    \"{address}\","))
            .chain(["\n".to_owned()])
            .collect(),
    };
    format!(
        r##"# A Hedgerow node. Every key may be left out: what stands here, or after a `#`,
# is what holds without it. `hedgerow-node config --show` prints everything in force.

# Where stewards' tools and other servers reach this node: an IP address and a port.
# "127.0.0.1:…" is reached from this machine only, "0.0.0.0:…" from the whole network.
# Publishing needs no inbound connection at all.
listen = "{listen}"

# The aggregators to publish to, each as
#   "https://HOST:PORT#sha256=…"   exactly the key with that hash (its operator tells it), or
#   "https://HOST:PORT"            a certificate that the public roots know.
aggregators = [{aggregators}]

# Who may keep and show what is published here:
#   "anyone"   any aggregator
#   "named"    only those under `aggregators`; one that is taken off the list is told so
#   "nobody"   none
indexing = "anyone"

# Where others can reach this node, put into every head for all to read.
# It tells where this machine is, and that all groups on it belong together.
# Leave it out unless you want that.
# public_endpoint = "https://node.example.org:7440"

[publishing]
# The largest record, and the most of them and of their bytes that a group may publish.
# Aggregators have limits of their own; these are the usual ones.
max_record_bytes = 65536
max_records = 20000
max_view_bytes = 67108864

[heartbeat]
# An unchanged head is signed anew weekly; one that is 28 days old counts as stale.
every_seconds = 604800
head_life_seconds = 2419200
check_seconds = 60

[delivery]
# How many groups may be brought to one aggregator at once, and how failures are tried again: after a second,
# then two, four … and never later than a day. An aggregator has so many seconds to answer.
at_once = 16
answer_seconds = 20
first_retry_milliseconds = 1000
longest_retry_seconds = 86400
# With nothing new, aggregators are asked daily what they hold.
check_in_seconds = 86400
# When stopped, how long to let transfers finish.
drain_seconds = 10

[metrics]
# Where a collector such as Prometheus reads counts, under /metrics: an address of this
# machine or of a private network, because whoever reaches it may read it. Off without it.
# listen = "127.0.0.1:9464"

[telemetry]
# Where traces are sent: a collector that speaks OTLP over gRPC. Off without it.
# By TLS: "https://HOST:PORT", or that with "#sha256=…" after it, as under `aggregators`.
# otlp_endpoint = "http://127.0.0.1:4317"
# service_name = "hedgerow-node"
# Which part of all traces, from 0 to 1.
sample_ratio = 1.0

# [steward], [connector], [limits] and [feed] hold timeouts and limits; see
# `hedgerow-node config --show`.
"##
    )
}
