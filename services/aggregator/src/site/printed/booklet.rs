//! Groups in the order of a booklet, numbered, with their indexes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::time::Timestamp;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::directory_v1::SearchHit;
use hedgerow_proto::v1;
use hedgerow_proto::v1::ContactKind;
use hedgerow_record_views::recurrence::rule_in_words;
use hedgerow_record_views::{RecordContent, capitalised, term};
use hedgerow_web::pages::{Booklet, Chapter, Entry};
use hedgerow_web::view::Voice;
use hedgerow_web::{Text, WebLink, Words};

use crate::site::hit::hit;

/// Schedules and ways to get in touch that are printed of one group.
const MAX_LINES: usize = 3;

/// What a booklet is made of.
pub(super) struct Read {
    pub(super) groups: Vec<Listed>,
    pub(super) place: Text,
    pub(super) is_inside: bool,
    pub(super) is_partial: bool,
}

/// An organisation.
pub(super) struct Listed {
    pub(super) hit: SearchHit,
    /// Its listing, if it could be read.
    pub(super) stored: Option<RecordContent>,
    /// Of further listings of it.
    pub(super) other_voices: Vec<Voice>,
}

/// When and by whom a booklet is made.
pub(super) struct Made {
    pub(super) words: Words,
    pub(super) now: Timestamp,
    pub(super) today: NaiveDate,
    pub(super) run_by: Text,
}

impl Made {
    pub(super) fn booklet(&self, read: Read) -> Booklet {
        let count = read.groups.len() as u64;
        // By place, and there by name. Groups without a place come last.
        let mut places: BTreeMap<(bool, String), Vec<Listed>> = BTreeMap::new();
        for group in read.groups {
            let place = group.hit.place.trim().to_owned();
            let groups = places.entry((place.is_empty(), place)).or_default();
            groups.push(group);
        }
        let mut chapters = Vec::new();
        let mut by_people: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let mut by_name = Vec::new();
        let mut number = 0;
        for ((_, place), mut groups) in places {
            groups.sort_by_cached_key(|group| sort_key(&group.hit.title));
            let mut entries = Vec::with_capacity(groups.len());
            for group in &groups {
                number += 1;
                let stored = group.stored.as_ref();
                let people = stored.map(|stored| people(stored, self.words));
                for people in people.unwrap_or_default() {
                    by_people.entry(people).or_default().push(number);
                }
                let entry = self.entry(number, group);
                by_name.push((sort_key(&group.hit.title), entry.title.clone(), number));
                entries.push(entry);
            }
            chapters.push(Chapter {
                name: (!place.is_empty()).then(|| Text::plain(&place)),
                entries,
            });
        }
        by_name
            .sort_by(|(one, _, number), (other, _, later)| one.cmp(other).then(number.cmp(later)));
        let by_name = by_name.into_iter();
        let by_people = by_people.into_iter();
        Booklet {
            place: read.place,
            is_inside: read.is_inside,
            made: self.today,
            run_by: self.run_by.clone(),
            chapters,
            by_people: by_people
                .map(|(people, numbers)| (Text::plain(&people), numbers))
                .collect(),
            by_name: by_name.map(|(_, name, number)| (name, number)).collect(),
            count,
            is_partial: read.is_partial,
        }
    }

    fn entry(&self, number: usize, group: &Listed) -> Entry {
        let stored = group.stored.as_ref();
        let row = hit(&group.hit, stored, self.words, self.now);
        let mut voices = vec![row.voice];
        for voice in &group.other_voices {
            if !voices.contains(voice) {
                voices.push(voice.clone());
            }
        }
        let language = stored.map_or("", |stored| stored.language.as_str());
        let listing = stored.and_then(listing);
        let text = |words: &str| Text::new(words, language);
        Entry {
            number,
            title: row.title,
            summary: listing.map_or_else(Text::default, |listing| text(&listing.summary)),
            meets: listing.map_or_else(Vec::new, |listing| {
                let meets = |schedule: &v1::Schedule| meets(schedule, language, self.words);
                let meets = listing.schedules.iter().filter_map(meets);
                meets.take(MAX_LINES).collect()
            }),
            next: row.when,
            online: row.online,
            join: row.join,
            contacts: listing.map(contacts).unwrap_or_default(),
            voices,
        }
    }
}

fn listing(stored: &RecordContent) -> Option<&v1::Listing> {
    match &stored.body {
        RecordBody::Listing(listing) => Some(listing),
        _ => None,
    }
}

/// In the group's own words, or else by its rule.
fn meets(schedule: &v1::Schedule, language: &str, words: Words) -> Option<Text> {
    if !schedule.words.trim().is_empty() {
        return Some(Text::new(&schedule.words, language));
    }
    let rule = schedule.rrules.first();
    let rule = rule.and_then(|rule| rule_in_words(rule, words))?;
    Some(Text::plain(&rule))
}

fn contacts(listing: &v1::Listing) -> Vec<WebLink> {
    let contact = |contact: &v1::ContactChannel| match contact.kind() {
        ContactKind::Phone => WebLink::phone(&contact.value),
        ContactKind::Email => WebLink::mail(&contact.value),
        _ => None,
    };
    let ways = listing.contacts.iter().filter_map(contact);
    let ways = ways.chain(WebLink::web(&listing.website));
    ways.take(MAX_LINES).collect()
}

/// Whom it is for, by the terms of the vocabulary: an index of everybody's own words is none.
fn people(stored: &RecordContent, words: Words) -> Vec<String> {
    let who_for = listing(stored).map(|listing| listing.who_for.as_slice());
    let tags = who_for
        .unwrap_or_default()
        .iter()
        .flat_map(|who| who.communities.iter().chain(&who.experiences));
    let known = tags.filter(|tag| vocabulary().by_id(tag).is_some());
    let mut labels: Vec<String> = known.map(|tag| capitalised(&term(tag, words))).collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

/// A name as an index sorts it: without an article, whatever its capitals.
fn sort_key(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    match lower.strip_prefix("the ") {
        Some(rest) => rest.to_owned(),
        None => lower,
    }
}
