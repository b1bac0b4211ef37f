//! Few tests with the programs as a user starts them, each with a scenario from end to end.

mod backups;
mod case_places;
mod case_times;
mod cases;
mod demonstration;
mod desktop;
mod doctor;
mod domain;
mod full_disk;
mod killed;
mod operator;
mod pages;
mod proxied;
mod readme;
mod recovered;
mod started;
mod stopped;
mod streams;
mod telemetry;
mod walk_through;
