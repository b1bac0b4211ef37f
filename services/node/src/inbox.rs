//! Messages that wait for groups at aggregators: the node fetches them over its own connection, so
//! that a group needs no address of its own.
//!
//! Nothing is sent for a group whose people have not asked for this in the console. A message is
//! stored before it is acknowledged, and its id is remembered, so that it arrives once.

mod call;
mod error;
mod fetch;
mod open;
mod worker;

#[cfg(test)]
mod tests;

pub(crate) use worker::run_inboxes;
