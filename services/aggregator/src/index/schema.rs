//! The fields of a document: one document is one shown public record.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STORED, STRING, Schema,
    TextFieldIndexing, TextOptions,
};

use super::words::ANALYZER;

/// Raised with every change of fields, of the analyzer or of what is put into them. An index
/// of another version is built anew from the store.
pub(crate) const VERSION: u32 = 1;

/// Name of the fast field of points, see [`super::position`].
pub(crate) const POINT: &str = "point";
/// Name of the fast field that breaks ties.
pub(crate) const IDENTITY: &str = "identity";
/// Name of the fast field with the factor of a record's standing, in thousandths.
pub(crate) const STANDING: &str = "standing";
/// Name of the fast field with the second of confirmation.
pub(crate) const CONFIRMED_AT: &str = "confirmed_at";

/// Handles of all fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// 16 bytes that name the record: what an upsert deletes by.
    pub(crate) record: Field,
    /// The publisher's id.
    pub(crate) group: Field,
    /// The record's collection, exact.
    pub(crate) collection: Field,
    /// The record's key.
    pub(crate) key: Field,
    /// The record's hash: what a hit is checked by.
    pub(crate) hash: Field,
    /// The first 8 bytes of `record`, to break ties.
    pub(crate) identity: Field,

    pub(crate) title: Field,
    pub(crate) names: Field,
    pub(crate) own_words: Field,
    pub(crate) summary: Field,
    pub(crate) text: Field,
    pub(crate) labels: Field,
    pub(crate) places: Field,
    /// Words that the group rejects: they find it, with little weight.
    pub(crate) rejected: Field,

    /// Exact tags.
    pub(crate) tag: Field,
    /// Exact tags of how to join.
    pub(crate) way_to_join: Field,
    /// Language tags, lower case.
    pub(crate) language: Field,
    /// Numbers of enum `Role`; one number of its own in what is no listing.
    pub(crate) role: Field,
    /// Number of enum `Voice`.
    pub(crate) voice: Field,
    /// Number of enum `ResourceKind`.
    pub(crate) resource_kind: Field,
    /// 1 where it costs nothing, 0 where it has a price; absent where neither is said.
    pub(crate) free: Field,
    /// 1 where it takes part online, else 0.
    pub(crate) online: Field,
    /// For how many people there is room.
    pub(crate) capacity: Field,
    /// H3 cells of its open points.
    pub(crate) cell: Field,
    /// Its open points.
    pub(crate) point: Field,
    /// Factor of standing, in thousandths.
    pub(crate) standing: Field,
    /// Second of confirmation; absent where nobody has.
    pub(crate) confirmed_at: Field,
}

impl Fields {
    /// The schema and its handles.
    pub(crate) fn schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let words = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(ANALYZER)
                .set_index_option(IndexRecordOption::WithFreqs),
        );
        // Without fieldnorms and frequencies: these are matched, never scored.
        let exact = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer("raw")
                .set_fieldnorms(false)
                .set_index_option(IndexRecordOption::Basic),
        );
        let number: NumericOptions = INDEXED.into();
        let fields = Self {
            record: schema.add_bytes_field("record", INDEXED),
            group: schema.add_bytes_field("group", INDEXED | STORED),
            collection: schema.add_text_field("collection", STRING | STORED),
            key: schema.add_text_field("key", STORED),
            hash: schema.add_bytes_field("hash", STORED),
            identity: schema.add_u64_field(IDENTITY, FAST),
            title: schema.add_text_field("title", words.clone()),
            names: schema.add_text_field("names", words.clone()),
            own_words: schema.add_text_field("own_words", words.clone()),
            summary: schema.add_text_field("summary", words.clone()),
            text: schema.add_text_field("text", words.clone()),
            labels: schema.add_text_field("labels", words.clone()),
            places: schema.add_text_field("places", words.clone()),
            rejected: schema.add_text_field("rejected", words),
            tag: schema.add_text_field("tag", exact.clone()),
            way_to_join: schema.add_text_field("way_to_join", exact.clone()),
            language: schema.add_text_field("language", exact),
            role: schema.add_u64_field("role", number.clone()),
            voice: schema.add_u64_field("voice", number.clone()),
            resource_kind: schema.add_u64_field("resource_kind", number.clone()),
            free: schema.add_u64_field("free", number.clone()),
            online: schema.add_u64_field("online", number.clone()),
            capacity: schema.add_u64_field("capacity", FAST),
            cell: schema.add_u64_field("cell", number),
            point: schema.add_u64_field(POINT, FAST),
            standing: schema.add_u64_field(STANDING, FAST),
            confirmed_at: schema.add_i64_field(CONFIRMED_AT, FAST),
        };
        (schema.build(), fields)
    }

    /// The fields that words are looked for in, and how much a match there counts.
    pub(crate) fn weighted(&self) -> [(Field, f32); 8] {
        [
            (self.title, 3.0),
            (self.names, 2.5),
            (self.own_words, 2.0),
            (self.summary, 1.5),
            (self.text, 1.0),
            (self.labels, 1.2),
            (self.places, 1.0),
            (self.rejected, 0.3),
        ]
    }
}
