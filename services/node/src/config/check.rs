//! Checks the values of a configuration.

use hedgerow_server::config::{check_distinct, check_origin};
use hedgerow_transport::limits::{
    MAX_CONFIGURABLE_RECORD_BYTES, OutOfRange, check_positive, check_range, check_seconds,
};

use super::{
    Config, ConfigError, DAY, DeliverySettings, HeartbeatSettings, InboxSettings,
    PublishingSettings, StewardSettings,
};

impl Config {
    /// Rejects values that would break the protocol or the node.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.listen_address()?;
        self.publishing.check()?;
        self.heartbeat.check()?;
        self.delivery.check()?;
        self.inbox.check()?;
        self.steward.check()?;
        self.backup.check(&self.data_dir)?;
        self.acme.check()?;
        self.connector.check()?;
        self.limits.check()?;
        self.feed.check()?;
        self.metrics.address()?;
        self.telemetry.check()?;
        let site = &self.site;
        check_origin(
            site.origin.is_some(),
            !site.proxies.is_empty(),
            self.domain.is_some(),
        )?;
        check_distinct("aggregators", &self.aggregators)?;
        Ok(())
    }
}

impl PublishingSettings {
    fn check(&self) -> Result<(), OutOfRange> {
        check_range(
            "publishing.max_record_bytes",
            self.max_record_bytes.into(),
            1..=MAX_CONFIGURABLE_RECORD_BYTES.into(),
            "must be from 1 to 3145728: a record travels in one message of at most 4 MiB",
        )?;
        check_positive("publishing.max_records", self.max_records.into())?;
        check_positive("publishing.max_view_bytes", self.max_view_bytes)
    }
}

impl HeartbeatSettings {
    fn check(&self) -> Result<(), OutOfRange> {
        check_range(
            "heartbeat.head_life_seconds",
            self.head_life_seconds,
            1..=28 * DAY,
            "must be from 1 to 2419200 (28 days): receivers reject longer-lived heads",
        )?;
        check_range(
            "heartbeat.every_seconds",
            self.every_seconds,
            1..=self.head_life_seconds.saturating_sub(1),
            "must be over 0 and less than heartbeat.head_life_seconds, or heads go stale",
        )?;
        check_seconds("heartbeat.check_seconds", self.check_seconds)
    }
}

impl DeliverySettings {
    fn check(&self) -> Result<(), OutOfRange> {
        check_range(
            "delivery.at_once",
            self.at_once as u64,
            1..=100_000,
            "must be from 1 to 100000; with 0 nothing would be delivered",
        )?;
        check_seconds("delivery.response_seconds", self.response_seconds)?;
        check_range(
            "delivery.longest_retry_seconds",
            self.longest_retry_seconds,
            1..=DAY,
            "must be from 1 to 86400 (a day), so that no aggregator is given up",
        )?;
        check_seconds("delivery.check_in_seconds", self.check_in_seconds)
    }
}

impl InboxSettings {
    fn check(&self) -> Result<(), OutOfRange> {
        check_range(
            "inbox.fetch_seconds",
            self.fetch_seconds,
            1..=DAY,
            "must be from 1 to 86400 (a day): messages wait for 14 days",
        )
    }
}

impl StewardSettings {
    fn check(&self) -> Result<(), OutOfRange> {
        check_range(
            "steward.page_size",
            self.page_size.into(),
            1..=500,
            "must be from 1 to 500, the limit of the protocol",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_value_is_rejected_by_its_key() {
        let invalid = [
            ("listen = \"here\"", "listen"),
            (
                "publishing.max_record_bytes = 3145729",
                "publishing.max_record_bytes",
            ),
            ("publishing.max_records = 0", "publishing.max_records"),
            (
                "heartbeat.head_life_seconds = 2419201",
                "heartbeat.head_life_seconds",
            ),
            (
                "heartbeat.every_seconds = 2419200",
                "heartbeat.every_seconds",
            ),
            ("acme.directory = \"http://a.example\"", "acme.directory"),
            ("acme.contact = \"me\"", "acme.contact"),
            ("delivery.at_once = 0", "delivery.at_once"),
            ("delivery.response_seconds = 0", "delivery.response_seconds"),
            (
                "delivery.check_in_seconds = 86401",
                "delivery.check_in_seconds",
            ),
            ("steward.page_size = 501", "steward.page_size"),
            (
                "connector.header_list_bytes = 1024",
                "connector.header_list_bytes",
            ),
            (
                "connector.longest_call_seconds = 0",
                "connector.longest_call_seconds",
            ),
            ("limits.message_bytes = 1048576", "limits.message_bytes"),
            ("feed.watchers = 0", "feed.watchers"),
            ("metrics.listen = \"here\"", "metrics.listen"),
            ("site.proxies = [\"10.0.0.0/8\"]", "site.proxies"),
            (
                "domain = \"a.example\"\nsite.origin = \"https://a.example\"",
                "site.origin",
            ),
            ("backup.folder = \"elsewhere\"", "backup.folder"),
            ("telemetry.sample_ratio = 2.0", "telemetry.sample_ratio"),
        ];
        for (text, key) in invalid {
            let error = Config::parse(text).unwrap().check().unwrap_err();
            assert!(
                error.to_string().starts_with(&format!("`{key}` ")),
                "{error}"
            );
        }
    }
}
