//! Following the store: reading its changes, writing documents and committing them.

mod buffered_writer;
mod commit_pace;
mod expunge;
mod group_batch;
mod hidden_ahead;
mod indexed_audiences;
mod inherited_audience;
mod overtaking;
mod parts;
mod refresh;
mod run;
mod writer;

pub mod observer;
pub mod rebuild;
pub mod worker;
