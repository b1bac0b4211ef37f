//! Pages stay what they were while the index changes.

use super::*;
use crate::directory::page_token;
use crate::directory::page_token::PageToken;
use crate::directory::page_token::Seal;

async fn many(seeker: &Seeker, group: &mut TestGroup, count: usize) {
    for at in 0..count {
        let summary = format!("Knitting {}", "and knitting ".repeat(at % 7));
        group.put(
            "listing",
            &format!("k{at:03}"),
            &listing(&format!("No {at}"), &summary, None),
        );
    }
    seeker.town.publish(group).await;
}

async fn rest_of(
    seeker: &Seeker,
    request: &v1::SearchRequest,
    first: v1::SearchResponse,
) -> Vec<String> {
    let mut titles: Vec<String> = first.hits.into_iter().map(|hit| hit.title).collect();
    let mut page_token = first.next_page_token;
    while !page_token.is_empty() {
        let page = seeker
            .ask(v1::SearchRequest {
                page_token,
                ..request.clone()
            })
            .await;
        titles.extend(page.hits.into_iter().map(|hit| hit.title));
        page_token = page.next_page_token;
    }
    titles
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repeat() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    many(&seeker, &mut group, 45).await;
    let whole = v1::SearchRequest {
        page_size: 100,
        ..words("knitting")
    };
    let whole = seeker.titles(whole).await;
    assert_eq!(whole.len(), 45);
    let request = v1::SearchRequest {
        page_size: 10,
        ..words("knitting")
    };
    let first = seeker.ask(request.clone()).await;
    assert_eq!((first.hits.len(), first.total), (10, 45));
    assert_eq!(rest_of(&seeker, &request, first).await, whole);
}

#[tokio::test]
async fn pages_stay_stable_while_the_index_changes() {
    let seeker = Seeker::new().await;
    let (mut group, mut other) = (TestGroup::new(1), TestGroup::new(2));
    many(&seeker, &mut group, 40).await;
    let request = v1::SearchRequest {
        page_size: 10,
        ..words("knitting")
    };
    let before = v1::SearchRequest {
        page_size: 100,
        ..request.clone()
    };
    let expected = seeker.titles(before).await;
    let first = seeker.ask(request.clone()).await;

    // Others publish, and one record is written anew.
    for at in 0..30 {
        other.put(
            "listing",
            &format!("o{at}"),
            &listing("Knitting", "Knitting knitting", None),
        );
    }
    seeker.town.publish(&mut other).await;
    let edited = expected[31].clone();
    group.put(
        "listing",
        &key_of(&edited),
        &listing(&edited, "Still knitting, more or less", None),
    );
    seeker.town.publish(&mut group).await;

    assert_eq!(rest_of(&seeker, &request, first).await, expected);
}

fn key_of(title: &str) -> String {
    format!("k{:03}", title[3..].parse::<u32>().unwrap())
}

/// The next page of a search.
fn after(first: &v1::SearchResponse, request: &v1::SearchRequest) -> v1::SearchRequest {
    v1::SearchRequest {
        page_token: first.next_page_token.clone(),
        ..request.clone()
    }
}

#[tokio::test]
async fn what_is_taken_back_between_pages_is_neither_shown_nor_counted() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    many(&seeker, &mut group, 40).await;
    let request = v1::SearchRequest {
        page_size: 10,
        ..words("knitting")
    };
    let mut expected = seeker
        .titles(v1::SearchRequest {
            page_size: 100,
            ..request.clone()
        })
        .await;
    let first = seeker.ask(request.clone()).await;
    let gone = expected.remove(25);
    group.take_back("listing", &key_of(&gone));
    seeker.town.publish(&mut group).await;
    let second = seeker.ask(after(&first, &request)).await;
    assert_eq!(second.total, 39);
    assert_eq!(rest_of(&seeker, &request, first).await, expected);
}

#[tokio::test]
async fn no_state_is_kept_that_still_holds_what_was_taken_back() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    many(&seeker, &mut group, 25).await;
    let request = words("knitting");
    let first = seeker.ask(request.clone()).await;
    let token = PageToken::of(&after(&first, &request)).unwrap().unwrap();
    assert!(seeker.town.index.kept(token.snapshot).is_some());
    group.take_back("listing", "k007");
    seeker.town.publish(&mut group).await;
    assert!(seeker.town.index.kept(token.snapshot).is_none());
}

#[tokio::test]
async fn an_older_state_is_told_in_no_count_and_does_not_live_by_being_paged() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    many(&seeker, &mut group, 25).await;
    let request = v1::SearchRequest {
        page_size: 2,
        ..words("knitting")
    };
    let mut page = seeker.ask(request.clone()).await;
    let kept = PageToken::of(&after(&page, &request)).unwrap().unwrap();
    // Nothing is taken back, but one is about something else now.
    group.put("listing", "k003", &listing("Chess", "", None));
    seeker.town.publish(&mut group).await;
    for minute in 0..4 {
        let is_kept = seeker.town.index.kept(kept.snapshot).is_some();
        assert_eq!(is_kept, minute < 3, "after {minute} minutes");
        page = seeker.ask(after(&page, &request)).await;
        assert_eq!(page.total, 24);
        seeker.town.clock.advance(Duration::from_secs(61));
    }
}

#[tokio::test]
async fn a_made_up_token_asks_the_newest_state() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    many(&seeker, &mut group, 25).await;
    let request = words("knitting");
    let first = seeker.ask(request.clone()).await;
    let token = PageToken::of(&after(&first, &request)).unwrap().unwrap();
    group.put("listing", "k003", &listing("Chess", "", None));
    seeker.town.publish(&mut group).await;
    let other = v1::SearchRequest {
        page_size: 1,
        ..request.clone()
    };
    let forged = PageToken {
        after: token.after,
        depth: 0,
        request: page_token::digest(&other),
        ..token
    };
    assert!(!forged.is_ours(&seeker.directory.seal));
    let forged = v1::SearchRequest {
        page_token: forged.encode(&Seal::new(&Dice::new(2))),
        ..other
    };
    assert_eq!(seeker.ask(forged).await.total, 24);
}

#[tokio::test]
async fn pages_go_on_after_a_restart() {
    let mut seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    many(&seeker, &mut group, 25).await;
    let request = v1::SearchRequest {
        page_size: 10,
        ..words("knitting")
    };
    let expected = seeker
        .titles(v1::SearchRequest {
            page_size: 100,
            ..request.clone()
        })
        .await;
    let first = seeker.ask(request.clone()).await;
    seeker.town.restart().await;
    let seeker = Seeker::over(seeker.town);
    assert_eq!(rest_of(&seeker, &request, first).await, expected);
}

#[tokio::test]
async fn a_page_is_filled_from_behind_what_is_gone() {
    let mut seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    many(&seeker, &mut group, 25).await;
    seeker.town.stop_following().await;
    for at in 0..25 {
        if at % 2 == 0 {
            group.take_back("listing", &format!("k{at:03}"));
        }
    }
    group
        .publish(seeker.town.store.as_ref(), seeker.town.now())
        .await;
    let request = v1::SearchRequest {
        page_size: 8,
        ..words("knitting")
    };
    let first = seeker.ask(request.clone()).await;
    assert_eq!(first.hits.len(), 8);
    assert_eq!(rest_of(&seeker, &request, first).await.len(), 12);
}

#[tokio::test]
async fn distance_pages_do_not_repeat_what_is_equally_far() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    for at in 0..23 {
        group.put(
            "listing",
            &format!("k{at}"),
            &listing(&format!("No {at}"), "", Some("Leeds")),
        );
    }
    seeker.town.publish(&mut group).await;
    let request = v1::SearchRequest {
        near: near("Leeds", 5_000),
        order: v1::SearchOrder::Distance.into(),
        page_size: 5,
        ..v1::SearchRequest::default()
    };
    let first = seeker.ask(request.clone()).await;
    let mut all = rest_of(&seeker, &request, first).await;
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 23);
}

#[tokio::test]
async fn a_token_of_another_search_is_refused() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    many(&seeker, &mut group, 25).await;
    let page_token = seeker.ask(words("knitting")).await.next_page_token;
    let other = v1::SearchRequest {
        page_token,
        ..words("no")
    };
    assert_eq!(seeker.refused(other).await.reason(), "page_token_invalid");
}
