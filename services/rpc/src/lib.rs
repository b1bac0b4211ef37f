//! Between the network and the rest: TLS, the server, connections to other servers,
//! limits, what failures look like on the wire, and the feed that nodes and aggregators
//! share.

pub mod address_rule;
pub mod backoff;
pub mod clock;
pub mod config;
pub mod connector;
pub mod failure;
pub mod feed;
pub mod files;
pub mod limits;
pub mod lock;
pub mod metrics;
pub mod peer;
pub mod server;
pub mod telemetry;
pub mod tls;
pub mod transfer;

/// Gives a generated gRPC client or server its message limit (that of a server's or a
/// connector's configuration; without one, what everybody takes), and lets it take gzip.
/// Works on any `…Client::new(channel)` and `…Server::new(handler)`.
#[macro_export]
macro_rules! bounded {
    ($stub:expr) => {
        $crate::bounded!($stub, $crate::limits::USUAL_MESSAGE_BYTES)
    };
    ($stub:expr, $bytes:expr) => {
        $stub
            .accept_compressed(::tonic::codec::CompressionEncoding::Gzip)
            .max_decoding_message_size($bytes)
            .max_encoding_message_size($bytes)
    };
}
