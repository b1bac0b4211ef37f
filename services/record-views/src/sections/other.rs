//! Stories, promises, and what one group says of another.

use hedgerow_proto::v1;
use hedgerow_web::view::{Heading, Label, Section};

use super::builder::Sections;

pub(crate) fn story(story: &v1::Story, s: &Sections<'_>) -> Vec<Section> {
    let about = [
        s.prose(&story.content_note),
        s.prose(&story.text),
        s.prose(&story.perspective),
        s.prose(&story.situation),
        s.prose(&story.what_helped),
        s.prose(&story.what_changed),
    ];
    let tags = story.communities.iter().chain(&story.experiences);
    let mut more = vec![s.tags(
        Label::Tags,
        tags.chain(&story.activities).chain(&story.approaches),
    )];
    more.extend(s.links(&story.links));
    let sections = [
        s.section(Heading::About, about),
        s.section(Heading::More, more),
    ];
    sections.into_iter().flatten().collect()
}

pub(crate) fn commitment(commitment: &v1::Commitment, s: &Sections<'_>) -> Vec<Section> {
    let mut about = vec![
        s.prose(&commitment.target_words),
        s.fact(Label::NeededBy, &commitment.due_date),
    ];
    for progress in &commitment.progress {
        about.push(s.prose(&progress.words));
    }
    about.extend(s.statement(commitment.statement.as_ref()));
    let sections = [
        s.section(Heading::About, about),
        s.section(Heading::ForMe, s.who_for(&commitment.who_for)),
    ];
    sections.into_iter().flatten().collect()
}

pub(crate) fn vouch(vouch: &v1::Vouch, s: &Sections<'_>) -> Vec<Section> {
    let section = s.section(Heading::About, [s.prose(&vouch.words)]);
    section.into_iter().collect()
}
