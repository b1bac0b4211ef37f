//! Connections to servers: TLS, dialling and its address rule, retries, transfers, and the
//! one mapping between failures and gRPC status codes. All that a client needs.

pub mod address_rule;
pub mod backoff;
pub mod clock;
pub mod connector;
pub mod failure;
pub mod limits;
pub mod tls;
pub mod trace;
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
