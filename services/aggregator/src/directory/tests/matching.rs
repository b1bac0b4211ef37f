//! `ListMatches` over a real store and index.

use hedgerow_proto::directory_v1::MatchAspect;
use hedgerow_proto::v1::resource::Detail;
use hedgerow_proto::words::snake_word;
use hedgerow_proto::{directory_v1, v1};

use super::Seeker;
use crate::directory::list_matches;
use hedgerow_store::contract::StoredGroup;
use hedgerow_testkit::samples::{listing, room, town};

impl Seeker {
    async fn matches(
        &self,
        request: directory_v1::ListMatchesRequest,
    ) -> directory_v1::ListMatchesResponse {
        list_matches::list_matches(&self.directory, request)
            .await
            .unwrap()
    }
}

fn request(group: &StoredGroup, collection: &str, key: &str) -> directory_v1::ListMatchesRequest {
    directory_v1::ListMatchesRequest {
        group_id: group.id().to_vec(),
        collection: collection.into(),
        key: key.into(),
        ..directory_v1::ListMatchesRequest::default()
    }
}

fn need(capacity: u32, place: &str) -> v1::Need {
    v1::Need {
        resource: Some(v1::Resource {
            title: "A room for our evenings".into(),
            place: Some(town(place)),
            detail: Some(Detail::Space(v1::Space {
                capacity,
                ..v1::Space::default()
            })),
            ..v1::Resource::default()
        }),
        ..v1::Need::default()
    }
}

fn titles(response: &directory_v1::ListMatchesResponse) -> Vec<&str> {
    let hits = response.matches.iter().filter_map(|one| one.hit.as_ref());
    hits.map(|hit| hit.title.as_str()).collect()
}

/// Somebody who needs a room for twelve in Leeds, and rooms.
async fn town_with_rooms() -> (Seeker, StoredGroup, StoredGroup) {
    let seeker = Seeker::new().await;
    let (mut asking, mut giving) = (StoredGroup::new(1), StoredGroup::new(2));
    asking
        .put("listing", "l", &listing("The Kettle", "", Some("Leeds")))
        .put("need", "n", &need(12, "Leeds"))
        .put("offer", "own", &room("Our own room", 30, "Leeds"));
    let mut video = room("Video room", 100, "Bath");
    if let Some(resource) = &mut video.resource {
        resource.online = Some(v1::Online {
            available: true,
            ..v1::Online::default()
        });
    }
    let projector = v1::Offer {
        resource: Some(v1::Resource {
            title: "Projector".into(),
            place: Some(town("Leeds")),
            detail: Some(Detail::Equipment(v1::Equipment::default())),
            ..v1::Resource::default()
        }),
        ..v1::Offer::default()
    };
    giving
        .put("offer", "a", &room("Hall", 40, "Bradford"))
        .put("offer", "b", &room("Library room", 14, "Leeds"))
        .put("offer", "c", &room("Cupboard", 4, "Leeds"))
        .put("offer", "d", &room("Far hall", 40, "York"))
        .put("offer", "e", &video)
        .put("offer", "f", &room("Unmeasured", 0, "Leeds"))
        .put("offer", "g", &projector);
    seeker.publish(&mut asking).await;
    seeker.publish(&mut giving).await;
    (seeker, asking, giving)
}

#[tokio::test]
async fn matching_rooms_come_with_what_fits_and_what_is_unknown() {
    let (seeker, asking, _) = town_with_rooms().await;
    let found = seeker.matches(request(&asking, "need", "n")).await;
    assert_eq!(
        titles(&found),
        ["Library room", "Hall", "Video room", "Unmeasured"],
        "the certain first, then the nearest; none of one's own, too small, too far or else"
    );
    let words = |at: usize| {
        let one = &found.matches[at];
        let words = |aspects: &mut dyn Iterator<Item = MatchAspect>| {
            aspects.map(snake_word).collect::<Vec<_>>().join(" ")
        };
        (words(&mut one.fits()), words(&mut one.unknown()))
    };
    assert_eq!(
        words(0),
        ("kind distance capacity price".into(), String::new())
    );
    assert_eq!(words(2).0, "kind online capacity price");
    assert_eq!(words(3), ("kind distance price".into(), "capacity".into()));
    let hit = found.matches[1].hit.as_ref().unwrap();
    assert!((10_000..20_000).contains(&hit.distance_m.unwrap()));
}

#[tokio::test]
async fn matching_needs_reach_as_far_as_they_state() {
    let (seeker, mut asking, giving) = town_with_rooms().await;
    let mut wide = need(10, "York");
    wide.within_km = 100;
    let mut narrow = need(10, "York");
    narrow.within_km = 2;
    asking.put("need", "w", &wide).put("need", "x", &narrow);
    seeker.publish(&mut asking).await;
    let found = seeker.matches(request(&giving, "offer", "b")).await;
    let keys: Vec<&str> = found
        .matches
        .iter()
        .map(|one| one.hit.as_ref().unwrap().key.as_str())
        .collect();
    assert_eq!(keys, ["n", "w"]);
}

#[tokio::test]
async fn the_request_can_set_the_distance_and_pages_continue() {
    let (seeker, asking, _) = town_with_rooms().await;
    let mut page = directory_v1::ListMatchesRequest {
        max_distance_m: 100_000,
        page_size: 2,
        ..request(&asking, "need", "n")
    };
    let mut found = Vec::new();
    loop {
        let response = seeker.matches(page.clone()).await;
        found.extend(titles(&response).into_iter().map(str::to_owned));
        page.page_token = response.next_page_token;
        if page.page_token.is_empty() {
            break;
        }
    }
    assert_eq!(
        found,
        [
            "Library room",
            "Hall",
            "Far hall",
            "Video room",
            "Unmeasured"
        ]
    );
}

#[tokio::test]
async fn the_response_says_if_not_all_records_were_compared() {
    let (seeker, asking, giving) = town_with_rooms().await;
    let among = |request, most| {
        let directory = &seeker.directory;
        async move {
            let found = list_matches::list_matches_among(directory, request, most).await;
            let found = found.unwrap();
            let titles = titles(&found).into_iter().map(str::to_owned);
            (titles.collect::<Vec<_>>(), found.more_not_compared)
        }
    };
    // Of rooms within 30 km there are five, one of them its own; one is had online.
    let need = request(&asking, "need", "n");
    let (all, more) = among(need.clone(), 5).await;
    assert_eq!(all, ["Library room", "Hall", "Video room", "Unmeasured"]);
    assert!(!more, "all records were compared");
    let (few, more) = among(need.clone(), 4).await;
    assert_eq!(
        few,
        ["Library room", "Video room", "Unmeasured"],
        "the nearest were"
    );
    assert!(more);
    let close = directory_v1::ListMatchesRequest {
        max_distance_m: 5_000,
        ..need
    };
    let (_, more) = among(close, 4).await;
    assert!(!more, "no other record is within that distance");
    let offer = request(&giving, "offer", "b");
    assert_eq!(
        among(offer, 1).await,
        (vec!["A room for our evenings".to_owned()], false)
    );
}

#[tokio::test]
async fn only_visible_offers_and_needs_have_matches() {
    let (seeker, asking, _) = town_with_rooms().await;
    let rejection = |request| async {
        let found = list_matches::list_matches(&seeker.directory, request).await;
        found.unwrap_err().reason().to_owned()
    };
    let listing = request(&asking, "listing", "l");
    assert_eq!(rejection(listing).await, "collection_not_served");
    assert_eq!(
        rejection(request(&asking, "need", "zz")).await,
        "record_unknown"
    );
    let unknown = request(&StoredGroup::new(9), "need", "n");
    assert_eq!(rejection(unknown).await, "group_unknown");
    let wide = directory_v1::ListMatchesRequest {
        max_distance_m: 500_001,
        ..request(&asking, "need", "n")
    };
    assert_eq!(rejection(wide).await, "distance_too_long");
}
