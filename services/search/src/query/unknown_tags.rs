//! Values of a filter that nobody uses.

use hedgerow_core::language;
use tantivy::Term;
use tantivy::schema::Field;

use crate::error::IndexError;
use crate::query::filters::Filters;
use crate::snapshot::Snapshot;

/// A requested value that neither the vocabulary nor a record has.
///
/// It contains a seeker's word, so it has no `Debug`.
pub struct UnknownTag {
    /// The field of the filter, as in the protocol.
    pub field: &'static str,
    /// The value as requested.
    pub tag: String,
}

impl Snapshot {
    /// Returns the tags and languages of the filters that neither the vocabulary nor a record
    /// has.
    pub fn unknown_tags(&self, filters: &Filters) -> Result<Vec<UnknownTag>, IndexError> {
        let fields = &self.fields;
        let mut unknown = Vec::new();
        let mut add = |field, tag: &str| {
            unknown.push(UnknownTag {
                field,
                tag: tag.to_owned(),
            });
        };
        for (field, tags, index_field) in [
            ("tags", &filters.tags, fields.tag),
            ("accessibility", &filters.accessibility, fields.tag),
            ("how_to_join", &filters.how_to_join, fields.how_to_join),
        ] {
            for tag in tags.iter().filter(|tag| !tag.is_in_vocabulary()) {
                if !self.has_any_text(index_field, &tag.terms)? {
                    add(field, &tag.tag);
                }
            }
        }
        let audiences = filters.audience.tags.iter();
        for tag in audiences.filter(|tag| !tag.is_in_vocabulary()) {
            let term = |number| Term::from_field_u64(fields.audience, number);
            if !self.has_any(tag.numbers().map(term))? {
                add("who_for", &tag.tag);
            }
        }
        let is_known = |tag: &str| language::languages().any(|(code, _)| code == tag);
        for tag in filters.languages.iter().filter(|tag| !is_known(tag)) {
            if !self.has_any_text(fields.language, std::slice::from_ref(tag))? {
                add("languages", tag);
            }
        }
        Ok(unknown)
    }

    fn has_any_text(&self, field: Field, texts: &[String]) -> Result<bool, IndexError> {
        let terms = texts.iter().map(|text| Term::from_field_text(field, text));
        self.has_any(terms)
    }

    /// Whether a document has one of the terms.
    fn has_any(&self, terms: impl IntoIterator<Item = Term>) -> Result<bool, IndexError> {
        for term in terms {
            if self.searcher.doc_freq(&term)? > 0 {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
