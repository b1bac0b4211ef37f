//! The file that `init` writes, with an explanation of each key. It explains keys in groups and
//! leaves rare ones out.

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
const TEMPLATE: &str = r##"# A Hedgerow aggregator. Every key is optional: the values here, and those after a `#`, are
# the defaults. `hedgerow-aggregator config --show` prints all values in force.

# The IP address and port at which nodes, search programs and other servers reach it.
# "127.0.0.1:…" is reachable from this machine only, "0.0.0.0:…" from the whole network.
listen

# The name of this directory on the internet. With it, browsers and programs reach it as
@domain
# domain = "directory.example.org"

# The name under which others reach it, if that is neither `listen` nor `domain`. `run` prints
# the resulting address.
# public_name = "aggregator.example.org:7450"

# Servers to follow, nodes or other aggregators, each as
#   "https://HOST:PORT#sha256=…"   to accept only the key with this hash (its operator knows
#                                  it), or
#   "https://HOST:PORT"            to accept a certificate that the public roots trust.
# Groups that push by themselves need not be listed.
sources

[ingest]
# The largest record in bytes; the most records of a group; the most bytes of them in all.
max_record_bytes
max_records
max_view_bytes
# The most new records of a group at a time, and how many more each second. A group that has
# used nothing of it may bring any number at once, up to max_records, and then waits.
# Removing records is never limited.
creates
creates_per_second
# The most new groups from one address a day, and the most bytes of records of all groups
# that came in a day. Further ones have to wait.
daily_new_groups
newcomer_disk_bytes
# The most bytes by which all groups from one of `sources` may grow in a day.
source_daily_bytes
# The most concurrent pushes, in all and from one address; the most bytes that unfinished
# ones hold in memory; the most stored leaves that those of one address cause to be read in
# a minute; then the most bytes of records that wait for the rest of their transfer, in all
# and of one group, and for how long.
transfers
transfers_per_peer
transfer_memory_bytes
leaves_per_peer_and_minute
staged_bytes
staged_bytes_per_group
staged_seconds
# Receipts promise that a head takes effect, in search too, within this time.
in_effect_seconds
# Nodes without news are to call again after this time.
come_back_seconds

[inbox]
# Whether visitors may leave messages here for groups whose people want that. They are sealed: only
# the group can open them. Its node fetches them; after 14 days they are deleted.
offered
# The most that wait for one group, and in all, of at most 17 KiB each; and the most from one
# network (an IPv4 address or an IPv6 /48) in an hour.
per_group
waiting
per_network_and_hour

[crawl]
# Whether to visit nodes that groups name as their endpoint; the most of them; the time
# between two visits; and the shortest time between two probes of a host, since anyone may
# name any host.
announced
max_announced
visit_seconds
probe_seconds
# Each of `sources` is watched, and read on hourly from the last processed row. It is read
# from the start if anything was missed, and once a day in any case.
sweep_seconds
list_seconds
# The most concurrent transfers, in all and from one server.
transfers
transfers_per_source
# The waits after failures: one second, then two, four … but never more than a day.
first_retry_milliseconds
longest_retry_seconds

[directory]
# The most hits, occurrences or matches of a page.
page_size

[places]
# The file of a place pack from `hedgerow places import`, with more suburbs, villages and
# other names than the embedded places have.
# pack = "gb.places"
# The area that this aggregator is about. Of several places of one name, the one in it is
# meant.
# area = "Greater Manchester"

[site]
# The name at the head of every page. Others may see it in a list of open windows, so it
# should not say what people come for.
name
# The people or organisation that runs this directory; an e-mail or web address to reach
# them; the web address of what they list and leave out; and what they want to say about it.
run_by
contact
policy
about
# Outlines of councils' areas for the map, as a GeoJSON file such as those of the ONS Open
# Geography portal (with LAD24CD and LAD24NM), and the line that its source asks for. Without
# it the areas of the map are hexagons.
# map_boundaries = "councils.geojson"
# map_credit = "Contains OS data © Crown copyright and database right 2024."
# Where browsers find the pages, if a reverse proxy such as nginx is in front: it ends TLS, keeps
# the Host header, and appends the visitor to X-Forwarded-For. Programs and nodes do not go
# through it: they need `listen`. Not together with `domain`.
# origin = "https://directory.example.org"
@proxies

@backup

@acme

@metrics

[telemetry]
# The collector to which traces are sent by OTLP over gRPC. Without it traces are off. No
# trace contains a word of a query or what it found.
# With TLS: "https://HOST:PORT", or the same with "#sha256=…", as under `sources`.
# otlp_endpoint = "http://127.0.0.1:4317"
# service_name = "hedgerow-aggregator"
# The fraction of all traces to send, from 0 to 1.
sample_ratio

# [index], [connector], [limits] and [feed] contain timeouts and limits; see
# `hedgerow-aggregator config --show`. To follow servers on private networks that heads
# name, or whose names resolve to such networks:
# [connector]
# allow_networks = ["192.168.0.0/16"]
"##;
