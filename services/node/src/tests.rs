//! Nodes as a whole, on real ports: what stewards, followers and aggregators see of them.

mod delivering;
mod feeding;
mod limits;
mod opening;
mod publishing;
mod waiting;
