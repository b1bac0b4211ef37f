//! Who a record is for.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Emphasis;
use hedgerow_web::Text;
use hedgerow_web::view::{Item, Label, Line, Sentence};

use super::builder::Sections;

impl Sections<'_> {
    /// The people that it is for, by how it puts that; any of them may come.
    pub(crate) fn who_for(&self, who_for: &[v1::WhoFor]) -> Vec<Option<Item>> {
        let mut people: Vec<(Label, Vec<Line>)> = Vec::new();
        let mut ages = Vec::new();
        for who in who_for {
            let label = label(who.emphasis());
            let described = self.description(who);
            if !described.is_empty() {
                match people.iter_mut().find(|(other, _)| *other == label) {
                    Some((_, others)) => others.push(described),
                    None => people.push((label, vec![described])),
                }
            }
            ages.extend(who.ages.as_ref().and_then(|range| self.ages(range)));
        }
        let has_carers = who_for.iter().any(|who| who.carers);
        let facts = people
            .into_iter()
            .map(|(label, lines)| lines_or_fact(label, lines));
        facts
            .chain(ages.into_iter().map(Some))
            .chain([self.says(has_carers, Sentence::CarersWelcome)])
            .collect()
    }

    fn ages(&self, ages: &v1::AgeRange) -> Option<Item> {
        let text = match (ages.youngest, ages.oldest) {
            (Some(youngest), Some(oldest)) => format!("{youngest}–{oldest}"),
            (Some(youngest), None) => format!("{youngest}+"),
            (None, Some(oldest)) => format!("0–{oldest}"),
            (None, None) => return None,
        };
        self.fact(Label::Ages, &text)
    }
}

fn label(emphasis: Emphasis) -> Label {
    match emphasis {
        Emphasis::Only => Label::OnlyFor,
        Emphasis::Mainly => Label::MainlyFor,
        Emphasis::Welcome => Label::WelcomeFor,
        Emphasis::Unspecified => Label::ForPeople,
    }
}

/// Lines without words beside them are shorter as values.
fn lines_or_fact(label: Label, lines: Vec<Line>) -> Option<Item> {
    if lines.iter().any(|line| line.words.is_some()) {
        return Some(Item::Lines { label, lines });
    }
    let values = lines.into_iter().map(|line| line.text).collect();
    Some(Item::Fact { label, values })
}

impl Sections<'_> {
    /// The people in the group's own words, with what must all apply to them.
    fn description(&self, who: &v1::WhoFor) -> Line {
        let tags = who.communities.iter().chain(&who.experiences);
        let mut people: Vec<Text> = Vec::new();
        for tag in tags.chain(&who.genders) {
            let word = self.tag(tag);
            // A gender is often a community too.
            if !people.contains(&word) {
                people.push(word);
            }
        }
        let own_words = self.text(&who.own_words);
        let people = match people.as_slice() {
            [] => Text::default(),
            [one] => one.clone(),
            several => {
                let people: Vec<&str> = several.iter().map(Text::as_str).collect();
                Text::plain(&people.join(" · "))
            }
        };
        match own_words.is_empty() {
            true => Line::new(people, Text::default()),
            false => Line::new(own_words, people),
        }
    }
}
