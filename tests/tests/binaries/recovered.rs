//! A lost machine is not a lost group: recovery, rotation, forks and the end, with the programs
//! as a host and a steward start them.

mod ended;
mod forked;
mod lost;
mod machines;
mod moved;
mod rotated;
mod shared;
mod typed;
