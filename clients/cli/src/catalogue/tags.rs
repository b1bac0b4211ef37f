//! Terms of the vocabulary in the fields of a listing.

use hedgerow_core::vocabulary::CARERS;
use hedgerow_proto::v1::{Accessibility, Emphasis, Listing, WhoFor};

/// Adds a term of the vocabulary to the field of its group; a term of no group to the tags.
pub fn add_tag(listing: &mut Listing, tag: &str) {
    let group = tag.split_once(':').map_or("", |(group, _)| group);
    let list = match group {
        "approach" => &mut listing.approaches,
        "activity" => &mut listing.activities,
        "structure" => &mut listing.structures,
        "setting" => &mut listing.settings,
        "organisation-form" => &mut listing.organisation_forms,
        "leadership" => &mut listing.leadership,
        "value" => &mut listing.values,
        "referral-route" => &mut listing.how_to_join,
        "membership-basis" => &mut listing.membership_basis,
        "accessibility" => {
            &mut listing
                .accessibility
                .get_or_insert_with(Accessibility::default)
                .tags
        }
        "community" | "experience" => return add_who_for(listing, group, tag),
        _ => &mut listing.tags,
    };
    if !list.iter().any(|known| known == tag) {
        list.push(tag.to_owned());
    }
}

/// Adds an entry of its own for each term: the sources list communities side by side, not
/// as combinations. They do not say how strictly they are meant, so this claims no more
/// than `welcome`.
fn add_who_for(listing: &mut Listing, group: &str, tag: &str) {
    let mut who = WhoFor {
        emphasis: Emphasis::Welcome.into(),
        carers: tag == CARERS,
        ..Default::default()
    };
    match group {
        "experience" => who.experiences.push(tag.to_owned()),
        _ => who.communities.push(tag.to_owned()),
    }
    if !listing.who_for.contains(&who) {
        listing.who_for.push(who);
    }
}
