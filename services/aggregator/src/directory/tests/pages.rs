//! Pages stay what they were while the index changes.

use super::*;

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
    let mut expected = seeker.titles(before).await;
    let first = seeker.ask(request.clone()).await;

    // Others publish, one record is taken back and one is written anew.
    for at in 0..30 {
        other.put(
            "listing",
            &format!("o{at}"),
            &listing("Knitting", "Knitting knitting", None),
        );
    }
    seeker.town.publish(&mut other).await;
    let gone = expected.remove(25);
    let key = |title: &str| format!("k{:03}", title[3..].parse::<u32>().unwrap());
    group.take_back("listing", &key(&gone));
    let edited = expected[31].clone();
    group.put(
        "listing",
        &key(&edited),
        &listing(&edited, "Still knitting, more or less", None),
    );
    seeker.town.publish(&mut group).await;

    assert_eq!(rest_of(&seeker, &request, first).await, expected);
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
