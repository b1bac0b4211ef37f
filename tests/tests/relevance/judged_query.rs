//! The judged queries of `data/*.toml`.

use std::collections::BTreeMap;

use hedgerow_proto::directory_v1::near::Center;
use hedgerow_proto::directory_v1::{SearchFilter, SearchOrder, SearchRecordsRequest};
use hedgerow_proto::{directory_v1, v1};
use serde::Deserialize;

/// The classes of queries, each with the text of its file.
pub const CLASSES: [(&str, &str); 11] = [
    ("words", include_str!("data/words.toml")),
    ("spelling", include_str!("data/spelling.toml")),
    ("synonyms", include_str!("data/synonyms.toml")),
    ("own-words", include_str!("data/own-words.toml")),
    ("near", include_str!("data/near.toml")),
    ("tags", include_str!("data/tags.toml")),
    ("who-for", include_str!("data/who-for.toml")),
    ("audiences", include_str!("data/audiences.toml")),
    ("access", include_str!("data/access.toml")),
    ("times", include_str!("data/times.toml")),
    ("rooms", include_str!("data/rooms.toml")),
];

/// The classes of queries over the records of `data/needs`.
pub const NEEDS_CLASSES: [(&str, &str); 11] = [
    ("sentences", include_str!("data/needs/sentences.toml")),
    ("feelings", include_str!("data/needs/feelings.toml")),
    ("families", include_str!("data/needs/families.toml")),
    ("initials", include_str!("data/needs/initials.toml")),
    ("spellings", include_str!("data/needs/spellings.toml")),
    ("misspelt", include_str!("data/needs/misspelt.toml")),
    ("left-out", include_str!("data/needs/left-out.toml")),
    ("examples", include_str!("data/needs/examples.toml")),
    ("scripts", include_str!("data/needs/scripts.toml")),
    ("nearest", include_str!("data/needs/nearest.toml")),
    ("registers", include_str!("data/needs/registers.toml")),
];

/// The classes of queries over the records of `data/people`.
pub const PEOPLE_CLASSES: [(&str, &str); 6] = [
    ("losses", include_str!("data/people/losses.toml")),
    ("families", include_str!("data/people/families.toml")),
    ("bodies", include_str!("data/people/bodies.toml")),
    ("minds", include_str!("data/people/minds.toml")),
    ("communities", include_str!("data/people/communities.toml")),
    ("things", include_str!("data/people/things.toml")),
];

/// A query with the records that are relevant to it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JudgedQuery {
    /// What a person wants, in a few words.
    pub name: String,
    /// The reason for the grades.
    pub why: String,
    pub ask: Query,
    /// Grades by record key: 3 fits exactly, 2 well, 1 somewhat. Other records do not fit.
    pub fit: BTreeMap<String, u8>,
    /// Records that must not be among the first ten.
    #[serde(default)]
    pub never: Vec<String>,
}

/// The fields of a search as a person writes them.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Query {
    words: String,
    /// Collections, as `--in` of the CLI.
    r#in: Vec<String>,
    roles: Vec<String>,
    any_role: bool,
    tags: Vec<String>,
    near: Option<String>,
    within_miles: Option<f64>,
    region: Option<(String, String)>,
    /// Start and end.
    window: Option<(String, String)>,
    weekdays: Vec<String>,
    /// Start and end, such as `19:00`.
    time_of_day: Option<(String, String)>,
    who_for: Vec<String>,
    emphasis: Vec<String>,
    age: Option<u32>,
    open_to_new: Option<bool>,
    how_to_join: Vec<String>,
    accessibility: Vec<String>,
    languages: Vec<String>,
    free_of_charge: Option<bool>,
    online: Option<bool>,
    kinds: Vec<String>,
    min_capacity: Option<u32>,
    /// Start and end.
    free_during: Option<(String, String)>,
    order: Option<String>,
}

/// Every query of these classes with its class.
pub fn queries(classes: &[(&'static str, &str)]) -> Vec<(&'static str, JudgedQuery)> {
    #[derive(Deserialize)]
    struct File {
        query: Vec<JudgedQuery>,
    }
    let read = |&(class, text): &(&'static str, &str)| {
        let file: File = toml::from_str(text).unwrap_or_else(|error| panic!("{class}: {error}"));
        file.query.into_iter().map(move |query| (class, query))
    };
    classes.iter().flat_map(read).collect()
}

impl Query {
    /// The request that a client sends. As in the CLI, listings are those of support groups
    /// unless the query names roles.
    pub fn to_request(&self) -> SearchRecordsRequest {
        let mut roles = numbers(&self.roles, "ROLE", v1::Role::from_str_name);
        if roles.is_empty() && !self.any_role {
            roles = vec![v1::Role::SupportGroup.into()];
        }
        let filter = SearchFilter {
            query: self.words.clone(),
            collections: self.r#in.clone(),
            roles,
            tags: self.tags.clone(),
            near: self.near.as_deref().map(|near| directory_v1::Near {
                center: Some(center(near)),
                radius_m: self.within_miles.map_or(0, metres),
            }),
            region: self
                .region
                .clone()
                .map(|(scheme, name)| v1::RegionName { scheme, name }),
            window: self.window.as_ref().map(window),
            weekdays: numbers(&self.weekdays, "WEEKDAY", v1::Weekday::from_str_name),
            time_of_day: self.time_of_day.as_ref().map(|(start, end)| {
                directory_v1::TimeOfDayRange {
                    start_minute: minute(start),
                    end_minute: minute(end),
                    time_zone: String::new(),
                }
            }),
            who_for: self.who_for.clone(),
            emphasis: numbers(&self.emphasis, "EMPHASIS", v1::Emphasis::from_str_name),
            age: self.age,
            open_to_new: self.open_to_new,
            how_to_join: self.how_to_join.clone(),
            accessibility: self.accessibility.clone(),
            languages: self.languages.clone(),
            free_of_charge: self.free_of_charge,
            online: self.online,
            resource_kinds: numbers(
                &self.kinds,
                "RESOURCE_KIND",
                v1::ResourceKind::from_str_name,
            ),
            min_capacity: self.min_capacity,
            free_during: self.free_during.as_ref().map(window),
            ..SearchFilter::default()
        };
        SearchRecordsRequest {
            order: self.order.as_deref().map_or(0, |order| {
                number(order, "SEARCH_ORDER", SearchOrder::from_str_name)
            }),
            page_size: 10,
            ..filter.into()
        }
    }
}

/// A postcode district is short and has a digit; other words name a place.
fn center(near: &str) -> Center {
    let is_district = near.len() <= 4 && near.contains(|letter: char| letter.is_ascii_digit());
    if is_district {
        Center::District(near.to_owned())
    } else {
        Center::Place(near.to_owned())
    }
}

fn metres(miles: f64) -> u32 {
    // Formatting rounds; there is no checked conversion from `f64` to `u32`.
    format!("{:.0}", miles * 1_609.344)
        .parse()
        .expect("a distance")
}

fn window((start, end): &(String, String)) -> directory_v1::TimeWindow {
    let time = |text: &str| {
        text.parse()
            .unwrap_or_else(|_| panic!("{text} is not a time"))
    };
    directory_v1::TimeWindow {
        start_time: Some(time(start)),
        end_time: Some(time(end)),
    }
}

fn minute(time: &str) -> u32 {
    let (hours, minutes) = time.split_once(':').expect("HH:MM");
    let parse = |text: &str| text.parse::<u32>().expect("HH:MM");
    parse(hours) * 60 + parse(minutes)
}

fn numbers<E: Into<i32>>(
    names: &[String],
    prefix: &str,
    read: impl Fn(&str) -> Option<E>,
) -> Vec<i32> {
    names
        .iter()
        .map(|name| number(name, prefix, &read))
        .collect()
}

/// The number of an enum value by its name without the prefix.
fn number<E: Into<i32>>(name: &str, prefix: &str, read: impl Fn(&str) -> Option<E>) -> i32 {
    let whole = format!("{prefix}_{}", name.replace('-', "_").to_uppercase());
    read(&whole)
        .unwrap_or_else(|| panic!("{name} is not a {prefix}"))
        .into()
}
