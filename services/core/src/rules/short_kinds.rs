//! What the shorter kinds must say: circumstances, vouches, stories.

use hedgerow_proto::v1;
use hedgerow_proto::v1::VouchGrade;

use super::Context;
use super::Findings;
use super::shared;
use crate::time::Timestamp;

pub(super) fn check_circumstances(
    circumstances: &v1::Circumstances,
    context: &Context<'_>,
    findings: &mut Findings,
) {
    shared::no_subject(context, findings);
    if let Some(report) = &circumstances.evaluation_report {
        shared::link("evaluation_report", report, findings);
    }
}

pub(super) fn check_vouch(vouch: &v1::Vouch, context: &Context<'_>, findings: &mut Findings) {
    shared::no_subject(context, findings);
    let id = vouch
        .subject
        .as_ref()
        .map(|subject| subject.group_id.as_slice())
        .unwrap_or_default();
    if id.is_empty() {
        findings.refuse(
            "subject.group_id",
            "required",
            "Say for which group you vouch, by its id: 64 digits and letters from a to f.",
        );
    }
    if id == context.group_id.as_bytes() {
        findings.refuse(
            "subject.group_id",
            "vouch_of_itself",
            "A group cannot vouch for itself.",
        );
    }
    if vouch.grade() == VouchGrade::Unspecified {
        findings.refuse(
            "grade",
            "grade_required",
            "Say how far you vouch: affiliated, supported, endorsed or known to us.",
        );
    }
    let expires = vouch.expires_at.as_ref().map(Timestamp::try_from);
    if !matches!(expires, Some(Ok(time)) if time > context.now) {
        findings.refuse(
            "expires_at",
            "expiry_required",
            "Say until when this holds: a time that is still to come.",
        );
    }
}

pub(super) fn check_story(story: &v1::Story, context: &Context<'_>, findings: &mut Findings) {
    shared::no_subject(context, findings);
    shared::required(
        "title",
        &story.title,
        "Give the story a title, at most 120 characters.",
        findings,
    );
    shared::required("text", &story.text, "Tell the story.", findings);
    for (index, link) in story.links.iter().enumerate() {
        shared::link(&format!("links[{index}]"), link, findings);
    }
}
