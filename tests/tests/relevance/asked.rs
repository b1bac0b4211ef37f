//! The judged queries, as they stand in `data/*.toml`.

use std::collections::BTreeMap;

use hedgerow_proto::v1;
use hedgerow_proto::v1::near::Where;
use serde::Deserialize;

/// The classes of queries, each with its file `data/CLASS.toml`.
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

/// A judged query.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// What somebody wants, in a few words.
    pub name: String,
    /// How its fitting answers were told from the others.
    pub why: String,
    /// What is asked.
    pub ask: Question,
    /// How well each record fits: 3 exactly, 2 well, 1 somewhat. What is not named does
    /// not fit.
    pub fit: BTreeMap<String, u8>,
    /// Records that must not be among the first ten.
    #[serde(default)]
    pub never: Vec<String>,
}

/// The fields of a `SearchRequest` as a person writes them.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Question {
    words: String,
    /// Collections.
    r#in: Vec<String>,
    roles: Vec<String>,
    any_role: bool,
    tags: Vec<String>,
    near: Option<String>,
    within_miles: Option<f64>,
    region: Option<(String, String)>,
    /// From and to.
    window: Option<(String, String)>,
    weekdays: Vec<String>,
    /// From and to, `19:00`.
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
    /// From and to.
    free_during: Option<(String, String)>,
    order: Option<String>,
}

/// Every query with its class.
pub fn queries() -> Vec<(&'static str, Asked)> {
    #[derive(Deserialize)]
    struct File {
        query: Vec<Asked>,
    }
    let read = |(class, text): (&'static str, &str)| {
        let file: File = toml::from_str(text).unwrap_or_else(|error| panic!("{class}: {error}"));
        file.query.into_iter().map(move |query| (class, query))
    };
    CLASSES.into_iter().flat_map(read).collect()
}

impl Question {
    /// As it is sent.
    pub fn to_request(&self) -> v1::SearchRequest {
        v1::SearchRequest {
            query: self.words.clone(),
            collections: self.r#in.clone(),
            roles: numbers(&self.roles, "ROLE", v1::Role::from_str_name),
            any_role: self.any_role,
            tags: self.tags.clone(),
            near: self.near.as_deref().map(|near| v1::Near {
                r#where: Some(where_is(near)),
                distance_m: self.within_miles.map_or(0, metres),
            }),
            region: self
                .region
                .clone()
                .map(|(scheme, name)| v1::RegionName { scheme, name }),
            window: self.window.as_ref().map(window),
            weekdays: numbers(&self.weekdays, "WEEKDAY", v1::Weekday::from_str_name),
            time_of_day: self
                .time_of_day
                .as_ref()
                .map(|(from, to)| v1::TimeOfDayRange {
                    from_minute: minute(from),
                    to_minute: minute(to),
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
            order: self.order.as_deref().map_or(0, |order| {
                one(order, "SEARCH_ORDER", v1::SearchOrder::from_str_name)
            }),
            page_size: 10,
            ..Default::default()
        }
    }
}

/// A district of a postcode has a digit and no space; anything else is a place's name.
fn where_is(near: &str) -> Where {
    let district = near.len() <= 4 && near.contains(|letter: char| letter.is_ascii_digit());
    if district {
        Where::District(near.to_owned())
    } else {
        Where::Place(near.to_owned())
    }
}

fn metres(miles: f64) -> u32 {
    // Miles of a query are few and positive: nothing is cut but the fraction.
    format!("{:.0}", miles * 1_609.344)
        .parse()
        .expect("a distance")
}

fn window((from, to): &(String, String)) -> v1::TimeWindow {
    let time = |text: &str| {
        text.parse()
            .unwrap_or_else(|_| panic!("{text}: not a time"))
    };
    v1::TimeWindow {
        from: Some(time(from)),
        to: Some(time(to)),
    }
}

fn minute(time: &str) -> u32 {
    let (hours, minutes) = time.split_once(':').expect("HH:MM");
    let number = |text: &str| text.parse::<u32>().expect("HH:MM");
    number(hours) * 60 + number(minutes)
}

fn numbers<E: Into<i32>>(
    names: &[String],
    prefix: &str,
    read: impl Fn(&str) -> Option<E>,
) -> Vec<i32> {
    names.iter().map(|name| one(name, prefix, &read)).collect()
}

fn one<E: Into<i32>>(name: &str, prefix: &str, read: impl Fn(&str) -> Option<E>) -> i32 {
    let whole = format!("{prefix}_{}", name.replace('-', "_").to_uppercase());
    read(&whole)
        .unwrap_or_else(|| panic!("{name}: no {prefix}"))
        .into()
}
