//! Networks of real nodes and aggregators in one process, and rules for the repository.

mod clocks;
mod costly_content;
mod deploy;
mod docs;
mod federation;
mod hidden;
mod hostile;
mod imports;
mod layout;
mod malformed;
mod readme;
mod restored;
mod taken_back;
mod time_passes;
mod withdrawal;
