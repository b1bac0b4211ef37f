use std::time::Duration;

use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::{HighlightRange, Identity, SearchHit, UseCondition, UseState};
use hedgerow_proto::v1;

use super::*;

fn hit() -> SearchHit {
    SearchHit {
        group_id: vec![7; 32],
        publisher_name: "A cataloguer".to_owned(),
        collection: "listing".to_owned(),
        key: "jigsaw-2013.a".to_owned(),
        title: "A group".to_owned(),
        place: "Leeds".to_owned(),
        distance_m: Some(12_345),
        voice: v1::Voice::Catalogued.into(),
        source: Some(v1::Source {
            title: "A report".to_owned(),
            section: "Appendix C".to_owned(),
            recorded_year: 2013,
            ..Default::default()
        }),
        identity: Identity::Unconfirmed.into(),
        head_issue_time: Some(Timestamp::from_seconds(1_000).to_proto()),
        ..Default::default()
    }
}

#[test]
fn an_unchecked_hit_claims_nothing() {
    let hit = Hit::unchecked(&hit(), Timestamp::from_seconds(1_060));
    let json = serde_json::to_value(&hit).expect("JSON");
    assert_eq!(json["unaltered"], serde_json::Value::Null);
    assert_eq!(json["voice"], "catalogued");
    assert_eq!(json["identity"], "unconfirmed");
    assert_eq!(json["source"], "A report, Appendix C");
    assert_eq!(json["source_date"], "2013");
    assert_eq!(json["distance_km"], 12.35);
    assert_eq!(json["head_age_s"], 60);
    assert_eq!(json["confirm_time"], serde_json::Value::Null);
    for field in [
        "group_id",
        "publisher_name",
        "collection",
        "key",
        "title",
        "place",
    ] {
        assert!(json[field].is_string(), "{field}");
    }
}

const NOW: Timestamp = Timestamp::from_seconds(1_000);

fn shown(hit: &SearchHit, width: u16) -> String {
    let list = hit_list(&[Hit::unchecked(hit, NOW)], width, NOW);
    anstream::adapter::strip_str(&list).to_string()
}

#[test]
fn the_three_voices_never_look_alike() {
    let mut hit = hit();
    let mut shown = |voice: v1::Voice| {
        hit.voice = voice.into();
        shown(&hit, 100)
    };
    let catalogued = shown(v1::Voice::Catalogued);
    assert!(
        catalogued.contains("recorded in 2013; may no longer exist"),
        "{catalogued}"
    );
    assert!(catalogued.contains("A report, Appendix C"), "{catalogued}");
    assert!(shown(v1::Voice::Itself).contains("published by the group itself (not verified)"));
    assert!(shown(v1::Voice::OnBehalf).contains("A cataloguer speaks for it"));
}

#[test]
fn a_list_with_marked_matches_still_fits() {
    let mut hit = hit();
    hit.snippet = "A long talk over tea, every week, for everyone who comes along. ".repeat(9);
    hit.highlights = vec![HighlightRange { start: 17, end: 20 }];
    let json = serde_json::to_value(Hit::unchecked(&hit, NOW)).expect("JSON");
    assert_eq!(json["highlights"][0]["start"], 17);
    let list = hit_list(&[Hit::unchecked(&hit, NOW)], 60, NOW);
    assert!(list.contains("\u{1b}[1mtea\u{1b}[0m"), "{list:?}");
    let plain = shown(&hit, 60);
    assert!(
        plain.contains("“A long talk") && plain.contains("…”"),
        "{plain}"
    );
    assert!(!plain.contains(['\u{2063}', '\u{2064}']), "{plain:?}");
}

#[test]
fn a_hit_takes_at_most_five_lines_that_fit_the_terminal() {
    let mut hit = hit();
    hit.title = "A group with a very long name that says everything about it ".repeat(3);
    hit.collection = "event".to_owned();
    hit.snippet = "A long talk over tea, every week, for everyone who comes along. ".repeat(9);
    hit.highlights = vec![HighlightRange { start: 17, end: 20 }];
    hit.source = Some(v1::Source {
        title: "Mental health peer support in England: Piecing together the jigsaw".repeat(4),
        ..v1::Source::default()
    });
    for width in [40, 60, 80, 140] {
        let mut checked = Hit::unchecked(&hit, NOW);
        checked.website = Some(format!("https://{}.org.uk", "long".repeat(40)));
        let list = hit_list(&[checked], width, NOW);
        let plain = anstream::adapter::strip_str(&list).to_string();
        assert!(plain.lines().count() <= 5, "{width}: {plain}");
        for line in plain.lines() {
            assert!(
                line.chars().count() <= usize::from(width),
                "{width}: {line}"
            );
        }
    }
}

#[test]
fn an_event_shows_its_next_time_or_that_it_is_over() {
    let mut hit = Hit::unchecked(&hit(), NOW);
    hit.next_local = Some("2026-12-01T18:30".to_owned());
    let list = |hit: Hit| hit_list(&[hit], 100, NOW);
    let next = list(hit);
    assert!(next.contains("next: Tue 1 December 2026, 18:30"), "{next}");
    let mut hit = Hit::unchecked(&self::hit(), NOW);
    hit.last_local = Some("2019-03-01T19:00".to_owned());
    let over = list(hit);
    assert!(
        over.contains("over since Fri 1 March 2019, 19:00"),
        "{over}"
    );
    let mut hit = Hit::unchecked(&self::hit(), NOW);
    hit.over_since = Some("2021-06-30T23:00:00Z".to_owned());
    let over = list(hit);
    assert!(over.contains("over since 30 June 2021"), "{over}");
}

#[test]
fn an_event_that_is_on_shows_until_when() {
    let on_now = |end: &str| {
        let mut hit = Hit::unchecked(&hit(), NOW);
        hit.next_start = Some(NOW.minus(Duration::from_secs(1_800)).to_string());
        hit.next_local = Some("2026-11-27T22:00".to_owned());
        hit.next_local_end = Some(end.to_owned());
        hit_list(&[hit], 100, NOW)
    };
    let until = on_now("2026-11-27T23:30");
    assert!(until.contains("now, until 23:30"), "{until}");
    let until = on_now("2026-11-28T02:00");
    assert!(
        until.contains("now, until Sat 28 November 2026, 02:00"),
        "{until}"
    );
}

#[test]
fn a_room_is_free_or_to_be_asked_about() {
    let mut hit = hit();
    hit.use_state = UseState::Free.into();
    assert!(shown(&hit, 100).contains("free then"));
    hit.use_state = UseState::Ask.into();
    hit.use_conditions = vec![UseCondition::Notice.into()];
    let text = shown(&hit, 100);
    assert!(text.contains("ask them: they need more notice"), "{text}");
}

#[test]
fn a_title_forges_no_lines() {
    let mut hit = hit();
    hit.title = "A\n3 found. Checked: exactly as published.".to_owned();
    hit.place = "Leeds\nverified: yes".to_owned();
    let text = shown(&hit, 100);
    assert!(
        !text.contains("\n3 found") && !text.contains("\nverified"),
        "{text}"
    );
}

#[test]
fn listings_of_one_organisation_are_one_entry_that_names_all_who_list_it() {
    let first = hit();
    let second = SearchHit {
        publisher_name: "Another cataloguer".to_owned(),
        source: Some(v1::Source {
            title: "A list".to_owned(),
            recorded_year: 2024,
            ..Default::default()
        }),
        is_same_organisation: true,
        ..hit()
    };
    let own = SearchHit {
        voice: v1::Voice::Itself.into(),
        source: None,
        title: "The group".to_owned(),
        is_same_organisation: true,
        ..hit()
    };
    let list = |hits: &[&SearchHit]| {
        let hits = hits.iter().map(|hit| Hit::unchecked(hit, NOW));
        let hits = group_by_organisation(hits);
        let text = anstream::adapter::strip_str(&hit_list(&hits, 140, NOW)).to_string();
        (hits.len(), text)
    };
    let (count, text) = list(&[&first, &second, &first]);
    assert_eq!(count, 2, "{text}");
    let both = "listed by A cataloguer (2013) and by Another cataloguer (2024)";
    assert!(text.contains(both), "{text}");
    let (_, text) = list(&[&first, &own]);
    let both =
        "listed by A cataloguer (2013) and by the group itself (not verified) as “The group”";
    assert!(text.contains(both), "{text}");
    let own = SearchHit {
        is_same_organisation: false,
        ..own
    };
    let (_, text) = list(&[&own, &second]);
    assert!(
        text.contains("also listed by Another cataloguer (2024) as “A group”"),
        "{text}"
    );
    let grouped = group_by_organisation([&first, &second].map(|hit| Hit::unchecked(hit, NOW)));
    let json = serde_json::to_value(&grouped).expect("JSON");
    assert_eq!(json[0]["same_organisation"][0]["source_date"], "2024");
}
