//! What is refused of a configuration.

use hedgerow_rpc::limits::LARGEST_RECORD_BYTES;
use hedgerow_rpc::limits::Unfit;
use hedgerow_rpc::limits::at_least_one;
use hedgerow_rpc::limits::seconds;
use hedgerow_rpc::limits::within;

use super::Config;
use super::ConfigError;
use super::DAY;
use super::DeliverySettings;
use super::Heartbeat;
use super::Publishing;
use super::StewardSettings;

impl Config {
    /// Refuses values that would break the protocol or the node.
    pub fn check(&self) -> Result<(), ConfigError> {
        if self.listen.parse::<std::net::SocketAddr>().is_err() {
            return Err(ConfigError::from((
                "listen",
                "must be an IP address and a port, such as \"127.0.0.1:7440\" (this machine only) \
                 or \"0.0.0.0:7440\" (the whole network)",
            )));
        }
        self.publishing.check()?;
        self.heartbeat.check()?;
        self.delivery.check()?;
        self.steward.check()?;
        self.connector.check()?;
        self.limits.check()?;
        self.feed.check()?;
        self.metrics.address()?;
        self.telemetry.check()?;
        let doubled = (1..self.aggregators.len())
            .any(|index| self.aggregators[..index].contains(&self.aggregators[index]));
        if doubled {
            return Err(ConfigError::from((
                "aggregators",
                "names one address twice: leave one of them out",
            )));
        }
        Ok(())
    }
}

impl Publishing {
    fn check(&self) -> Result<(), Unfit> {
        within(
            "publishing.max_record_bytes",
            self.max_record_bytes.into(),
            1..=LARGEST_RECORD_BYTES.into(),
            "must be from 1 to 3145728: a record travels in one message of at most 4 MiB",
        )?;
        at_least_one("publishing.max_records", self.max_records.into())?;
        at_least_one("publishing.max_view_bytes", self.max_view_bytes)
    }
}

impl Heartbeat {
    fn check(&self) -> Result<(), Unfit> {
        within(
            "heartbeat.head_life_seconds",
            self.head_life_seconds,
            1..=28 * DAY,
            "must be from 1 to 2419200 (28 days): receivers refuse longer-lived heads",
        )?;
        within(
            "heartbeat.every_seconds",
            self.every_seconds,
            1..=self.head_life_seconds.saturating_sub(1),
            "must be over 0 and less than heartbeat.head_life_seconds, or heads go stale",
        )?;
        seconds("heartbeat.check_seconds", self.check_seconds)
    }
}

impl DeliverySettings {
    fn check(&self) -> Result<(), Unfit> {
        within(
            "delivery.at_once",
            self.at_once as u64,
            1..=100_000,
            "must be from 1, or nothing is delivered, to 100000",
        )?;
        seconds("delivery.answer_seconds", self.answer_seconds)?;
        within(
            "delivery.longest_retry_seconds",
            self.longest_retry_seconds,
            1..=DAY,
            "must be from 1 to 86400: nothing stops for longer than a day",
        )?;
        seconds("delivery.check_in_seconds", self.check_in_seconds)
    }
}

impl StewardSettings {
    fn check(&self) -> Result<(), Unfit> {
        within(
            "steward.page_size",
            self.page_size.into(),
            1..=500,
            "must be from 1 to 500, which no caller is given more than",
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        let refused = [
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
            ("delivery.at_once = 0", "delivery.at_once"),
            ("delivery.answer_seconds = 0", "delivery.answer_seconds"),
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
            ("telemetry.sample_ratio = 2.0", "telemetry.sample_ratio"),
        ];
        for (written, key) in refused {
            let error = Config::parse(written).unwrap().check().unwrap_err();
            assert!(
                error.to_string().starts_with(&format!("`{key}` ")),
                "{error}"
            );
        }
    }
}
