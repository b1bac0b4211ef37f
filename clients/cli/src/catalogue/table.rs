//! Tables that are embedded in the program.

use std::collections::HashMap;
use std::hash::Hash;

use serde::de::DeserializeOwned;

/// The rows of an embedded CSV table by a key.
///
/// # Panics
/// If a row is malformed, which the tests of each table exclude.
pub fn rows_by<K: Eq + Hash, R: DeserializeOwned>(
    csv: &str,
    key: impl Fn(&R) -> K,
) -> HashMap<K, R> {
    csv::Reader::from_reader(csv.as_bytes())
        .into_deserialize()
        .map(|row| {
            let row: R = row.expect("the embedded table is well formed");
            (key(&row), row)
        })
        .collect()
}
