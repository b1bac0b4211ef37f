//! Questions as people ask them, over real tables: `data/questions`.
//!
//! The tables are beside the project, because their licences keep them out of it. Where they are
//! absent, the questions are asked over the reported cases and the invented groups alone, and those
//! about the tables are left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hedgerow_demo::{Generated, cataloguers};
use hedgerow_proto::directory_v1::near::Center;
use hedgerow_proto::directory_v1::{Near, SearchFilter, SearchRecordsRequest};
use hedgerow_proto::steward_v1::record_change::Change;
use hedgerow_testkit::samples::listing;
use serde::Deserialize;

use crate::corpus::{Corpus, Publisher};
use crate::needs::{CASES, publisher};

const TABLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/real");
const FILES: [(&str, &str); 3] = [
    ("people", include_str!("data/questions/people.toml")),
    ("further", include_str!("data/questions/further.toml")),
    ("kinds", include_str!("data/questions/kinds.toml")),
];
/// The share of questions with a fitting record that is the first hit.
const FLOOR: f64 = 0.95;
/// The town of a postcode district of Trafford's table; Manchester for the others.
const TOWNS: [(&str, &str); 5] = [
    ("M33", "Sale"),
    ("M41", "Urmston"),
    ("M32", "Stretford"),
    ("WA14", "Altrincham"),
    ("WA15", "Altrincham"),
];

/// A question with parts of the titles of fitting records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    ask: String,
    near: Option<String>,
    /// Parts of titles of which the first hit has to have one. Empty if no record fits; then
    /// any hits are good, as long as they are not passed off as having all the words.
    #[serde(default)]
    first: Vec<String>,
    /// Parts of titles that the first hit must not have.
    #[serde(default)]
    never: Vec<String>,
    /// Whether the fitting records are in the real tables.
    #[serde(default)]
    real: bool,
}

#[derive(Deserialize)]
struct File {
    question: Vec<Question>,
}

fn table(name: &str) -> Option<PathBuf> {
    let path = Path::new(TABLES).join(name);
    path.exists().then_some(path)
}

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut table = csv::Reader::from_path(path).expect("a table");
    let rows = table.deserialize::<BTreeMap<String, String>>();
    rows.map(|row| row.expect("a row")).collect()
}

/// Every record that the questions are asked over.
fn publishers() -> Vec<Publisher> {
    let mut records = Vec::new();
    if let Some(trafford) = table("trafford/mental-health-services.csv") {
        for row in rows(&trafford) {
            let district = row["postcode"].split(' ').next().unwrap_or_default();
            let town = TOWNS.iter().find(|(of, _)| *of == district);
            let town = town.map_or("Manchester", |(_, town)| *town);
            records.push((
                row["name"].clone(),
                row["description"].clone(),
                town.to_owned(),
            ));
        }
    }
    if let Some(edinburgh) = table("edinburgh/community-centres.csv") {
        for row in rows(&edinburgh) {
            let activities: String = row["Key Activities"].chars().take(400).collect();
            records.push((row["Name"].clone(), activities, "Edinburgh".to_owned()));
        }
    }
    if let Some(food_banks) = table("west-yorkshire-osm/social_facility-food_bank.geojson") {
        let text = std::fs::read_to_string(food_banks).expect("a file");
        let map: serde_json::Value = serde_json::from_str(&text).expect("GeoJSON");
        let names = map["features"].as_array().expect("features").iter();
        let names = names.filter_map(|one| one["properties"]["name"].as_str());
        // None has a description, and few name their town.
        records.extend(names.map(|name| (name.to_owned(), String::new(), "Leeds".to_owned())));
    }
    for row in rows(&Path::new(CASES).join("S00-search-corpus.csv")) {
        records.push((
            row["name"].clone(),
            row["summary"].clone(),
            row["place"].clone(),
        ));
    }
    let mut publishers = Vec::new();
    for (name, summary, place) in records {
        let at = publishers.len();
        let body = listing(&name, &summary, Some(&place));
        publishers.push(publisher(at, &format!("row{at}"), &body));
    }
    for line in include_str!("data/groups.jsonl").lines() {
        let read = Generated::read(line).expect("a line of the generator");
        if read.body.collection() == "listing" {
            let at = publishers.len();
            let mut group = Publisher::new(at + 1);
            group.put("listing", &format!("row{at}"), &read.body.encode(), None);
            publishers.push(group);
        }
    }
    for cataloguer in cataloguers() {
        let mut group = Publisher::new(publishers.len() + 1);
        for change in cataloguer.changes {
            let Some(Change::Put(record)) = change.change else {
                panic!("a cataloguer only adds records");
            };
            let draft = record.draft.expect("a draft");
            let own_key = format!("catalogue.{}", cataloguer.label);
            let subject = draft.subject.as_ref();
            group.put(&record.collection, &own_key, &draft.body, subject);
        }
        publishers.push(group);
    }
    publishers
}

fn request(question: &Question) -> SearchRecordsRequest {
    let filter = SearchFilter {
        query: question.ask.clone(),
        near: question.near.as_ref().map(|place| Near {
            center: Some(Center::Place(place.clone())),
            radius_m: 0,
        }),
        // As the command does without --role.
        roles: vec![hedgerow_proto::v1::Role::SupportGroup.into()],
        ..SearchFilter::default()
    };
    SearchRecordsRequest {
        page_size: 3,
        ..filter.into()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_have_a_fitting_first_hit() {
    let has_tables = table("trafford/mental-health-services.csv").is_some();
    if !has_tables {
        println!("skipped: questions about the tables in {TABLES}, which are absent");
    }
    let corpus = Corpus::start(publishers()).await;
    let (mut answerable, mut fitting) = (0_u32, 0_u32);
    let mut wrong = Vec::new();
    for (file, text) in FILES {
        let read: File = toml::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        for question in read.question {
            if question.real && !has_tables {
                continue;
            }
            let response = corpus.directory.search_unverified(request(&question)).await;
            let response = response.unwrap_or_else(|error| panic!("{}: {error}", question.ask));
            let response = response.into_claimed();
            let titles: Vec<&str> = response.hits.iter().map(|hit| hit.title.as_str()).collect();
            let first = titles.first().copied().unwrap_or_default();
            let near = question.near.as_deref().unwrap_or("anywhere");
            let fits = question
                .first
                .iter()
                .any(|part| first.contains(part.as_str()));
            let never = question
                .never
                .iter()
                .any(|part| first.contains(part.as_str()));
            println!("{file}: {} ({near}): {titles:?}", question.ask);
            if !question.first.is_empty() {
                answerable += 1;
                fitting += u32::from(fits);
            }
            if never || (!question.first.is_empty() && !fits) {
                wrong.push(format!("{} ({near}): {titles:?}", question.ask));
            }
        }
    }
    corpus.stop().await;
    let share = f64::from(fitting) / f64::from(answerable);
    println!("{fitting} of {answerable} with a fitting first hit");
    assert!(share >= FLOOR, "{share:.3}: {}", wrong.join("\n"));
}
