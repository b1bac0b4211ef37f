//! A group's listing.

use hedgerow_proto::v1;
use hedgerow_proto::v1::{ActivityState, Openness, Role, Voice};
use hedgerow_web::Text;
use hedgerow_web::view::{Fold, Heading, Item, Label, Line, Section, Sentence};

use super::builder::Sections;
use crate::words::date;

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
        s.prose(&listing.role_words),
        s.prose(&listing.activity_words),
        s.tags(Label::Activities, &listing.activities),
        s.tags(Label::OwnWords, &listing.used_terms),
        s.prose(&listing.self_description_words),
        s.prose(&listing.why_peer_support),
        s.prose(&listing.meaning_of_peer_words),
        s.folded(
            Fold::About,
            [
                s.values(Label::Roles, roles(listing, s)),
                s.tags(Label::SelfDescription, &listing.self_descriptions),
                s.tags(Label::MeaningOfPeer, &listing.meanings_of_peer),
                s.tags(Label::Formality, [&listing.formality]),
            ],
        ),
    ]
}

/// What it is, besides a group of people who support each other.
fn roles(listing: &v1::Listing, s: &Sections<'_>) -> Vec<Text> {
    let key = |role: Role| match role {
        Role::SupportGroup => Some("c-a-group-of-people-who"),
        Role::Network => Some("c-a-network-of-groups"),
        Role::Host => Some("c-a-host-for-other-groups"),
        Role::Funder => Some("c-a-funder"),
        Role::Trainer => Some("c-a-trainer"),
        Role::Partner => Some("c-a-partner-that-shares-rooms"),
        Role::Other => Some("c-something-else"),
        Role::Unspecified => None,
    };
    let keys = listing.roles().filter_map(key);
    keys.map(|key| Text::plain(&s.words.text(key))).collect()
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
    items.push(s.date(Label::RunsUntil, &listing.runs_until));
    if listing.activity_state() == ActivityState::Paused {
        items.push(s.date(Label::BackOn, &listing.paused_until));
    }
    items.push(s.tags(Label::Duration, [&listing.duration]));
    items.extend(listing.places.iter().map(|place| s.place(Some(place))));
    let areas = listing.areas_served.iter().map(|area| s.area(area));
    let areas: Vec<Line> = areas.collect();
    items.push(match areas.iter().any(|area| area.words.is_some()) {
        true => s.lines(Label::Areas, areas),
        false => s.values(Label::Areas, areas.into_iter().map(|area| area.text)),
    });
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
    items.extend(affiliations(Label::PartOf, &listing.parents, s));
    items.extend(affiliations(Label::Networks, &listing.networks, s));
    if let Some(on_behalf) = &listing.on_behalf {
        let branch = on_behalf.branch.as_ref().map_or("", |branch| &branch.name);
        let day = date(&on_behalf.permission_date, s.words);
        let permission = Line::new(Text::plain(&day), s.text(&on_behalf.permission));
        items.push(s.fact(Label::OnBehalfOf, branch));
        items.push(s.lines(Label::Permission, [permission]));
    }
    items.push(s.tags(Label::Form, &listing.organisation_forms));
    items.push(s.number(Label::Founded, listing.founded_year));
    let registers = listing.identifiers.iter();
    let registers: Vec<String> = registers
        .map(|one| format!("{} {}", one.scheme, one.id))
        .collect();
    items.push(s.tags(Label::Register, &registers));
    items
}

/// The names, or lines where more is said; each address as a link.
fn affiliations(
    label: Label,
    affiliations: &[v1::Affiliation],
    s: &Sections<'_>,
) -> Vec<Option<Item>> {
    let name = |one: &v1::Affiliation| {
        let group = one.group.as_ref();
        group.map_or_else(String::new, |group| group.name.clone())
    };
    let has_words = affiliations.iter().any(|one| !one.words.is_empty());
    let mut items = vec![if has_words {
        let lines = affiliations.iter();
        s.lines(
            label,
            lines.map(|one| Line::new(s.text(&name(one)), s.text(&one.words))),
        )
    } else {
        s.values(label, affiliations.iter().map(|one| s.text(&name(one))))
    }];
    let links = affiliations.iter();
    items.extend(links.map(|one| s.link(label, &one.url, &name(one))));
    items
}

fn more(listing: &v1::Listing, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![
        s.prose(&listing.anything_else),
        s.tags(Label::Approaches, &listing.approaches),
        s.tags(Label::OtherNames, &listing.other_names),
        s.tags(Label::RejectedWords, &listing.rejected_terms),
        s.tags(Label::Structures, &listing.structures),
        s.tags(Label::Settings, &listing.settings),
        s.tags(Label::Tags, &listing.tags),
    ];
    if let Some(work) = &listing.peer_work {
        items.push(s.tags(Label::PeerWork, &work.roles));
        items.push(s.folded(Fold::PeerWork, peer_work(work, s)));
    }
    items.extend(s.links(&listing.links));
    items
}

fn peer_work(work: &v1::PeerWork, s: &Sections<'_>) -> [Option<Item>; 9] {
    [
        s.either(work.paid, Sentence::PeersPaid, Sentence::PeersUnpaid),
        s.prose(&work.pay_words),
        s.either(
            work.training_given,
            Sentence::PeersTrained,
            Sentence::PeersUntrained,
        ),
        s.prose(&work.training_words),
        s.tags(Label::Courses, &work.courses_taken),
        s.either(
            work.supervision_given,
            Sentence::PeersSupervised,
            Sentence::PeersUnsupervised,
        ),
        s.prose(&work.supervision_words),
        s.either(
            work.progression,
            Sentence::PeersProgress,
            Sentence::PeersNoProgress,
        ),
        s.prose(&work.progression_words),
    ]
}
