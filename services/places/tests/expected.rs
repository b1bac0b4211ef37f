//! The table of names and meanings beside the repository: every name has its meaning with the
//! place pack, and is right or asked about with the embedded places alone.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and one that is skipped says so"
)]

use std::path::{Path, PathBuf};

use hedgerow_core::gazetteer::normalise;
use hedgerow_places::{Evidence, Meaning, Places, Record, import};

/// Folders beside the repository that only developers have.
fn shared() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    root.join("cases/places-expected.csv")
        .exists()
        .then_some(root)
}

struct Row {
    typed: String,
    expect: String,
    refs: Vec<String>,
    meaning: Vec<String>,
}

fn rows(shared: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(shared.join("cases/places-expected.csv")).unwrap();
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

fn pack(shared: &Path, folder: &Path) -> Places {
    let file = folder.join("gb.places");
    let data = shared.join("data");
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
    let Some(shared) = shared() else {
        println!("skipped: no ../shared beside the repository");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let places = pack(&shared, folder.path());
    let rows = rows(&shared);
    let (right, asked, wrong) = score(&rows, &places, true);
    println!(
        "with the place pack: {right} right, {asked} asked, {wrong} wrong of {}",
        rows.len()
    );
    assert_eq!((right, asked, wrong), (rows.len(), 0, 0));
}

#[test]
fn without_the_pack_no_name_is_wrong() {
    let Some(shared) = shared() else {
        println!("skipped: no ../shared beside the repository");
        return;
    };
    let rows = rows(&shared);
    let (right, asked, wrong) = score(&rows, Places::embedded(), false);
    println!(
        "embedded places: {right} right, {asked} asked, {wrong} wrong of {}",
        rows.len()
    );
    assert_eq!(wrong, 0);
    assert!(right * 10 >= rows.len() * 9, "{right} of {}", rows.len());
}
