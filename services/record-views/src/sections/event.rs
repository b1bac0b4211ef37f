//! An event.

use hedgerow_proto::v1;
use hedgerow_proto::v1::EventOpenness;
use hedgerow_web::view::{Heading, Item, Label, Section, Sentence};

use super::builder::Sections;

pub(crate) fn sections(event: &v1::Event, s: &Sections<'_>) -> Vec<Section> {
    let sections = [
        s.section(
            Heading::About,
            [
                s.prose(&event.description),
                s.tags(Label::Activities, &event.activities),
            ],
        ),
        s.section(Heading::ForMe, for_me(event, s)),
        s.section(Heading::WhenAndWhere, when_and_where(event, s)),
        s.section(Heading::Join, join(event, s)),
        s.section(Heading::Access, s.access(event.accessibility.as_ref())),
        s.section(Heading::Cost, s.price(Label::Price, event.price.as_ref())),
        s.section(Heading::Safety, [s.prose(&event.safety_note)]),
        s.section(
            Heading::WhoRunsIt,
            [s.tags(Label::Partners, co_hosts(event))],
        ),
        s.section(Heading::More, more(event, s)),
    ];
    sections.into_iter().flatten().collect()
}

fn for_me(event: &v1::Event, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![match event.openness() {
        EventOpenness::Anyone => Some(Item::Sentence(Sentence::AnyoneMayCome)),
        EventOpenness::OtherGroups => Some(Item::Sentence(Sentence::OtherGroupsMayCome)),
        EventOpenness::Members => Some(Item::Sentence(Sentence::MembersOnly)),
        EventOpenness::Unspecified => Some(Item::Sentence(Sentence::ContactFirst)),
    }];
    items.extend(s.who_for(&event.who_for));
    items.push(s.languages(&event.languages));
    items
}

fn when_and_where(event: &v1::Event, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![
        s.schedule(event.schedule.as_ref()),
        s.place(event.place.as_ref()),
    ];
    items.extend(s.online(event.online.as_ref()));
    items
}

fn join(event: &v1::Event, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![
        s.prose(&event.how_to_join_words),
        s.tags(Label::HowToJoin, &event.how_to_join),
        s.number(Label::Size, event.capacity),
    ];
    items.extend(s.contacts(&event.contacts));
    items
}

fn co_hosts(event: &v1::Event) -> impl Iterator<Item = &String> {
    event.co_hosts.iter().map(|host| &host.name)
}

fn more(event: &v1::Event, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![s.tags(Label::Tags, &event.tags)];
    items.extend(s.links(&event.links));
    items
}
