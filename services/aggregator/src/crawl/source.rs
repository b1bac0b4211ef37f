//! One source and its stored progress.

use std::time::Duration;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::time::Timestamp;
use hedgerow_store::{SourceRow, SourceStore};
use hedgerow_transport::connector::Trust;
use tonic::transport::Channel;

use crate::config::CrawlConfig;

/// A followed server.
pub(super) struct Source {
    pub endpoint: Endpoint,
    pub trust: Trust,
    pub row: SourceRow,
    /// The connection of a session that ended well, for the next one.
    pub channel: Option<Channel>,
    /// Whether the last session began at a cursor.
    pub resumed: bool,
    /// Whether the next session lists the source from the start, whenever it was listed last.
    pub must_list: bool,
}

impl Source {
    pub(super) fn new(endpoint: Endpoint, trust: Trust) -> Self {
        Self {
            row: SourceRow {
                address: endpoint.to_string(),
                ..SourceRow::default()
            },
            endpoint,
            trust,
            channel: None,
            resumed: false,
            must_list: false,
        }
    }

    /// Loads the progress. Without it the source is listed from the start, so a failure is
    /// logged and nothing more.
    pub(super) async fn load(&mut self, store: &dyn SourceStore) {
        match store.source(&self.row.address).await {
            Ok(Some(row)) => self.row = row,
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "cannot read a source's cursor"),
        }
    }

    /// Saves the progress.
    pub(super) async fn save(&self, store: &dyn SourceStore) {
        if let Err(error) = store.save_source(&self.row).await {
            tracing::error!(%error, "cannot save a source's cursor");
        }
    }

    /// Returns the time until the source is listed from the start again; zero if that is due.
    pub(super) fn until_listed(&self, config: &CrawlConfig, now: Timestamp) -> Duration {
        if self.must_list {
            return Duration::ZERO;
        }
        let interval = if self.row.missed {
            config.sweep_seconds
        } else {
            config.list_seconds.max(config.sweep_seconds)
        };
        match self.row.listed_at {
            Some(listed) if listed <= now => {
                Duration::from_secs(interval).saturating_sub(now.since(listed))
            }
            // In the future: the clock was set back, and would keep the source waiting.
            Some(_) | None => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_listed_whole_daily_and_at_the_next_sweep_after_a_miss() {
        let config = CrawlConfig::default();
        let listed = Timestamp::from_millis(1_800_000_000_000);
        let source = |listed_at, missed| {
            let endpoint = Endpoint::parse("https://node.example:1").unwrap();
            let mut source = Source::new(endpoint, Trust::Configured);
            source.row.cursor = Some("s:1".to_owned());
            source.row.listed_at = listed_at;
            source.row.missed = missed;
            source
        };
        let hours = |hours: u64| Duration::from_secs(3_600 * hours);
        let wait = |missed, now| source(Some(listed), missed).until_listed(&config, now);
        assert_eq!(wait(false, listed.plus(hours(1))), hours(23));
        assert_eq!(wait(false, listed.plus(hours(24))), hours(0));
        assert_eq!(wait(true, listed), hours(1));
        assert_eq!(wait(true, listed.plus(hours(2))), hours(0));
        assert_eq!(wait(false, listed.minus(hours(1))), hours(0));
        let never = source(None, false);
        assert_eq!(never.until_listed(&config, listed), hours(0));
    }
}
