//! What holds for every page: words, colours, and that nothing a group writes is markup.

mod colours;
mod console_samples;
mod hostile;
mod node_samples;
mod samples;
