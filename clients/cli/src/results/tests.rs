use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::{HighlightRange, Identity, SearchHit};
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

#[test]
fn the_three_voices_never_look_alike() {
    let mut hit = hit();
    let mut shown = |voice: v1::Voice| {
        hit.voice = voice.into();
        source_cell(&Hit::unchecked(&hit, Timestamp::from_seconds(0)))
    };
    let catalogued = shown(v1::Voice::Catalogued);
    assert!(
        catalogued.starts_with("recorded in 2013; may no longer exist"),
        "{catalogued}"
    );
    assert!(catalogued.contains("A report, Appendix C"), "{catalogued}");
    assert_eq!(
        shown(v1::Voice::Itself),
        "published by the group itself (not verified)"
    );
    assert_eq!(shown(v1::Voice::OnBehalf), "A cataloguer speaks for it");
}

#[test]
fn a_table_with_marked_matches_still_fits() {
    let mut hit = hit();
    hit.snippet = "A long talk over tea, every week, for whoever comes along.".to_owned();
    hit.highlights = vec![HighlightRange { start: 17, end: 20 }];
    let hit = Hit::unchecked(&hit, Timestamp::from_seconds(0));
    let json = serde_json::to_value(&hit).expect("JSON");
    assert_eq!(json["highlights"][0]["start"], 17);
    let table = hit_table(&[hit], 60);
    assert!(table.contains("\u{1b}[1mtea\u{1b}[0m"), "{table:?}");
    let plain = anstream::adapter::strip_str(&table).to_string();
    assert!(plain.contains("“A long talk"), "{plain}");
    let mut widths = plain.lines().map(|line| line.chars().count());
    assert!(widths.all(|width| width <= 60), "{plain}");
    assert!(!plain.contains(['\u{2063}', '\u{2064}']), "{plain:?}");
}

#[test]
fn a_table_fits_the_terminal() {
    let hits = [Hit::unchecked(&hit(), Timestamp::from_seconds(0))];
    let table = hit_table(&hits, 80);
    assert!(
        table.lines().all(|line| line.chars().count() <= 80),
        "{table}"
    );
    assert!(table.contains("7.7 miles"), "{table}");
}
