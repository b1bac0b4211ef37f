//! Single values as they are typed.

use hedgerow_proto::v1;
use hedgerow_web::components::Input;
use prost::Message as _;

use super::{blank, post, posted, round_trip, text, today, typed};
use crate::{Posted, prefill};

#[test]
fn tags_are_terms_to_tick_and_own_words() {
    let (form, body) = blank("event", "");
    let event = typed(
        &form,
        &body,
        &[
            ("activities", "activity:gardening"),
            ("activities.own", "Bell ringing\r\nsocialising\r\n"),
        ],
    )
    .unwrap();
    assert_eq!(
        text(&event, "activities"),
        "activity:gardening|Bell ringing|activity:socialising"
    );
}

#[test]
fn a_new_name_of_a_town_forgets_the_old_ones_number() {
    let (form, body) = blank("event", "");
    let sheffield = typed(
        &form,
        &body,
        &[
            ("place.precision", "3"),
            ("place.name", "Sheffield"),
            ("place.geonames_id", "2638077"),
        ],
    )
    .unwrap();
    assert_eq!(text(&sheffield, "place.geonames_id"), "2638077");
    let leeds = typed(&form, &sheffield, &[("place.name", "Leeds")]).unwrap();
    assert_eq!(text(&leeds, "place.geonames_id"), "0");
    assert_eq!(text(&leeds, "place.name"), "Leeds");
}

#[test]
fn amounts_points_numbers_and_ids_are_read() {
    let (form, body) = blank("event", "");
    let fields = [
        ("price.kind", "4"),
        ("price.amount", "2.50"),
        ("place.point", "53.38, -1.47"),
        ("capacity", "1,200"),
    ];
    let event = typed(&form, &body, &fields).unwrap();
    assert_eq!(text(&event, "capacity"), "1200");
    let shown = post(&form.pages()[0].controls(&event));
    let value = |name: &str| shown.iter().find(|(it, _)| it == name).unwrap().1.clone();
    assert_eq!(
        (value("price.amount"), value("place.point")),
        ("£2.50".to_owned(), "53.38, -1.47".to_owned())
    );
    for (name, wrong) in [
        ("capacity", "many"),
        ("price.amount", "five"),
        ("place.point", "north"),
        ("co_hosts.0.group_id", "abc"),
    ] {
        let problems = typed(&form, &body, &[(name, wrong)]).unwrap_err();
        assert!(problems[0].starts_with(name), "{problems:?}");
    }
}

#[test]
fn parts_of_a_list_are_added_and_removed() {
    let (form, body) = blank("listing", "");
    let fields = [
        ("contacts.0.kind", "1"),
        ("contacts.0.value", "a@b.org"),
        ("contacts.1.kind", "2"),
        ("contacts.1.value", "0114 496 0000"),
    ];
    let listing = typed(&form, &body, &fields).unwrap();
    let one = typed(&form, &listing, &[("contacts.0.remove", "yes")]).unwrap();
    let contacts = text(&one, "contacts");
    assert!(
        contacts.contains("0114") && !contacts.contains("a@b.org"),
        "{contacts}"
    );
    let page = form.page("join").unwrap();
    let more = page.posted(&one, &Posted::default(), "contacts", today());
    let list = more
        .iter()
        .flat_map(|group| &group.controls)
        .find(|it| it.name == "contacts")
        .unwrap();
    assert!(matches!(&list.input, Input::List { items, .. } if items.len() == 2));
}

#[test]
fn a_form_that_is_wrong_changes_nothing_and_shows_what_was_typed() {
    let (form, mut body) = blank("event", "");
    let before = body.clone();
    let fields = [
        ("title".to_owned(), "Tea".to_owned()),
        ("capacity".to_owned(), "many".to_owned()),
    ];
    let posted = posted(&fields);
    assert!(form.apply(&mut body, &posted, today()).is_err());
    assert_eq!(body, before);
    let shown = post(&form.pages()[0].posted(&body, &posted, "", today()));
    assert!(shown.contains(&("title".to_owned(), "Tea".to_owned())));
    assert!(shown.contains(&("capacity".to_owned(), "many".to_owned())));
}

#[test]
fn a_new_record_is_where_the_group_is_unless_that_is_hidden() {
    let place = |precision: v1::Precision| v1::Place {
        name: "Sheffield".to_owned(),
        precision: precision.into(),
        geonames_id: 2_638_077,
        ..v1::Place::default()
    };
    let listing = |precision| v1::Listing {
        places: vec![place(precision)],
        ..v1::Listing::default()
    };
    let town = listing(v1::Precision::Town);
    let (event, mut body) = blank("event", "");
    prefill(&mut body, &town);
    let made = v1::Event::decode(body.encode_to_vec().as_slice()).unwrap();
    assert_eq!(made.place, town.places.first().cloned());
    assert_eq!(round_trip(&event, &body), body);
    let (_, mut body) = blank("need", "space");
    prefill(&mut body, &town);
    let made = v1::Need::decode(body.encode_to_vec().as_slice()).unwrap();
    assert_eq!(made.resource.unwrap().place, town.places.first().cloned());
    let (_, mut body) = blank("offer", "space");
    let empty = body.clone();
    prefill(&mut body, &listing(v1::Precision::Hidden));
    assert_eq!(body, empty);
    let (_, mut body) = blank("event", "");
    let online = v1::Online {
        available: true,
        only: true,
        ..v1::Online::default()
    };
    let only_online = v1::Listing {
        online: Some(online.clone()),
        ..v1::Listing::default()
    };
    prefill(&mut body, &only_online);
    let made = v1::Event::decode(body.encode_to_vec().as_slice()).unwrap();
    assert_eq!((made.place, made.online), (None, Some(online)));
}
