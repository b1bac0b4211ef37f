//! The programs as a user starts them: few tests, each a whole story.

mod killed;
mod operator;
mod telemetry;
mod walk_through;
