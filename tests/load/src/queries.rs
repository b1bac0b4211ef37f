//! Queries drawn from the records of a dataset, so that most have hits. They are the same for
//! every server and every run.

use std::collections::HashSet;

use hedgerow_core::id::GroupId;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::Summary;
use hedgerow_core::time::{Clock as _, Timestamp};
use hedgerow_proto::directory_v1::{FacetKind, SearchFilter, SearchOrder, SearchRecordsRequest};
use hedgerow_proto::{directory_v1, v1};
use hedgerow_testkit::SeededRandom;
use hedgerow_transport::clock::SystemClock;
use prost::Message as _;

use crate::dataset::{Dataset, bodies, group_id};

/// A kind of query, each with the same conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    Words,
    CommonWord,
    Sentence,
    WordsNear,
    WordsNearTag,
    NearMe,
    Facets,
    TimeWindow,
    Combination,
    Room,
}

/// All kinds, in the order of the table.
pub const KINDS: [Kind; 10] = [
    Kind::Words,
    Kind::CommonWord,
    Kind::Sentence,
    Kind::WordsNear,
    Kind::WordsNearTag,
    Kind::NearMe,
    Kind::Facets,
    Kind::TimeWindow,
    Kind::Combination,
    Kind::Room,
];

/// The facets of [`Kind::Facets`].
const FACETS: [FacetKind; 4] = [
    FacetKind::Collection,
    FacetKind::Community,
    FacetKind::Approach,
    FacetKind::Region,
];

/// The facets of a page of results (`services/aggregator/src/site/facets.rs`).
pub const FACETS_OF_PAGES: [FacetKind; 7] = [
    FacetKind::Collection,
    FacetKind::ResourceKind,
    FacetKind::Community,
    FacetKind::Experience,
    FacetKind::Accessibility,
    FacetKind::Language,
    FacetKind::Weekday,
];

/// Words of thousands of records.
const COMMON_WORDS: [&str; 12] = [
    "group",
    "support",
    "people",
    "meet",
    "peer",
    "mutual",
    "week",
    "open",
    "welcome",
    "free",
    "community",
    "local",
];

/// The seed of places and distances.
const SEED: u64 = 11;
/// How far the place of a query may be from the listing that it was drawn from, in each
/// direction: 0.02 degrees, about two kilometres.
const MAX_SHIFT_E7: u64 = 200_000;

const TEN_KM_M: u32 = 10_000;
const TWENTY_MILES_M: u32 = 32_187;
const WEEK_S: i64 = 7 * 24 * 60 * 60;

impl Kind {
    /// The name in the table.
    pub fn title(self) -> &'static str {
        match self {
            Self::Words => "two words",
            Self::CommonWord => "one common word",
            Self::Sentence => "a sentence of ten words",
            Self::WordsNear => "word + about 10 km",
            Self::WordsNearTag => "word + about 10 km + tag",
            Self::NearMe => "near me, nearest first",
            Self::Facets => "word + four facets",
            Self::TimeWindow => "events within about 20 miles and 7 days, soonest first",
            Self::Combination => "for two at once, word",
            Self::Room => "free rooms for 12 within about 20 miles",
        }
    }
}

/// Values from one listing, for a query of any kind.
#[derive(Debug, Clone)]
pub struct Query {
    /// A word of the title and two of the summary.
    pub words: [String; 3],
    pub common_word: &'static str,
    /// A point near the listing.
    pub point: v1::Point,
    /// Per cent of the kind's usual radius.
    pub radius_percent: u32,
    pub tag: String,
    /// Two communities or experiences of another listing, which is for both.
    pub who_for: Vec<String>,
}

impl Query {
    /// The words of the query, if it is of this kind.
    pub fn text(&self, kind: Kind) -> String {
        match kind {
            Kind::Words => self.words[..2].join(" "),
            Kind::CommonWord => self.common_word.to_owned(),
            Kind::Sentence => {
                let [name, first, second] = &self.words;
                format!("I am looking for {name} with {first} and also {second}")
            }
            Kind::WordsNear | Kind::WordsNearTag | Kind::Facets | Kind::Combination => {
                self.words[0].clone()
            }
            Kind::NearMe | Kind::TimeWindow | Kind::Room => String::new(),
        }
    }

    /// The radius in metres of the query, if it is of this kind.
    pub fn radius_m(&self, kind: Kind) -> Option<u32> {
        let usual = match kind {
            Kind::WordsNear | Kind::WordsNearTag | Kind::NearMe => TEN_KM_M,
            Kind::TimeWindow | Kind::Room => TWENTY_MILES_M,
            Kind::Words | Kind::CommonWord | Kind::Sentence | Kind::Facets | Kind::Combination => {
                return None;
            }
        };
        Some(usual * self.radius_percent / 100)
    }

    /// The week from now.
    pub fn window() -> (Timestamp, Timestamp) {
        // From a whole hour, so that the queries of a run have the same window.
        let from = SystemClock.now().as_seconds() / 3_600 * 3_600;
        (
            Timestamp::from_seconds(from),
            Timestamp::from_seconds(from + WEEK_S),
        )
    }

    /// The request to a directory. Listings are those of support groups, as in the CLI.
    pub fn request(&self, kind: Kind) -> SearchRecordsRequest {
        let mut filter = SearchFilter {
            query: self.text(kind),
            roles: vec![v1::Role::SupportGroup.into()],
            near: self.radius_m(kind).map(|radius_m| directory_v1::Near {
                center: Some(directory_v1::near::Center::Point(self.point)),
                radius_m,
            }),
            ..SearchFilter::default()
        };
        let mut order = SearchOrder::Unspecified;
        let mut facets = Vec::new();
        match kind {
            Kind::Words | Kind::CommonWord | Kind::Sentence | Kind::WordsNear => {}
            Kind::WordsNearTag => filter.tags = vec![self.tag.clone()],
            Kind::NearMe => {
                filter.collections = vec!["listing".to_owned()];
                order = SearchOrder::Distance;
            }
            Kind::Facets => facets = FACETS.map(i32::from).to_vec(),
            Kind::TimeWindow => {
                let (start, end) = Self::window();
                filter.collections = vec!["event".to_owned()];
                filter.window = Some(directory_v1::TimeWindow {
                    start_time: Some(start.to_proto()),
                    end_time: Some(end.to_proto()),
                });
                order = SearchOrder::NextTime;
            }
            Kind::Combination => {
                filter.collections = vec!["listing".to_owned()];
                filter.who_for = self.who_for.clone();
            }
            Kind::Room => {
                filter.collections = vec!["offer".to_owned()];
                filter.resource_kinds = vec![v1::ResourceKind::Space.into()];
                filter.min_capacity = Some(12);
                filter.free_of_charge = Some(true);
            }
        }
        SearchRecordsRequest {
            order: order.into(),
            page_size: 20,
            facets,
            ..filter.into()
        }
    }
}

/// The different queries of a kind, as requests. Kinds with few possible words have fewer.
pub fn requests(queries: &[Query], kind: Kind) -> Vec<SearchRecordsRequest> {
    let different = different(queries, kind).into_iter();
    different.map(|query| query.request(kind)).collect()
}

/// The first query with each request of a kind.
pub fn different(queries: &[Query], kind: Kind) -> Vec<&Query> {
    let mut seen = HashSet::new();
    queries
        .iter()
        .filter(|query| seen.insert(query.request(kind).encode_to_vec()))
        .collect()
}

/// Draws queries from listings that are spread evenly over the dataset.
pub fn draw(dataset: &Dataset, count: usize) -> anyhow::Result<Vec<Query>> {
    // Three times as many listings as queries: some have no tag or no point.
    let step = (dataset.publishers / (count as u64 * 3).max(1)).max(1);
    let random = SeededRandom::new(SEED);
    let mut queries = Vec::new();
    let mut audiences: Vec<Vec<String>> = Vec::new();
    let mut number = 0;
    dataset.publications(|publication| {
        number += 1;
        if number % step != 0 {
            return Ok(true);
        }
        let group = group_id(&publication)?;
        for body in bodies(&publication) {
            let Some((summary, collection)) = summary_of(body, &group)? else {
                continue;
            };
            if collection != "listing" {
                continue;
            }
            let who_for = summary.who_for.iter();
            let who: Vec<String> = who_for
                .flat_map(|who| who.communities.iter().chain(&who.experiences).cloned())
                .collect();
            if who.len() >= 2 {
                audiences.push(who[..2].to_vec());
            }
            queries.extend(query_from(&summary, &random));
        }
        Ok(queries.len() < count)
    })?;
    anyhow::ensure!(
        !queries.is_empty(),
        "cannot draw queries: the dataset is too small"
    );
    if audiences.is_empty() {
        audiences.push(vec![
            "community:women".to_owned(),
            "community:south-asian".to_owned(),
        ]);
    }
    for (at, query) in queries.iter_mut().enumerate() {
        query.who_for = audiences[at % audiences.len()].clone();
    }
    queries.truncate(count);
    Ok(queries)
}

/// The summary of a record with its collection.
fn summary_of(body: &[u8], group: &GroupId) -> anyhow::Result<Option<(Summary, String)>> {
    let record = ParsedRecord::parse(body, group)?;
    let message = record.message();
    let known = RecordBody::parse(&message.collection, &message.body)?;
    Ok(Summary::from_body(&known).map(|summary| (summary, message.collection.clone())))
}

/// A query from a listing, or `None` if the listing lacks a value.
fn query_from(summary: &Summary, random: &SeededRandom) -> Option<Query> {
    let point = summary.places.first()?.point?;
    let tag = summary
        .tags
        .iter()
        .find(|tag| tag.starts_with("activity:"))?;
    let (_, activities) = summary.summary.split_once("What we do: ")?;
    let words_of = |text: &str| -> Vec<String> {
        text.split(|letter: char| !letter.is_alphabetic())
            .filter(|word| word.len() > 3)
            .map(str::to_lowercase)
            .collect()
    };
    let name = words_of(&summary.title).into_iter().next()?;
    let mut activities = words_of(activities).into_iter();
    let words = [name, activities.next()?, activities.next()?];
    let shift = || {
        let shift = random.below(2 * MAX_SHIFT_E7 + 1);
        i32::try_from(shift).map_or(0, |shift| shift - MAX_SHIFT_E7 as i32)
    };
    let point = v1::Point {
        latitude_e7: point.latitude_e7 + shift(),
        longitude_e7: point.longitude_e7 + shift(),
    };
    let common = random.below(COMMON_WORDS.len() as u64);
    Some(Query {
        words,
        common_word: COMMON_WORDS[common as usize],
        point,
        // From half to one and a half times the usual radius.
        radius_percent: 50 + u32::try_from(random.below(101)).unwrap_or(50),
        tag: tag.clone(),
        who_for: Vec::new(),
    })
}
