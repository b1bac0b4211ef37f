//! Points and circles, without the engine.

pub mod circle;
pub mod grid;
pub mod packed_point;
