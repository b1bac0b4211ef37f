//! Tests of complete nodes on real ports, through the interfaces of stewards, followers and
//! aggregators.

mod backing_up;
mod delivering;
mod feeding;
mod field_paths;
mod hiding;
mod hiding_property;
mod limits;
mod naming;
mod opening;
mod publishing;
mod recovering;
mod waiting;
