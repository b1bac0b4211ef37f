//! What the tests of several modules stand on: dice and clocks that repeat, and groups
//! that publish in-process; and tests of whole aggregators over real TLS.

mod dice;
mod network;
mod publisher;

pub(crate) use dice::Dice;
pub(crate) use dice::StoppedClock;
pub(crate) use publisher::Publisher;
pub(crate) use publisher::items;
pub(crate) use publisher::record;
