//! Words as they are typed: slips, beginnings, other words for the same.

use super::*;

async fn seeker_of(listings: &[v1::Listing]) -> Seeker {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    for (at, listing) in listings.iter().enumerate() {
        group.put("listing", &format!("l{at}"), listing);
    }
    seeker.town.publish(&mut group).await;
    seeker
}

fn tagged(name: &str, tag: &str) -> v1::Listing {
    v1::Listing {
        tags: vec![tag.into()],
        ..listing(name, "", None)
    }
}

fn widened(response: &v1::SearchResponse) -> Vec<(&str, Vec<&str>)> {
    response
        .widenings
        .iter()
        .map(|one| {
            let also = one.also.iter().map(String::as_str).collect();
            (one.asked.as_str(), also)
        })
        .collect()
}

#[tokio::test]
async fn a_slip_finds_the_word_that_is_meant_and_says_so() {
    let seeker = seeker_of(&[
        listing("Depression support", "", None),
        listing("Gardening", "", None),
    ])
    .await;
    for typed in [
        "depresion ",
        "depresssion ",
        "derpession ",
        "deprresion group",
    ] {
        let response = seeker.ask(words(typed)).await;
        assert_eq!(response.hits[0].title, "Depression support", "{typed}");
        assert_eq!(widened(&response)[0].1, ["depression"], "{typed}");
    }
    assert_eq!(seeker.titles(words("dprssn ")).await, [""; 0]);
}

#[tokio::test]
async fn a_word_that_is_there_is_not_taken_for_a_slip() {
    let seeker = seeker_of(&[listing("Walk", "", None), listing("Talk", "", None)]).await;
    let response = seeker.ask(words("walk")).await;
    assert_eq!(response.total, 1);
    assert!(response.widenings.is_empty());
}

#[tokio::test]
async fn the_beginning_of_the_last_word_is_enough() {
    let seeker = seeker_of(&[
        listing("Gardening", "", None),
        listing("Tea in the garden", "", None),
        listing("Tea", "", None),
    ])
    .await;
    assert_eq!(seeker.titles(words("gard")).await.len(), 2);
    assert_eq!(
        seeker.titles(words("gardeni")).await.len(),
        2,
        "stems alike"
    );
    let all_first = seeker.titles(words("tea gar")).await;
    assert_eq!(all_first[0], "Tea in the garden");
    let response = seeker.ask(words("gar tea")).await;
    assert_eq!(response.loosenings[0].filter, "query", "not the last");
    assert_eq!(
        seeker.titles(words("gar ")).await,
        [""; 0],
        "it is finished"
    );
}

#[tokio::test]
async fn a_word_is_widened_to_narrower_ones_and_never_to_broader_ones() {
    let seeker = seeker_of(&[
        tagged("All", "community:lgbtqia"),
        tagged("Trans", "community:trans-and-non-binary"),
        listing("LGB only", "For LGB people.", None),
        tagged("Global majority", "community:bme-communities"),
        tagged("Asian", "community:south-asian"),
        listing("Somali women", "", None),
    ])
    .await;
    let found = |query: &str| {
        let request = words(query);
        let seeker = &seeker;
        async move {
            let mut titles = seeker.titles(request).await;
            titles.sort();
            titles
        }
    };
    assert_eq!(found("LGBTQIA+").await, ["All", "Trans"]);
    assert_eq!(found("trans").await, ["Trans"]);
    assert_eq!(found("lgb").await, ["LGB only"]);
    let lgbt = found("lgbt").await;
    assert!(!lgbt.contains(&"LGB only".to_owned()), "no slip of lgb");
    assert_eq!(found("south asian").await, ["Asian"]);
    assert_eq!(
        found("people of colour").await,
        ["Asian", "Global majority", "Somali women"]
    );
    let response = seeker.ask(words("LGBTQIA+")).await;
    assert_eq!(response.hits[0].title, "All", "the word itself comes first");
    let widened = widened(&response);
    assert_eq!(widened[0].0, "LGBTQIA");
    assert!(widened[0].1.contains(&"trans") && !widened[0].1.contains(&"LGB"));
}

#[tokio::test]
async fn a_tag_is_widened_under_the_same_rule() {
    let seeker = seeker_of(&[
        tagged("All", "community:lgbtqia"),
        tagged("Trans", "community:trans-and-non-binary"),
    ])
    .await;
    let tags = |tag: &str| v1::SearchRequest {
        tags: vec![tag.into()],
        ..v1::SearchRequest::default()
    };
    assert_eq!(seeker.titles(tags("community:lgbtqia")).await.len(), 2);
    assert_eq!(seeker.titles(tags("trans")).await, ["Trans"]);
    let response = seeker.ask(tags("community:lgbtqia")).await;
    assert!(widened(&response)[0].1.contains(&"queer"));
}

#[tokio::test]
async fn womens_and_women_are_one_word() {
    let seeker = seeker_of(&[listing("Women's circle", "", None)]).await;
    for query in ["womens", "woman", "women", "WOMEN\u{2019}S"] {
        assert_eq!(seeker.titles(words(query)).await.len(), 1, "{query}");
    }
    assert_eq!(seeker.titles(words("men")).await.len(), 0);
}

#[tokio::test]
async fn where_few_have_all_the_words_a_rare_one_outweighs_common_ones() {
    let mut listings: Vec<v1::Listing> = (0..8)
        .map(|at| listing(&format!("Mental health forum {at}"), "", None))
        .collect();
    listings.push(listing("Zither mental health choir", "", None));
    listings.push(listing("Tea", "We play the zither.", None));
    let seeker = seeker_of(&listings).await;
    assert_eq!(
        seeker.titles(words("zither mental health")).await,
        ["Zither mental health choir", "Tea"]
    );
}

#[tokio::test]
async fn a_part_that_says_whom_it_is_for_outweighs_one_that_says_how() {
    let seeker = seeker_of(&[
        tagged("Somewhere to sit", "setting:drop-in"),
        tagged("Hour", "community:carers-family-and-friends"),
        listing("Tea", "", None),
    ])
    .await;
    assert_eq!(seeker.titles(words("carers drop in")).await, ["Hour"]);
}

#[tokio::test]
async fn a_word_is_told_from_another_with_the_same_stem() {
    let seeker = seeker_of(&[
        listing("Prison", "Prison, prison, prison.", None),
        tagged("Others", "community:people-in-or-leaving-prison"),
    ])
    .await;
    assert_eq!(seeker.titles(words("prisoners")).await[0], "Others");
    assert_eq!(seeker.titles(words("prison")).await[0], "Prison");
}

#[tokio::test]
async fn what_is_over_comes_after_everything_else() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    let mut over = weekly("Knitting tea", "2025-01-07T18:00", "Leeds");
    if let Some(schedule) = &mut over.schedule {
        schedule.rrules = vec!["FREQ=WEEKLY;COUNT=2".into()];
    }
    group.put("event", "e", &over);
    group.put("listing", "a", &listing("Company", "Knitting.", None));
    group.put("listing", "b", &listing("Sofa", "Tea.", None));
    seeker.town.publish(&mut group).await;
    let found = seeker.titles(words("knitting tea")).await;
    assert_eq!(found.len(), 3);
    assert_eq!(found[2], "Knitting tea", "though it has all the words");
}

#[tokio::test]
async fn what_words_were_widened_to_is_marked_in_what_is_shown() {
    let seeker = seeker_of(&[
        listing("Thursday", "Gardening, and tea after it.", None),
        listing("Friday", "Company.", None),
    ])
    .await;
    let marked = |hit: &v1::SearchHit| -> Vec<String> {
        let ranges = hit.highlights.iter();
        let bytes = ranges.map(|one| &hit.snippet[one.start as usize..one.end as usize]);
        bytes.map(str::to_owned).collect()
    };
    for (query, expected) in [
        ("tea gardening", &["Gardening", "tea"][..]),
        ("horticulture", &["Gardening"]),
        ("gardning ", &["Gardening"]),
    ] {
        let hits = seeker.ask(words(query)).await.hits;
        assert_eq!(hits[0].snippet, "Gardening, and tea after it.");
        assert_eq!(marked(&hits[0]), expected, "{query}");
    }
    let all = seeker.ask(words("")).await.hits;
    assert!(all.iter().all(|hit| hit.highlights.is_empty()));
}
