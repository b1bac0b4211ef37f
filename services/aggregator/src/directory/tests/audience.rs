//! Filters by the people that a record is for.

use super::*;

fn audience(emphasis: v1::Emphasis, communities: &[&str]) -> v1::WhoFor {
    v1::WhoFor {
        emphasis: emphasis.into(),
        communities: communities.iter().map(ToString::to_string).collect(),
        ..v1::WhoFor::default()
    }
}

fn for_people(name: &str, who_for: Vec<v1::WhoFor>) -> v1::Listing {
    v1::Listing {
        who_for,
        ..listing(name, "Tea.", None)
    }
}

fn who(tags: &[&str]) -> SearchFilter {
    SearchFilter {
        who_for: tags.iter().map(ToString::to_string).collect(),
        ..any()
    }
}

const WOMEN: &str = "community:women";
const SOUTH_ASIAN: &str = "community:south-asian";

async fn with_audiences() -> Seeker {
    let (seeker, mut group) = Seeker::with_group().await;
    let (only, mainly, welcome) = (
        v1::Emphasis::Only,
        v1::Emphasis::Mainly,
        v1::Emphasis::Welcome,
    );
    let young = v1::WhoFor {
        ages: Some(v1::AgeRange {
            youngest: Some(16),
            oldest: Some(25),
        }),
        ..audience(only, &[WOMEN])
    };
    for (key, name, who_for) in [
        ("a", "Women", vec![audience(mainly, &[WOMEN])]),
        ("b", "Both", vec![audience(mainly, &[WOMEN, SOUTH_ASIAN])]),
        (
            "c",
            "Either",
            vec![
                audience(welcome, &[WOMEN]),
                audience(welcome, &[SOUTH_ASIAN]),
            ],
        ),
        (
            "d",
            "Men",
            vec![audience(only, &["community:men", SOUTH_ASIAN])],
        ),
        ("e", "Young women", vec![young]),
        ("f", "Anyone", vec![]),
    ] {
        group.put("listing", key, &for_people(name, who_for));
    }
    seeker.publish(&mut group).await;
    seeker
}

#[tokio::test]
async fn a_group_for_both_ranks_above_groups_for_one_and_groups_only_for_others_are_absent() {
    let seeker = with_audiences().await;
    let found = seeker.titles(who(&["women", "South Asian"])).await;
    assert_eq!(found[0], "Both");
    let mut rest = found[1..].to_vec();
    rest.sort();
    assert_eq!(rest, ["Either", "Women", "Young women"]);
}

#[tokio::test]
async fn only_mainly_and_welcome_are_distinguished() {
    let seeker = with_audiences().await;
    let with = |emphasis: v1::Emphasis| SearchFilter {
        emphasis: vec![emphasis.into()],
        ..who(&[WOMEN])
    };
    assert_eq!(
        seeker.titles(with(v1::Emphasis::Only)).await,
        ["Young women"]
    );
    assert_eq!(seeker.titles(with(v1::Emphasis::Welcome)).await, ["Either"]);
    assert_eq!(seeker.titles(with(v1::Emphasis::Mainly)).await.len(), 2);
}

#[tokio::test]
async fn ages_apply_to_the_matching_audience() {
    let seeker = with_audiences().await;
    let aged = |age: u32| SearchFilter {
        age: Some(age),
        ..who(&[WOMEN])
    };
    assert_eq!(seeker.titles(aged(17)).await.len(), 4);
    assert_eq!(seeker.titles(aged(40)).await.len(), 3);
    let anyone = SearchFilter {
        age: Some(40),
        ..any()
    };
    assert_eq!(
        seeker.titles(anyone).await.len(),
        5,
        "ages not said are any"
    );
}

#[tokio::test]
async fn experiences_are_part_of_a_combination() {
    let (seeker, mut group) = Seeker::with_group().await;
    let lived = |communities: &[&str], experiences: &[&str]| v1::WhoFor {
        experiences: experiences.iter().map(ToString::to_string).collect(),
        ..audience(v1::Emphasis::Mainly, communities)
    };
    let (anxiety, bipolar) = ("experience:anxiety", "experience:bipolar");
    for (key, name, who_for) in [
        ("a", "Anxious women", vec![lived(&[WOMEN], &[anxiety])]),
        ("b", "Women", vec![lived(&[WOMEN], &[])]),
        ("c", "Bipolar", vec![lived(&[], &[bipolar])]),
    ] {
        group.put("listing", key, &for_people(name, who_for));
    }
    seeker.publish(&mut group).await;
    assert_eq!(seeker.titles(who(&["anxiety"])).await, ["Anxious women"]);
    assert_eq!(seeker.titles(who(&[bipolar])).await, ["Bipolar"]);
    assert_eq!(
        seeker.titles(who(&["women", anxiety])).await,
        ["Anxious women", "Women"],
        "both before one"
    );
}
