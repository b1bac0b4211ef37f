//! The configuration file that `init` writes, with an explanation of each key.
//!
//! Written by hand, because it explains keys in groups and leaves rare ones out. A test compares
//! its values with the defaults.

/// Returns the annotated configuration.
pub fn annotated(listen: &str) -> String {
    format!(
        r##"# A Hedgerow aggregator. Every key is optional: the values here, and those after a `#`, are
# the defaults. `hedgerow-aggregator config --show` prints all values in force.

# The IP address and port at which nodes, search programs and other servers reach it.
# "127.0.0.1:…" is reachable from this machine only, "0.0.0.0:…" from the whole network.
listen = "{listen}"

# The name under which others reach it, if that is not `listen`. `run` prints the resulting
# address.
# public_name = "aggregator.example.org:7450"

# Servers to follow, nodes or other aggregators, each as
#   "https://HOST:PORT#sha256=…"   to accept only the key with this hash (its operator knows
#                                  it), or
#   "https://HOST:PORT"            to accept a certificate that the public roots trust.
# Groups that push by themselves need not be listed.
sources = []

[ingest]
# The largest record in bytes; the most records of a group; the most bytes of them in all.
max_record_bytes = 65536
max_records = 20000
max_view_bytes = 67108864
# The most new records of a group at a time, and how many more each second.
# Removing records is never limited.
creates = 2000
creates_per_second = 50
# The most new groups from one address a day. Further ones have to wait.
daily_new_groups = 100
# The most concurrent pushes, in all and from one address; then the most bytes of records
# that wait for the rest of their transfer, in all and of one group, and for how long.
transfers = 64
transfers_per_peer = 16
staged_bytes = 1073741824
staged_bytes_per_group = 100663296
staged_seconds = 3600
# Receipts promise that a head takes effect, in search too, within this time.
in_effect_seconds = 10
# Nodes without news are to call again after this time.
come_back_seconds = 86400

[crawl]
# Whether to visit nodes that groups name as their endpoint; the most of them; the time
# between two visits; and the shortest time between two probes of a host, since anyone may
# name any host.
announced = true
max_announced = 10000
visit_seconds = 900
probe_seconds = 60
# Each of `sources` is watched, and read on hourly from the last processed row. It is read
# from the start if anything was missed, and once a day in any case.
sweep_seconds = 3600
list_seconds = 86400
# The most concurrent transfers, in all and from one server.
transfers = 64
transfers_per_source = 4
# The waits after failures: one second, then two, four … but never more than a day.
first_retry_milliseconds = 1000
longest_retry_seconds = 86400

[directory]
# The most hits, occurrences or matches of a page.
page_size = 100

[metrics]
# The address at which a collector such as Prometheus reads metrics, under /metrics. Use one
# of this machine or of a private network, because whatever reaches it may read it. Without
# it metrics are off.
# listen = "127.0.0.1:9464"

[telemetry]
# The collector to which traces are sent by OTLP over gRPC. Without it traces are off. No
# trace contains a word of a query or what it found.
# With TLS: "https://HOST:PORT", or the same with "#sha256=…", as under `sources`.
# otlp_endpoint = "http://127.0.0.1:4317"
# service_name = "hedgerow-aggregator"
# The fraction of all traces to send, from 0 to 1.
sample_ratio = 1.0

# [index], [connector], [limits] and [feed] contain timeouts and limits; see
# `hedgerow-aggregator config --show`. To follow servers on private networks that heads
# name, or whose names resolve to such networks:
# [connector]
# allow_networks = ["192.168.0.0/16"]
"##
    )
}
