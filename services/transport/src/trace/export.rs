//! Exports traces to a collector by OTLP. Only with the feature `trace-export`.

use std::error::Error;

use hedgerow_core::endpoint::Endpoint;
use http::Uri;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithTonicConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider, SpanLimits};
use serde::{Deserialize, Serialize};
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::registry::LookupSpan;

use super::TARGET;
use crate::connector::{Connector, ConnectorConfig, Trust};
use crate::limits::OutOfRange;

/// Maximum number of links of a span.
const MAX_LINKS: u32 = 32;

/// Where traces are sent. Without an endpoint nothing is traced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelemetryConfig {
    /// An OTLP collector with gRPC: `http://127.0.0.1:4317` on this machine, or with TLS
    /// `https://HOST:PORT` or `https://HOST:PORT#sha256=…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otlp_endpoint: Option<String>,
    /// The service name in traces. The default is the program's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<String>,
    /// The fraction of traces that is sent, from 0 to 1. The trace's id decides, so that
    /// servers with the same ratio send the same traces.
    pub sample_ratio: f64,
}

impl Default for TelemetryConfig {
    fn default() -> Self {
        Self {
            otlp_endpoint: None,
            service_name: None,
            sample_ratio: 1.0,
        }
    }
}

impl TelemetryConfig {
    /// Rejects invalid values.
    ///
    /// # Errors
    /// If a value is invalid.
    pub fn check(&self) -> Result<(), OutOfRange> {
        if !(0.0..=1.0).contains(&self.sample_ratio) {
            return Err(("telemetry.sample_ratio", "must be from 0 to 1"));
        }
        let valid = self.otlp_endpoint.as_ref().is_none_or(|endpoint| {
            let plain = endpoint.starts_with("http://") && endpoint.parse::<Uri>().is_ok();
            plain || Endpoint::parse(endpoint).is_ok()
        });
        if !valid {
            return Err((
                "telemetry.otlp_endpoint",
                "must be an address such as \"http://127.0.0.1:4317\" (this machine or its own \
                 network), \"https://collector.example.org:4317\" (with a certificate of a public \
                 authority), or the latter with the hash of its key, \"#sha256=…\"",
            ));
        }
        Ok(())
    }
}

/// Longest time for sending one batch to the collector.
const EXPORT_SECONDS: u64 = 10;

/// The exporter cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot send traces to `{endpoint}` (`telemetry.otlp_endpoint`)")]
pub struct ExportError {
    endpoint: String,
    source: Box<dyn Error + Send + Sync>,
}

/// A running export, to be kept until the process ends. Its drop sends the remaining traces
/// and blocks: drop it before the runtime ends, and outside of it.
#[derive(Debug)]
#[must_use = "the export ends when this is dropped"]
pub struct TraceExport(SdkTracerProvider);

impl TraceExport {
    /// Connects to the configured collector, if any, under the name `program`. Must be called
    /// within a runtime (`Runtime::enter`) that outlives the returned value.
    ///
    /// # Errors
    /// If the collector's address is invalid.
    pub fn start(
        config: &TelemetryConfig,
        program: &'static str,
    ) -> Result<Option<Self>, ExportError> {
        let Some(endpoint) = &config.otlp_endpoint else {
            return Ok(None);
        };
        let exporter = span_exporter(endpoint).map_err(|source| ExportError {
            endpoint: endpoint.clone(),
            source,
        })?;
        let name = config.service_name.as_deref().unwrap_or(program).to_owned();
        let limits = SpanLimits {
            max_links_per_span: MAX_LINKS,
            ..SpanLimits::default()
        };
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            // Not by the caller's sampling flag: callers must not decide what is sent.
            .with_sampler(Sampler::TraceIdRatioBased(config.sample_ratio))
            .with_span_limits(limits)
            .with_resource(Resource::builder_empty().with_service_name(name).build())
            .build();
        Ok(Some(Self(provider)))
    }

    /// Makes the layer that passes the spans of [`TARGET`], and no events, to the exporter.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("hedgerow"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_level(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            .with_filter(
                LevelFilter::INFO.and(filter_fn(|span| span.is_span() && span.target() == TARGET)),
            )
    }
}

impl Drop for TraceExport {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "cannot send the last traces");
        }
    }
}

/// Connects to a TLS collector like to any other server, so that there is only one way to
/// trust keys.
fn span_exporter(endpoint: &str) -> Result<SpanExporter, Box<dyn Error + Send + Sync>> {
    let exporter = SpanExporter::builder().with_tonic();
    let exporter = match Endpoint::parse(endpoint) {
        Ok(address) => {
            let connector = Connector::new(ConnectorConfig {
                longest_call_seconds: EXPORT_SECONDS,
                ..ConnectorConfig::default()
            });
            exporter.with_channel(connector.channel(&address, Trust::Configured)?)
        }
        Err(_) => exporter.with_endpoint(endpoint),
    };
    Ok(exporter.build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collector_has_a_plain_or_a_tls_address() {
        let check = |endpoint: &str| {
            let config = TelemetryConfig {
                otlp_endpoint: Some(endpoint.to_owned()),
                ..TelemetryConfig::default()
            };
            config.check().map_err(|(key, _)| key)
        };
        check("http://127.0.0.1:4317").unwrap();
        check("https://collector.example.org:4317").unwrap();
        check(&format!("https://10.0.0.1:4317#sha256={}", "ab".repeat(32))).unwrap();
        for invalid in [
            "collector:4317",
            "https://",
            "https://a:4317#sha256=ab",
            "ftp://a:1",
        ] {
            assert_eq!(check(invalid), Err("telemetry.otlp_endpoint"), "{invalid}");
        }
    }
}
