//! The attacks, by name.

use clap::ValueEnum;

use super::attacker::Attacker;
use super::{content, costly_queries, feed, ingest, wire};

/// An attack. Those that leave many records behind come last, because a small run attacks the
/// same server with all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Attack {
    Connections,
    StalledHandshakes,
    BigHeaders,
    RapidResets,
    Metrics,
    HeaderPushes,
    UnreadSyncs,
    Watchers,
    HealthWatches,
    Malformed,
    EndlessItems,
    HalfPushes,
    Windows,
    LongQueries,
    NodeConnections,
    NodeCalls,
    NodeStreams,
    Replays,
    Proofs,
    OnlyWanted,
    Manifests,
    Squatters,
    Newcomers,
    Refused,
    Regions,
    Matches,
    Snippets,
    Recurrences,
}

/// Which program an attack is against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Victim {
    Aggregator,
    Node,
}

impl Attack {
    /// The name on the command line.
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// What is sent, for the table.
    pub fn title(self) -> &'static str {
        match self {
            Self::Connections => "4,096 connections that send nothing, 64 addresses",
            Self::StalledHandshakes => "4,096 TLS handshakes that stop, 64 addresses",
            Self::BigHeaders => "70 KB headers and CL+TE over HTTP/1.1",
            Self::RapidResets => "streams opened and reset, 16 connections",
            Self::Metrics => "metrics port: idle, slow and oversized requests",
            Self::HeaderPushes => "512 pushes of headers only, 16 addresses",
            Self::UnreadSyncs => "512 unread syncs, 16 addresses",
            Self::Watchers => "512 head watchers, 64 addresses",
            Self::HealthWatches => "256 health watchers, 32 addresses",
            Self::Malformed => "malformed messages to every service",
            Self::EndlessItems => "endless missing-body and empty-leaf items",
            Self::HalfPushes => "64 half-finished pushes of 3 MB",
            Self::Windows => "event lists until the year 9999",
            Self::LongQueries => "long queries with every facet",
            Self::NodeConnections => "against a node: connections and stalled handshakes",
            Self::NodeCalls => "against a node: malformed messages",
            Self::NodeStreams => "against a node: watchers and unread syncs",
            Self::Replays => "one replayed head with a long key log",
            Self::Proofs => "proofs over 2,000 records",
            Self::OnlyWanted => "syncs of single bodies over 2,000 records",
            Self::Manifests => "320 unread syncs of 2,000 tiny records each",
            Self::Squatters => "groups that announce endpoints which never respond",
            Self::Newcomers => "new groups of 1 MB each, 16 addresses",
            Self::Refused => "60,000-character titles and 200 schedules",
            Self::Regions => "invented regions and tags, and facets over them",
            Self::Matches => "matches over costly offers",
            Self::Snippets => "snippets of a repeated word",
            Self::Recurrences => "costly recurrences",
        }
    }

    /// The finding in which the attack was first described.
    pub fn finding(self) -> &'static str {
        match self {
            Self::Recurrences | Self::Matches => "A1",
            Self::Snippets => "A2",
            Self::HeaderPushes | Self::UnreadSyncs | Self::Watchers => "A3",
            Self::Manifests => "A4",
            Self::Refused => "A5",
            Self::Regions => "A6",
            Self::Replays | Self::Proofs | Self::OnlyWanted => "A8",
            Self::HealthWatches => "A9",
            Self::Malformed => "A10",
            Self::EndlessItems | Self::HalfPushes => "A12",
            Self::Windows | Self::LongQueries => "A13",
            Self::BigHeaders => "A14",
            Self::Newcomers
            | Self::Squatters
            | Self::Metrics
            | Self::NodeConnections
            | Self::NodeCalls
            | Self::NodeStreams => "A15",
            Self::Connections | Self::StalledHandshakes | Self::RapidResets => "A",
        }
    }

    pub fn victim(self) -> Victim {
        match self {
            Self::NodeConnections | Self::NodeCalls | Self::NodeStreams => Victim::Node,
            _ => Victim::Aggregator,
        }
    }

    /// Prepares the attack and starts it.
    pub async fn start(self, attacker: &mut Attacker) -> anyhow::Result<()> {
        match self {
            Self::Connections => wire::idle_connections(attacker, 64),
            Self::StalledHandshakes => wire::stalled_handshakes(attacker, 64),
            Self::BigHeaders => wire::big_headers(attacker),
            Self::RapidResets => wire::rapid_resets(attacker),
            Self::Metrics => wire::metrics(attacker),
            Self::HeaderPushes => ingest::header_pushes(attacker),
            Self::UnreadSyncs => feed::unread_syncs(attacker).await,
            Self::Watchers => feed::watchers(attacker),
            Self::HealthWatches => wire::health_watches(attacker),
            Self::Malformed | Self::NodeCalls => wire::malformed(attacker),
            Self::EndlessItems => ingest::endless_items(attacker),
            Self::HalfPushes => ingest::half_pushes(attacker),
            Self::Windows => costly_queries::windows(attacker),
            Self::LongQueries => costly_queries::long_queries(attacker),
            Self::NodeConnections => {
                wire::idle_connections(attacker, 32)?;
                wire::stalled_handshakes(attacker, 32)
            }
            Self::NodeStreams => feed::node_streams(attacker),
            Self::Replays => feed::replays(attacker).await,
            Self::Proofs => feed::proofs(attacker).await,
            Self::OnlyWanted => feed::only_wanted(attacker).await,
            Self::Manifests => feed::manifests(attacker).await,
            Self::Squatters => ingest::squatters(attacker).await,
            Self::Newcomers => ingest::newcomers(attacker),
            Self::Refused => content::refused(attacker),
            Self::Regions => content::regions(attacker),
            Self::Matches => content::matches(attacker).await,
            Self::Snippets => content::snippets(attacker).await,
            Self::Recurrences => content::recurrences(attacker),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attack_has_a_name_and_a_title_of_its_own() {
        let attacks = Attack::value_variants();
        let titles: std::collections::HashSet<_> =
            attacks.iter().map(|attack| attack.title()).collect();
        assert_eq!(titles.len(), attacks.len());
        assert_eq!(Attack::HeaderPushes.name(), "header-pushes");
    }
}
