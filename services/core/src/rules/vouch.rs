//! Rules of vouches.

use hedgerow_proto::v1;
use hedgerow_proto::v1::VouchGrade;

use super::draft::Draft;
use super::parts;
use super::violations::Violations;
use crate::time::Timestamp;

pub(super) fn check(vouch: &v1::Vouch, draft: &Draft<'_>, violations: &mut Violations) {
    parts::reject_subject(draft, violations);
    let id = vouch
        .subject
        .as_ref()
        .map(|subject| subject.group_id.as_slice())
        .unwrap_or_default();
    if id.is_empty() {
        violations.add(
            "subject.group_id",
            "missing",
            "Say for which group you vouch, by its id: 64 digits and letters from a to f.",
        );
    }
    if id == draft.group_id.as_bytes() {
        violations.add(
            "subject.group_id",
            "vouch_of_itself",
            "A group cannot vouch for itself.",
        );
    }
    if vouch.grade() == VouchGrade::Unspecified {
        violations.add(
            "grade",
            "grade_required",
            "Say how far you vouch: affiliated, supported, endorsed or known to us.",
        );
    }
    let expires = vouch.expire_time.as_ref().map(Timestamp::try_from);
    if !matches!(expires, Some(Ok(time)) if time > draft.now) {
        violations.add(
            "expire_time",
            "expiry_required",
            "Say until when this is valid: a time that is still to come.",
        );
    }
}
