//! What is searched for: the same questions for every server, drawn from the records
//! themselves, so that each has an answer.

use hedgerow_core::id::GroupId;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules::Known;
use hedgerow_core::summary::Summary;
use hedgerow_core::time::Clock as _;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::clock::SystemClock;

use crate::dataset::Dataset;
use crate::dataset::bodies;
use crate::dataset::group_of;

/// A kind of question.
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

/// Every kind, in the order of the table.
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

/// The facets that are counted.
pub const FACETS: [&str; 4] = ["collection", "community", "approach", "region"];

const TEN_KM: u32 = 10_000;
const TWENTY_MILES: u32 = 32_187;
const WEEK_S: i64 = 7 * 24 * 60 * 60;

impl Kind {
    /// As the table names it.
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

/// What a record offers to ask about.
#[derive(Debug, Clone)]
pub struct Question {
    /// Words of its title and summary.
    pub words: Vec<String>,
    /// Its point.
    pub point: v1::Point,
    /// One of its tags.
    pub tag: String,
    /// Two communities or experiences that some group has both of.
    pub who_for: Vec<String>,
}

impl Question {
    /// The words of a kind's question.
    pub fn query(&self, kind: Kind) -> String {
        match kind {
            Kind::Words => self.words[..2].join(" "),
            Kind::CommonWord => "group".to_owned(),
            Kind::WordsNearTag | Kind::Facets | Kind::Combination => self.words[0].clone(),
            Kind::NearMe | Kind::TimeWindow | Kind::Room => String::new(),
        }
    }

    /// How near, in metres, of a kind's question.
    pub fn within(kind: Kind) -> Option<u32> {
        match kind {
            Kind::WordsNearTag | Kind::NearMe => Some(TEN_KM),
            Kind::TimeWindow | Kind::Room => Some(TWENTY_MILES),
            Kind::Words | Kind::CommonWord | Kind::Facets | Kind::Combination => None,
        }
    }

    /// From now for a week.
    pub fn window() -> (Timestamp, Timestamp) {
        // A whole hour, so that every run of a day asks alike.
        let from = SystemClock.now().as_seconds() / 3_600 * 3_600;
        (
            Timestamp::from_seconds(from),
            Timestamp::from_seconds(from + WEEK_S),
        )
    }

    /// As a request to a directory.
    pub fn request(&self, kind: Kind) -> v1::SearchRequest {
        let mut request = v1::SearchRequest {
            query: self.query(kind),
            near: Self::within(kind).map(|distance_m| v1::Near {
                r#where: Some(v1::near::Where::Point(self.point)),
                distance_m,
            }),
            page_size: 20,
            ..Default::default()
        };
        match kind {
            Kind::Words | Kind::CommonWord => {}
            Kind::WordsNearTag => request.tags = vec![self.tag.clone()],
            Kind::NearMe => {
                request.collections = vec!["listing".to_owned()];
                request.order = v1::SearchOrder::Distance.into();
            }
            Kind::Facets => request.facets = FACETS.map(str::to_owned).to_vec(),
            Kind::TimeWindow => {
                let (from, to) = Self::window();
                request.collections = vec!["event".to_owned()];
                request.window = Some(v1::TimeWindow {
                    from: Some(from.to_proto()),
                    to: Some(to.to_proto()),
                });
                request.order = v1::SearchOrder::NextTime.into();
            }
            Kind::Combination => {
                request.collections = vec!["listing".to_owned()];
                request.who_for = self.who_for.clone();
            }
            Kind::Room => {
                request.collections = vec!["offer".to_owned()];
                request.resource_kinds = vec![v1::ResourceKind::Space.into()];
                request.min_capacity = Some(12);
                request.free_of_charge = Some(true);
            }
        }
        request
    }
}

/// Draws questions from listings that are spread evenly over the dataset.
pub fn draw(dataset: &Dataset, count: usize) -> anyhow::Result<Vec<Question>> {
    let step = (dataset.publishers / (count as u64 * 3).max(1)).max(1);
    let mut questions = Vec::new();
    let mut audiences: Vec<Vec<String>> = Vec::new();
    let mut number = 0;
    dataset.publications(|publication| {
        number += 1;
        if number % step != 0 {
            return Ok(true);
        }
        let group = group_of(&publication)?;
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
            questions.extend(question(&summary));
        }
        Ok(questions.len() < count)
    })?;
    anyhow::ensure!(
        !questions.is_empty(),
        "the dataset is too small to draw questions from"
    );
    if audiences.is_empty() {
        audiences.push(vec![
            "community:women".to_owned(),
            "community:south-asian".to_owned(),
        ]);
    }
    for (at, question) in questions.iter_mut().enumerate() {
        question.who_for = audiences[at % audiences.len()].clone();
    }
    questions.truncate(count);
    Ok(questions)
}

/// A record in short, with its collection.
pub fn summary_of(body: &[u8], group: &GroupId) -> anyhow::Result<Option<(Summary, String)>> {
    let record = ParsedRecord::parse(body, group)?;
    let message = record.message();
    let known = Known::parse(&message.collection, &message.body)?;
    Ok(Summary::of(&known).map(|summary| (summary, message.collection.clone())))
}

fn question(summary: &Summary) -> Option<Question> {
    let point = summary.places.first()?.point?;
    let tag = summary
        .tags
        .iter()
        .find(|tag| tag.starts_with("activity:"))?;
    let (_, does) = summary.summary.split_once("What we do: ")?;
    let of = |text: &str| -> Vec<String> {
        text.split(|letter: char| !letter.is_alphabetic())
            .filter(|word| word.len() > 3)
            .map(str::to_lowercase)
            .collect()
    };
    let mut words = vec![of(&summary.title).first()?.clone()];
    words.extend(of(does).first().cloned());
    if words.len() < 2 {
        return None;
    }
    Some(Question {
        words,
        point,
        tag: tag.clone(),
        who_for: Vec::new(),
    })
}
