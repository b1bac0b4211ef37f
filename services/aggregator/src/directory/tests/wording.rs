//! Words as people type them: misspellings, prefixes and synonyms.

use super::*;
use crate::directory::{get_coverage, list_events};

async fn seeker_of(listings: &[v1::Listing]) -> Seeker {
    let (seeker, mut group) = Seeker::with_group().await;
    for (at, listing) in listings.iter().enumerate() {
        group.put("listing", &format!("l{at}"), listing);
    }
    seeker.publish(&mut group).await;
    seeker
}

fn tagged(name: &str, tag: &str) -> v1::Listing {
    v1::Listing {
        tags: vec![tag.into()],
        ..listing(name, "", None)
    }
}

fn widened(response: &SearchRecordsResponse) -> Vec<(&str, Vec<&str>)> {
    response
        .expansions
        .iter()
        .map(|one| {
            let alternatives = one.alternatives.iter().map(String::as_str).collect();
            (one.term.as_str(), alternatives)
        })
        .collect()
}

#[tokio::test]
async fn a_misspelt_word_matches_the_intended_one_and_says_so() {
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
        let response = seeker.search(words(typed)).await;
        assert_eq!(response.hits[0].title, "Depression support", "{typed}");
        assert_eq!(widened(&response)[0].1, ["depression"], "{typed}");
    }
    assert_eq!(seeker.titles(words("dprssn ")).await, [""; 0]);
}

#[tokio::test]
async fn an_indexed_word_is_not_treated_as_misspelt() {
    let seeker = seeker_of(&[listing("Walk", "", None), listing("Talk", "", None)]).await;
    let response = seeker.search(words("walk")).await;
    assert_eq!(response.total_size, 1);
    assert!(response.expansions.is_empty());
}

#[tokio::test]
async fn the_last_word_may_be_a_prefix() {
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
    let response = seeker.search(words("gar tea")).await;
    assert_eq!(response.left_out_words, ["gar"], "not the last");
    assert_eq!(
        seeker.titles(words("gar ")).await,
        [""; 0],
        "it is finished"
    );
}

#[tokio::test]
async fn a_word_is_expanded_to_narrower_terms_and_never_to_broader_ones() {
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
    let response = seeker.search(words("LGBTQIA+")).await;
    assert_eq!(response.hits[0].title, "All", "the word itself comes first");
    let widened = widened(&response);
    assert_eq!(widened[0].0, "LGBTQIA");
    assert!(widened[0].1.contains(&"trans") && !widened[0].1.contains(&"LGB"));
}

#[tokio::test]
async fn a_tag_is_expanded_by_the_same_rule() {
    let seeker = seeker_of(&[
        tagged("All", "community:lgbtqia"),
        tagged("Trans", "community:trans-and-non-binary"),
    ])
    .await;
    let tags = |tag: &str| SearchFilter {
        tags: vec![tag.into()],
        ..any()
    };
    assert_eq!(seeker.titles(tags("community:lgbtqia")).await.len(), 2);
    assert_eq!(seeker.titles(tags("trans")).await, ["Trans"]);
    let response = seeker.search(tags("community:lgbtqia")).await;
    assert!(widened(&response)[0].1.contains(&"queer"));
}

#[tokio::test]
async fn a_tag_that_nobody_has_is_an_error_with_the_nearest_ones() {
    let seeker = seeker_of(&[
        tagged("All", "community:lgbtqia"),
        tagged("Own", "x:boat building"),
    ])
    .await;
    let tags = |tag: &str| SearchFilter {
        tags: vec![tag.into()],
        ..any()
    };
    assert_eq!(seeker.titles(tags("boat building")).await, ["Own"]);
    assert_eq!(
        seeker.titles(tags("wheelchair access")).await,
        [""; 0],
        "known"
    );
    let unknown = seeker.rejection(tags("depresion")).await;
    assert_eq!(unknown.violations()[0].reason, "tag_unknown");
    assert_eq!(unknown.violations()[0].field, "filter.tags");
    let message = &unknown.violations()[0].message;
    assert!(message.contains("`experience:depression`"), "{message}");
    let access = SearchFilter {
        accessibility: vec!["wheelchair".into()],
        ..any()
    };
    let message = seeker.rejection(access).await.violations()[0]
        .message
        .clone();
    assert!(
        message.contains("`accessibility:step-free-entrance`"),
        "{message}"
    );
    let who = SearchFilter {
        who_for: vec!["woman".into()],
        ..any()
    };
    let message = seeker.rejection(who).await.violations()[0].message.clone();
    assert!(message.contains("`community:women`"), "{message}");
}

#[tokio::test]
async fn an_unknown_value_is_named_beside_the_hits_of_others_by_every_method() {
    let joining = |way: &str| v1::Listing {
        how_to_join: vec![way.into()],
        ..listing("Tea", "", Some("Leeds"))
    };
    let seeker = seeker_of(&[joining("referral-route:self-referral")]).await;
    let filter = |ways: &[&str]| SearchFilter {
        how_to_join: ways.iter().map(ToString::to_string).collect(),
        ..any()
    };
    let both = filter(&["referral-route:self-referral", "selfreferal"]);
    let response = seeker.search(both.clone()).await;
    assert_eq!(response.total_size, 1);
    let [unknown] = response.unknown_values.as_slice() else {
        panic!("{:?}", response.unknown_values);
    };
    assert_eq!(
        (unknown.filter.as_str(), unknown.value.as_str()),
        ("how_to_join", "selfreferal")
    );
    assert_eq!(unknown.nearest[0], "referral-route:self-referral");
    assert!(seeker.search(filter(&[])).await.unknown_values.is_empty());

    let coverage = |filter| directory_v1::GetCoverageRequest {
        filter: Some(filter),
        ..directory_v1::GetCoverageRequest::default()
    };
    let counted = get_coverage::get_coverage(&seeker.directory, coverage(both)).await;
    assert_eq!(counted.unwrap().unknown_values.len(), 1);
    let nobodys = SearchFilter {
        tags: vec!["xyzzy".into()],
        ..any()
    };
    let failure = get_coverage::get_coverage(&seeker.directory, coverage(nobodys.clone())).await;
    assert_eq!(failure.unwrap_err().violations()[0].reason, "tag_unknown");
    let events = directory_v1::ListEventsRequest {
        filter: Some(nobodys),
        ..directory_v1::ListEventsRequest::default()
    };
    let failure = list_events::list_events(&seeker.directory, events).await;
    assert_eq!(failure.unwrap_err().violations()[0].reason, "tag_unknown");
    let no_language = SearchFilter {
        languages: vec!["zz".into()],
        ..any()
    };
    let failure = seeker.rejection(no_language).await;
    assert_eq!(failure.violations()[0].reason, "language_unknown");
}

#[tokio::test]
async fn languages_are_found_by_name_and_an_unknown_one_is_an_error() {
    let listing_in = |language: &str| v1::Listing {
        languages: vec![language.into()],
        ..listing(language, "", None)
    };
    // The second was published before names became tags.
    let seeker = seeker_of(&[listing_in("pl"), listing_in("Polish"), listing_in("ur")]).await;
    for language in ["pl", "Polish", "polski"] {
        let filter = SearchFilter {
            languages: vec![language.into()],
            ..any()
        };
        assert_eq!(seeker.titles(filter).await.len(), 2, "{language}");
    }
    let unknown = SearchFilter {
        languages: vec!["Klingon".into()],
        ..any()
    };
    let failure = seeker.rejection(unknown).await;
    assert_eq!(failure.violations()[0].reason, "language_unknown");
    assert!(failure.violations()[0].message.contains("Polish"));
}

#[tokio::test]
async fn womens_and_women_have_one_stem() {
    let seeker = seeker_of(&[listing("Women's circle", "", None)]).await;
    for query in ["womens", "woman", "women", "WOMEN\u{2019}S"] {
        assert_eq!(seeker.titles(words(query)).await.len(), 1, "{query}");
    }
    assert_eq!(seeker.titles(words("men")).await.len(), 0);
}

#[tokio::test]
async fn if_few_records_have_all_words_a_rare_word_outweighs_common_ones() {
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
async fn a_word_for_an_audience_outweighs_one_for_an_activity() {
    let seeker = seeker_of(&[
        tagged("Somewhere to sit", "setting:drop-in"),
        tagged("Hour", "community:carers-family-and-friends"),
        listing("Tea", "", None),
    ])
    .await;
    assert_eq!(seeker.titles(words("carers drop in")).await, ["Hour"]);
}

#[tokio::test]
async fn words_with_the_same_stem_are_distinguished() {
    let seeker = seeker_of(&[
        listing("Prison", "Prison, prison, prison.", None),
        tagged("Others", "community:people-in-or-leaving-prison"),
    ])
    .await;
    assert_eq!(seeker.titles(words("prisoners")).await[0], "Others");
    assert_eq!(seeker.titles(words("prison")).await[0], "Prison");
}

#[tokio::test]
async fn past_events_come_last() {
    let (seeker, mut group) = Seeker::with_group().await;
    let mut over = weekly("Knitting tea", "2025-01-07T18:00", "Leeds");
    if let Some(schedule) = &mut over.schedule {
        schedule.rrules = vec!["FREQ=WEEKLY;COUNT=2".into()];
    }
    group.put("event", "e", &over);
    group.put("listing", "a", &listing("Company", "Knitting.", None));
    group.put("listing", "b", &listing("Sofa", "Tea.", None));
    seeker.publish(&mut group).await;
    let found = seeker.titles(words("knitting tea")).await;
    assert_eq!(found.len(), 3);
    assert_eq!(found[2], "Knitting tea", "though it has all the words");
}

#[tokio::test]
async fn expanded_words_are_highlighted_in_snippets() {
    let seeker = seeker_of(&[
        listing("Thursday", "Gardening, and tea after it.", None),
        listing("Friday", "Company.", None),
    ])
    .await;
    let marked = |hit: &directory_v1::SearchHit| -> Vec<String> {
        let ranges = hit.highlights.iter();
        let bytes = ranges.map(|one| &hit.snippet[one.start as usize..one.end as usize]);
        bytes.map(str::to_owned).collect()
    };
    for (query, expected) in [
        ("tea gardening", &["Gardening", "tea"][..]),
        ("horticulture", &["Gardening"]),
        ("gardning ", &["Gardening"]),
    ] {
        let hits = seeker.search(words(query)).await.hits;
        assert_eq!(hits[0].snippet, "Gardening, and tea after it.");
        assert_eq!(marked(&hits[0]), expected, "{query}");
    }
    let all = seeker.search(words("")).await.hits;
    assert!(all.iter().all(|hit| hit.highlights.is_empty()));
}

#[tokio::test]
async fn what_is_refused_is_left_out_and_named() {
    let (seeker, mut group) = Seeker::with_group().await;
    for (key, title, summary) in [
        ("aa", "Alcoholics Anonymous Leeds", "Stop drinking with us."),
        ("dry", "Dry Run", "Cut down drinking. We are not AA."),
        ("sit", "Sitting Still", "Meditation in a church hall."),
        (
            "plain",
            "Non-religious meditation",
            "Meditation without beliefs.",
        ),
    ] {
        group.put("listing", key, &listing(title, summary, None));
    }
    seeker.publish(&mut group).await;
    let response = seeker.search(words("cut down drinking but not AA")).await;
    let titles: Vec<&str> = response.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(titles, ["Dry Run"]);
    assert_eq!(response.refused_words, ["AA"]);
    let response = seeker.search(words("meditation not religious")).await;
    assert_eq!(response.refused_words, ["religious"]);
    let titles: Vec<&str> = response.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert!(titles.contains(&"Non-religious meditation"), "it says so");
    let response = seeker.search(words("there is no meditation here")).await;
    assert!(response.refused_words.is_empty() && response.total_size > 0);
}

#[tokio::test]
async fn a_need_without_records_finds_those_of_the_need_that_includes_it() {
    let (seeker, mut group) = Seeker::with_group().await;
    for (key, title, summary) in [
        (
            "parents",
            "Saturday Table",
            "For parents and their friends.",
        ),
        ("walk", "Hill Walkers", "Long walks for everybody."),
    ] {
        group.put("listing", key, &listing(title, summary, None));
    }
    seeker.publish(&mut group).await;
    let response = seeker.search(words("dad on his own with two kids")).await;
    assert_eq!(response.hits[0].title, "Saturday Table");
    let also: Vec<&String> = response
        .expansions
        .iter()
        .flat_map(|it| &it.alternatives)
        .collect();
    assert!(
        also.iter().any(|words| words.as_str() == "parents"),
        "{also:?}"
    );
}
