//! Names with which people had trouble, from the files of `tests/cases`: every name has its meaning
//! with a place pack, and is right or asked about with the embedded places alone.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that is skipped says so"
)]

use std::fs;
use std::path::{Path, PathBuf};

use hedgerow_core::gazetteer::normalise;
use hedgerow_places::{Evidence, Meaning, Places, Record, import};

/// A file of the reported cases.
fn case(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    folder.join(name)
}

fn lines(name: &str) -> Vec<String> {
    let text = fs::read_to_string(case(name)).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// The sources of a large pack, which only developers have: they may not be copied here.
fn pack_sources() -> Option<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if data.join("places-gb.csv").exists() {
        return Some(data);
    }
    println!("skipped with a place pack: {} is absent", data.display());
    None
}

/// The embedded places, then those of a pack if its sources are there.
fn with_and_without_pack(check: impl Fn(&Places, &str)) {
    check(Places::embedded(), "embedded places");
    if let Some(data) = pack_sources() {
        let folder = tempfile::tempdir().unwrap();
        check(&pack(&data, folder.path()), "place pack");
    }
}

struct Row {
    typed: String,
    expect: String,
    refs: Vec<String>,
    meaning: Vec<String>,
}

fn rows() -> Vec<Row> {
    let mut reader = csv::Reader::from_path(case("places-expected.csv")).unwrap();
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        Row {
            typed: row[0].to_owned(),
            expect: row[1].to_owned(),
            refs: row[2].split(' ').map(str::to_owned).collect(),
            meaning: row[3].split("; ").map(str::to_owned).collect(),
        }
    });
    rows.collect()
}

fn pack(data: &Path, folder: &Path) -> Places {
    let file = folder.join("gb.places");
    let sources = [
        "places-gb.csv",
        "places-gb-small.csv",
        "areas-gb.csv",
        "names-gb.csv",
        "outcodes-extra.csv",
    ]
    .map(|name| data.join(name));
    let report = import(&sources, &file).unwrap();
    assert!(report.manifest.places > 40_000, "{report:?}");
    Places::open(&file).unwrap()
}

/// Whether a record is the one of the meaning: `Clapham, Lambeth` by name and district.
fn is_meant(record: &Record, meaning: &str) -> bool {
    let (name, district) = meaning.split_once(", ").unwrap_or((meaning, ""));
    let is_district = district.is_empty()
        || normalise(&record.district).contains(&normalise(district))
        || normalise(&record.county).contains(&normalise(district));
    normalise(&record.name) == normalise(name) && is_district
}

enum Verdict {
    Right,
    Asked,
    Wrong,
}

fn judge(row: &Row, meaning: &Meaning, by_ref: bool) -> Verdict {
    let is = |record: &Record, index: usize| {
        if by_ref {
            row.refs.get(index).is_some_and(|id| *id == record.id)
        } else {
            row.meaning
                .get(index)
                .is_some_and(|it| is_meant(record, it))
        }
    };
    let right = match (row.expect.as_str(), meaning) {
        ("place", Meaning::Place(record)) | ("area", Meaning::Area(record)) => is(record, 0),
        ("outcode", Meaning::Districts { code, districts }) => {
            *code == row.refs[0] && !districts.is_empty()
        }
        ("none", Meaning::Unknown { .. }) => true,
        ("ask", Meaning::Ask { likely, others, .. }) => {
            let all = || std::iter::once(&**likely).chain(others);
            (0..row.refs.len()).all(|index| all().any(|record| is(record, index)))
        }
        _ => false,
    };
    match meaning {
        _ if right => Verdict::Right,
        Meaning::Ask { .. } | Meaning::Unknown { .. } => Verdict::Asked,
        _ => Verdict::Wrong,
    }
}

fn short(meaning: &Meaning) -> String {
    let name = |record: &Record| format!("{} [{}]", record.full_name(), record.id);
    match meaning {
        Meaning::Place(record) => format!("place {}", name(record)),
        Meaning::Area(record) => format!("area {}", name(record)),
        Meaning::Districts { code, districts } => format!("{code}: {}", districts.len()),
        Meaning::Ask {
            likely,
            others,
            because,
        } => {
            let others: Vec<_> = others.iter().map(name).collect();
            format!("ask {because:?} {}; {}", name(likely), others.join("; "))
        }
        Meaning::Unknown { nearest } => {
            let nearest: Vec<_> = nearest.iter().map(name).collect();
            format!("unknown; {}", nearest.join("; "))
        }
    }
}

/// The right, asked and wrong rows; each that is not right is printed.
fn score(rows: &[Row], places: &Places, by_ref: bool) -> (usize, usize, usize) {
    let mut score = (0, 0, 0);
    for row in rows {
        let meaning = places.resolve(&row.typed, &Evidence::default()).unwrap();
        match judge(row, &meaning, by_ref) {
            Verdict::Right => score.0 += 1,
            verdict => {
                let is_wrong = matches!(verdict, Verdict::Wrong);
                score.1 += usize::from(!is_wrong);
                score.2 += usize::from(is_wrong);
                let word = if is_wrong { "WRONG" } else { "asked" };
                println!(
                    "{word} {} ({} {:?}): {}",
                    row.typed,
                    row.expect,
                    row.refs,
                    short(&meaning)
                );
            }
        }
    }
    score
}

#[test]
fn with_the_pack_every_name_has_its_meaning() {
    let Some(data) = pack_sources() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let places = pack(&data, folder.path());
    let rows = rows();
    let (right, asked, wrong) = score(&rows, &places, true);
    println!(
        "with the place pack: {right} right, {asked} asked, {wrong} wrong of {}",
        rows.len()
    );
    assert_eq!((right, asked, wrong), (rows.len(), 0, 0));
}

#[test]
fn without_the_pack_no_name_is_wrong() {
    let rows = rows();
    let (right, asked, wrong) = score(&rows, Places::embedded(), false);
    println!(
        "embedded places: {right} right, {asked} asked, {wrong} wrong of {}",
        rows.len()
    );
    assert_eq!(wrong, 0);
    assert!(right * 10 >= rows.len() * 9, "{right} of {}", rows.len());
}

/// The lines of `P02-places-refused.txt` with the name and the council area or nation of what is
/// meant; where people mean both a place and the area of its council, either is right.
const REFUSED: [(&str, &str, &str); 26] = [
    ("Leeds, West Yorkshire", "Leeds", "Leeds"),
    ("Liverpool, Merseyside", "Liverpool", "Liverpool"),
    ("Sheffield, South Yorkshire", "Sheffield", "Sheffield"),
    ("Croydon, Surrey", "Croydon", "Croydon"),
    ("Bolton, Lancs", "Bolton", "Bolton"),
    ("Belfast, NI", "Belfast", "Belfast"),
    ("Newport, Gwent", "Newport", "Newport"),
    ("Hove, East Sussex", "Hove", "Brighton and Hove"),
    ("Greater Manchester", "Greater Manchester", ""),
    ("Cornwall", "Cornwall", ""),
    ("Tameside", "Tameside", ""),
    ("Kirklees", "Kirklees", ""),
    ("Tower Hamlets", "Tower Hamlets", ""),
    ("Lewisham", "Lewisham", ""),
    ("Camden", "Camden", ""),
    ("Isle of Wight", "Isle of Wight", ""),
    ("Hull", "Kingston upon Hull", "Kingston upon Hull"),
    ("Caerdydd", "Cardiff", "Cardiff"),
    ("Casnewydd", "Newport", "Newport"),
    ("Dùn Èideann", "Edinburgh", "City of Edinburgh"),
    ("Leith", "Leith", "City of Edinburgh"),
    ("Moss Side", "Moss Side", "Manchester"),
    ("Handsworth", "", ""),
    ("central london", "Central London", ""),
    ("Clapham, London", "Clapham", "Lambeth"),
    ("Clifton, Bristol", "Clifton", "City of Bristol"),
];

#[test]
fn places_that_were_refused_are_known() {
    let typed: Vec<String> = lines("inputs/P02-places-refused.txt");
    assert_eq!(typed, REFUSED.map(|(typed, ..)| typed));
    with_and_without_pack(|places, which| {
        let mut settled = 0;
        for (typed, name, district) in REFUSED {
            let meaning = places.resolve(typed, &Evidence::default()).unwrap();
            match &meaning {
                Meaning::Place(record) | Meaning::Area(record) => {
                    let is_there = district.is_empty() || record.district == district;
                    let is_right = record.name == name && is_there;
                    assert!(is_right, "{which}, {typed}: {}", short(&meaning));
                    settled += 1;
                }
                // Two of that name; both are shown.
                Meaning::Ask { others, .. } => assert!(!others.is_empty(), "{which}, {typed}"),
                _ => panic!("{which}, {typed}: {}", short(&meaning)),
            }
        }
        println!("{which}: {settled} of {} settled", REFUSED.len());
        assert!(settled >= 24, "{which}: {settled}");
    });
}

/// Nobody who means the place in the second column gets the one in the third.
#[test]
fn a_namesake_far_away_is_never_taken() {
    let rows = lines("inputs/P03-places-taken-for-another.tsv");
    assert_eq!(rows.len(), 8);
    with_and_without_pack(|places, which| {
        for row in &rows[1..] {
            let cells: Vec<&str> = row.split('\t').collect();
            let [typed, meant, _] = cells.as_slice() else {
                panic!("{row}");
            };
            let code = meant.split_whitespace().last().unwrap();
            let meaning = places.resolve(typed, &Evidence::default()).unwrap();
            let is_open = matches!(meaning, Meaning::Ask { .. });
            // Settled without a question only as what most people mean.
            let is_meant = |record: &Record| record.outcodes.iter().any(|known| known == code);
            let is_right = matches!(&meaning, Meaning::Place(record) if is_meant(record));
            assert!(is_open || is_right, "{which}, {typed}: {}", short(&meaning));

            let evidence = Evidence {
                postcode: Some(code),
                ..Evidence::default()
            };
            let town = meant.trim_end_matches(code).trim();
            match places.resolve(typed, &evidence).unwrap() {
                Meaning::Place(record) => {
                    let shown = places.town(&record).unwrap();
                    let is_there = shown.name == town || record.town == town || is_meant(&record);
                    assert!(is_there, "{which}, {typed} {code}: {}", record.full_name());
                }
                // Without a pack it may be unknown there: then it is not settled.
                Meaning::Ask { .. } => assert_eq!(which, "embedded places", "{typed} {code}"),
                other => panic!("{which}, {typed} {code}: {}", short(&other)),
            }
        }
    });
}

#[test]
fn postcode_districts_that_were_refused_are_known() {
    let codes = lines("inputs/P04-postcode-districts-refused.txt");
    assert_eq!(codes, ["BT1", "BT43", "W1", "WC1", "IM1"]);
    with_and_without_pack(|places, which| {
        for typed in &codes {
            match places.resolve(typed, &Evidence::default()).unwrap() {
                Meaning::Districts { code, districts } => {
                    assert_eq!(code, *typed, "{which}");
                    assert!(!districts.is_empty(), "{which}, {typed}");
                }
                other => panic!("{which}, {typed}: {}", short(&other)),
            }
        }
    });
}
