//! Tags of a filter that nobody uses.

use tantivy::Term;

use crate::error::IndexError;
use crate::query::filters::Filters;
use crate::snapshot::Snapshot;

/// A requested tag that neither the vocabulary nor a record has.
///
/// It contains a seeker's word, so it has no `Debug`.
pub struct UnknownTag {
    /// The field of the filter, as in the protocol.
    pub field: &'static str,
    /// The tag as requested.
    pub tag: String,
}

impl Snapshot {
    /// Returns the tags of the filters that neither the vocabulary nor a record has.
    pub fn unknown_tags(&self, filters: &Filters) -> Result<Vec<UnknownTag>, IndexError> {
        let (searcher, fields) = (&self.searcher, &self.fields);
        let mut unknown = Vec::new();
        for (field, tags, index_field) in [
            ("tags", &filters.tags, fields.tag),
            ("accessibility", &filters.accessibility, fields.tag),
            ("how_to_join", &filters.how_to_join, fields.how_to_join),
        ] {
            for tag in tags.iter().filter(|tag| !tag.is_in_vocabulary()) {
                let terms = tag.terms.iter();
                let mut terms = terms.map(|term| Term::from_field_text(index_field, term));
                if !terms.try_fold(false, |any, term| {
                    tantivy::Result::Ok(any || searcher.doc_freq(&term)? > 0)
                })? {
                    unknown.push(UnknownTag {
                        field,
                        tag: tag.tag.clone(),
                    });
                }
            }
        }
        let audiences = filters.audience.tags.iter();
        for tag in audiences.filter(|tag| !tag.is_in_vocabulary()) {
            let mut terms = tag
                .numbers()
                .map(|number| Term::from_field_u64(fields.audience, number));
            if !terms.try_fold(false, |any, term| {
                tantivy::Result::Ok(any || searcher.doc_freq(&term)? > 0)
            })? {
                unknown.push(UnknownTag {
                    field: "who_for",
                    tag: tag.tag.clone(),
                });
            }
        }
        Ok(unknown)
    }
}
