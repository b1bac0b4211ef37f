//! Sealed messages that wait for groups.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::{GroupId, PayloadHash, RequestId};
use hedgerow_core::time::Timestamp;

use super::fixtures::now;
use crate::{Addition, InboxBounds, RequestUse, SpentRequest, Store, WaitingMessage};

const BOUNDS: InboxBounds = InboxBounds {
    per_group: 2,
    all: 3,
};

fn after(minutes: u64) -> Timestamp {
    now().plus(Duration::from_secs(60 * minutes))
}

fn message(id: u8, minutes: u64) -> WaitingMessage {
    WaitingMessage {
        id: RequestId::from_bytes([id; 16]),
        key_index: 1,
        sealed: vec![id; 100],
        at: after(minutes),
    }
}

fn group(number: u8) -> GroupId {
    GroupId::from_bytes([number; 32])
}

fn request(number: u8, group_number: u8) -> SpentRequest {
    SpentRequest {
        group: group(group_number),
        id: RequestId::from_bytes([number; 16]),
        hash: PayloadHash::from_bytes([number; 32]),
        expires: after(10),
        max: 4,
    }
}

pub async fn a_message_waits_until_its_group_acknowledges_it(store: Arc<dyn Store>) {
    let add = async |number, message| {
        store
            .add_waiting(group(number), message, BOUNDS)
            .await
            .unwrap()
    };
    assert_eq!(add(1, message(1, 0)).await, Addition::Closed);
    assert_eq!(store.inbox_open_until(&group(1)).await.unwrap(), None);
    let open = async |number, by| {
        let fetched = store.fetch_waiting(request(number, by), Some(after(60)), 10);
        fetched.await.unwrap()
    };
    assert_eq!(open(1, 1).await, (RequestUse::First, Vec::new()));
    assert_eq!(open(1, 2).await.0, RequestUse::First);
    let until = store.inbox_open_until(&group(1)).await.unwrap();
    assert_eq!(until, Some(after(60)));
    assert_eq!(add(1, message(2, 1)).await, Addition::Added);
    assert_eq!(add(1, message(1, 0)).await, Addition::Added);
    assert_eq!(add(1, message(3, 2)).await, Addition::GroupFull);
    assert_eq!(add(2, message(1, 0)).await, Addition::Added);
    assert_eq!(add(2, message(2, 0)).await, Addition::Full);
    assert_eq!(add(2, message(2, 60)).await, Addition::Closed);
    let (_, fetched) = open(2, 1).await;
    assert_eq!(fetched, [message(1, 0), message(2, 1)], "the oldest first");
    let (_, fetched) = open(3, 1).await;
    assert_eq!(fetched.len(), 2, "they wait until they are acknowledged");
    // Another group's id, and one that is not there.
    let ids = vec![message(1, 0).id, message(9, 0).id];
    let done = store.acknowledge_waiting(request(3, 2), ids.clone()).await;
    assert_eq!(done.unwrap(), RequestUse::First);
    let done = store.acknowledge_waiting(request(4, 1), ids).await;
    assert_eq!(done.unwrap(), RequestUse::First);
    let closed = SpentRequest {
        max: 9,
        ..request(5, 1)
    };
    let (_, fetched) = store.fetch_waiting(closed, None, 1).await.unwrap();
    assert_eq!(fetched, [message(2, 1)]);
    assert_eq!(store.inbox_open_until(&group(1)).await.unwrap(), None);
}

pub async fn a_request_is_used_once_and_remembered_until_it_expires(store: Arc<dyn Store>) {
    let fetch = async |request| {
        let fetched = store.fetch_waiting(request, Some(after(60)), 10);
        fetched.await.unwrap()
    };
    assert_eq!(fetch(request(1, 1)).await.0, RequestUse::First);
    let added = store.add_waiting(group(1), message(1, 0), BOUNDS).await;
    assert_eq!(added.unwrap(), Addition::Added);
    assert_eq!(
        fetch(request(1, 1)).await,
        (RequestUse::Repeated, Vec::new())
    );
    let other = SpentRequest {
        hash: PayloadHash::from_bytes([9; 32]),
        ..request(1, 1)
    };
    assert_eq!(fetch(other.clone()).await, (RequestUse::Reused, Vec::new()));
    let ids = vec![message(1, 0).id];
    let used = store.acknowledge_waiting(other, ids).await.unwrap();
    assert_eq!(used, RequestUse::Reused);
    for number in 2..=4 {
        assert_eq!(fetch(request(number, 1)).await.1.len(), 1);
    }
    assert_eq!(fetch(request(5, 1)).await.0, RequestUse::TooMany);
    store.forget_waiting(now(), after(10)).await.unwrap();
    assert_eq!(fetch(request(5, 1)).await.0, RequestUse::TooMany, "not yet");
    let later = after(10).plus(Duration::from_millis(1));
    store.forget_waiting(now(), later).await.unwrap();
    assert_eq!(fetch(request(5, 1)).await.0, RequestUse::First);
}

pub async fn messages_and_inboxes_are_forgotten_in_their_time(store: Arc<dyn Store>) {
    let open = store.fetch_waiting(request(1, 1), Some(after(60)), 10);
    open.await.unwrap();
    for (id, minutes) in [(1, 0), (2, 5)] {
        let added = store.add_waiting(group(1), message(id, minutes), BOUNDS);
        assert_eq!(added.await.unwrap(), Addition::Added);
    }
    store.forget_waiting(after(5), after(60)).await.unwrap();
    let until = store.inbox_open_until(&group(1)).await.unwrap();
    assert_eq!(until, Some(after(60)));
    let (_, left) = store
        .fetch_waiting(request(2, 1), Some(after(60)), 10)
        .await
        .unwrap();
    assert_eq!(left, [message(2, 5)]);
    store.forget_waiting(after(5), after(61)).await.unwrap();
    assert_eq!(store.inbox_open_until(&group(1)).await.unwrap(), None);
}
