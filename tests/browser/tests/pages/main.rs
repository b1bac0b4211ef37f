//! What holds for every page in a browser, and the ways of people through the pages.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod accessible;
mod console;
mod every_day;
mod fits;
mod hostile;
mod keyboard;
mod leaving;
mod markup;
mod messages;
mod newcomer;
mod printed;
mod privacy;
mod recovery_words;
mod seeker;
