//! Reading, comparing and writing a file of vectors.

use std::fmt::Debug;
use std::path::Path;
use std::{env, fs};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A file's description, then its vectors.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct File<T> {
    pub about: String,
    pub vectors: Vec<T>,
}

/// Compares the file with the generated vectors, then checks every vector of the file.
pub fn check<T>(name: &str, about: &str, made: Vec<T>, check: impl Fn(&T))
where
    T: Debug + PartialEq + Serialize + DeserializeOwned,
{
    let made = File {
        about: about.to_owned(),
        vectors: made,
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../proto/testdata")
        .join(name);
    if env::var_os("HEDGEROW_WRITE_VECTORS").is_some() {
        fs::write(&path, serde_json::to_string_pretty(&made).unwrap() + "\n").unwrap();
    }
    let text = fs::read_to_string(&path).unwrap();
    let file: File<T> = serde_json::from_str(&text).unwrap();
    assert_eq!(
        file, made,
        "{name} differs from the generated vectors: was the change intended?"
    );
    file.vectors.iter().for_each(check);
}

/// `ok`, or the error's reason.
pub fn verdict<T, E>(result: &Result<T, E>, reason: impl Fn(&E) -> &'static str) -> String {
    result.as_ref().map_or_else(reason, |_| "ok").to_owned()
}

pub fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}
