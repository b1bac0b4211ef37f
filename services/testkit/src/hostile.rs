//! Records that no honest node would sign. Those of [`costly`] cost a server much more than they
//! cost their publisher, and are within all limits of receivers, which therefore store them. Those of
//! [`over_limits`] are refused. Those of [`filled_with`] have the same words in every text.

use hedgerow_proto::v1;

use crate::samples::{listing, room, town, weekly};

mod filled;
mod record;

pub use filled::filled_with;
pub use record::HostileRecord;

/// Characters of the longest texts, and entries of lists, that receivers accept.
const MAX_LONG_TEXT: usize = 10_000;
const MAX_SCHEDULES: usize = 50;
const MAX_RULES: usize = 5;
const MAX_ENTRIES: usize = 200;

/// One record of each attack that receivers store.
pub fn costly() -> Vec<HostileRecord> {
    vec![
        HostileRecord::new("schedules", "listing", &costly_schedules()),
        HostileRecord::new("dates", "event", &many_dates()),
        HostileRecord::new("repeated word", "listing", &repeated_word("cat")),
        HostileRecord::new("one long word", "listing", &repeated_word("")),
        HostileRecord::new("invented regions", "listing", &invented_regions(0)),
        HostileRecord::new("distant points", "listing", &distant_points()),
        HostileRecord::new("tags", "listing", &many_tags(0)),
        HostileRecord::new("audiences", "listing", &many_audiences()),
        HostileRecord::new("offer", "offer", &costly_offer()),
    ]
}

/// One record of each attack that receivers refuse.
pub fn over_limits() -> Vec<HostileRecord> {
    let title = "T".repeat(60_000);
    let mut rules = listing("Rules", "", None);
    rules.schedules = vec![yearly(MAX_RULES); 4 * MAX_SCHEDULES];
    vec![
        HostileRecord::new(
            "long title",
            "event",
            &weekly(&title, "2026-10-05T19:00", "Leeds"),
        ),
        HostileRecord::new("long name", "listing", &listing(&title, "", None)),
        HostileRecord::new("200 schedules", "listing", &rules),
    ]
}

/// A schedule whose rules would test every day since 1900.
fn yearly(rules: usize) -> v1::Schedule {
    v1::Schedule {
        start: "1900-01-01T19:00".into(),
        duration_minutes: 60,
        time_zone: "Europe/London".into(),
        rrules: vec!["FREQ=YEARLY;BYDAY=1MO;COUNT=5000".into(); rules],
        ..v1::Schedule::default()
    }
}

/// A listing with as many costly schedules as receivers accept.
pub fn costly_schedules() -> v1::Listing {
    v1::Listing {
        schedules: vec![yearly(MAX_RULES); MAX_SCHEDULES],
        ..listing("Schedules", "", Some("Leeds"))
    }
}

/// A room with a costly schedule and hundreds of opening hours.
pub fn costly_offer() -> v1::Offer {
    let mut offer = room("Room", 20, "Leeds");
    if let Some(resource) = &mut offer.resource {
        resource.schedule = Some(yearly(MAX_RULES));
        resource.availability = Some(v1::Availability {
            time_zone: "Europe/London".into(),
            weekly: vec![
                v1::WeeklyHours {
                    weekday: v1::Weekday::Thursday.into(),
                    opening_time: "09:00".into(),
                    closing_time: "21:00".into(),
                    ..v1::WeeklyHours::default()
                };
                MAX_ENTRIES
            ],
            ..v1::Availability::default()
        });
    }
    offer
}

/// A daily event with as many exceptions and breaks as receivers accept.
pub fn many_dates() -> v1::Event {
    let mut event = weekly("Dates", "2026-01-01T19:00", "Leeds");
    if let Some(schedule) = &mut event.schedule {
        schedule.rrules = vec!["FREQ=DAILY".into(); MAX_RULES];
        let time = |n: usize| format!("2026-01-01T{:02}:{:02}", n / 60, n % 60);
        schedule.exdates = (0..150).map(time).collect();
        schedule.rdates = (0..150).map(|n| time(n + 300)).collect();
        let day = |n: usize| v1::Break {
            first_day: format!("2027-{:02}-{:02}", 1 + n / 28, 1 + n % 28),
            ..v1::Break::default()
        };
        schedule.breaks = (0..100).map(day).collect();
    }
    event
}

/// A listing whose texts are one word over and over; without a word, one word without end.
pub fn repeated_word(word: &str) -> v1::Listing {
    let text = if word.is_empty() {
        "a".repeat(MAX_LONG_TEXT)
    } else {
        let mut text = format!("{word} ").repeat(MAX_LONG_TEXT / (word.len() + 1));
        text.truncate(MAX_LONG_TEXT);
        text
    };
    v1::Listing {
        description: text.clone(),
        first_time: text.clone(),
        how_decisions_are_made: text.clone(),
        anything_else: text,
        ..listing("Words", "", Some("Leeds"))
    }
}

/// A listing with regions that no other listing of this kind has, under the gazetteer's scheme
/// and one of its own.
pub fn invented_regions(number: usize) -> v1::Listing {
    let region = |at: usize| v1::RegionName {
        scheme: if at.is_multiple_of(2) { "ons" } else { "mine" }.into(),
        name: format!("Region {number}-{at}"),
    };
    let mut place = town("Leeds");
    place.precision = v1::Precision::Region.into();
    place.point = None;
    place.geonames_id = 0;
    place.regions = (0..MAX_ENTRIES).map(region).collect();
    let mut other = place.clone();
    other.regions = (MAX_ENTRIES..2 * MAX_ENTRIES).map(region).collect();
    v1::Listing {
        places: vec![place, other],
        ..listing("Regions", "", None)
    }
}

/// A listing that serves places at latitudes of towns, but far from all of them.
pub fn distant_points() -> v1::Listing {
    let place = |at: usize| v1::Place {
        precision: v1::Precision::Exact.into(),
        point: Some(v1::Point {
            latitude_e7: 540_000_000 + i32::try_from(at).unwrap() * 1_000,
            longitude_e7: 370_000_000,
        }),
        ..v1::Place::default()
    };
    v1::Listing {
        places: (0..50).map(place).collect(),
        areas_served: (50..50 + MAX_ENTRIES).map(place).collect(),
        ..listing("Far away", "", None)
    }
}

/// A listing with invented tags that no other listing of this kind has.
pub fn many_tags(number: usize) -> v1::Listing {
    let tags = |group: &str| {
        (0..MAX_ENTRIES)
            .map(|at| format!("{group}:invented-{number}-{at}"))
            .collect::<Vec<String>>()
    };
    v1::Listing {
        activities: tags("activity"),
        approaches: tags("approach"),
        tags: tags("community"),
        languages: tags("x"),
        ..listing("Tags", "", Some("Leeds"))
    }
}

/// A listing with as many audiences as receivers accept.
pub fn many_audiences() -> v1::Listing {
    let audience = v1::WhoFor {
        emphasis: v1::Emphasis::Welcome.into(),
        own_words: "people who knit ".repeat(70),
        ..v1::WhoFor::default()
    };
    v1::Listing {
        who_for: vec![audience; 50],
        ..listing("Audiences", "", Some("Leeds"))
    }
}
