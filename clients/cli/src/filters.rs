//! What is to be found, beside words and place, as options of the command line.

use std::time::Duration;

use clap::Args;
use clap::ValueEnum;
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;

use crate::exit::Usage;
use crate::when::When;

/// What `--step-free` stands for.
const STEP_FREE: &str = "accessibility:step-free-entrance";
/// The scheme of a region that names none: the gazetteer's.
const USUAL_SCHEME: &str = "ons";
const DAY_SECONDS: u64 = 24 * 60 * 60;

/// What the people are like whom it is for, and how one comes to it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Who it is for, and how to get there")]
pub struct People {
    /// For people to whom all of these apply: --who women --who "south asian". Repeatable.
    #[arg(long, value_name = "PEOPLE")]
    pub who: Vec<String>,
    /// With --who: only what is meant so for them. Repeatable: any of them.
    #[arg(long, value_name = "HOW", requires = "who")]
    emphasis: Vec<Emphasis>,
    /// For somebody of this age.
    #[arg(long, value_name = "YEARS", value_parser = clap::value_parser!(u32).range(0..=130))]
    age: Option<u32>,
    /// Only with a step-free entrance.
    #[arg(long)]
    step_free: bool,
    /// Only with this, such as "hearing loop". Repeatable: all must be there.
    #[arg(long, value_name = "WHAT")]
    access: Vec<String>,
    /// In this language, such as ur or bfi. Repeatable: any of them.
    #[arg(long, value_name = "LANGUAGE")]
    language: Vec<String>,
    /// Free of charge.
    #[arg(long)]
    free: bool,
    /// With a way to take part online or by telephone.
    #[arg(long, conflicts_with = "in_person")]
    online: bool,
    /// Without any way to take part online.
    #[arg(long)]
    in_person: bool,
    /// In this region: "Yorkshire and the Humber", or "mind-2013:North West" by another scheme.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Only with this tag, such as community:women. Repeatable: all must be there.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Only what this group publishes.
    #[arg(long, value_name = "GROUP")]
    group: Option<GroupId>,
}

/// Filters of a search alone.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "What it is")]
pub struct Things {
    /// Open to new people.
    #[arg(long)]
    open_to_new: bool,
    /// One joins in this way, such as "just turn up". Repeatable: any of them.
    #[arg(long, value_name = "WAY")]
    join: Vec<String>,
    /// Of offers and needs, only these kinds. Repeatable.
    #[arg(long, value_name = "KIND")]
    resource: Vec<Resource>,
    /// A room or event with places for so many.
    #[arg(long, value_name = "NUMBER")]
    pub room_for: Option<u32>,
    /// A room to be had then, for two hours or as long as said: "thursday 19:00", "friday
    /// 10:00-16:00".
    #[arg(long, value_name = "DAY TIME", conflicts_with_all = ["from", "to"])]
    pub free_at: Option<String>,
    /// Only listings with this voice. Repeatable.
    #[arg(long, value_name = "VOICE")]
    voice: Vec<Voice>,
    /// Only publishers known at least so. Repeatable: any of them.
    #[arg(long, value_name = "HOW")]
    identity: Vec<Identity>,
    /// Somebody said "still right" in the last so many days.
    #[arg(long, value_name = "DAYS")]
    confirmed_within: Option<u64>,
}

/// How strictly a group is meant for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Emphasis {
    Only,
    Mainly,
    Welcome,
}

/// A kind of offer or need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Resource {
    Space,
    Equipment,
    Skills,
    Training,
    Documents,
    Funding,
    VolunteerTime,
    TimeCredits,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Voice {
    Itself,
    OnBehalf,
    Catalogued,
}

/// How far a publisher is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Identity {
    Unconfirmed,
    Domain,
    Vouched,
}

impl People {
    /// Adds these filters to a search.
    ///
    /// # Errors
    /// Where one is not understood.
    pub fn narrow(&self, search: &mut v1::SearchRequest) -> Result<(), Usage> {
        search.who_for.clone_from(&self.who);
        search.emphasis = self.emphasis.iter().map(|it| it.number()).collect();
        search.age = self.age;
        let step_free = self.step_free.then(|| STEP_FREE.to_owned());
        search.accessibility = step_free.into_iter().chain(self.access.clone()).collect();
        search.languages.clone_from(&self.language);
        search.free_of_charge = self.free.then_some(true);
        search.online = match (self.online, self.in_person) {
            (true, _) => Some(true),
            (false, true) => Some(false),
            (false, false) => None,
        };
        search.region = self.region.as_deref().map(region).transpose()?;
        search.tags.clone_from(&self.tag);
        search.group_id = self.group.map(|group| group.to_vec()).unwrap_or_default();
        Ok(())
    }
}

impl Things {
    /// Adds these filters to a search.
    ///
    /// # Errors
    /// Where one is not understood.
    pub fn narrow(
        &self,
        when: &When,
        now: Timestamp,
        search: &mut v1::SearchRequest,
    ) -> Result<(), Usage> {
        search.open_to_new = self.open_to_new.then_some(true);
        search.how_to_join.clone_from(&self.join);
        search.resource_kinds = self.resource.iter().map(|it| it.number()).collect();
        search.min_capacity = self.room_for;
        search.voices = self.voice.iter().map(|it| it.number()).collect();
        search.identities = self.identity.iter().map(|it| it.number()).collect();
        search.confirmed_within = self.confirmed_within.map(|days| {
            let within = Duration::from_secs(days.saturating_mul(DAY_SECONDS));
            prost_types::Duration {
                seconds: i64::try_from(within.as_secs()).unwrap_or(i64::MAX),
                nanos: 0,
            }
        });
        let free_at = self.free_at.as_deref();
        search.free_during = free_at
            .map(|text| when.time_of_use(text, now))
            .transpose()?;
        Ok(())
    }
}

/// The option that a filter of the protocol stands for.
pub fn option_of(filter: &str) -> &str {
    match filter {
        "collections" => "--in",
        "roles" | "any_role" => "--role",
        "tags" => "--tag",
        "near" => "--near",
        "region" => "--region",
        "window" => "--from and --to",
        "weekdays" => "--on",
        "time_of_day" => "--between",
        "who_for" => "--who",
        "emphasis" => "--emphasis",
        "age" => "--age",
        "open_to_new" => "--open-to-new",
        "how_to_join" => "--join",
        "accessibility" => "--access and --step-free",
        "languages" => "--language",
        "free_of_charge" => "--free",
        "online" => "--online or --in-person",
        "resource_kinds" => "--resource",
        "min_capacity" => "--room-for",
        "free_during" => "--free-at",
        "voices" => "--voice",
        "identities" => "--identity",
        "confirmed_within" => "--confirmed-within",
        "group_id" => "--group",
        "query" => "the words",
        other => other,
    }
}

/// `SCHEME:NAME`, or a name of the gazetteer's.
fn region(text: &str) -> Result<v1::RegionName, Usage> {
    let (scheme, name) = text.split_once(':').unwrap_or((USUAL_SCHEME, text));
    let (scheme, name) = (scheme.trim(), name.trim());
    if scheme.is_empty() || name.is_empty() {
        return Err(Usage(format!(
            "--region {text}: name a region such as \"North West\" or \"mind-2013:North West\""
        )));
    }
    Ok(v1::RegionName {
        scheme: scheme.to_owned(),
        name: name.to_owned(),
    })
}

impl Emphasis {
    fn number(self) -> i32 {
        match self {
            Self::Only => v1::Emphasis::Only,
            Self::Mainly => v1::Emphasis::Mainly,
            Self::Welcome => v1::Emphasis::Welcome,
        }
        .into()
    }
}

impl Resource {
    fn number(self) -> i32 {
        match self {
            Self::Space => v1::ResourceKind::Space,
            Self::Equipment => v1::ResourceKind::Equipment,
            Self::Skills => v1::ResourceKind::Skills,
            Self::Training => v1::ResourceKind::Training,
            Self::Documents => v1::ResourceKind::Documents,
            Self::Funding => v1::ResourceKind::Funding,
            Self::VolunteerTime => v1::ResourceKind::VolunteerTime,
            Self::TimeCredits => v1::ResourceKind::TimeCredits,
        }
        .into()
    }
}

impl Voice {
    fn number(self) -> i32 {
        match self {
            Self::Itself => v1::Voice::Itself,
            Self::OnBehalf => v1::Voice::OnBehalf,
            Self::Catalogued => v1::Voice::Catalogued,
        }
        .into()
    }
}

impl Identity {
    fn number(self) -> i32 {
        match self {
            Self::Unconfirmed => v1::Identity::Unconfirmed,
            Self::Domain => v1::Identity::Domain,
            Self::Vouched => v1::Identity::Vouched,
        }
        .into()
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use prost_reflect::DescriptorPool;

    use super::*;

    #[test]
    fn a_region_has_the_gazetteers_scheme_unless_said() {
        let read = |text| region(text).map(|it| (it.scheme, it.name)).ok();
        let own = |scheme: &str, name: &str| Some((scheme.to_owned(), name.to_owned()));
        assert_eq!(read("North West"), own("ons", "North West"));
        assert_eq!(
            read("mind-2013: North West"),
            own("mind-2013", "North West")
        );
        assert_eq!(read("mind-2013:"), None);
    }

    #[test]
    fn every_filter_of_a_search_can_be_typed_and_is_named_as_it_is_typed() {
        let pool = DescriptorPool::decode(hedgerow_proto::FILE_DESCRIPTOR_SET);
        let pool = pool.expect("the descriptors");
        let request = pool.get_message_by_name("hedgerow.v1.SearchRequest");
        let command = crate::Arguments::command();
        let search = command.find_subcommand("search").expect("a command");
        // What is answered, and not what is found.
        let other = ["query", "order", "page_size", "page_token", "facets"];
        for field in request.expect("a message").fields() {
            let named = option_of(field.name());
            let options: Vec<_> = named
                .split_whitespace()
                .filter_map(|word| word.strip_prefix("--"))
                .collect();
            let is_filter = !other.contains(&field.name());
            assert_eq!(!options.is_empty(), is_filter, "{}", field.name());
            for option in options {
                let mut there = search.get_arguments();
                assert!(there.any(|it| it.get_long() == Some(option)), "{option}");
            }
        }
    }

    #[test]
    fn step_free_is_one_more_need_of_access() {
        let people = People {
            step_free: true,
            access: vec!["hearing loop".to_owned()],
            free: true,
            ..People::default()
        };
        let mut search = v1::SearchRequest::default();
        people.narrow(&mut search).expect("a search");
        assert_eq!(search.accessibility, [STEP_FREE, "hearing loop"]);
        assert_eq!(search.free_of_charge, Some(true));
    }
}
