//! What the tests of several modules stand on: dice and clocks that repeat, and groups
//! that publish in-process.

mod dice;
mod publisher;

pub(crate) use dice::{Dice, StoppedClock};
pub(crate) use publisher::{Publisher, items, record};
