//! Collects the texts and tags of a record.

use hedgerow_proto::v1;

use super::place::SummaryPlace;
use crate::time::Timestamp;
use crate::vocabulary::CARERS;

/// Collects texts in order. May contain empty ones: `Summary::from_body` drops them.
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

    /// Adds the names and regions of places. Only visible places have a [`SummaryPlace`].
    pub(super) fn places<'a>(
        &mut self,
        list: impl IntoIterator<Item = &'a SummaryPlace>,
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

/// Tags of the people that a record is for.
pub(super) fn who_for_tags(list: &[v1::WhoFor]) -> Vec<String> {
    let mut tags = Vec::new();
    for who in list {
        for list in [&who.communities, &who.experiences, &who.genders] {
            tags.extend_from_slice(list);
        }
        if who.carers {
            tags.push(CARERS.to_owned());
        }
    }
    tags
}

pub(super) fn accessibility_tags(accessibility: Option<&v1::Accessibility>) -> Vec<String> {
    accessibility.map(|it| it.tags.clone()).unwrap_or_default()
}

pub(super) fn timestamp(time: Option<&prost_types::Timestamp>) -> Option<Timestamp> {
    Timestamp::try_from(time?).ok()
}
