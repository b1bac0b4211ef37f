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

/// Files in the forms of the sources.
fn samples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

#[test]
fn each_form_of_source_file_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("sources");
    fs::create_dir(&sources).unwrap();
    fs::write(sources.join("plain.csv"), PLAIN).unwrap();
    fs::write(sources.join("readme.txt"), "not a gazetteer\n").unwrap();
    let file = folder.path().join("new/gb.places");
    let report = import(&[sources, samples()], &file).unwrap();
    assert_eq!(report.skipped.len(), 1);
    let rows = |source| report.rows.get(source).copied();
    assert_eq!(rows("places"), Some(2));
    // Without the one in France.
    assert_eq!(rows("GeoNames"), Some(17));
    // Without the postcode and the road.
    assert_eq!(rows("OS Open Names"), Some(4));
    // Without the one on the Irish grid, and the one without a position.
    assert_eq!(rows("NPTG"), Some(3));
    assert_eq!(rows("NPTG alternative names"), Some(1));
    let places = Places::open(&file).unwrap();
    assert!(places.manifest().is_complete);
    assert!(places.manifest().notices.len() >= 4);
    for (typed, district) in [
        ("Nether Wallop End", "Test Valley"),
        ("Brigadoon", "Highland"),
        // OS Open Names, in both languages.
        ("Pentre Sampl", "Ceredigion"),
        ("Samplehamlet", "Ceredigion"),
        ("Treforys Uchaf, Abertawe", "Swansea"),
        ("Upper Morriston Example", "Swansea"),
        ("Baile an Eisimpleir", "Na h-Eileanan Siar"),
        ("Sample Green", "Calderdale"),
        // The transport gazetteer.
        ("Sample Moor, Leeds", "Leeds"),
        ("Cwm Enghraifft", "Neath Port Talbot"),
        ("Example Valley", "Neath Port Talbot"),
        ("Achadh an Sampaill", "Highland"),
        // GeoNames, by names in Gaelic and Irish.
        ("Steòrnabhagh", "Na h-Eileanan Siar"),
        ("Port Rìgh", "Highland"),
        ("An Srath Bán", "Derry City and Strabane"),
        ("Dún Pádraig", "Newry, Mourne and Down"),
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
    let unknown = places.resolve("Baile Samplach", &Evidence::default());
    assert!(matches!(unknown.unwrap(), Meaning::Unknown { .. }));
}

/// A sample with a text replaced, and what the error says besides the file's name.
const WRONG: [(&str, &str, &str, &str); 12] = [
    (
        "GB.txt",
        "\t58.20925\t",
        "\tnorth\t",
        "line 1, column latitude: expected degrees",
    ),
    (
        "GB.txt",
        "\t7500\t",
        "\tmany\t",
        "line 1, column population: expected a number",
    ),
    (
        "GB.txt",
        "2640006\tPortree",
        "2640006 Portree",
        "line 2: expected 19 columns",
    ),
    (
        "SN58.csv",
        "258000",
        "258 km",
        "line 1, column GEOMETRY_X: expected metres",
    ),
    (
        "SN58.csv",
        "281000",
        "2810000000",
        "line 1, column GEOMETRY_X: expected metres",
    ),
    (
        "SN58.csv",
        "Other Settlement",
        "Moon Base",
        "line 4, column LOCAL_TYPE: expected City",
    ),
    (
        "SN58.csv",
        "Sample Green,",
        "Sample Green",
        "line 4: expected 34 columns, found 33",
    ),
    (
        "Localities.csv",
        "430500",
        "43O500",
        "line 2, column easting: expected a number",
    ),
    (
        "Localities.csv",
        "UKOS",
        "Mars",
        "line 3, column gridtype: expected UKOS",
    ),
    (
        "Localities.csv",
        "Northing",
        "North",
        "line 1: no column northing or latitude",
    ),
    ("plain", "51.14000", "51,14", "line 2, column "),
    (
        "plain",
        "village,Scotland",
        "castle,Scotland",
        "line 3, column kind: expected city",
    ),
];

#[test]
fn a_wrong_value_is_an_error_with_file_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("gb.places");
    for (name, right, wrong, expected) in WRONG {
        let text = match name {
            "plain" => PLAIN.to_owned(),
            name => fs::read_to_string(samples().join(name)).unwrap(),
        };
        assert!(text.contains(right), "{name} has no {right}");
        let file = folder.path().join(format!("wrong-{name}.csv"));
        fs::write(&file, text.replacen(right, wrong, 1)).unwrap();
        let error = import(&[file], &into).unwrap_err().to_string();
        let is_named = error.contains(&format!("wrong-{name}.csv"));
        assert!(is_named && error.contains(expected), "{expected}: {error}");
    }
    assert!(!into.exists());
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
    assert!(
        error.to_string().contains("line 1: it is not UTF-8"),
        "{error}"
    );
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
