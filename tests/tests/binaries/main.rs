//! Few tests with the programs as a user starts them, each with a scenario from end to end.

mod demonstration;
mod full_disk;
mod killed;
mod operator;
mod readme;
mod recovered;
mod started;
mod stopped;
mod streams;
mod telemetry;
mod walk_through;
