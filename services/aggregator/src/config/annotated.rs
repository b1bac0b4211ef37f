//! The file that `init` writes: every key that an operator may want, with what it means.

/// The annotated configuration.
pub fn annotated(listen: &str) -> String {
    format!(
        r##"# A Hedgerow aggregator. Every key may be left out: what stands here, or after a `#`,
# is what holds without it. `hedgerow-aggregator config --show` prints everything in force.

# Where nodes, seekers' programs and other servers reach it: an IP address and a port.
# "127.0.0.1:…" is reached from this machine only, "0.0.0.0:…" from the whole network.
listen = "{listen}"

# The name under which others reach it, where that is not `listen`; `run` prints the
# address made of it.
# public_name = "aggregator.example.org:7450"

# Servers that are followed, nodes or other aggregators, each as
#   "https://HOST:PORT#sha256=…"   exactly the key with that hash (its operator tells it), or
#   "https://HOST:PORT"            a certificate that the public roots know.
# Groups that push by themselves need not be named.
sources = []

[ingest]
# The largest record; the most of them and of their bytes together that a group may have.
max_record_bytes = 65536
max_records = 20000
max_view_bytes = 67108864
# How many new records a group may bring at once, and how many more each second.
# Taking back is never limited.
creates = 2000
creates_per_second = 50
# How many groups that were never seen one address may bring a day; the others wait.
daily_new_groups = 100
# Transfers at once: in all, and from one address; and what may wait for the rest of its
# transfer: bytes, and seconds.
transfers = 64
transfers_per_peer = 16
staged_bytes = 1073741824
staged_bytes_per_group = 100663296
staged_seconds = 3600
# What receipts promise: in effect, in search too, within so many seconds.
in_effect_seconds = 10
# With nothing new, nodes are asked to come back daily.
come_back_seconds = 86400

[crawl]
# Whether to visit nodes whose groups name an endpoint, how many, how often; and how
# often a host that anyone may have named is probed at most.
announced = true
max_announced = 10000
visit_seconds = 900
probe_seconds = 60
# Each of `sources` is watched, and asked again hourly from where it stopped; if anything
# was not taken, from the start, and so daily in any case: nothing missed stays missed.
sweep_seconds = 3600
list_seconds = 86400
# Transfers at once: in all, and from one server.
transfers = 64
transfers_per_source = 4
# How failures are tried again: after a second, then two, four … never later than a day.
first_retry_milliseconds = 1000
longest_retry_seconds = 86400

[directory]
# The most hits, occurrences or matches of a page.
page_size = 100

[metrics]
# Where a collector such as Prometheus reads counts, under /metrics: an address of this
# machine or of a private network, because whoever reaches it may read it. Off without it.
# listen = "127.0.0.1:9464"

[telemetry]
# Where traces are sent: a collector that speaks OTLP over gRPC. Off without it. No trace
# has a word of a question in it, nor what was looked at.
# By TLS: "https://HOST:PORT", or that with "#sha256=…" after it, as under `sources`.
# otlp_endpoint = "http://127.0.0.1:4317"
# service_name = "hedgerow-aggregator"
# Which part of all traces, from 0 to 1.
sample_ratio = 1.0

# [index], [connector], [limits] and [feed] hold timeouts and limits; see
# `hedgerow-aggregator config --show`. To follow servers on private networks that heads
# name, or whose names lead there:
# [connector]
# allow_networks = ["192.168.0.0/16"]
"##
    )
}
