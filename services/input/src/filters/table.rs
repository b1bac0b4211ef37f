//! The table of filters: one row for each field of `SearchFilter`.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::collection;
use hedgerow_proto::directory_v1::Identity;
use hedgerow_proto::v1::{Emphasis, EventOpenness, RegionName, ResourceKind, Role, Voice};

use super::filter::{Filter, SearchKind};
use super::on_days::set_days;
use super::option::FilterOption;
use crate::{InputError, place};
use hedgerow_proto::words::words;

/// The tag of `--step-free`.
pub(super) const STEP_FREE: &str = "accessibility:step-free-entrance";
/// The scheme of a region that names none: the gazetteer's.
const DEFAULT_SCHEME: &str = "ons";
const DAY_SECONDS: u64 = 24 * 60 * 60;
const MAX_AGE: u32 = 130;

const BOTH: &[SearchKind] = &[SearchKind::Records, SearchKind::Events];
/// Filters that every event passes, or that no event can match.
const RECORDS: &[SearchKind] = &[SearchKind::Records];
const EVENTS: &[SearchKind] = &[SearchKind::Events];

const AUDIENCE: Option<&str> = Some("Who it is for, and how to get there");
const SUBJECT: Option<&str> = Some("What it is");

/// A filter whose options set one field to one value.
macro_rules! filter {
    (
        $field:ident,
        $kinds:expr,
        $heading:expr,
        $options:expr,
        |$typed:pat_param, $clock:pat_param| $value:expr $(,)?
    ) => {
        Filter {
            field: stringify!($field),
            kinds: $kinds,
            heading: $heading,
            options: $options,
            set: |$typed, $clock, parsed| {
                parsed.filter.$field = $value;
                Ok(())
            },
        }
    };
}

/// Every filter, in the order in which a command's help lists the options.
pub static FILTERS: [Filter; 26] = [
    Filter {
        field: "near",
        kinds: BOTH,
        heading: None,
        options: &[
            FilterOption::text(
                "near",
                "PLACE",
                "Near a town, a postcode or a point: Sheffield, LS6, 53.38,-1.47",
            ),
            FilterOption::text(
                "within",
                "DISTANCE",
                "How near: 20mi or 30km (20 miles by default)",
            )
            .requires("near")
            .refining(),
        ],
        set: |typed, _, parsed| {
            if let Some(near) = typed.get("near") {
                let nearby = place::parse(near, typed.get("within"))?;
                parsed.filter.near = Some(nearby.near);
                parsed.notes.extend(nearby.note);
            }
            Ok(())
        },
    },
    filter!(
        collections,
        RECORDS,
        None,
        &[
            FilterOption::choice("in", "KIND", collections, "Only these kinds. Repeatable")
                .repeatable(),
        ],
        |typed, _| typed.all("in").to_vec()
    ),
    filter!(
        roles,
        RECORDS,
        None,
        &[
            FilterOption::choice(
                "role",
                "ROLE",
                words::<Role>,
                "Of listings, only those with this role. Repeatable",
            )
            .repeatable(),
            // Says that the default of searches, support groups, is not wanted.
            FilterOption::flag(
                "any-role",
                "Listings of every role, not only support groups",
            )
            .refining()
            .conflicts(&["role"]),
        ],
        |typed, _| typed.choices::<Role>("role")?
    ),
    Filter {
        field: "weekdays",
        kinds: BOTH,
        heading: None,
        options: &[FilterOption::text(
            "on",
            "DAY",
            "On this day: thursday, sat and sun, weekdays, tuesday evenings, mon-fri, or a date: 3 dec, \
             tomorrow, this weekend. Repeatable: any of them",
        )
        .repeatable()],
        set: set_days,
    },
    Filter {
        field: "time_of_day",
        kinds: BOTH,
        heading: None,
        options: &[FilterOption::text(
            "between",
            "TIMES",
            "Starting at this time of day: 18:00-22:00, 7-9pm, after 6pm, morning, lunchtime, \
             afternoon, evening, night",
        )],
        // Days may have named a part of the day before.
        set: |typed, clock, parsed| {
            if let Some(text) = typed.get("between") {
                parsed.filter.time_of_day = Some(clock.time_of_day(text)?);
            }
            Ok(())
        },
    },
    Filter {
        field: "window",
        kinds: BOTH,
        heading: None,
        options: &[
            FilterOption::text(
                "from",
                "DAY",
                "From this day on: 1 dec, 01/12/2026, today, saturday, next week",
            ),
            FilterOption::text("to", "DAY", "Up to and including this day"),
        ],
        set: |typed, clock, parsed| {
            if let Some(window) = clock.window(typed.get("from"), typed.get("to"))? {
                parsed.filter.window = Some(window);
            }
            Ok(())
        },
    },
    filter!(
        who_for,
        BOTH,
        AUDIENCE,
        &[FilterOption::text(
            "who",
            "PEOPLE",
            "For people to whom all of these apply: --who women --who \"south asian\". Repeatable",
        )
        .repeatable()],
        |typed, _| typed.all("who").to_vec()
    ),
    filter!(
        emphasis,
        BOTH,
        AUDIENCE,
        &[FilterOption::choice(
            "emphasis",
            "HOW",
            words::<Emphasis>,
            "With --who: only groups that put it this way for them. Repeatable: any of them",
        )
        .repeatable()
        .requires("who")],
        |typed, _| typed.choices::<Emphasis>("emphasis")?
    ),
    filter!(
        age,
        BOTH,
        AUDIENCE,
        &[FilterOption::text(
            "age",
            "YEARS",
            "For somebody of this age",
        )],
        |typed, _| {
            let age: Option<u32> = typed.number("age")?;
            if age.is_some_and(|age| age > MAX_AGE) {
                let typed = typed.get("age").unwrap_or_default();
                return Err(InputError::new(
                    "age",
                    typed,
                    "write a person's age in years",
                ));
            }
            age
        }
    ),
    filter!(
        accessibility,
        BOTH,
        AUDIENCE,
        &[
            FilterOption::flag("step-free", "Only with a step-free entrance"),
            FilterOption::text(
                "access",
                "WHAT",
                "Only with this, such as \"hearing loop\". Repeatable: all of them",
            )
            .repeatable(),
        ],
        |typed, _| {
            let step_free = typed.is_set("step-free").then(|| STEP_FREE.to_owned());
            let access = typed.all("access").iter().cloned();
            step_free.into_iter().chain(access).collect()
        }
    ),
    filter!(
        languages,
        BOTH,
        AUDIENCE,
        &[FilterOption::text(
            "language",
            "LANGUAGE",
            "In this language, such as ur or bfi. Repeatable: any of them",
        )
        .repeatable()],
        |typed, _| typed.all("language").to_vec()
    ),
    filter!(
        free_of_charge,
        BOTH,
        AUDIENCE,
        &[FilterOption::flag("free", "Free of charge")],
        |typed, _| typed.flag("free")
    ),
    filter!(
        first_time_free,
        BOTH,
        AUDIENCE,
        &[FilterOption::flag(
            "first-time-free",
            "Free the first time, or always",
        )],
        |typed, _| typed.flag("first-time-free")
    ),
    filter!(
        online,
        BOTH,
        AUDIENCE,
        &[
            FilterOption::flag("online", "With a way to take part online or by telephone"),
            FilterOption::flag("in-person", "Without any way to take part online")
                .conflicts(&["online"]),
        ],
        |typed, _| {
            let in_person = typed.is_set("in-person").then_some(false);
            typed.flag("online").or(in_person)
        }
    ),
    filter!(
        region,
        BOTH,
        AUDIENCE,
        &[FilterOption::text(
            "region",
            "REGION",
            "In this region: \"Yorkshire and the Humber\", or \"mind-2013:North West\" by another \
             scheme",
        )],
        |typed, _| typed.get("region").map(region).transpose()?
    ),
    filter!(
        tags,
        BOTH,
        AUDIENCE,
        &[FilterOption::text(
            "tag",
            "TAG",
            "Only with this tag, such as community:women. Repeatable: all of them",
        )
        .repeatable()],
        |typed, _| typed.all("tag").to_vec()
    ),
    filter!(
        group_id,
        BOTH,
        AUDIENCE,
        &[FilterOption::text(
            "group",
            "GROUP",
            "Only records that this group publishes",
        )],
        |typed, _| {
            let group = typed.get("group").map(group_id).transpose()?;
            group.map(|id| id.to_vec()).unwrap_or_default()
        }
    ),
    filter!(
        open_to_new,
        BOTH,
        SUBJECT,
        &[FilterOption::flag("open-to-new", "Open to new people")],
        |typed, _| typed.flag("open-to-new")
    ),
    filter!(
        how_to_join,
        BOTH,
        SUBJECT,
        &[FilterOption::text(
            "join",
            "WAY",
            "One joins in this way, such as \"just turn up\". Repeatable: any of them",
        )
        .repeatable()],
        |typed, _| typed.all("join").to_vec()
    ),
    filter!(
        resource_kinds,
        RECORDS,
        SUBJECT,
        &[FilterOption::choice(
            "resource",
            "KIND",
            words::<ResourceKind>,
            "Of offers and needs, only these kinds. Repeatable",
        )
        .repeatable()],
        |typed, _| typed.choices::<ResourceKind>("resource")?
    ),
    filter!(
        min_capacity,
        BOTH,
        SUBJECT,
        &[FilterOption::text(
            "room-for",
            "NUMBER",
            "A room or event with places for at least this many people",
        )],
        |typed, _| typed.number("room-for")?
    ),
    filter!(
        free_during,
        RECORDS,
        SUBJECT,
        &[FilterOption::text(
            "free-at",
            "DAY TIME",
            "A room that is available then, for two hours or until the second time: \"thursday \
             19:00\", \"friday 10:00-16:00\"",
        )
        .conflicts(&["from", "to"])],
        |typed, clock| {
            let free_at = typed.get("free-at");
            free_at.map(|text| clock.time_of_use(text)).transpose()?
        }
    ),
    filter!(
        voices,
        RECORDS,
        SUBJECT,
        &[FilterOption::choice(
            "voice",
            "VOICE",
            words::<Voice>,
            "Only listings with this voice. Repeatable",
        )
        .repeatable()],
        |typed, _| typed.choices::<Voice>("voice")?
    ),
    filter!(
        identities,
        BOTH,
        SUBJECT,
        &[FilterOption::choice(
            "identity",
            "HOW",
            words::<Identity>,
            "Only publishers that are known in this way. Repeatable: any of them",
        )
        .repeatable()],
        |typed, _| typed.choices::<Identity>("identity")?
    ),
    filter!(
        confirmed_within,
        RECORDS,
        SUBJECT,
        &[FilterOption::text(
            "confirmed-within",
            "DAYS",
            "Somebody said \"still right\" in the last DAYS days",
        )],
        |typed, _| {
            let days: Option<u64> = typed.number("confirmed-within")?;
            let seconds = days.map(|days| days.saturating_mul(DAY_SECONDS));
            seconds.map(|seconds| prost_types::Duration {
                seconds: i64::try_from(seconds).unwrap_or(i64::MAX),
                nanos: 0,
            })
        }
    ),
    filter!(
        event_openness,
        EVENTS,
        None,
        &[FilterOption::choice(
            "may-come",
            "WHO",
            words::<EventOpenness>,
            "Who may come. Repeatable: any of them",
        )
        .repeatable()],
        |typed, _| typed.choices::<EventOpenness>("may-come")?
    ),
];

/// The kinds that a directory indexes: all but circumstances, which stay on the node.
fn collections() -> Vec<String> {
    let order = [
        collection::LISTING,
        collection::EVENT,
        collection::OFFER,
        collection::NEED,
        collection::STORY,
        collection::COMMITMENT,
        collection::VOUCH,
    ];
    order.map(str::to_owned).to_vec()
}

/// `SCHEME:NAME`, or a name in the gazetteer's scheme.
pub(super) fn region(text: &str) -> Result<RegionName, InputError> {
    let (scheme, name) = text.split_once(':').unwrap_or((DEFAULT_SCHEME, text));
    let (scheme, name) = (scheme.trim(), name.trim());
    if scheme.is_empty() || name.is_empty() {
        let advice = "name a region such as \"North West\" or \"mind-2013:North West\"";
        return Err(InputError::new("region", text, advice));
    }
    Ok(RegionName {
        scheme: scheme.to_owned(),
        name: name.to_owned(),
    })
}

fn group_id(text: &str) -> Result<GroupId, InputError> {
    text.trim().parse().map_err(|_| {
        let advice = "write a group's id: 64 digits 0-9 and a-f";
        InputError::new("group", text, advice)
    })
}
