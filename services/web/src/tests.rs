//! What holds for every page: words, colours, and that nothing a group writes is markup.

#[cfg(test)]
mod colours;
mod console_samples;
mod edit_samples;
#[cfg(test)]
mod hostile;
mod node_samples;
pub mod samples;
#[cfg(test)]
mod weight;
