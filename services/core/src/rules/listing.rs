//! What a listing must say.

use hedgerow_proto::v1;
use hedgerow_proto::v1::ActivityState;
use hedgerow_proto::v1::Role;
use hedgerow_proto::v1::Voice;

use super::Context;
use super::Findings;
use super::catalogued;
use super::forms;
use super::shared;

/// How old and how young a group may be: the oldest friendly societies are younger.
const OLDEST_YEAR: u32 = 1_000;
/// More people than this do not meet.
const MOST_PEOPLE: u32 = 100_000;

pub(super) fn check(listing: &v1::Listing, context: &Context<'_>, findings: &mut Findings) {
    shared::required(
        "name",
        &listing.name,
        "Give the group a name, at most 120 characters.",
        findings,
    );
    roles(listing, findings);
    voice(listing, context, findings);
    sizes_and_years(listing, context, findings);
    state(listing, findings);
    shared::who_for("who_for", &listing.who_for, findings);
    shared::contacts(&listing.contacts, findings);
    shared::online("online", listing.online.as_ref(), findings);
    shared::price("cost", listing.cost.as_ref(), findings);
    shared::not_in_the_future(
        "confirmed_at",
        listing.confirmed_at.as_ref(),
        context,
        findings,
    );
    for (index, schedule) in listing.schedules.iter().enumerate() {
        shared::schedule(&format!("schedules[{index}]"), schedule, findings);
    }
    for (index, link) in listing.links.iter().enumerate() {
        shared::link(&format!("links[{index}]"), link, findings);
    }
    for (index, signpost) in listing.crisis_signposts.iter().enumerate() {
        signposted(&format!("crisis_signposts[{index}]"), signpost, findings);
    }
    for (index, identifier) in listing.identifiers.iter().enumerate() {
        let path = format!("identifiers[{index}]");
        if !forms::is_register(&identifier.scheme) {
            findings.refuse(
                format!("{path}.scheme"),
                "identifier_malformed",
                "Write the register's code as on org-id.guide, such as GB-CHC for charities.",
            );
        }
        shared::required(
            &format!("{path}.id"),
            &identifier.id,
            "Write the number under which the register knows the group.",
            findings,
        );
    }
    for (name, list) in [
        ("parents", &listing.parents),
        ("networks", &listing.networks),
    ] {
        for (index, affiliation) in list.iter().enumerate() {
            let path = format!("{name}[{index}].group");
            shared::group_named(&path, affiliation.group.as_ref(), findings);
        }
    }
    for (index, event) in listing.agreed_events.iter().enumerate() {
        shared::reference(&format!("agreed_events[{index}]"), event, "event", findings);
    }
    for (index, claim) in listing.claims.iter().enumerate() {
        shared::reference(&format!("claims[{index}]"), claim, "listing", findings);
    }
}

fn roles(listing: &v1::Listing, findings: &mut Findings) {
    if listing.roles.is_empty() || listing.roles().any(|role| role == Role::Unspecified) {
        findings.refuse(
            "roles",
            "role_required",
            "Say what part the group plays: support group, network, host, funder, trainer, \
             partner or other.",
        );
    }
    if listing.roles().any(|role| role == Role::Other) && listing.role_words.trim().is_empty() {
        findings.refuse(
            "role_words",
            "role_words_required",
            "Say in your own words what part the group plays.",
        );
    }
}

/// The three voices never look alike, so none may carry what belongs to another.
fn voice(listing: &v1::Listing, context: &Context<'_>, findings: &mut Findings) {
    let voice = listing.voice();
    if voice == Voice::Unspecified {
        findings.refuse(
            "voice",
            "voice_required",
            "Say whose voice this is: the group itself, on behalf of a branch, or catalogued \
             from a source.",
        );
        return;
    }
    if voice == Voice::Catalogued {
        catalogued::check(listing, context.subject, findings);
    } else {
        if context.subject.is_some() {
            findings.refuse(
                "subject",
                "subject_unexpected",
                "Only a catalogued listing names a subject. Leave it out.",
            );
        }
        if listing.source.is_some() || !listing.other_sources.is_empty() {
            findings.refuse(
                "source",
                "source_unexpected",
                "Only a catalogued listing names a source. Leave it out.",
            );
        }
    }
    if voice == Voice::OnBehalf {
        on_behalf(listing.on_behalf.as_ref(), findings);
    } else if listing.on_behalf.is_some() {
        findings.refuse(
            "on_behalf",
            "on_behalf_unexpected",
            "Only a listing on behalf of a branch says so. Leave it out.",
        );
    }
    if voice != Voice::Itself && !listing.claims.is_empty() {
        findings.refuse(
            "claims",
            "claim_unexpected",
            "Only a group that speaks for itself can claim a catalogued listing.",
        );
    }
}

fn on_behalf(on_behalf: Option<&v1::OnBehalf>, findings: &mut Findings) {
    let Some(on_behalf) = on_behalf else {
        findings.refuse(
            "on_behalf",
            "on_behalf_required",
            "Say for which branch you speak, and how it gave its leave.",
        );
        return;
    };
    shared::group_named("on_behalf.branch", on_behalf.branch.as_ref(), findings);
    shared::required(
        "on_behalf.leave",
        &on_behalf.leave,
        "Say how and when the branch gave its leave. Name a role, not a person.",
        findings,
    );
}

fn sizes_and_years(listing: &v1::Listing, context: &Context<'_>, findings: &mut Findings) {
    let (least, most) = (listing.usual_size_min, listing.usual_size_max);
    if least > MOST_PEOPLE || most > MOST_PEOPLE || (most != 0 && least > most) {
        findings.refuse(
            "usual_size_min",
            "size_out_of_bounds",
            "The least number of people is above the most, or nobody could count them.",
        );
    }
    let years = OLDEST_YEAR..=context.year();
    if listing.founded_year != 0 && !years.contains(&listing.founded_year) {
        findings.refuse(
            "founded_year",
            "year_out_of_bounds",
            "Write the year in which the group began, such as 2009.",
        );
    }
}

fn state(listing: &v1::Listing, findings: &mut Findings) {
    if !listing.paused_until.is_empty() && listing.activity_state() != ActivityState::Paused {
        findings.refuse(
            "paused_until",
            "not_paused",
            "A group that is not resting has no day on which it starts again. Say that it is \
             paused, or leave the day out.",
        );
    }
}

fn signposted(path: &str, signpost: &v1::CrisisSignpost, findings: &mut Findings) {
    shared::required(
        &format!("{path}.name"),
        &signpost.name,
        "Say which service this is.",
        findings,
    );
    if signpost.phone.is_empty() && signpost.text_number.is_empty() && signpost.url.is_empty() {
        findings.refuse(
            path,
            "signpost_empty",
            "Give a number or a web address for this service.",
        );
    }
    for (name, number) in [
        ("phone", &signpost.phone),
        ("text_number", &signpost.text_number),
    ] {
        if !number.is_empty() && !forms::is_phone(number) {
            findings.refuse(
                format!("{path}.{name}"),
                "phone_malformed",
                "Write only the number here, such as 116 123.",
            );
        }
    }
}
