//! Valid and invalid records of each kind.

use hedgerow_proto::v1;
use hedgerow_proto::v1::resource::Detail;

use super::*;

#[test]
fn a_valid_record_of_each_kind_passes() {
    assert!(prepared("listing", &listing(), None, &[]).is_ok());
    assert!(prepared("event", &event(), None, &[]).is_ok());
    assert!(prepared("offer", &room(), None, &[]).is_ok());
    let need = v1::Need {
        resource: room().resource,
        ..Default::default()
    };
    assert!(prepared("need", &need, None, &[]).is_ok());
    let vouch = v1::Vouch {
        subject: Some(v1::GroupReference {
            group_id: vec![1; 32],
            name: "Kin".into(),
        }),
        grade: v1::VouchGrade::Endorsed as i32,
        expire_time: Some(prost_types::Timestamp {
            seconds: 2_000_000_000,
            nanos: 0,
        }),
        ..Default::default()
    };
    assert!(prepared("vouch", &vouch, None, &[]).is_ok());
    let commitment = v1::Commitment {
        title: "Rooms for groups".into(),
        target_words: "Ten rooms".into(),
        due_date: "2027-03-31".into(),
        areas: vec![town()],
        ..Default::default()
    };
    assert!(prepared("commitment", &commitment, None, &[]).is_ok());
}

#[test]
fn the_three_voices_do_not_mix() {
    let (catalogued, subject) = super::catalogued();
    let prepared_one = prepared("listing", &catalogued, Some(&subject), &[]).unwrap();
    assert_eq!(
        prepared_one.key.unwrap().as_str(),
        "jigsaw-2013.quiet-corner"
    );
    assert_eq!(
        violations_of("listing", &catalogued),
        ["subject: subject_missing"]
    );

    let violations = prepared("listing", &listing(), Some(&subject), &[]).unwrap_err();
    assert_eq!(violations[0].reason, "subject_unexpected");
    let sourced = v1::Listing {
        source: catalogued.source.clone(),
        ..listing()
    };
    assert_eq!(
        violations_of("listing", &sourced),
        ["source: source_unexpected"]
    );

    let behalf = v1::Listing {
        voice: Voice::OnBehalf as i32,
        ..listing()
    };
    assert_eq!(
        violations_of("listing", &behalf),
        ["on_behalf: on_behalf_required"]
    );
    let on_behalf = v1::OnBehalf {
        branch: Some(v1::GroupReference {
            name: "East branch".into(),
            ..Default::default()
        }),
        permission: "Agreed at its meeting in January.".into(),
        ..Default::default()
    };
    let behalf = v1::Listing {
        on_behalf: Some(on_behalf.clone()),
        ..behalf
    };
    assert!(prepared("listing", &behalf, None, &[]).is_ok());
    let itself = v1::Listing {
        on_behalf: Some(on_behalf),
        ..listing()
    };
    assert_eq!(
        violations_of("listing", &itself),
        ["on_behalf: on_behalf_unexpected"]
    );
}

#[test]
fn a_catalogued_listing_has_no_contact_and_no_exact_place() {
    let (mut body, subject) = super::catalogued();
    body.contacts = vec![v1::ContactChannel {
        kind: ContactKind::Phone as i32,
        value: "0191 496 0000".into(),
        ..Default::default()
    }];
    body.description = "Write to hello@example.org.".into();
    body.source = None;
    body.places[0] = v1::Place {
        precision: Precision::Neighbourhood as i32,
        point: Some(v1::Point {
            latitude_e7: 549_783_123,
            longitude_e7: -16_178_456,
        }),
        ..Default::default()
    };
    let violations = prepared("listing", &body, Some(&subject), &[]).unwrap_err();
    let reasons: Vec<_> = violations.iter().map(|it| it.reason).collect();
    let expected = [
        "source_missing",
        "contact_in_catalogued",
        "place_too_fine",
        "contact_in_catalogued",
    ];
    assert_eq!(reasons, expected);
    let dotted = v1::Subject {
        scheme: "a.b".into(),
        ..subject
    };
    let (body, _) = super::catalogued();
    let violations = prepared("listing", &body, Some(&dotted), &[]).unwrap_err();
    assert_eq!(violations[0].reason, "subject_malformed");
}

#[test]
fn every_part_of_a_listing_is_checked() {
    let body = v1::Listing {
        roles: vec![v1::Role::Other as i32],
        usual_size_min: 12,
        usual_size_max: 4,
        founded_year: 2027,
        confirm_time: Some(now().plus(std::time::Duration::from_secs(3_600)).to_proto()),
        identifiers: vec![v1::Identifier {
            scheme: "charity".into(),
            id: "1".into(),
        }],
        contacts: vec![
            v1::ContactChannel {
                kind: 1,
                value: "hello".into(),
                ..Default::default()
            },
            v1::ContactChannel {
                kind: 6,
                value: "@quiet".into(),
                ..Default::default()
            },
        ],
        crisis_signposts: vec![v1::CrisisSignpost {
            name: "Help".into(),
            ..Default::default()
        }],
        price: Some(v1::Price {
            kind: v1::PriceKind::Rate as i32,
            ..Default::default()
        }),
        claims: vec![v1::RecordReference::default()],
        parents: vec![v1::Affiliation::default()],
        who_for: vec![v1::WhoFor {
            emphasis: v1::Emphasis::Only as i32,
            ages: Some(v1::AgeRange {
                youngest: Some(30),
                oldest: Some(18),
            }),
            ..Default::default()
        }],
        ..listing()
    };
    let expected = [
        "claims[0]: reference_malformed",
        "confirm_time: in_the_future",
        "contacts[0].value: email_malformed",
        "contacts[1].service: service_required",
        "crisis_signposts[0]: signpost_empty",
        "founded_year: year_out_of_bounds",
        "identifiers[0].scheme: identifier_malformed",
        "parents[0].group.name: missing",
        "price.amount: amount_required",
        "role_words: role_words_required",
        "usual_size_min: size_out_of_bounds",
        "who_for[0].ages: age_out_of_bounds",
    ];
    assert_eq!(violations_of("listing", &body), expected);
}

#[test]
fn an_event_needs_a_start_and_a_place() {
    let bare = v1::Event {
        title: "Craft table".into(),
        ..Default::default()
    };
    assert_eq!(
        violations_of("event", &bare),
        ["place: place_required", "schedule.start: start_required"]
    );
    let online = v1::Event {
        place: None,
        online: Some(v1::Online {
            available: true,
            ..Default::default()
        }),
        ..event()
    };
    assert!(prepared("event", &online, None, &[]).is_ok());
}

#[test]
fn a_schedule_that_does_not_fit_together_is_rejected() {
    let with = |change: fn(&mut v1::Schedule)| {
        let mut event = event();
        change(event.schedule.as_mut().unwrap());
        violations_of("event", &event)
    };
    assert_eq!(
        with(|it| it.rrules = vec!["FREQ=SECONDLY".into()]),
        ["schedule.rrules: rule_frequency"]
    );
    assert_eq!(
        with(|it| it.start = "2026-03-04T19:00".into()),
        ["schedule.rrules: start_not_in_rule"]
    );
    assert_eq!(
        with(|it| it.time_zone.clear()),
        ["schedule.time_zone: time_zone_required"]
    );
    assert_eq!(
        with(|it| it.time_zone = "Leeds".into()),
        ["schedule.time_zone: time_zone_unknown"]
    );
    assert_eq!(
        with(|it| it.end = "2026-03-03T18:00".into()),
        ["schedule.end: duration_out_of_bounds"]
    );
    assert_eq!(
        with(|it| it.exdates = vec!["next week".into()]),
        ["schedule.exdates[0]: time_malformed"]
    );
    assert_eq!(
        with(|it| it.start = "tonight".into()),
        ["schedule.start: time_malformed"]
    );
    let holiday = |first: &str, last: &str| v1::Break {
        first_day: first.into(),
        last_day: last.into(),
        ..Default::default()
    };
    let mut event = event();
    event.schedule.as_mut().unwrap().breaks = vec![holiday("2026-12-24", "2026-12-01")];
    assert_eq!(
        violations_of("event", &event),
        ["schedule.breaks[0].last_day: ends_before_start"]
    );
}

#[test]
fn a_room_and_its_hours_are_checked() {
    let mut offer = room();
    let resource = offer.resource.as_mut().unwrap();
    resource.place = None;
    resource.price = Some(v1::Price {
        kind: v1::PriceKind::Free as i32,
        amount: Some(v1::Money {
            currency: "£".into(),
            minor_units: 500,
        }),
        ..Default::default()
    });
    let row = |weekday: i32, opens: &str, closes: &str| v1::WeeklyHours {
        weekday,
        opening_time: opens.into(),
        closing_time: closes.into(),
        ..Default::default()
    };
    resource.availability = Some(v1::Availability {
        weekly: vec![
            row(1, "09:00", "12:00"),
            row(1, "11:00", "24:00"),
            row(0, "9", "08:00"),
        ],
        ..Default::default()
    });
    resource.detail = Some(Detail::Space(v1::Space {
        shortest_minutes: 90,
        longest_minutes: 60,
        ..Default::default()
    }));
    let expected = [
        "resource.availability.time_zone: time_zone_required",
        "resource.availability.weekly[1]: hours_overlap",
        "resource.availability.weekly[2].opening_time: time_malformed",
        "resource.availability.weekly[2].weekday: weekday_required",
        "resource.place: place_required",
        "resource.price.amount.currency: currency_malformed",
        "resource.price.amount: price_of_free",
        "resource.space.shortest_minutes: shortest_above_longest",
    ];
    assert_eq!(violations_of("offer", &offer), expected);
    let with_weeks = |weeks: [&[i32]; 2], calendar: &str| {
        let mut offer = room();
        let rows = weeks.map(|weeks| v1::WeeklyHours {
            weeks_of_month: weeks.to_vec(),
            ..row(4, "18:00", "22:00")
        });
        offer.resource.as_mut().unwrap().availability = Some(v1::Availability {
            time_zone: "Europe/London".into(),
            weekly: rows.to_vec(),
            holiday_calendar: calendar.into(),
            ..Default::default()
        });
        violations_of("offer", &offer)
    };
    assert!(with_weeks([&[1], &[3, -1]], "GB-ENG").is_empty());
    assert_eq!(
        with_weeks([&[4], &[-1]], "England"),
        [
            "resource.availability.holiday_calendar: value_unknown",
            "resource.availability.weekly[1]: hours_overlap",
        ],
        "the last may be the fourth"
    );
    assert_eq!(
        with_weeks([&[1, 1], &[6]], ""),
        [
            "resource.availability.weekly[0].weeks_of_month: number_out_of_bounds",
            "resource.availability.weekly[1].weeks_of_month: number_out_of_bounds",
        ]
    );
    let kindless = v1::Need {
        resource: Some(v1::Resource {
            title: "Something".into(),
            ..Default::default()
        }),
        ..Default::default()
    };
    assert_eq!(
        violations_of("need", &kindless),
        ["resource: resource_kind_required"]
    );
}

#[test]
fn a_vouch_names_another_group_and_expires() {
    let own = v1::Vouch {
        subject: Some(v1::GroupReference {
            group_id: vec![7; 32],
            name: String::new(),
        }),
        ..Default::default()
    };
    let expected = [
        "expire_time: expiry_required",
        "grade: grade_required",
        "subject.group_id: vouch_of_itself",
    ];
    assert_eq!(violations_of("vouch", &own), expected);
}

#[test]
fn the_area_of_a_commitment_is_a_town_or_larger() {
    let commitment = v1::Commitment {
        title: "Rooms".into(),
        areas: vec![v1::Place {
            precision: Precision::Exact as i32,
            name: "The hall".into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let expected = [
        "areas[0].precision: place_too_fine",
        "due_date: missing",
        "target_words: missing",
    ];
    assert_eq!(violations_of("commitment", &commitment), expected);
}

#[test]
fn schedules_that_receivers_would_not_expand_are_violations() {
    let schedule = v1::Schedule {
        start: "1900-01-01T19:00".into(),
        time_zone: "Europe/London".into(),
        rrules: vec!["FREQ=YEARLY;BYDAY=1MO;COUNT=5000".into(); 5],
        ..Default::default()
    };
    let event = v1::Event {
        schedule: Some(schedule.clone()),
        ..event()
    };
    assert_eq!(
        violations_of("event", &event),
        ["schedule: schedule_too_costly"]
    );
    let listing = v1::Listing {
        schedules: vec![schedule.clone(); 2],
        ..listing()
    };
    assert_eq!(
        violations_of("listing", &listing),
        ["schedules: schedule_too_costly"]
    );
    let mut offer = room();
    offer.resource.as_mut().unwrap().schedule = Some(schedule);
    assert_eq!(
        violations_of("offer", &offer),
        ["resource.schedule: schedule_too_costly"]
    );
}

#[test]
fn a_contact_of_a_private_person_must_be_confirmed() {
    let body = v1::Listing {
        contacts: vec![
            v1::ContactChannel {
                kind: v1::ContactKind::Email as i32,
                value: "hello@quiet.org.uk".into(),
                ..Default::default()
            },
            v1::ContactChannel {
                kind: v1::ContactKind::Email as i32,
                value: "quiet@gmail.com".into(),
                ..Default::default()
            },
        ],
        ..listing()
    };
    assert_eq!(
        violations_of("listing", &body),
        ["contacts[1].value: personal_contact"]
    );
    assert!(prepared("listing", &body, None, &["personal_contact"]).is_ok());
}

/// A weekly event on Tuesdays, as the calendars of groups have it.
fn weekly(change: impl FnOnce(&mut v1::Schedule)) -> v1::Event {
    let mut schedule = v1::Schedule {
        start: "2026-11-24T19:00".into(),
        duration_minutes: 90,
        time_zone: "Europe/London".into(),
        rrules: vec!["FREQ=WEEKLY;BYDAY=TU".into()],
        ..Default::default()
    };
    change(&mut schedule);
    v1::Event {
        schedule: Some(schedule),
        ..event()
    }
}

#[test]
fn an_excluded_date_that_cancels_nothing_is_rejected_with_the_nearest_time() {
    let body = weekly(|it| it.exdates = vec!["2026-12-22T00:00".into(), "2026-12-29T19:00".into()]);
    assert_eq!(
        violations_of("event", &body),
        ["schedule.exdates[0]: exdate_meets_nothing"]
    );
    let violations = prepared("event", &body, None, &[]).unwrap_err();
    let message = &violations[0].message;
    assert!(message.contains("`2026-12-22T19:00`"), "{message}");
    assert!(message.contains("Tuesday 22 December 2026"), "{message}");
    // Excluded by a break as well, before the first date, and past: none of them misleads.
    let body = weekly(|it| {
        it.exdates = vec!["2026-12-22T19:00".into(), "2020-01-01T00:00".into()];
        it.breaks = vec![v1::Break {
            first_day: "2026-12-21".into(),
            ..Default::default()
        }];
    });
    assert!(violations_of("event", &body).is_empty());
}

#[test]
fn an_excluded_date_in_the_hour_that_the_clocks_skip_is_a_date_of_the_rule() {
    let body = weekly(|it| {
        it.start = "2027-03-26T01:30".into();
        it.rrules = vec!["FREQ=DAILY".into()];
        it.exdates = vec!["2027-03-28T01:30".into()];
    });
    assert!(violations_of("event", &body).is_empty());
}

#[test]
fn an_extra_date_in_a_break_is_rejected() {
    let body = weekly(|it| {
        it.rdates = vec!["2026-12-25T12:30".into(), "2027-01-06T12:30".into()];
        it.breaks = vec![v1::Break {
            first_day: "2026-12-21".into(),
            last_day: "2027-01-03".into(),
            ..Default::default()
        }];
    });
    assert_eq!(
        violations_of("event", &body),
        ["schedule.rdates[0]: extra_date_in_break"]
    );
    let cancelled = v1::Event {
        status: v1::EventStatus::Cancelled as i32,
        ..body
    };
    assert!(violations_of("event", &cancelled).is_empty());
}

#[test]
fn a_clock_without_summer_time_must_be_confirmed_if_it_is_ever_wrong() {
    let asked = ["schedule.time_zone: zone_without_summer_time"];
    for zone in ["GMT", "Etc/GMT", "UTC", "Etc/UTC", "GMT0", "Zulu"] {
        let body = weekly(|it| it.time_zone = zone.into());
        assert_eq!(violations_of("event", &body), asked, "{zone}");
        assert!(prepared("event", &body, None, &["zone_without_summer_time"]).is_ok());
    }
    for zone in ["Europe/London", "Europe/Dublin", "Atlantic/Reykjavik"] {
        let body = weekly(|it| it.time_zone = zone.into());
        assert!(violations_of("event", &body).is_empty(), "{zone}");
    }
    let once = |start: &str| {
        weekly(|it| {
            it.start = start.into();
            it.time_zone = "GMT".into();
            it.rrules.clear();
        })
    };
    assert_eq!(violations_of("event", &once("2027-06-01T19:00")), asked);
    assert!(violations_of("event", &once("2026-12-01T19:00")).is_empty());
}
