//! The listings by which groups are named, for all groups of a page in one pass.

use std::collections::HashMap;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_proto::v1;
use tantivy::postings::{SegmentPostings, TermInfo};
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, DocId, DocSet, SegmentReader, TERMINATED, TantivyDocument, Term};

use crate::error::IndexError;
use crate::schema::{enum_term, group_term};
use crate::snapshot::Snapshot;

/// Own listings returned for one group. More than one, because the first ones may have been
/// withdrawn while the index lags behind.
const MAX_OWN_LISTINGS: usize = 4;
/// Listings read to find the first of a group's own by name.
const MAX_READ: usize = 64;
/// The voices of the listings that name their publisher, the preferred one first.
pub const VOICES_OF_PUBLISHER: [v1::Voice; 2] = [v1::Voice::Itself, v1::Voice::OnBehalf];

/// A listing that names its publisher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnListing {
    pub name: RecordName,
    pub title: String,
    pub activity: v1::ActivityState,
}

/// Documents of one group by voice.
type OfGroup = [Vec<DocAddress>; VOICES_OF_PUBLISHER.len()];

impl Snapshot {
    /// Returns some of the listings in which each group describes itself, then of those in which
    /// someone else does with its permission, each by name. Few are enough to name the group,
    /// and a group may have thousands.
    ///
    /// Reads postings directly, because compiling a query for each group costs more than all
    /// else here.
    pub fn own_listings(
        &self,
        groups: &[GroupId],
    ) -> Result<HashMap<GroupId, Vec<OwnListing>>, IndexError> {
        let mut found: Vec<OfGroup> = vec![OfGroup::default(); groups.len()];
        for (segment_ord, segment) in (0..).zip(self.searcher.segment_readers()) {
            self.interrupt.check()?;
            self.add_from_segment(segment_ord, segment, groups, &mut found)?;
        }
        let listings = |(group, of_group): (&GroupId, OfGroup)| {
            let listings = self.first_by_name(of_group)?;
            Ok((*group, listings))
        };
        groups.iter().zip(found).map(listings).collect()
    }

    fn add_from_segment(
        &self,
        segment_ord: u32,
        segment: &SegmentReader,
        groups: &[GroupId],
        found: &mut [OfGroup],
    ) -> tantivy::Result<()> {
        let by_group = segment.inverted_index(self.fields.group)?;
        // Only listings have a voice.
        let by_voice = segment.inverted_index(self.fields.voice)?;
        let mut voices: [Option<TermInfo>; VOICES_OF_PUBLISHER.len()] = Default::default();
        for (info, voice) in voices.iter_mut().zip(VOICES_OF_PUBLISHER) {
            let term = Term::from_field_u64(self.fields.voice, enum_term(voice as i32));
            *info = by_voice.get_term_info(&term)?;
        }
        for (group, of_group) in groups.iter().zip(found) {
            let term = group_term(&self.fields, group);
            let Some(info) = by_group.get_term_info(&term)? else {
                continue;
            };
            for (voice, of_voice) in voices.iter().zip(of_group) {
                let Some(voice) = voice else { continue };
                let basic = IndexRecordOption::Basic;
                let group = by_group.read_postings_from_terminfo(&info, basic)?;
                let voice = by_voice.read_postings_from_terminfo(voice, basic)?;
                for_each_in_both(group, voice, |document| {
                    if !segment.is_deleted(document) {
                        of_voice.push(DocAddress::new(segment_ord, document));
                    }
                });
            }
        }
        Ok(())
    }

    fn first_by_name(&self, of_group: OfGroup) -> Result<Vec<OwnListing>, IndexError> {
        let mut first = Vec::new();
        for of_voice in of_group {
            let listings = of_voice.into_iter().take(MAX_READ);
            let listings = listings.map(|address| self.own_listing(address));
            let mut listings = listings.collect::<Result<Vec<_>, IndexError>>()?;
            listings.sort_by(|a, b| a.name.cmp(&b.name));
            first.extend(listings);
        }
        first.truncate(MAX_OWN_LISTINGS);
        Ok(first)
    }

    fn own_listing(&self, address: DocAddress) -> Result<OwnListing, IndexError> {
        let document: TantivyDocument = self.searcher.doc(address)?;
        let title = document.get_first(self.fields.publisher_name);
        let activity = document.get_first(self.fields.publisher_activity);
        let activity = activity.and_then(|value| value.as_u64());
        let activity = activity.and_then(|number| i32::try_from(number).ok());
        Ok(OwnListing {
            name: self.record_name(&document)?,
            title: title
                .and_then(|value| value.as_str())
                .unwrap_or_default()
                .to_owned(),
            activity: activity
                .and_then(|number| v1::ActivityState::try_from(number).ok())
                .unwrap_or_default(),
        })
    }
}

/// Visits the documents that are in both lists. Each list skips to the other's next document, so
/// the shorter one determines the cost.
fn for_each_in_both(
    mut one: SegmentPostings,
    mut other: SegmentPostings,
    mut visit: impl FnMut(DocId),
) {
    let mut document = one.doc();
    while document != TERMINATED {
        if other.doc() < document {
            other.seek(document);
        }
        if other.doc() == document {
            visit(document);
            document = one.advance();
        } else if other.doc() == TERMINATED {
            break;
        } else {
            document = one.seek(other.doc());
        }
    }
}
