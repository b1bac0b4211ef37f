//! Networks of real nodes and aggregators in one process, and the rules of the repository.

mod federation;
mod hidden;
mod hostile;
mod layout;
mod restored;
mod taking_back;
mod time_passes;
