//! Who a record is for.

use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::v1;
use hedgerow_proto::v1::Emphasis;
use hedgerow_web::view::{Item, Label, Sentence};

use super::sections::Sections;

impl Sections<'_> {
    /// One item for each of the people that it is for; any of them may come.
    pub(super) fn who_for(&self, who_for: &[v1::WhoFor]) -> Vec<Option<Item>> {
        who_for.iter().flat_map(|who| self.people(who)).collect()
    }

    fn people(&self, who: &v1::WhoFor) -> Vec<Option<Item>> {
        let label = match who.emphasis() {
            Emphasis::Only => Label::OnlyFor,
            Emphasis::Mainly => Label::MainlyFor,
            Emphasis::Welcome => Label::WelcomeFor,
            Emphasis::Unspecified => Label::ForPeople,
        };
        let tags = who
            .communities
            .iter()
            .chain(&who.experiences)
            .chain(&who.genders);
        let mut people: Vec<&str> = Vec::new();
        for tag in tags {
            let word = vocabulary().label(tag);
            // A gender is often a community too.
            if !people.contains(&word) {
                people.push(word);
            }
        }
        let own = who.own_words.as_str();
        let joined = people.join(" · ");
        vec![
            self.fact(label, if own.is_empty() { &joined } else { own }),
            who.ages.as_ref().and_then(|ages| self.ages(ages)),
            self.says(who.carers, Sentence::CarersWelcome),
        ]
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
