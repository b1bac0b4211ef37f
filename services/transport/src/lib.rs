//! Everything that a client needs to call a server: TLS, connections and the addresses that
//! may be dialled, retries, transfers, the mapping between failures and gRPC status codes, and
//! secrets from files.

pub mod address_rule;
pub mod backoff;
pub mod checks;
pub mod clock;
pub mod connector;
mod error_chain;
pub mod failure;
pub mod limits;
#[cfg(feature = "phrase")]
pub mod secret_file;
pub mod tls;
pub mod trace;
pub mod transfer;

/// Sets the message limit of a generated `…Client` or `…Server`, and makes it accept gzip.
/// Without a size from the configuration, the limit is the size that every peer supports.
#[macro_export]
macro_rules! bounded {
    ($stub:expr) => {
        $crate::bounded!($stub, $crate::limits::DEFAULT_MESSAGE_BYTES)
    };
    ($stub:expr, $bytes:expr) => {
        $stub
            .accept_compressed(::tonic::codec::CompressionEncoding::Gzip)
            .max_decoding_message_size($bytes)
            .max_encoding_message_size($bytes)
    };
}
