//! A group's listing.

use hedgerow_proto::v1;
use hedgerow_proto::v1::{ActivityState, Openness, Voice};
use hedgerow_web::view::{Heading, Item, Label, Section, Sentence};

use super::builder::Sections;

pub(crate) fn sections(listing: &v1::Listing, s: &Sections<'_>) -> Vec<Section> {
    let sections = [
        s.section(Heading::About, about(listing, s)),
        s.section(Heading::ForMe, for_me(listing, s)),
        s.section(Heading::WhenAndWhere, when_and_where(listing, s)),
        s.section(Heading::Join, join(listing, s)),
        s.section(Heading::FirstTime, first_time(listing, s)),
        s.section(Heading::Access, access(listing, s)),
        s.section(Heading::Cost, s.price(Label::Price, listing.price.as_ref())),
        s.section(Heading::Safety, safety(listing, s)),
        s.section(Heading::WhoRunsIt, who_runs_it(listing, s)),
        s.section(Heading::More, more(listing, s)),
    ];
    sections.into_iter().flatten().collect()
}

fn is_catalogued(listing: &v1::Listing) -> bool {
    listing.voice() == Voice::Catalogued
}

fn about(listing: &v1::Listing, s: &Sections<'_>) -> Vec<Option<Item>> {
    vec![
        s.prose(&listing.description),
        s.prose(&listing.activity_words),
        s.tags(Label::Activities, &listing.activities),
        s.tags(Label::OwnWords, &listing.used_terms),
        s.prose(&listing.self_description_words),
        s.prose(&listing.why_peer_support),
        s.prose(&listing.meaning_of_peer_words),
    ]
}

fn for_me(listing: &v1::Listing, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = s.who_for(&listing.who_for);
    items.push(s.tags(Label::Membership, &listing.membership_basis));
    items.push(s.languages(&listing.languages));
    items
}

fn when_and_where(listing: &v1::Listing, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items: Vec<_> = listing
        .schedules
        .iter()
        .map(|it| s.schedule(Some(it)))
        .collect();
    items.push(s.fact(Label::RunsUntil, &listing.runs_until));
    if listing.activity_state() == ActivityState::Paused {
        items.push(s.fact(Label::BackOn, &listing.paused_until));
    }
    items.extend(listing.places.iter().map(|place| s.place(Some(place))));
    let areas: Vec<&String> = listing.areas_served.iter().map(|area| &area.name).collect();
    items.push(s.tags(Label::Areas, areas));
    items.extend(s.online(listing.online.as_ref()));
    items
}

fn join(listing: &v1::Listing, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![match listing.openness() {
        Openness::Open => Some(Item::Sentence(Sentence::OpenToNew)),
        Openness::OpenContactFirst => Some(Item::Sentence(Sentence::ContactFirst)),
        Openness::WaitingList => Some(Item::Sentence(Sentence::WaitingList)),
        Openness::Closed => Some(Item::Sentence(Sentence::ClosedToNew)),
        Openness::Unspecified => None,
    }];
    items.push(s.prose(&listing.openness_words));
    items.push(s.prose(&listing.how_to_join_words));
    items.push(s.tags(Label::HowToJoin, &listing.how_to_join));
    items.extend(s.contacts(&listing.contacts));
    items.push(s.link(Label::Website, &listing.website, ""));
    items.push(s.fact(Label::ReplyTime, &listing.reply_time));
    let cannot_be_reached = listing.contacts.is_empty() && listing.website.is_empty();
    items.push(s.says(cannot_be_reached, Sentence::NoContact));
    items
}

fn first_time(listing: &v1::Listing, s: &Sections<'_>) -> Vec<Option<Item>> {
    vec![
        s.prose(&listing.first_time),
        size(listing, s),
        match listing.may_bring_someone {
            Some(true) => Some(Item::Sentence(Sentence::MayBringSomeone)),
            Some(false) => Some(Item::Sentence(Sentence::ComeAlone)),
            None => None,
        },
        s.prose(&listing.bringing_someone_words),
    ]
}

fn size(listing: &v1::Listing, s: &Sections<'_>) -> Option<Item> {
    let text = match (listing.usual_size_min, listing.usual_size_max) {
        (0, 0) => return None,
        (0, most) => most.to_string(),
        (least, 0) => format!("{least}+"),
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least}–{most}"),
    };
    s.fact(Label::Size, &text)
}

/// A source says nothing about access, which would be read as the group's silence.
fn access(listing: &v1::Listing, s: &Sections<'_>) -> Vec<Option<Item>> {
    if is_catalogued(listing) && listing.accessibility.is_none() {
        return Vec::new();
    }
    s.access(listing.accessibility.as_ref())
}

fn safety(listing: &v1::Listing, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![
        s.prose(&listing.safety_note),
        s.says(listing.there_in_a_crisis, Sentence::ThereInACrisis),
        // A source that says nothing of it is not the group's word.
        s.says(
            !listing.there_in_a_crisis && !is_catalogued(listing),
            Sentence::NotInACrisis,
        ),
    ];
    items.extend(s.signposts(&listing.crisis_signposts));
    items
}

fn who_runs_it(listing: &v1::Listing, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![
        s.prose(&listing.leadership_words),
        s.tags(Label::LedBy, &listing.leadership),
        s.fact(Label::Decisions, &listing.how_decisions_are_made),
        s.tags(Label::Values, &listing.values),
    ];
    items.extend(s.statement(listing.values_statement.as_ref()));
    items.extend(s.statement(listing.code_of_practice.as_ref()));
    items.push(s.tags(Label::PartOf, names(&listing.parents)));
    items.push(s.tags(Label::Networks, names(&listing.networks)));
    items.push(s.tags(Label::Form, &listing.organisation_forms));
    items.push(s.number(Label::Founded, listing.founded_year));
    let registers = listing.identifiers.iter();
    let registers: Vec<String> = registers
        .map(|one| format!("{} {}", one.scheme, one.id))
        .collect();
    items.push(s.tags(Label::Register, &registers));
    items
}

fn names(affiliations: &[v1::Affiliation]) -> impl Iterator<Item = &String> {
    affiliations
        .iter()
        .filter_map(|one| Some(&one.group.as_ref()?.name))
}

fn more(listing: &v1::Listing, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![
        s.prose(&listing.anything_else),
        s.tags(Label::Approaches, &listing.approaches),
        s.tags(Label::OtherNames, &listing.other_names),
        s.tags(Label::RejectedWords, &listing.rejected_terms),
        s.tags(
            Label::Tags,
            listing
                .structures
                .iter()
                .chain(&listing.settings)
                .chain(&listing.tags),
        ),
    ];
    if let Some(work) = &listing.peer_work {
        items.push(s.tags(Label::PeerWork, &work.roles));
        items.push(s.fact(Label::PeerWork, &work.pay_words));
        items.push(s.fact(Label::PeerWork, &work.training_words));
        items.push(s.fact(Label::PeerWork, &work.supervision_words));
    }
    items.extend(s.links(&listing.links));
    items
}
