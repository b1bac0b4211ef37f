//! Queries drawn from the records of a dataset, so that each has hits. They are the same for
//! every server.

use hedgerow_core::id::GroupId;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::Summary;
use hedgerow_core::time::{Clock as _, Timestamp};
use hedgerow_proto::directory_v1::{FacetKind, SearchFilter, SearchOrder, SearchRecordsRequest};
use hedgerow_proto::{directory_v1, v1};
use hedgerow_transport::clock::SystemClock;

use crate::dataset::{Dataset, bodies, group_id};

/// A kind of query, each with the same conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    Words,
    CommonWord,
    WordsNearTag,
    NearMe,
    Facets,
    TimeWindow,
    Combination,
    Room,
}

/// All kinds, in the order of the table.
pub const KINDS: [Kind; 8] = [
    Kind::Words,
    Kind::CommonWord,
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

const TEN_KM_M: u32 = 10_000;
const TWENTY_MILES_M: u32 = 32_187;
const WEEK_S: i64 = 7 * 24 * 60 * 60;

impl Kind {
    /// The name in the table.
    pub fn title(self) -> &'static str {
        match self {
            Self::Words => "two words",
            Self::CommonWord => "one common word",
            Self::WordsNearTag => "word + 10 km + tag",
            Self::NearMe => "near me, nearest first",
            Self::Facets => "word + four facets",
            Self::TimeWindow => "events within 20 miles and 7 days, soonest first",
            Self::Combination => "for two at once, word",
            Self::Room => "free rooms for 12 within 20 miles",
        }
    }
}

/// Values from one listing, for a query of any kind.
#[derive(Debug, Clone)]
pub struct Query {
    /// A word of the title and one of the summary.
    pub words: Vec<String>,
    pub point: v1::Point,
    pub tag: String,
    /// Two communities or experiences of another listing, which is for both.
    pub who_for: Vec<String>,
}

impl Query {
    /// The words of the query, if it is of this kind.
    pub fn text(&self, kind: Kind) -> String {
        match kind {
            Kind::Words => self.words[..2].join(" "),
            Kind::CommonWord => "group".to_owned(),
            Kind::WordsNearTag | Kind::Facets | Kind::Combination => self.words[0].clone(),
            Kind::NearMe | Kind::TimeWindow | Kind::Room => String::new(),
        }
    }

    /// The radius in metres of queries of this kind.
    pub fn radius_m(kind: Kind) -> Option<u32> {
        match kind {
            Kind::WordsNearTag | Kind::NearMe => Some(TEN_KM_M),
            Kind::TimeWindow | Kind::Room => Some(TWENTY_MILES_M),
            Kind::Words | Kind::CommonWord | Kind::Facets | Kind::Combination => None,
        }
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
            near: Self::radius_m(kind).map(|radius_m| directory_v1::Near {
                center: Some(directory_v1::near::Center::Point(self.point)),
                radius_m,
            }),
            ..SearchFilter::default()
        };
        let mut order = SearchOrder::Unspecified;
        let mut facets = Vec::new();
        match kind {
            Kind::Words | Kind::CommonWord => {}
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

/// Draws queries from listings that are spread evenly over the dataset.
pub fn draw(dataset: &Dataset, count: usize) -> anyhow::Result<Vec<Query>> {
    // Three times as many listings as queries: some have no tag or no point.
    let step = (dataset.publishers / (count as u64 * 3).max(1)).max(1);
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
            queries.extend(query_from(&summary));
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
fn query_from(summary: &Summary) -> Option<Query> {
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
    let mut words = vec![words_of(&summary.title).first()?.clone()];
    words.extend(words_of(activities).first().cloned());
    if words.len() < 2 {
        return None;
    }
    Some(Query {
        words,
        point,
        tag: tag.clone(),
        who_for: Vec::new(),
    })
}
