//! Records as groups write them and questions as people type them: `data/needs`, and the cases
//! that real users met.

use std::collections::BTreeMap;
use std::path::Path;

use hedgerow_proto::directory_v1::{SearchFilter, SearchRecordsRequest, SearchRecordsResponse};
use hedgerow_proto::v1;
use hedgerow_testkit::samples::listing;
use prost::Message as _;

use crate::corpus::{Corpus, Publisher};

/// Rows of key, name, place, summary, tags, and register with number.
pub const NEEDS: &str = include_str!("data/needs/records.txt");
pub const PEOPLE: &str = include_str!("data/people/records.txt");

/// Cases as people reported them.
pub const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/inputs");

/// Each record of a table as a group of its own.
pub fn publishers(records: &str) -> Vec<Publisher> {
    let rows = records.lines().filter(|line| !line.starts_with('#'));
    rows.enumerate()
        .map(|(at, row)| {
            let mut cells = row.split(" | ").map(str::trim);
            let mut next = || cells.next().unwrap_or_default();
            let (key, name, place, summary) = (next(), next(), next(), next());
            let (tags, register) = (next(), next());
            let mut body = listing(name, summary, Some(place));
            body.tags = tags
                .split(';')
                .filter(|tag| tag.contains(':'))
                .map(str::to_owned)
                .collect();
            if let Some((scheme, id)) = register.split_once(' ') {
                body.identifiers.push(v1::Identifier {
                    scheme: scheme.to_owned(),
                    id: id.to_owned(),
                });
            }
            publisher(at, key, &body)
        })
        .collect()
}

pub fn publisher(at: usize, key: &str, body: &v1::Listing) -> Publisher {
    let mut publisher = Publisher::new(at + 1);
    publisher.put("listing", key, &body.encode_to_vec(), None);
    publisher
}

fn request(words: &str) -> SearchRecordsRequest {
    let filter = SearchFilter {
        query: words.to_owned(),
        ..SearchFilter::default()
    };
    SearchRecordsRequest {
        page_size: 20,
        ..filter.into()
    }
}

async fn search(corpus: &Corpus, words: &str) -> SearchRecordsResponse {
    let response = corpus.directory.search_unverified(request(words)).await;
    response
        .unwrap_or_else(|error| panic!("{words}: {error}"))
        .into_claimed()
}

fn keys(response: &SearchRecordsResponse) -> Vec<&str> {
    response.hits.iter().map(|hit| hit.key.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_says_what_was_left_out_and_what_was_guessed() {
    use hedgerow_proto::directory_v1::ExpansionKind;
    let corpus = Corpus::start(publishers(NEEDS)).await;
    let response = search(&corpus, "dementia xylophone").await;
    assert_eq!(response.left_out_words, ["xylophone"]);
    assert_eq!(response.hits.len(), 3);
    let response = search(&corpus, "我喜欢钓鱼 dementia").await;
    assert_eq!(response.left_out_words, ["我喜欢钓鱼"], "parts overlap");
    let response = search(&corpus, "my mum has dementia").await;
    assert!(response.left_out_words.is_empty(), "{response:?}");

    let guess = |response: &SearchRecordsResponse| {
        let guesses = response.expansions.iter();
        guesses
            .filter(|one| one.kind() == ExpansionKind::Correction)
            .map(|one| (one.term.clone(), one.alternatives.clone()))
            .collect::<Vec<_>>()
    };
    let response = search(&corpus, "depresion ").await;
    let expected = ("depresion".to_owned(), vec!["depression".to_owned()]);
    assert_eq!(guess(&response), [expected]);
    for common in [
        "scared ",
        "grieving ",
        "skint ",
        "AA ",
        "driving ",
        "saint ",
        "xylophone ",
    ] {
        let response = search(&corpus, common).await;
        assert_eq!(guess(&response), [], "{common} is spelt correctly");
    }
    let response = search(&corpus, "xylophone").await;
    assert_eq!(response.left_out_words, ["xylophone"]);
    assert!(response.hits.is_empty());

    let response = search(&corpus, "I want to kill myself").await;
    assert_eq!(response.crisis_services[0].phone, "999");
    let has = |phone: &str| response.crisis_services.iter().any(|it| it.phone == phone);
    assert!(has("116 123") && has("0800 1111"));
    assert!(search(&corpus, "knitting").await.crisis_services.is_empty());
    corpus.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn spellings_and_words_of_one_family_have_the_same_hits() {
    let corpus = Corpus::start(publishers(NEEDS)).await;
    for spellings in [
        &["foodbank", "food bank", "food-bank", "Food Banks"][..],
        &["dropin", "drop-in", "drop in"],
        &["playgroup", "play group", "play-groups"],
        &["post-natal", "postnatal", "post natal"],
        &["EMDR", "E.M.D.R.", "emdr"],
        &["autism", "autistic"],
        &["anxious", "anxiety"],
        &["dads", "father", "fathers"],
        &["lonely", "loneliness"],
        &["Môn café", "Mo\u{302}n cafe\u{301}"],
        &["long covid", "longcovid", "Long-Covid"],
        &["co-op", "coop"],
        &["mens shed", "men's sheds", "menshed"],
    ] {
        let first = search(&corpus, spellings[0]).await;
        assert!(!first.hits.is_empty(), "{}", spellings[0]);
        for other in &spellings[1..] {
            let response = search(&corpus, other).await;
            assert_eq!(keys(&response), keys(&first), "{other}");
        }
    }
    corpus.stop().await;
}

/// The cases' records, with further ones of the kinds that their questions are about.
fn case_publishers(corpus: &Path) -> Vec<Publisher> {
    let mut table = csv::Reader::from_path(corpus).expect("a table");
    let rows = table.deserialize::<BTreeMap<String, String>>();
    let mut publishers: Vec<Publisher> = rows
        .enumerate()
        .map(|(at, row)| {
            let row = row.expect("a row");
            let body = listing(&row["name"], &row["summary"], Some(&row["place"]));
            publisher(at, &row["id"], &body)
        })
        .collect();
    for (key, name, summary, place) in [
        ("bank", "Penzance Food Bank", "Parcels of food.", "Penzance"),
        ("vip", "Hayle Foodbank", "Parcels of food.", "Penzance"),
        ("monthu", "Larder", "Open Mon - Thu.", "Penzance"),
        ("play", "Rosebud Playgroup", "Toys and snacks.", "Penzance"),
        (
            "befriend",
            "Kernow Befriending",
            "Volunteers who listen.",
            "Penzance",
        ),
        (
            "low",
            "Depression Circle",
            "For people with depression.",
            "Penzance",
        ),
        ("home", "Night Shelter", "For homeless people.", "Penzance"),
        ("ride", "Advanced Motorists", "Better driving.", "Penzance"),
        ("aala", "Climbing Trust", "Licensed by AALA.", "Penzance"),
        ("lifts", "Village Lifts", "Lifts to the doctor.", "Penzance"),
        ("forms", "Forms Morning", "Form filling.", "Penzance"),
        ("mind", "Dance System", "Mindfullness course.", "Penzance"),
        ("minders", "Childminders", "Childminders meet.", "Penzance"),
    ] {
        let body = listing(name, summary, Some(place));
        publishers.push(publisher(publishers.len(), key, &body));
    }
    publishers
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reported_cases_of_search_have_the_right_value() {
    let records = Path::new(CASES).join("S00-search-corpus.csv");
    let queries = Path::new(CASES).join("S01-queries.tsv");
    // Query, records that it has to find, records that it must not find.
    let expected: [(&str, &[&str], &[&str]); 17] = [
        ("foodbank", &["bank", "vip"], &[]),
        ("post-natal", &["postnatal"], &["ptsd"]),
        ("longcovid", &["hyph"], &[]),
        ("dropin", &["postnatal"], &[]),
        ("play group", &["play"], &["befriend", "hyph"]),
        ("EMDR", &["dot"], &[]),
        ("聊天", &["chinese"], &[]),
        ("Môn", &["nfd"], &[]),
        (
            "I am feeling very low and need someone to talk to",
            &["low", "befriend"],
            &[],
        ),
        ("dementia xylophone", &["accent"], &[]),
        ("grieving", &["grief", "sobs"], &["ride"]),
        ("AA", &["aa"], &["aala"]),
        ("autism / autistic", &["asd", "caps", "neuro"], &[]),
        ("bereavement", &["grief", "sobs"], &["home"]),
        ("lifts", &["lifts"], &["forms"]),
        ("mindfulness", &["mind"], &["minders"]),
        ("dads / father", &["dads"], &[]),
    ];
    let table = std::fs::read_to_string(queries).expect("the queries");
    let rows: Vec<&str> = table
        .lines()
        .skip(1)
        .filter_map(|row| row.split('\t').next())
        .collect();
    let listed: Vec<&str> = expected.iter().map(|(query, ..)| *query).collect();
    assert_eq!(rows, listed, "every row has its right value here");

    let corpus = Corpus::start(case_publishers(&records)).await;
    for (queries, wanted, unwanted) in expected {
        let mut first: Option<Vec<String>> = None;
        for query in queries.split(" / ") {
            let response = search(&corpus, query).await;
            let hits = keys(&response);
            for key in wanted {
                assert!(
                    hits.contains(key),
                    "{query}: {key} is missing among {hits:?}"
                );
            }
            for key in unwanted {
                assert!(!hits.contains(key), "{query}: {key} is among {hits:?}");
            }
            let hits: Vec<String> = hits.into_iter().map(str::to_owned).collect();
            let first = first.get_or_insert_with(|| hits.clone());
            assert_eq!(*first, hits, "{queries}: one list for all");
        }
    }
    let response = search(&corpus, "Môn").await;
    assert_eq!(response.hits[0].key, "nfd", "before Monday");
    corpus.stop().await;
}
