//! What holds for every page: words, colours, and that nothing a group writes is markup.

mod colours;
mod hostile;
mod samples;
