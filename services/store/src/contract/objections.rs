//! The operator's queue.

use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;

use super::fixtures::now;
use crate::{Objection, Store, Wish};

fn objection(key: &str, minutes: u64) -> Objection {
    Objection {
        group: GroupId::try_from([7; 32].as_slice()).unwrap(),
        name: RecordName::parse("listing", key).unwrap(),
        wish: Wish::Correct,
        words: "It moved.\nIn May.".to_owned(),
        reply: String::new(),
        at: now().plus(Duration::from_secs(60 * minutes)),
    }
}

pub async fn requests_wait_in_order_until_they_are_deleted_or_old(store: Arc<dyn Store>) {
    let (first, second) = (objection("a", 0), objection("b", 1));
    assert!(store.add_objection(first.clone(), 2).await.unwrap());
    assert!(store.add_objection(second.clone(), 2).await.unwrap());
    let third = objection("c", 2);
    assert!(!store.add_objection(third.clone(), 2).await.unwrap());
    let listed = store.list_objections().await.unwrap();
    let all: Vec<_> = listed.iter().map(|(_, one)| one.clone()).collect();
    assert_eq!(all, [first, second.clone()]);
    let (number, _) = listed[0];
    assert!(store.delete_objection(number).await.unwrap());
    assert!(!store.delete_objection(number).await.unwrap());
    let removal = Objection {
        wish: Wish::Remove,
        reply: "me@example.org".to_owned(),
        ..third
    };
    assert!(store.add_objection(removal.clone(), 2).await.unwrap());
    let before = second.at.plus(Duration::from_millis(1));
    store.forget_objections(before).await.unwrap();
    let left = store.list_objections().await.unwrap();
    let left: Vec<_> = left.into_iter().collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].1, removal);
    assert!(left[0].0 > number + 1, "a number is never used again");
}
