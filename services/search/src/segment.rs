//! Data of a segment in memory.

pub mod columns;
pub mod flag_bitmaps;
pub mod flags;
