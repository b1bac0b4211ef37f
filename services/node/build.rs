//! Rebuilds when a migration is added; `sqlx::migrate!` does not watch for new files.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations/node");
}
