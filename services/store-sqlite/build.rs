//! Has the migrations embedded again when one is added: the macro that embeds
//! them sees only changes of files that it already knows.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations/aggregator/sqlite");
}
