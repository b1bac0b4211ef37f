//! Gathering texts and tags of a record.

use hedgerow_proto::v1;

/// Texts in order; empty ones are dropped at the end.
#[derive(Default)]
pub(super) struct Texts(Vec<String>);

impl Texts {
    pub(super) fn add(&mut self, texts: &[&str]) -> &mut Self {
        self.0.extend(texts.iter().map(|&text| text.to_owned()));
        self
    }

    pub(super) fn all(&mut self, texts: &[String]) -> &mut Self {
        self.0.extend_from_slice(texts);
        self
    }

    pub(super) fn statement(&mut self, statement: Option<&v1::Statement>) -> &mut Self {
        self.0
            .extend(statement.map(|statement| statement.text.clone()));
        self
    }

    pub(super) fn who_for(&mut self, list: &[v1::WhoFor]) -> &mut Self {
        self.0.extend(list.iter().map(|who| who.own_words.clone()));
        self
    }

    pub(super) fn accessibility(&mut self, it: Option<&v1::Accessibility>) -> &mut Self {
        self.0.extend(it.map(|it| it.text.clone()));
        self
    }

    pub(super) fn schedules<'a>(
        &mut self,
        list: impl IntoIterator<Item = &'a v1::Schedule>,
    ) -> &mut Self {
        self.0
            .extend(list.into_iter().map(|schedule| schedule.words.clone()));
        self
    }

    /// Names of places, never of hidden ones.
    pub(super) fn places<'a>(
        &mut self,
        list: impl IntoIterator<Item = &'a super::SummaryPlace>,
    ) -> &mut Self {
        for place in list {
            self.0.push(place.name.clone());
            self.0.extend(place.region.clone());
        }
        self
    }

    pub(super) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.0)
    }
}

/// Tags that a combination of people bears.
pub(super) fn who_for_tags(list: &[v1::WhoFor]) -> Vec<String> {
    let mut tags = Vec::new();
    for who in list {
        for list in [&who.communities, &who.experiences, &who.genders] {
            tags.extend_from_slice(list);
        }
        if who.carers {
            tags.push("community:carers-family-and-friends".to_owned());
        }
    }
    tags
}
