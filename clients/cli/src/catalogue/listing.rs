//! From an entry of the embedded catalogue to a catalogued listing.

use hedgerow_proto::v1;

use super::Catalogue;
use super::Catalogued;
use super::SCHEME;
use super::entry::Entry;
use super::entry::Source;
use super::entry::TermStatus;
use super::words::Field;

pub(super) fn catalogued(entry: &Entry, catalogue: &Catalogue) -> Catalogued {
    let mut listing = v1::Listing {
        name: entry.name.clone(),
        summary: entry.summary.clone(),
        voice: v1::Voice::Catalogued.into(),
        other_names: entry.also_known_as.clone(),
        website: entry.website.clone().unwrap_or_default(),
        used_terms: terms(entry, TermStatus::Used),
        rejected_terms: terms(entry, TermStatus::Rejected),
        founded_year: entry
            .founded
            .as_deref()
            .and_then(|year| year.parse().ok())
            .unwrap_or_default(),
        peer_work: entry.paid_peer_workers.map(|paid| v1::PeerWork {
            paid: Some(paid),
            ..Default::default()
        }),
        source: Some(source(&entry.source, entry.note.as_deref())),
        other_sources: entry
            .other_sources
            .iter()
            .map(|other| source(other, None))
            .collect(),
        ..Default::default()
    };
    let parent = entry.parent.as_deref().and_then(|id| catalogue.name_of(id));
    listing.parents.extend(parent.map(|name| v1::Affiliation {
        group: Some(v1::GroupReference {
            group_id: Vec::new(),
            name: name.to_owned(),
        }),
        ..Default::default()
    }));
    match catalogue
        .places
        .resolve(entry.place.as_deref(), &entry.region)
    {
        Some((area, true)) => listing.areas_served.push(area),
        Some((place, false)) => listing.places.push(place),
        None => {}
    }
    for (field, word) in entry.words() {
        add_word(&mut listing, field, word, catalogue);
    }
    Catalogued {
        subject: v1::Subject {
            scheme: SCHEME.to_owned(),
            id: entry.id.clone(),
            name: entry.name.clone(),
            group_id: None,
        },
        listing,
    }
}

fn terms(entry: &Entry, status: TermStatus) -> Vec<String> {
    entry
        .self_described_terms
        .iter()
        .filter(|term| term.status == status)
        .map(|term| term.term.clone())
        .collect()
}

fn source(source: &Source, note: Option<&str>) -> v1::Source {
    v1::Source {
        title: source.title.clone(),
        section: source.section.clone(),
        recorded_year: source.year.unwrap_or_default(),
        date: source.year.map(|year| year.to_string()).unwrap_or_default(),
        note: note.unwrap_or_default().to_owned(),
        ..Default::default()
    }
}

/// Adds what a word stands for. A word without a term is left out: it was the
/// cataloguer's, not the group's own.
fn add_word(listing: &mut v1::Listing, field: Field, word: &str, catalogue: &Catalogue) {
    let words = catalogue.words();
    let Some(tag) = words.tag(field, word) else {
        return;
    };
    if field == Field::Roles {
        let role = role(tag);
        if !listing.roles.contains(&role.into()) {
            listing.roles.push(role.into());
        }
        if role == v1::Role::Other {
            let plain = word.replace('-', " ");
            let words = words.note(field, word).unwrap_or(&plain);
            if !listing.role_words.is_empty() {
                listing.role_words += "; ";
            }
            listing.role_words += words;
        }
        return;
    }
    add_tag(listing, tag);
}

/// Puts a term of the vocabulary into the field for its group.
pub fn add_tag(listing: &mut v1::Listing, tag: &str) {
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
                .get_or_insert_with(v1::Accessibility::default)
                .tags
        }
        "community" | "experience" => return add_who_for(listing, group, tag),
        _ => &mut listing.tags,
    };
    if !list.iter().any(|held| held == tag) {
        list.push(tag.to_owned());
    }
}

/// The sources list communities side by side, not as combinations: each is an answer of
/// its own. How strictly they are meant the sources do not say: no more than welcome is
/// claimed.
fn add_who_for(listing: &mut v1::Listing, group: &str, tag: &str) {
    let mut who = v1::WhoFor {
        emphasis: v1::Emphasis::Welcome.into(),
        carers: tag == "community:carers-family-and-friends",
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

/// The role of a name in the tables; other where it is none of them.
pub fn role(name: &str) -> v1::Role {
    match name {
        "support-group" => v1::Role::SupportGroup,
        "network" => v1::Role::Network,
        "host" => v1::Role::Host,
        "funder" => v1::Role::Funder,
        "trainer" => v1::Role::Trainer,
        "partner" => v1::Role::Partner,
        _ => v1::Role::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(id: &str) -> v1::Listing {
        let catalogue = Catalogue::embedded();
        let entries = catalogue.entries(None);
        let entry = entries
            .iter()
            .find(|entry| entry.id == id)
            .expect("an entry");
        catalogue.listing(entry).listing
    }

    #[test]
    fn the_datas_words_become_terms_of_the_vocabulary() {
        let sodit = listing("sodit");
        assert_eq!(sodit.roles, [i32::from(v1::Role::SupportGroup)]);
        assert!(sodit.approaches.contains(&"approach:self-help".to_owned()));
        assert!(sodit.leadership.contains(&"leadership:peer-led".to_owned()));
        let communities: Vec<_> = sodit
            .who_for
            .iter()
            .flat_map(|who| who.communities.iter().chain(&who.experiences))
            .map(String::as_str)
            .collect();
        assert_eq!(
            communities,
            [
                "community:women",
                "community:lgbtqia",
                "experience:depression",
                "experience:anxiety"
            ]
        );
        assert_eq!(sodit.places[0].name, "Sheffield");
    }

    #[test]
    fn another_role_is_told_in_words() {
        let college = listing("south-west-london-and-st-georges-mental-health-trust");
        assert!(college.roles().any(|role| role == v1::Role::Other));
        assert!(
            college.role_words.contains("recovery programme"),
            "{}",
            college.role_words
        );
    }

    #[test]
    fn a_part_of_something_names_it() {
        let college = listing("norfolk-and-suffolk-recovery-college");
        let parent = college.parents[0].group.as_ref().expect("a group");
        assert_eq!(parent.name, "Norfolk and Suffolk Foundation Trust");
        assert_eq!(college.founded_year, 2012);
    }
}
