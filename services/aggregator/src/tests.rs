//! Test support for several modules, and tests of whole aggregators over real TLS.

mod network;

pub(crate) use hedgerow_store::contract::Publisher;
pub(crate) use hedgerow_store::contract::items;
pub(crate) use hedgerow_store::contract::record;
