//! Message sizes that every client and every server supports, and checks of configured
//! values.

pub use bounds::A_DAY;
pub use bounds::Unfit;
pub use bounds::at_least_one;
pub use bounds::seconds;
pub use bounds::within;

mod bounds;

/// The largest gRPC message that every server and every caller takes, in bytes, after
/// decompression too. Whoever sends may count on it.
pub const USUAL_MESSAGE_BYTES: usize = 4 * 1024 * 1024;

/// The largest record that travels in a message which everybody takes: the rest is for
/// what stands around it.
pub const LARGEST_RECORD_BYTES: u32 = 3 * 1024 * 1024;

/// The largest list of headers of one call, in bytes, where nothing else is configured.
pub const USUAL_HEADER_LIST_BYTES: u32 = 32 * 1024;

/// Below what everybody may send, honest callers would be turned away; far above it, a
/// few calls would take all memory.
pub fn message(key: &'static str, bytes: usize) -> Result<(), Unfit> {
    within(
        key,
        bytes as u64,
        USUAL_MESSAGE_BYTES as u64..=64 * 1024 * 1024,
        "must be from 4194304 (4 MiB), which every caller may send, to 67108864 (64 MiB)",
    )
}
