//! Relevance: judged queries over a fixed corpus, with floors for their nDCG.
//! `data/README.md` describes how the judgments were made.

mod corpus;
mod gain;
mod judged_query;
mod needs;
mod questions;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use corpus::Corpus;
use judged_query::JudgedQuery;

/// The minimum for the mean of all queries.
const FLOOR: f64 = 0.96;

/// The minimum for the mean of each class.
const CLASS_FLOORS: [(&str, f64); 11] = [
    ("words", 0.91),
    ("spelling", 0.98),
    ("synonyms", 0.96),
    ("own-words", 0.93),
    ("near", 0.97),
    ("tags", 0.97),
    ("who-for", 0.95),
    ("audiences", 0.97),
    ("access", 0.98),
    ("times", 0.98),
    ("rooms", 0.96),
];

/// The minimum for the mean of all queries over the records of `data/needs`.
const NEEDS_FLOOR: f64 = 0.97;

/// The minimum for the mean of each class of them.
const NEEDS_CLASS_FLOORS: [(&str, f64); 11] = [
    ("sentences", 0.96),
    ("feelings", 0.91),
    ("families", 0.97),
    ("initials", 0.98),
    ("spellings", 0.97),
    ("misspelt", 0.97),
    ("left-out", 0.97),
    ("examples", 0.95),
    ("scripts", 0.98),
    ("nearest", 0.95),
    ("registers", 0.98),
];

/// The minimum for the mean of all queries over the records of `data/people`.
const PEOPLE_FLOOR: f64 = 0.96;

/// The minimum for the mean of each class of them.
const PEOPLE_CLASS_FLOORS: [(&str, f64); 6] = [
    ("losses", 0.92),
    ("families", 0.94),
    ("bodies", 0.98),
    ("minds", 0.98),
    ("communities", 0.92),
    ("things", 0.98),
];

/// The number of queries in the report.
const MAX_REPORTED: usize = 15;

struct Outcome {
    class: &'static str,
    query: JudgedQuery,
    hits: Vec<String>,
    error: Option<String>,
    ndcg: f64,
}

#[tokio::test(flavor = "multi_thread")]
async fn judged_queries_reach_their_floors() {
    let corpus = Corpus::start(corpus::publishers()).await;
    let queries = judged_query::queries(&judged_query::CLASSES);
    reach_floors(corpus, queries, FLOOR, &CLASS_FLOORS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_by_what_a_person_needs_reach_their_floors() {
    let corpus = Corpus::start(needs::publishers(needs::NEEDS)).await;
    let queries = judged_query::queries(&judged_query::NEEDS_CLASSES);
    reach_floors(corpus, queries, NEEDS_FLOOR, &NEEDS_CLASS_FLOORS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_from_all_walks_of_life_reach_their_floors() {
    let corpus = Corpus::start(needs::publishers(needs::PEOPLE)).await;
    let queries = judged_query::queries(&judged_query::PEOPLE_CLASSES);
    reach_floors(corpus, queries, PEOPLE_FLOOR, &PEOPLE_CLASS_FLOORS).await;
}

#[expect(clippy::print_stdout, reason = "the test runner shows the report")]
async fn reach_floors(
    corpus: Corpus,
    queries: Vec<(&'static str, JudgedQuery)>,
    floor: f64,
    class_floors: &[(&str, f64)],
) {
    let mut outcomes = Vec::new();
    for (class, query) in queries {
        check(&query, &corpus);
        let response = corpus
            .directory
            .search_unverified(query.ask.to_request())
            .await;
        let (hits, error) = match response {
            Ok(response) => (response.into_claimed().hits, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let hits: Vec<_> = hits.into_iter().map(|hit| hit.key).collect();
        outcomes.push(Outcome {
            class,
            ndcg: gain::ndcg(&hits, &query.fit),
            query,
            hits,
            error,
        });
    }
    let records = corpus.records.clone();
    corpus.stop().await;
    let report = report(&mut outcomes, &records, class_floors);
    println!("{report}");
    let problems = problems(&outcomes, floor, class_floors);
    assert!(problems.is_empty(), "{report}\n{}", problems.join("\n"));
}

/// Checks that a judgment has a reason and valid grades, and that its records exist.
fn check(query: &JudgedQuery, corpus: &Corpus) {
    let name = &query.name;
    assert!(!query.why.is_empty(), "{name}: the reason is missing");
    let graded = query.fit.values().all(|grade| (1..=3).contains(grade));
    assert!(graded && !query.fit.is_empty(), "{name}: grades are 1 to 3");
    for key in query.fit.keys().chain(&query.never) {
        assert!(
            corpus.records.contains_key(key),
            "{name}: there is no record {key}"
        );
    }
}

fn mean(outcomes: &[Outcome], class: Option<&str>) -> f64 {
    let of_class: Vec<_> = outcomes
        .iter()
        .filter(|outcome| class.is_none_or(|class| outcome.class == class))
        .map(|outcome| outcome.ndcg)
        .collect();
    let count = u32::try_from(of_class.len()).expect("a few queries");
    of_class.iter().sum::<f64>() / f64::from(count)
}

/// The means, and the queries with the lowest nDCG with their hits.
fn report(
    outcomes: &mut [Outcome],
    records: &BTreeMap<String, (String, String)>,
    class_floors: &[(&str, f64)],
) -> String {
    let mut report = format!(
        "nDCG@{} of {} queries over {} records: {:.3}\n",
        gain::DEPTH,
        outcomes.len(),
        records.len(),
        mean(outcomes, None)
    );
    for &(class, floor) in class_floors {
        let mean = mean(outcomes, Some(class));
        let _ = writeln!(report, "  {mean:.3}  {class} (at least {floor:.2})");
    }
    outcomes.sort_by(|a, b| a.ndcg.total_cmp(&b.ndcg));
    let _ = writeln!(report, "The lowest:");
    for outcome in outcomes.iter().take(MAX_REPORTED) {
        let Outcome { class, query, .. } = outcome;
        let _ = writeln!(report, "  {:.3}  {} ({class})", outcome.ndcg, query.name);
        for hit in &outcome.hits {
            let grade = query.fit.get(hit).copied().unwrap_or_default();
            let title = records.get(hit).map_or("", |(_, title)| title.as_str());
            let _ = writeln!(report, "           {grade}  {hit}  {title}");
        }
        let missed = query
            .fit
            .iter()
            .filter(|(key, _)| !outcome.hits.contains(key));
        for (key, grade) in missed.filter(|(_, grade)| **grade > 1) {
            let title = records.get(key).map_or("", |(_, title)| title.as_str());
            let _ = writeln!(report, "    missed {grade}  {key}  {title}");
        }
    }
    report
}

/// Floors that are not reached, failed queries, and hits that must not be there.
fn problems(outcomes: &[Outcome], floor: f64, class_floors: &[(&str, f64)]) -> Vec<String> {
    let mut problems = Vec::new();
    let all = mean(outcomes, None);
    if all < floor {
        problems.push(format!("the mean is {all:.3}, below its floor of {floor}"));
    }
    for &(class, floor) in class_floors {
        let mean = mean(outcomes, Some(class));
        if mean < floor {
            problems.push(format!("{class}: {mean:.3}, below its floor of {floor}"));
        }
    }
    for outcome in outcomes {
        if let Some(error) = &outcome.error {
            problems.push(format!("“{}” failed: {error}", outcome.query.name));
        }
        for never in &outcome.query.never {
            if outcome.hits.contains(never) {
                let name = &outcome.query.name;
                problems.push(format!("“{name}” has the hit {never}"));
            }
        }
    }
    problems
}

#[test]
fn there_are_enough_queries_with_unique_names() {
    let catalogue = judged_query::queries(&judged_query::CLASSES);
    let needs = judged_query::queries(&judged_query::NEEDS_CLASSES);
    assert!(catalogue.len() >= 60, "{}", catalogue.len());
    let people = judged_query::queries(&judged_query::PEOPLE_CLASSES);
    assert!(needs.len() >= 150, "{}", needs.len());
    assert!(people.len() >= 100, "{}", people.len());
    let all = catalogue.iter().chain(&needs).chain(&people);
    let names: BTreeSet<_> = all.map(|(_, query)| &query.name).collect();
    assert_eq!(names.len(), catalogue.len() + needs.len() + people.len());
}

#[test]
fn every_file_of_queries_is_a_class_with_a_floor() {
    let (classes, floors) = (&judged_query::CLASSES, &CLASS_FLOORS);
    compare("data", classes, floors);
    let (classes, floors) = (&judged_query::NEEDS_CLASSES, &NEEDS_CLASS_FLOORS);
    compare("data/needs", classes, floors);
    let (classes, floors) = (&judged_query::PEOPLE_CLASSES, &PEOPLE_CLASS_FLOORS);
    compare("data/people", classes, floors);
}

fn compare(folder: &str, classes: &[(&str, &str)], floors: &[(&str, f64)]) {
    let classes = classes.iter().map(|(class, _)| (*class).to_owned());
    assert_eq!(files(folder), classes.collect());
    let floors = floors.iter().map(|(class, _)| (*class).to_owned());
    assert_eq!(files(folder), floors.collect());
}

/// The names of the files of queries in a folder.
fn files(folder: &str) -> BTreeSet<String> {
    let folder = format!("{}/tests/relevance/{folder}", env!("CARGO_MANIFEST_DIR"));
    fs::read_dir(folder)
        .expect("the data")
        .filter_map(|entry| {
            let name = entry.expect("a folder entry").file_name();
            name.into_string().ok()
        })
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect()
}
