//! Plain facts of a record, one bit each, in one column: a filter by them is one look at a
//! number, however many records it lets pass.

use hedgerow_core::name::RecordName;
use hedgerow_core::name::collection;
use hedgerow_proto::v1;

use super::entry::Entry;

const ROLES_AT: u32 = 0;
const ONLINE_AT: u32 = 16;
const FREE_AT: u32 = 18;
const OPEN_AT: u32 = 20;
/// An event: over once it has no time to come.
pub(crate) const EVENT: u64 = 1 << (BITS - 1);
/// How many bits there are.
pub(crate) const BITS: u32 = 25;

/// The facts of a record.
pub(crate) fn facts(name: &RecordName, entry: &Entry) -> u64 {
    let said = &entry.summary;
    let roles = if name.collection.as_str() == collection::LISTING {
        any_role(&said.roles)
    } else {
        // What is no listing has no role, and passes whoever asks for one.
        u64::from(u8::MAX) << ROLES_AT
    };
    let event = if said.event_status.is_some() {
        EVENT
    } else {
        0
    };
    roles
        | event
        | yes_or_no(ONLINE_AT, Some(said.online))
        | yes_or_no(FREE_AT, said.free_of_charge)
        | yes_or_no(OPEN_AT, said.open_to_new)
}

/// Any of these roles.
pub(crate) fn any_role(roles: &[v1::Role]) -> u64 {
    roles
        .iter()
        .fold(0, |bits, &role| bits | bit(ROLES_AT, role as i32))
}

/// One can take part online, or cannot.
pub(crate) fn online(online: bool) -> u64 {
    yes_or_no(ONLINE_AT, Some(online))
}

/// It costs nothing, or does.
pub(crate) fn free(free: bool) -> u64 {
    yes_or_no(FREE_AT, Some(free))
}

/// New people can come, or cannot.
pub(crate) fn open_to_new(open: bool) -> u64 {
    yes_or_no(OPEN_AT, Some(open))
}

fn bit(at: u32, number: i32) -> u64 {
    1 << (at + number.unsigned_abs().min(7))
}

/// Two bits, neither of them where nothing is said.
fn yes_or_no(at: u32, said: Option<bool>) -> u64 {
    said.map_or(0, |said| 1 << (at + u32::from(said)))
}
