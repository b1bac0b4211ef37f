//! Pages are stable while the index changes.

use super::*;
use crate::directory::page_token::{PageToken, TokenSigner};

async fn many(seeker: &Seeker, group: &mut StoredGroup, count: usize) {
    for at in 0..count {
        let summary = format!("Knitting {}", "and knitting ".repeat(at % 7));
        group.put(
            "listing",
            &format!("k{at:03}"),
            &listing(&format!("No {at}"), &summary, None),
        );
    }
    seeker.publish(group).await;
}

async fn rest_of(
    seeker: &Seeker,
    request: &SearchRecordsRequest,
    first: SearchRecordsResponse,
) -> Vec<String> {
    let mut titles: Vec<String> = first.hits.into_iter().map(|hit| hit.title).collect();
    let mut page_token = first.next_page_token;
    while !page_token.is_empty() {
        let page = seeker
            .search(SearchRecordsRequest {
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
    let (seeker, mut group) = Seeker::with_group().await;
    many(&seeker, &mut group, 45).await;
    let whole = SearchRecordsRequest {
        page_size: 100,
        ..words("knitting").into()
    };
    let whole = seeker.titles(whole).await;
    assert_eq!(whole.len(), 45);
    let request = SearchRecordsRequest {
        page_size: 10,
        ..words("knitting").into()
    };
    let first = seeker.search(request.clone()).await;
    assert_eq!((first.hits.len(), first.total_size), (10, 45));
    assert_eq!(rest_of(&seeker, &request, first).await, whole);
}

#[tokio::test]
async fn pages_stay_stable_while_the_index_changes() {
    let seeker = Seeker::new().await;
    let (mut group, mut other) = (StoredGroup::new(1), StoredGroup::new(2));
    many(&seeker, &mut group, 40).await;
    let request = SearchRecordsRequest {
        page_size: 10,
        ..words("knitting").into()
    };
    let before = SearchRecordsRequest {
        page_size: 100,
        ..request.clone()
    };
    let expected = seeker.titles(before).await;
    let first = seeker.search(request.clone()).await;

    // Another group publishes, and one record is rewritten.
    for at in 0..30 {
        other.put(
            "listing",
            &format!("o{at}"),
            &listing("Knitting", "Knitting knitting", None),
        );
    }
    seeker.publish(&mut other).await;
    let edited = expected[31].clone();
    group.put(
        "listing",
        &key_of(&edited),
        &listing(&edited, "Still knitting, more or less", None),
    );
    seeker.publish(&mut group).await;

    assert_eq!(rest_of(&seeker, &request, first).await, expected);
}

fn key_of(title: &str) -> String {
    format!("k{:03}", title[3..].parse::<u32>().unwrap())
}

/// The token of a page.
fn token(
    seeker: &Seeker,
    page: &SearchRecordsResponse,
    request: &SearchRecordsRequest,
) -> PageToken {
    let unpaged = search_records::unpaged(request);
    PageToken::decode(&page.next_page_token, &unpaged, &seeker.directory.signer)
        .unwrap()
        .unwrap()
}

/// The next page of a search.
fn after(first: &SearchRecordsResponse, request: &SearchRecordsRequest) -> SearchRecordsRequest {
    SearchRecordsRequest {
        page_token: first.next_page_token.clone(),
        ..request.clone()
    }
}

#[tokio::test]
async fn a_record_withdrawn_between_pages_is_neither_shown_nor_counted() {
    let (seeker, mut group) = Seeker::with_group().await;
    many(&seeker, &mut group, 40).await;
    let request = SearchRecordsRequest {
        page_size: 10,
        ..words("knitting").into()
    };
    let mut expected = seeker
        .titles(SearchRecordsRequest {
            page_size: 100,
            ..request.clone()
        })
        .await;
    let first = seeker.search(request.clone()).await;
    let gone = expected.remove(25);
    group.withdraw("listing", &key_of(&gone));
    seeker.publish(&mut group).await;
    let second = seeker.search(after(&first, &request)).await;
    assert_eq!(second.total_size, 39);
    assert_eq!(rest_of(&seeker, &request, first).await, expected);
}

#[tokio::test]
async fn a_snapshot_with_a_withdrawn_record_is_dropped() {
    let (seeker, mut group) = Seeker::with_group().await;
    many(&seeker, &mut group, 25).await;
    let request = SearchRecordsRequest::from(words("knitting"));
    let first = seeker.search(request.clone()).await;
    let snapshot = token(&seeker, &first, &request).snapshot.unwrap();
    assert!(seeker.indexed.index.snapshot(snapshot).is_some());
    group.withdraw("listing", "k007");
    seeker.publish(&mut group).await;
    assert!(seeker.indexed.index.snapshot(snapshot).is_none());
}

#[tokio::test]
async fn an_older_snapshot_affects_no_count_and_expires_although_pages_use_it() {
    let (seeker, mut group) = Seeker::with_group().await;
    many(&seeker, &mut group, 25).await;
    let request = SearchRecordsRequest {
        page_size: 2,
        ..words("knitting").into()
    };
    let mut page = seeker.search(request.clone()).await;
    let snapshot = token(&seeker, &page, &request).snapshot.unwrap();
    // No record is withdrawn, but one is about something else now.
    group.put("listing", "k003", &listing("Chess", "", None));
    seeker.publish(&mut group).await;
    for minute in 0..4 {
        let is_kept = seeker.indexed.index.snapshot(snapshot).is_some();
        assert_eq!(is_kept, minute < 3, "after {minute} minutes");
        page = seeker.search(after(&page, &request)).await;
        assert_eq!(page.total_size, 24);
        seeker.indexed.clock.advance(Duration::from_secs(61));
    }
}

#[tokio::test]
async fn a_forged_token_reads_the_newest_snapshot() {
    let (seeker, mut group) = Seeker::with_group().await;
    many(&seeker, &mut group, 25).await;
    let request = SearchRecordsRequest::from(words("knitting"));
    let first = seeker.search(request.clone()).await;
    let old = token(&seeker, &first, &request);
    group.put("listing", "k003", &listing("Chess", "", None));
    seeker.publish(&mut group).await;
    let other = SearchRecordsRequest {
        page_size: 1,
        ..request.clone()
    };
    let forged = PageToken { depth: 0, ..old };
    let forger = TokenSigner::new(&SeededRandom::new(2));
    let forged = SearchRecordsRequest {
        page_token: forged.encode(&search_records::unpaged(&other), &forger),
        ..other
    };
    assert_eq!(seeker.search(forged).await.total_size, 24);
}

#[tokio::test]
async fn pages_continue_after_a_restart() {
    let mut seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    many(&seeker, &mut group, 25).await;
    let request = SearchRecordsRequest {
        page_size: 10,
        ..words("knitting").into()
    };
    let expected = seeker
        .titles(SearchRecordsRequest {
            page_size: 100,
            ..request.clone()
        })
        .await;
    let first = seeker.search(request.clone()).await;
    seeker.indexed.restart().await;
    let seeker = Seeker::over(seeker.indexed);
    assert_eq!(rest_of(&seeker, &request, first).await, expected);
}

#[tokio::test]
async fn a_page_is_filled_up_when_hits_are_gone() {
    let mut seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    many(&seeker, &mut group, 25).await;
    seeker.indexed.stop_indexer().await;
    for at in 0..25 {
        if at % 2 == 0 {
            group.withdraw("listing", &format!("k{at:03}"));
        }
    }
    group
        .publish(seeker.indexed.store.as_ref(), seeker.indexed.now())
        .await;
    let request = SearchRecordsRequest {
        page_size: 8,
        ..words("knitting").into()
    };
    let first = seeker.search(request.clone()).await;
    assert_eq!(first.hits.len(), 8);
    assert_eq!(rest_of(&seeker, &request, first).await.len(), 12);
}

#[tokio::test]
async fn pages_by_distance_do_not_repeat_hits_at_equal_distance() {
    let (seeker, mut group) = Seeker::with_group().await;
    for at in 0..23 {
        group.put(
            "listing",
            &format!("k{at}"),
            &listing(&format!("No {at}"), "", Some("Leeds")),
        );
    }
    seeker.publish(&mut group).await;
    let request = SearchRecordsRequest {
        filter: Some(SearchFilter {
            near: near("Leeds", 5_000),
            ..any()
        }),
        order: SearchOrder::Distance.into(),
        page_size: 5,
        ..SearchRecordsRequest::default()
    };
    let first = seeker.search(request.clone()).await;
    let mut all = rest_of(&seeker, &request, first).await;
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 23);
}

#[tokio::test]
async fn a_token_of_another_search_is_rejected() {
    let (seeker, mut group) = Seeker::with_group().await;
    many(&seeker, &mut group, 25).await;
    let page_token = seeker.search(words("knitting")).await.next_page_token;
    let other = SearchRecordsRequest {
        page_token,
        ..words("no").into()
    };
    assert_eq!(seeker.rejection(other).await.reason(), "page_token_invalid");
}
