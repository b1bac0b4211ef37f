//! Test support for several modules, and tests of whole aggregators over real TLS.

mod dice;
mod network;

pub(crate) use dice::Dice;
pub(crate) use dice::StoppedClock;
pub(crate) use hedgerow_store::contract::Publisher;
pub(crate) use hedgerow_store::contract::items;
pub(crate) use hedgerow_store::contract::record;
