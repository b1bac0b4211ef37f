//! Hedgerow's protocol as Rust types, generated from the `.proto` files next to this crate.
//!
//! [`v1`] holds the messages that are signed or hashed; every other package holds one
//! service. The features `client` and `server` add the gRPC stubs.

#![warn(missing_docs)]
#![cfg_attr(
    any(feature = "client", feature = "server"),
    expect(clippy::allow_attributes, reason = "generated stubs have them")
)]

pub mod words;

macro_rules! generated {
    ($package:literal) => {
        include!(concat!(env!("OUT_DIR"), "/", $package, ".rs"));
    };
}

/// Package `hedgerow.v1`: keys, heads, proofs and records. The bytes of these messages are
/// signed or hashed, so this package is never versioned away.
pub mod v1 {
    #![expect(missing_docs, reason = "documented in the .proto files")]
    generated!("hedgerow.v1");
}

/// Package `hedgerow.directory`: searches of an aggregator.
pub mod directory {
    /// Version 1.
    pub mod v1 {
        #![expect(missing_docs, reason = "documented in the .proto files")]
        generated!("hedgerow.directory.v1");
    }
}

/// Package `hedgerow.feed`: heads and records for those who follow a server.
pub mod feed {
    /// Version 1.
    pub mod v1 {
        generated!("hedgerow.feed.v1");
    }
}

/// Package `hedgerow.inbox`: sealed messages that wait for a group.
pub mod inbox {
    /// Version 1.
    pub mod v1 {
        generated!("hedgerow.inbox.v1");
    }
}

/// Package `hedgerow.ingest`: how groups reach an aggregator.
pub mod ingest {
    /// Version 1.
    pub mod v1 {
        generated!("hedgerow.ingest.v1");
    }
}

/// Package `hedgerow.steward`: what a steward does with a group on its node.
pub mod steward {
    /// Version 1.
    pub mod v1 {
        generated!("hedgerow.steward.v1");
    }
}

// A file that uses several packages names each by one word.
pub use directory::v1 as directory_v1;
pub use feed::v1 as feed_v1;
pub use inbox::v1 as inbox_v1;
pub use ingest::v1 as ingest_v1;
pub use steward::v1 as steward_v1;

/// The serialized `FileDescriptorSet` of the protocol with its imports, for server
/// reflection and for tools that work from descriptors.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/hedgerow.bin"));

/// A request for the first page of what passes a filter.
macro_rules! from_filter {
    ($($request:ident),*) => {$(
        impl From<directory::v1::SearchFilter> for directory::v1::$request {
            fn from(filter: directory::v1::SearchFilter) -> Self {
                Self {
                    filter: Some(filter),
                    ..Self::default()
                }
            }
        }
    )*};
}

from_filter!(SearchRecordsRequest, ListEventsRequest, GetCoverageRequest);
