//! Relevance: judged queries over a fixed corpus, and floors below which no change of
//! ranking may fall. `data/README.md` says how the judgments were made.

mod asked;
mod corpus;
mod gain;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use asked::Asked;
use corpus::Corpus;

/// The least mean of all queries.
const FLOOR: f64 = 0.96;

/// The least mean of each class.
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

/// How many of the worst are shown.
const WORST: usize = 15;

/// What came of one query.
struct Outcome {
    class: &'static str,
    asked: Asked,
    hits: Vec<String>,
    refused: Option<String>,
    ndcg: f64,
}

#[tokio::test(flavor = "multi_thread")]
async fn judged_queries_are_answered_no_worse_than_before() {
    let corpus = Corpus::start().await;
    let mut outcomes = Vec::new();
    for (class, asked) in asked::queries() {
        check(&asked, &corpus);
        let answer = corpus
            .directory
            .search_unchecked(asked.ask.to_request())
            .await;
        let (hits, refused) = match answer {
            Ok(answer) => (answer.take_the_servers_word().hits, None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        let hits: Vec<_> = hits.into_iter().map(|hit| hit.key).collect();
        outcomes.push(Outcome {
            class,
            ndcg: gain::ndcg(&hits, &asked.fit),
            asked,
            hits,
            refused,
        });
    }
    let records = corpus.records.clone();
    corpus.stop().await;
    let report = report(&mut outcomes, &records);
    println!("{report}");
    let fallen = fallen(&outcomes);
    assert!(fallen.is_empty(), "{report}\n{}", fallen.join("\n"));
}

/// Every judgment is about a record of the corpus, and says something.
fn check(asked: &Asked, corpus: &Corpus) {
    let name = &asked.name;
    assert!(!asked.why.is_empty(), "{name}: says nothing of why");
    let graded = asked.fit.values().all(|grade| (1..=3).contains(grade));
    assert!(graded && !asked.fit.is_empty(), "{name}: grades are 1 to 3");
    for key in asked.fit.keys().chain(&asked.never) {
        assert!(corpus.records.contains_key(key), "{name}: no record {key}");
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

/// The means, and the worst with what was found for them.
fn report(outcomes: &mut [Outcome], records: &BTreeMap<String, (String, String)>) -> String {
    let mut report = format!(
        "nDCG@{} of {} queries over {} records: {:.3}\n",
        gain::DEPTH,
        outcomes.len(),
        records.len(),
        mean(outcomes, None)
    );
    for (class, floor) in CLASS_FLOORS {
        let mean = mean(outcomes, Some(class));
        let _ = writeln!(report, "  {mean:.3}  {class} (at least {floor:.2})");
    }
    outcomes.sort_by(|a, b| a.ndcg.total_cmp(&b.ndcg));
    let _ = writeln!(report, "The worst:");
    for outcome in outcomes.iter().take(WORST) {
        let Outcome { class, asked, .. } = outcome;
        let _ = writeln!(report, "  {:.3}  {} ({class})", outcome.ndcg, asked.name);
        for hit in &outcome.hits {
            let grade = asked.fit.get(hit).copied().unwrap_or_default();
            let title = records.get(hit).map_or("", |(_, title)| title.as_str());
            let _ = writeln!(report, "           {grade}  {hit}  {title}");
        }
        let missed = asked
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

/// Everything that is worse than it may be.
fn fallen(outcomes: &[Outcome]) -> Vec<String> {
    let mut fallen = Vec::new();
    let all = mean(outcomes, None);
    if all < FLOOR {
        fallen.push(format!("the mean is {all:.3}, under its floor of {FLOOR}"));
    }
    for (class, floor) in CLASS_FLOORS {
        let mean = mean(outcomes, Some(class));
        if mean < floor {
            fallen.push(format!("{class}: {mean:.3}, under its floor of {floor}"));
        }
    }
    for outcome in outcomes {
        if let Some(error) = &outcome.refused {
            fallen.push(format!("“{}” was refused: {error}", outcome.asked.name));
        }
        for never in &outcome.asked.never {
            if outcome.hits.contains(never) {
                let name = &outcome.asked.name;
                fallen.push(format!("“{name}” was answered with {never}"));
            }
        }
    }
    fallen
}

#[test]
fn at_least_sixty_queries_are_judged_and_each_has_a_name_of_its_own() {
    let queries = asked::queries();
    assert!(queries.len() >= 60, "{}", queries.len());
    let names: BTreeSet<_> = queries.iter().map(|(_, asked)| &asked.name).collect();
    assert_eq!(names.len(), queries.len());
}

#[test]
fn no_file_of_queries_is_forgotten_and_every_class_has_a_floor() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/relevance/data");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .expect("the data")
        .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    let classes = asked::CLASSES.map(|(class, _)| class.to_owned());
    assert_eq!(files, classes.into());
    let floors = CLASS_FLOORS.map(|(class, _)| class.to_owned());
    assert_eq!(files, floors.into());
}
