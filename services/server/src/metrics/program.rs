//! Metrics of the program itself: its version, and the disk of its folder.

use std::fmt;
use std::path::PathBuf;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::TypedMetric;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};

use super::registry::{Labelled, Metrics};
use crate::disk::free_bytes;

impl Metrics {
    /// Adds what every server exports about itself and its folder.
    pub fn add_program(&mut self, data_dir: PathBuf) {
        let build = Labelled::<Gauge>::default();
        build
            .get_or_create(&[("version", env!("CARGO_PKG_VERSION"))])
            .set(1);
        self.add("build_info", "The version of the program; always 1", &build);
        self.add_collector(FreeDisk(data_dir));
    }
}

/// Reads the free space at each export: it costs one call of the system.
#[derive(Debug)]
struct FreeDisk(PathBuf);

impl Collector for FreeDisk {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        // Missing rather than 0, which would be an alert, if the system does not report it.
        let Ok(bytes) = free_bytes(&self.0) else {
            return Ok(());
        };
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let metric = encoder.encode_descriptor(
            "disk_free_bytes",
            "Bytes that the server may still write to the disk of its folder",
            None,
            ConstGauge::<i64>::TYPE,
        )?;
        ConstGauge::new(bytes).encode(metric)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_and_the_free_disk_are_exported() {
        let folder = tempfile::tempdir().unwrap();
        let mut metrics = Metrics::default();
        metrics.add_program(folder.path().to_owned());
        let text = metrics.text();
        let version = env!("CARGO_PKG_VERSION");
        let build = format!("hedgerow_build_info{{version=\"{version}\"}} 1\n");
        assert!(text.contains(&build), "{text}");
        let free = text
            .lines()
            .find_map(|line| line.strip_prefix("hedgerow_disk_free_bytes "));
        let free: u64 = free.unwrap().parse().unwrap();
        assert!(free > 0, "{text}");
    }
}
