//! Points, circles and areas, without the engine.

pub mod area;
pub mod circle;
pub mod grid;
pub mod packed_point;
