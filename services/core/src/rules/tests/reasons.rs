//! Reasons that no other test gives: one body for each, through the function that nodes call.

use super::*;

/// The kind of a record, its body, and `field: reason` of one of its violations.
struct Case {
    kind: &'static str,
    body: Vec<u8>,
    subject: Option<v1::Subject>,
    expected: &'static str,
}

fn case(kind: &'static str, body: &impl prost::Message, expected: &'static str) -> Case {
    Case {
        kind,
        body: body.encode_to_vec(),
        subject: None,
        expected,
    }
}

/// A listing whose place is changed.
fn at(change: impl Fn(&mut v1::Place), expected: &'static str) -> Case {
    let mut body = listing();
    change(&mut body.places[0]);
    case("listing", &body, expected)
}

fn money(currency: &str, minor_units: i64) -> v1::Money {
    v1::Money {
        currency: currency.into(),
        minor_units,
    }
}

/// An event with a price.
fn priced(kind: v1::PriceKind, amount: Option<v1::Money>, expected: &'static str) -> Case {
    let body = v1::Event {
        price: Some(v1::Price {
            kind: kind as i32,
            amount,
            ..Default::default()
        }),
        ..event()
    };
    case("event", &body, expected)
}

/// An offer of money.
fn funded(funding: v1::Funding, expected: &'static str) -> Case {
    let body = v1::Offer {
        resource: Some(v1::Resource {
            title: "Small grants".into(),
            detail: Some(v1::resource::Detail::Funding(funding)),
            ..Default::default()
        }),
        ..Default::default()
    };
    case("offer", &body, expected)
}

fn undated() -> Case {
    let (mut body, subject) = catalogued();
    body.source = Some(v1::Source {
        title: "A list".into(),
        ..Default::default()
    });
    Case {
        subject: Some(subject),
        ..case("listing", &body, "source.date: source_date_required")
    }
}

fn claiming() -> Case {
    let (mut body, subject) = catalogued();
    body.claims = vec![v1::RecordReference {
        group_id: vec![1; 32],
        collection: "listing".into(),
        key: "jigsaw-2013.sodit".into(),
    }];
    Case {
        subject: Some(subject),
        ..case("listing", &body, "claims: claim_unexpected")
    }
}

fn cases() -> Vec<Case> {
    let holiday = v1::Event {
        schedule: Some(v1::Schedule {
            breaks: vec![v1::Break {
                last_day: "2026-12-28".into(),
                ..Default::default()
            }],
            ..event().schedule.unwrap()
        }),
        ..event()
    };
    let online = v1::Event {
        online: Some(v1::Online {
            only: true,
            ..Default::default()
        }),
        ..event()
    };
    let phone = v1::Listing {
        contacts: vec![v1::ContactChannel {
            kind: ContactKind::Phone as i32,
            value: "ring us".into(),
            ..Default::default()
        }],
        ..listing()
    };
    let commitment = v1::Commitment {
        title: "More groups".into(),
        target: Some(v1::Figure {
            value: Some(40.0),
            fewer_than: 50,
            unit: "groups".into(),
        }),
        ..Default::default()
    };
    let largest = |currency: &str| v1::Funding {
        smallest: Some(money("GBP", 20_000)),
        largest: Some(money(currency, 10_000)),
        ..Default::default()
    };
    let rolling = v1::Funding {
        rolling: true,
        deadline: "2026-05-01".into(),
        ..Default::default()
    };
    let region = |place: &mut v1::Place| {
        place.regions = vec![v1::RegionName {
            scheme: "ons".into(),
            name: String::new(),
        }];
    };
    let directions = |place: &mut v1::Place| {
        *place = v1::Place {
            precision: Precision::Hidden as i32,
            directions: "Behind the church.".into(),
            ..Default::default()
        };
    };
    vec![
        at(
            |place| place.country = "Britain".into(),
            "places[0].country: country_malformed",
        ),
        at(region, "places[0].regions[0]: region_incomplete"),
        at(directions, "places[0].directions: directions_without_place"),
        undated(),
        claiming(),
        case("listing", &phone, "contacts[0].value: phone_malformed"),
        case(
            "event",
            &holiday,
            "schedule.breaks[0].first_day: date_required",
        ),
        case(
            "offer",
            &v1::Offer {
                how_to_ask: "Write to us.".into(),
                ..Default::default()
            },
            "resource: resource_required",
        ),
        case(
            "need",
            &v1::Need {
                purpose: "Our meetings.".into(),
                ..Default::default()
            },
            "resource: resource_required",
        ),
        funded(rolling, "resource.funding.deadline: deadline_of_rolling"),
        funded(
            largest("GBP"),
            "resource.funding.smallest: smallest_above_largest",
        ),
        funded(
            largest("EUR"),
            "resource.funding.smallest: smallest_above_largest",
        ),
        priced(
            v1::PriceKind::Unspecified,
            None,
            "price.kind: price_kind_required",
        ),
        priced(
            v1::PriceKind::Rate,
            Some(money("GBP", -500)),
            "price.amount.minor_units: amount_out_of_bounds",
        ),
        priced(
            v1::PriceKind::Rate,
            Some(money("", 500)),
            "price.amount.currency: currency_required",
        ),
        case(
            "event",
            &online,
            "online.available: online_only_unavailable",
        ),
        case(
            "commitment",
            &commitment,
            "target.value: figure_given_twice",
        ),
    ]
}

#[test]
fn each_of_these_reasons_is_given_for_its_field() {
    for Case {
        kind,
        body,
        subject,
        expected,
    } in cases()
    {
        let violations = prepared_bytes(kind, &body, subject.as_ref(), &[]);
        let violations = violations.err().unwrap_or_default();
        let found: Vec<String> = violations
            .iter()
            .map(|it| format!("{}: {}", it.field, it.reason))
            .collect();
        assert!(
            found.iter().any(|it| it == expected),
            "{expected}: {found:?}"
        );
    }
}
