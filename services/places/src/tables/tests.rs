use std::path::Path;
use std::{env, fs};

use hedgerow_core::gazetteer::gazetteer;

use super::collect::collect;
use super::parts::parts;
use crate::built_up::Towns;
use crate::pack::{Pack, Storage};
use crate::places::Places;
use crate::record::Record;

/// Builds the files in `data/built`: the pack and the list of parts.
fn build() -> (Vec<u8>, String) {
    let parts = parts().unwrap();
    let (collection, manifest) = collect(&Towns::new(&parts)).unwrap();
    let mut list = String::from("geonameid\n");
    for id in &parts {
        list.push_str(&format!("{id}\n"));
    }
    (collection.finish_embedded(manifest), list)
}

#[test]
fn the_built_files_are_those_of_the_tables() {
    let (pack, parts) = build();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/built");
    if env::var_os("HEDGEROW_WRITE_PLACES").is_some() {
        fs::write(folder.join("embedded.places"), &pack).unwrap();
        fs::write(folder.join("parts.csv"), &parts).unwrap();
    }
    let is_same = fs::read(folder.join("embedded.places")).unwrap() == pack
        && fs::read_to_string(folder.join("parts.csv")).unwrap() == parts;
    assert!(
        is_same,
        "data/built differs from the tables: run the tests of this crate with \
         HEDGEROW_WRITE_PLACES=1 and commit both files"
    );
}

/// The programs open the embedded pack without these checks.
#[test]
fn the_embedded_pack_is_sound() {
    let (pack, _) = build();
    let pack = Pack::open(Storage::Memory(pack.into())).unwrap();
    assert_eq!(pack.manifest(), Places::embedded().manifest());
    let records = pack.records().unwrap();
    let towns = records
        .iter()
        .filter(|record| record.in_gazetteer().is_some());
    assert_eq!(towns.count(), gazetteer().places().len());
}

#[test]
fn towns_of_the_gazetteer_are_read_from_it_and_not_from_the_pack() {
    let (collection, _) = collect(&Towns::new(&parts().unwrap())).unwrap();
    let mut shortened = 0;
    for record in collection.records() {
        let line = record.encode_embedded();
        assert_eq!(Record::decode(&line).as_ref(), Some(record), "{line}");
        shortened += usize::from(line.len() < record.encode().len());
    }
    let in_gazetteer = gazetteer().places().len() + gazetteer().districts().count();
    assert_eq!(shortened, in_gazetteer);
}
