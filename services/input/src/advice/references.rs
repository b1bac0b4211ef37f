//! Groups that a record names by their ids.

use std::collections::BTreeSet;

use hedgerow_core::id::GroupId;
use hedgerow_core::rules::Violation;
use prost_reflect::{DynamicMessage, Value};

use super::question::question;
use super::walk;

/// The ids of all groups that a body names, with their paths.
pub(super) fn ids(body: &DynamicMessage) -> Vec<(String, GroupId)> {
    let references = walk::messages(body, "hedgerow.v1.GroupReference").into_iter();
    references
        .filter_map(
            |(path, reference)| match reference.get_field_by_name("group_id").as_deref() {
                Some(Value::Bytes(id)) => {
                    let id: [u8; 32] = id.as_ref().try_into().ok()?;
                    Some((format!("{path}.group_id"), GroupId::from_bytes(id)))
                }
                _ => None,
            },
        )
        .collect()
}

pub(super) fn check(body: &DynamicMessage, unknown: &BTreeSet<GroupId>) -> Vec<Violation> {
    let named = ids(body).into_iter().filter(|(_, id)| unknown.contains(id));
    named
        .map(|(path, id)| {
            question(
                path,
                "group_unknown",
                format!(
                    "no aggregator that could be reached has a group {id}: `hedgerow search NAME \
                     --ids` prints the ids of groups"
                ),
            )
        })
        .collect()
}
