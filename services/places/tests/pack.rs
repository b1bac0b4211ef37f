//! Place packs: built from each form of source file, and damaged ones.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::PathBuf;

use hedgerow_places::{Evidence, Meaning, Places, PlacesError, import};
use proptest::prelude::*;

const PLAIN: &str = "id,name,kind,nation,region,county,district,lat,lon,population,outcode,source
x:1,Nether Wallop End,village,England,South East,Hampshire,Test Valley,51.14000,-1.57000,,SO20,X
x:2,Brigadoon,village,Scotland,,,Highland,57.50000,-4.50000,300,,X
x:3,No Position,village,England,,,,,,,,X
";
const NPTG: &str =
    "NptgLocalityCode,LocalityName,ParentLocalityName,SourceLocalityType,Easting,Northing
E0000001,Testerton Parva,,V,430000,433000
";

fn geonames_line() -> String {
    let mut fields = vec![""; 19];
    fields[0] = "99999901";
    fields[1] = "Examplewick";
    fields[3] = "Examplewic,Uic";
    fields[4] = "60.15";
    fields[5] = "-1.15";
    fields[6] = "P";
    fields[7] = "PPL";
    fields[8] = "GB";
    fields[10] = "SCT";
    fields[14] = "640";
    fields.join("\t")
}

fn open_names_line() -> String {
    let mut fields = vec![String::new(); 34];
    fields[0] = "osgb4000000000000001".to_owned();
    fields[1] = "http://data.ordnancesurvey.co.uk/id/4000000000000001".to_owned();
    fields[2] = "Aberwhatever".to_owned();
    fields[4] = "Whatevermouth".to_owned();
    fields[6] = "populatedPlace".to_owned();
    fields[7] = "Hamlet".to_owned();
    fields[8] = "258000".to_owned();
    fields[9] = "281000".to_owned();
    fields[16] = "SY23".to_owned();
    fields[24] = "Ceredigion".to_owned();
    fields[29] = "Wales".to_owned();
    fields.join(",")
}

#[test]
fn each_form_of_source_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("sources");
    fs::create_dir(&sources).unwrap();
    fs::write(sources.join("plain.csv"), PLAIN).unwrap();
    fs::write(sources.join("Localities.csv"), NPTG).unwrap();
    fs::write(sources.join("GB.txt"), geonames_line()).unwrap();
    fs::write(sources.join("SN00.csv"), open_names_line()).unwrap();
    fs::write(sources.join("readme.txt"), "not a gazetteer\n").unwrap();
    let file = folder.path().join("new/gb.places");
    let report = import(&[sources], &file).unwrap();
    assert_eq!(report.skipped.len(), 1);
    assert!(report.rows.values().all(|rows| *rows >= 1), "{report:?}");
    let places = Places::open(&file).unwrap();
    assert!(places.manifest().is_complete);
    assert!(places.manifest().notices.len() >= 4);
    for (typed, district) in [
        ("Nether Wallop End", "Test Valley"),
        ("Brigadoon", "Highland"),
        ("Testerton Parva", "Leeds"),
        ("Examplewick", "Shetland Islands"),
        ("Whatevermouth", "Ceredigion"),
        // The embedded places are in it too.
        ("Hebden Bridge", "Calderdale"),
    ] {
        match places.resolve(typed, &Evidence::default()).unwrap() {
            Meaning::Place(place) => assert_eq!(place.district, district, "{typed}"),
            other => panic!("{typed}: {other:?}"),
        }
    }
    let Meaning::Place(hamlet) = places
        .resolve("Nether Wallop End", &Evidence::default())
        .unwrap()
    else {
        panic!("not a place");
    };
    // A village of unknown size is published as a town nearby.
    assert!(places.town(&hamlet).unwrap().is_town());
}

#[test]
fn what_cannot_be_imported_is_an_error_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = folder.path().join("wrong.csv");
    fs::write(&wrong, "a,b\n1,2\n").unwrap();
    let into = folder.path().join("gb.places");
    let error = import(std::slice::from_ref(&wrong), &into).unwrap_err();
    assert!(
        error.to_string().contains("expected OS Open Names"),
        "{error}"
    );
    let error = import(&[PathBuf::from("/nowhere/at/all")], &into).unwrap_err();
    assert!(matches!(error, PlacesError::File { .. }), "{error}");
    fs::write(&wrong, b"id,name,kind,\xff").unwrap();
    let error = import(&[wrong], &into).unwrap_err();
    assert!(error.to_string().contains("not UTF-8"), "{error}");
    assert!(!into.exists());
}

fn sound_pack() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("plain.csv");
    fs::write(&source, PLAIN).unwrap();
    let file = folder.path().join("gb.places");
    import(&[source], &file).unwrap();
    fs::read(file).unwrap()
}

/// Opens bytes as a pack and looks a name up; the hash is made right, as an attacker would.
fn open(mut bytes: Vec<u8>, with_hash: bool) -> Result<(), PlacesError> {
    use sha2::{Digest as _, Sha256};
    if with_hash && bytes.len() > 48 {
        let hash = Sha256::digest(&bytes[48..]);
        bytes[16..48].copy_from_slice(&hash);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hostile.places");
    fs::write(&file, bytes).unwrap();
    let places = Places::open(&file)?;
    for typed in ["Brigadoon", "Leeds", "W1", "Kent", "Sheffeild"] {
        places.resolve(typed, &Evidence::default())?;
    }
    Ok(())
}

#[test]
fn a_damaged_pack_is_rejected() {
    let sound = sound_pack();
    assert!(open(sound.clone(), false).is_ok());
    for length in [0, 15, 16, 60, sound.len() / 2, sound.len() - 1] {
        assert!(open(sound[..length].to_vec(), true).is_err(), "{length}");
    }
    let mut flipped = sound;
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let error = open(flipped, false).unwrap_err();
    assert!(error.to_string().contains("do not fit its hash"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_hostile_pack_never_panics(
        changes in proptest::collection::vec((0usize..3_000_000, any::<u8>()), 1..20),
        in_header in proptest::collection::vec((48usize..80, any::<u8>()), 0..3),
    ) {
        static SOUND: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let mut bytes = SOUND.get_or_init(sound_pack).clone();
        let length = bytes.len();
        for (at, byte) in changes {
            bytes[at % length] = byte;
        }
        for (at, byte) in in_header {
            bytes[at] = byte;
        }
        // The error does not matter, only that there is one or the pack can be read.
        let _ = open(bytes, true);
    }
}
