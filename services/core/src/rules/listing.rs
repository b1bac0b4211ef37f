//! Rules of listings.

use hedgerow_proto::v1;
use hedgerow_proto::v1::{ActivityState, Role, Voice};

use super::draft::Draft;
use super::violations::Violations;
use super::{catalogued, format, parts, schedule};

/// The first year accepted as a founding year; even the oldest friendly societies are younger.
const MIN_FOUNDED_YEAR: u32 = 1_000;
/// A larger group size is a typing error.
const MAX_PEOPLE: u32 = 100_000;

pub(super) fn check(listing: &v1::Listing, draft: &Draft<'_>, violations: &mut Violations) {
    parts::require_text(
        "name",
        &listing.name,
        "Give the group a name, at most 120 characters.",
        violations,
    );
    check_roles(listing, violations);
    check_voice(listing, draft, violations);
    check_size_and_year(listing, draft, violations);
    check_pause(listing, violations);
    parts::check_who_for("who_for", &listing.who_for, violations);
    parts::check_contacts(&listing.contacts, violations);
    parts::check_online("online", listing.online.as_ref(), violations);
    parts::check_price("price", listing.price.as_ref(), violations);
    parts::check_confirm_time(listing.confirm_time.as_ref(), draft, violations);
    schedule::check_cost("schedules", &listing.schedules, draft, violations);
    for (index, times) in listing.schedules.iter().enumerate() {
        let path = format!("schedules[{index}]");
        schedule::check(&path, times, violations);
        schedule::check_dates(&path, times, draft, violations);
    }
    parts::check_links("links", &listing.links, violations);
    for (index, signpost) in listing.crisis_signposts.iter().enumerate() {
        check_signpost(&format!("crisis_signposts[{index}]"), signpost, violations);
    }
    for (index, identifier) in listing.identifiers.iter().enumerate() {
        let path = format!("identifiers[{index}]");
        if !format::is_register(&identifier.scheme) {
            violations.add(
                format!("{path}.scheme"),
                "identifier_malformed",
                "Write the register's code as on org-id.guide, such as GB-CHC for charities.",
            );
        }
        parts::require_text(
            &format!("{path}.id"),
            &identifier.id,
            "Write the number under which the register knows the group.",
            violations,
        );
    }
    for (name, list) in [
        ("parents", &listing.parents),
        ("networks", &listing.networks),
    ] {
        for (index, affiliation) in list.iter().enumerate() {
            let path = format!("{name}[{index}].group");
            parts::require_group(&path, affiliation.group.as_ref(), violations);
        }
    }
    parts::check_references("agreed_events", &listing.agreed_events, "event", violations);
    parts::check_references("claims", &listing.claims, "listing", violations);
}

fn check_roles(listing: &v1::Listing, violations: &mut Violations) {
    if listing.roles.is_empty() || listing.roles().any(|role| role == Role::Unspecified) {
        violations.add(
            "roles",
            "role_required",
            "Say what part the group plays: support group, network, host, funder, trainer, \
             partner or other.",
        );
    }
    if listing.roles().any(|role| role == Role::Other) && listing.role_words.trim().is_empty() {
        violations.add(
            "role_words",
            "role_words_required",
            "Say in your own words what part the group plays.",
        );
    }
}

/// Rejects fields that belong to another voice. The three voices must never look alike.
fn check_voice(listing: &v1::Listing, draft: &Draft<'_>, violations: &mut Violations) {
    let voice = listing.voice();
    if voice == Voice::Unspecified {
        violations.add(
            "voice",
            "voice_missing",
            "Say whose voice this is: the group itself, on behalf of a branch, or catalogued \
             from a source.",
        );
        return;
    }
    if voice == Voice::Catalogued {
        catalogued::check(listing, draft.subject, violations);
    } else {
        parts::reject_subject(draft, violations);
        if listing.source.is_some() || !listing.other_sources.is_empty() {
            violations.add(
                "source",
                "source_unexpected",
                "Only a catalogued listing names a source. Leave it out.",
            );
        }
    }
    if voice == Voice::OnBehalf {
        check_on_behalf(listing.on_behalf.as_ref(), violations);
    } else if listing.on_behalf.is_some() {
        violations.add(
            "on_behalf",
            "on_behalf_unexpected",
            "Only a listing on behalf of a branch says so. Leave it out.",
        );
    }
    if voice != Voice::Itself && !listing.claims.is_empty() {
        violations.add(
            "claims",
            "claim_unexpected",
            "Only a group that speaks for itself can claim a catalogued listing.",
        );
    }
}

fn check_on_behalf(on_behalf: Option<&v1::OnBehalf>, violations: &mut Violations) {
    let Some(on_behalf) = on_behalf else {
        violations.add(
            "on_behalf",
            "on_behalf_required",
            "Say for which branch you speak, and how it gave its permission.",
        );
        return;
    };
    parts::require_group("on_behalf.branch", on_behalf.branch.as_ref(), violations);
    parts::require_text(
        "on_behalf.permission",
        &on_behalf.permission,
        "Say how and when the branch gave its permission. Name a role, not a person.",
        violations,
    );
}

fn check_size_and_year(listing: &v1::Listing, draft: &Draft<'_>, violations: &mut Violations) {
    let (min, max) = (listing.usual_size_min, listing.usual_size_max);
    if min > MAX_PEOPLE || max > MAX_PEOPLE || (max != 0 && min > max) {
        violations.add(
            "usual_size_min",
            "size_out_of_bounds",
            "The smallest number of people is above the largest, or one of them is too large.",
        );
    }
    let years = MIN_FOUNDED_YEAR..=draft.year();
    if listing.founded_year != 0 && !years.contains(&listing.founded_year) {
        violations.add(
            "founded_year",
            "year_out_of_bounds",
            "Write the year in which the group began, such as 2009.",
        );
    }
}

fn check_pause(listing: &v1::Listing, violations: &mut Violations) {
    if !listing.paused_until.is_empty() && listing.activity_state() != ActivityState::Paused {
        violations.add(
            "paused_until",
            "not_paused",
            "A group that is not resting has no day on which it starts again. Say that it is \
             paused, or leave the day out.",
        );
    }
}

fn check_signpost(path: &str, signpost: &v1::CrisisSignpost, violations: &mut Violations) {
    parts::require_text(
        &format!("{path}.name"),
        &signpost.name,
        "Say which service this is.",
        violations,
    );
    if signpost.phone.is_empty() && signpost.text_number.is_empty() && signpost.url.is_empty() {
        violations.add(
            path,
            "signpost_empty",
            "Give a number or a web address for this service.",
        );
    }
    for (name, number) in [
        ("phone", &signpost.phone),
        ("text_number", &signpost.text_number),
    ] {
        if !number.is_empty() && !format::is_phone(number) {
            violations.add(
                format!("{path}.{name}"),
                "phone_malformed",
                "Write only the number here, such as 116 123.",
            );
        }
    }
}
