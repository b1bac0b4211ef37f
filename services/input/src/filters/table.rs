//! The table of filters: one row for each field of `SearchFilter`.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::collection;
use hedgerow_proto::directory_v1::Identity;
use hedgerow_proto::v1::{Emphasis, EventOpenness, RegionName, ResourceKind, Role, Voice};

use super::filter::{Filter, SearchKind};
use super::option::FilterOption;
use crate::time::{time_of_day, weekdays};
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
    Filter {
        field: "collections",
        kinds: RECORDS,
        heading: None,
        options: &[
            FilterOption::choice("in", "KIND", collections, "Only these kinds. Repeatable")
                .repeatable(),
        ],
        set: |typed, _, parsed| {
            parsed.filter.collections = typed.all("in").to_vec();
            Ok(())
        },
    },
    Filter {
        field: "roles",
        kinds: RECORDS,
        heading: None,
        options: &[
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
        set: |typed, _, parsed| {
            parsed.filter.roles = typed.choices::<Role>("role")?;
            Ok(())
        },
    },
    Filter {
        field: "weekdays",
        kinds: BOTH,
        heading: None,
        options: &[FilterOption::text(
            "on",
            "DAY",
            "On this day: thursday, weekday, weekend. Repeatable: any of them",
        )
        .repeatable()],
        set: |typed, _, parsed| {
            parsed.filter.weekdays = weekdays(typed.all("on"))?;
            Ok(())
        },
    },
    Filter {
        field: "time_of_day",
        kinds: BOTH,
        heading: None,
        options: &[FilterOption::text(
            "between",
            "TIMES",
            "Starting at this time of day: 18:00-22:00, morning, afternoon, evening, night",
        )],
        set: |typed, _, parsed| {
            parsed.filter.time_of_day = typed.get("between").map(time_of_day).transpose()?;
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
                "From this day on: 2026-12-01, today, tomorrow, saturday",
            ),
            FilterOption::text("to", "DAY", "Up to and including this day"),
        ],
        set: |typed, clock, parsed| {
            parsed.filter.window = clock.window(typed.get("from"), typed.get("to"))?;
            Ok(())
        },
    },
    Filter {
        field: "who_for",
        kinds: BOTH,
        heading: AUDIENCE,
        options: &[FilterOption::text(
            "who",
            "PEOPLE",
            "For people to whom all of these apply: --who women --who \"south asian\". Repeatable",
        )
        .repeatable()],
        set: |typed, _, parsed| {
            parsed.filter.who_for = typed.all("who").to_vec();
            Ok(())
        },
    },
    Filter {
        field: "emphasis",
        kinds: BOTH,
        heading: AUDIENCE,
        options: &[FilterOption::choice(
            "emphasis",
            "HOW",
            words::<Emphasis>,
            "With --who: only groups that put it this way for them. Repeatable: any of them",
        )
        .repeatable()
        .requires("who")],
        set: |typed, _, parsed| {
            parsed.filter.emphasis = typed.choices::<Emphasis>("emphasis")?;
            Ok(())
        },
    },
    Filter {
        field: "age",
        kinds: BOTH,
        heading: AUDIENCE,
        options: &[FilterOption::text(
            "age",
            "YEARS",
            "For somebody of this age",
        )],
        set: |typed, _, parsed| {
            let age: Option<u32> = typed.number("age")?;
            if age.is_some_and(|age| age > MAX_AGE) {
                let typed = typed.get("age").unwrap_or_default();
                return Err(InputError::new(
                    "age",
                    typed,
                    "write a person's age in years",
                ));
            }
            parsed.filter.age = age;
            Ok(())
        },
    },
    Filter {
        field: "accessibility",
        kinds: BOTH,
        heading: AUDIENCE,
        options: &[
            FilterOption::flag("step-free", "Only with a step-free entrance"),
            FilterOption::text(
                "access",
                "WHAT",
                "Only with this, such as \"hearing loop\". Repeatable: all of them",
            )
            .repeatable(),
        ],
        set: |typed, _, parsed| {
            let step_free = typed.is_set("step-free").then(|| STEP_FREE.to_owned());
            let access = typed.all("access").iter().cloned();
            parsed.filter.accessibility = step_free.into_iter().chain(access).collect();
            Ok(())
        },
    },
    Filter {
        field: "languages",
        kinds: BOTH,
        heading: AUDIENCE,
        options: &[FilterOption::text(
            "language",
            "LANGUAGE",
            "In this language, such as ur or bfi. Repeatable: any of them",
        )
        .repeatable()],
        set: |typed, _, parsed| {
            parsed.filter.languages = typed.all("language").to_vec();
            Ok(())
        },
    },
    Filter {
        field: "free_of_charge",
        kinds: BOTH,
        heading: AUDIENCE,
        options: &[FilterOption::flag("free", "Free of charge")],
        set: |typed, _, parsed| {
            parsed.filter.free_of_charge = typed.flag("free");
            Ok(())
        },
    },
    Filter {
        field: "first_time_free",
        kinds: BOTH,
        heading: AUDIENCE,
        options: &[FilterOption::flag(
            "first-time-free",
            "Free the first time, or always",
        )],
        set: |typed, _, parsed| {
            parsed.filter.first_time_free = typed.flag("first-time-free");
            Ok(())
        },
    },
    Filter {
        field: "online",
        kinds: BOTH,
        heading: AUDIENCE,
        options: &[
            FilterOption::flag("online", "With a way to take part online or by telephone"),
            FilterOption::flag("in-person", "Without any way to take part online")
                .conflicts(&["online"]),
        ],
        set: |typed, _, parsed| {
            let in_person = typed.is_set("in-person").then_some(false);
            parsed.filter.online = typed.flag("online").or(in_person);
            Ok(())
        },
    },
    Filter {
        field: "region",
        kinds: BOTH,
        heading: AUDIENCE,
        options: &[FilterOption::text(
            "region",
            "REGION",
            "In this region: \"Yorkshire and the Humber\", or \"mind-2013:North West\" by another \
             scheme",
        )],
        set: |typed, _, parsed| {
            parsed.filter.region = typed.get("region").map(region).transpose()?;
            Ok(())
        },
    },
    Filter {
        field: "tags",
        kinds: BOTH,
        heading: AUDIENCE,
        options: &[FilterOption::text(
            "tag",
            "TAG",
            "Only with this tag, such as community:women. Repeatable: all of them",
        )
        .repeatable()],
        set: |typed, _, parsed| {
            parsed.filter.tags = typed.all("tag").to_vec();
            Ok(())
        },
    },
    Filter {
        field: "group_id",
        kinds: BOTH,
        heading: AUDIENCE,
        options: &[FilterOption::text(
            "group",
            "GROUP",
            "Only records that this group publishes",
        )],
        set: |typed, _, parsed| {
            let group = typed.get("group").map(group_id).transpose()?;
            parsed.filter.group_id = group.map(|id| id.to_vec()).unwrap_or_default();
            Ok(())
        },
    },
    Filter {
        field: "open_to_new",
        kinds: BOTH,
        heading: SUBJECT,
        options: &[FilterOption::flag("open-to-new", "Open to new people")],
        set: |typed, _, parsed| {
            parsed.filter.open_to_new = typed.flag("open-to-new");
            Ok(())
        },
    },
    Filter {
        field: "how_to_join",
        kinds: BOTH,
        heading: SUBJECT,
        options: &[FilterOption::text(
            "join",
            "WAY",
            "One joins in this way, such as \"just turn up\". Repeatable: any of them",
        )
        .repeatable()],
        set: |typed, _, parsed| {
            parsed.filter.how_to_join = typed.all("join").to_vec();
            Ok(())
        },
    },
    Filter {
        field: "resource_kinds",
        kinds: RECORDS,
        heading: SUBJECT,
        options: &[FilterOption::choice(
            "resource",
            "KIND",
            words::<ResourceKind>,
            "Of offers and needs, only these kinds. Repeatable",
        )
        .repeatable()],
        set: |typed, _, parsed| {
            parsed.filter.resource_kinds = typed.choices::<ResourceKind>("resource")?;
            Ok(())
        },
    },
    Filter {
        field: "min_capacity",
        kinds: BOTH,
        heading: SUBJECT,
        options: &[FilterOption::text(
            "room-for",
            "NUMBER",
            "A room or event with places for at least this many people",
        )],
        set: |typed, _, parsed| {
            parsed.filter.min_capacity = typed.number("room-for")?;
            Ok(())
        },
    },
    Filter {
        field: "free_during",
        kinds: RECORDS,
        heading: SUBJECT,
        options: &[FilterOption::text(
            "free-at",
            "DAY TIME",
            "A room that is available then, for two hours or until the second time: \"thursday \
             19:00\", \"friday 10:00-16:00\"",
        )
        .conflicts(&["from", "to"])],
        set: |typed, clock, parsed| {
            let free_at = typed.get("free-at");
            parsed.filter.free_during = free_at.map(|text| clock.time_of_use(text)).transpose()?;
            Ok(())
        },
    },
    Filter {
        field: "voices",
        kinds: RECORDS,
        heading: SUBJECT,
        options: &[FilterOption::choice(
            "voice",
            "VOICE",
            words::<Voice>,
            "Only listings with this voice. Repeatable",
        )
        .repeatable()],
        set: |typed, _, parsed| {
            parsed.filter.voices = typed.choices::<Voice>("voice")?;
            Ok(())
        },
    },
    Filter {
        field: "identities",
        kinds: BOTH,
        heading: SUBJECT,
        options: &[FilterOption::choice(
            "identity",
            "HOW",
            words::<Identity>,
            "Only publishers that are known in this way. Repeatable: any of them",
        )
        .repeatable()],
        set: |typed, _, parsed| {
            parsed.filter.identities = typed.choices::<Identity>("identity")?;
            Ok(())
        },
    },
    Filter {
        field: "confirmed_within",
        kinds: RECORDS,
        heading: SUBJECT,
        options: &[FilterOption::text(
            "confirmed-within",
            "DAYS",
            "Somebody said \"still right\" in the last DAYS days",
        )],
        set: |typed, _, parsed| {
            let days: Option<u64> = typed.number("confirmed-within")?;
            let seconds = days.map(|days| days.saturating_mul(DAY_SECONDS));
            parsed.filter.confirmed_within = seconds.map(|seconds| prost_types::Duration {
                seconds: i64::try_from(seconds).unwrap_or(i64::MAX),
                nanos: 0,
            });
            Ok(())
        },
    },
    Filter {
        field: "event_openness",
        kinds: EVENTS,
        heading: None,
        options: &[FilterOption::choice(
            "may-come",
            "WHO",
            words::<EventOpenness>,
            "Who may come. Repeatable: any of them",
        )
        .repeatable()],
        set: |typed, _, parsed| {
            parsed.filter.event_openness = typed.choices::<EventOpenness>("may-come")?;
            Ok(())
        },
    },
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
