//! The fields of a document: one document is one shown public record.

use tantivy::schema::FAST;
use tantivy::schema::Field;
use tantivy::schema::INDEXED;
use tantivy::schema::IndexRecordOption;
use tantivy::schema::NumericOptions;
use tantivy::schema::STORED;
use tantivy::schema::STRING;
use tantivy::schema::Schema;
use tantivy::schema::SchemaBuilder;
use tantivy::schema::TextFieldIndexing;
use tantivy::schema::TextOptions;

use super::facets;
use super::words::FORMS;
use super::words::PAIRS;
use super::words::STEMS;
use super::words::WEIGHTED_STEMS;

/// Raised with every change of fields, of the analyzer or of what is put into them. An index
/// of another version is built anew from the store.
pub(crate) const VERSION: u32 = 4;

/// Name of the fast field of points, see [`super::position`].
pub(crate) const POINT: &str = "point";
/// Name of the fast field that breaks ties.
pub(crate) const IDENTITY: &str = "identity";
/// Name of the fast field with the factor of a record's standing, in thousandths.
pub(crate) const STANDING: &str = "standing";
/// Name of the fast field with the second of confirmation.
pub(crate) const CONFIRMED_AT: &str = "confirmed_at";
/// Name of the fast field of plain facts, see [`super::facts`].
pub(crate) const FACTS: &str = "facts";
/// Name of the fast field of audiences, see [`super::audience`].
pub(crate) const AUDIENCE: &str = "audience";
/// Name of the fast field of occurrences, see [`super::times`].
pub(crate) const OCCURRENCE: &str = "occurrence";
/// Name of the fast field of availability, see [`super::times`].
pub(crate) const AVAILABILITY: &str = "availability";

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

    /// All words of a record as stems, each as often as its place in the record counts.
    /// One field instead of one for each part: a word is one list to read, and the weights
    /// add up before they level off.
    pub(crate) words: Field,
    /// The stems of title and other names, to rank by.
    pub(crate) title: Field,
    /// Pairs of words that stand side by side in title, names, own words, labels and
    /// summary, as often as their place counts.
    pub(crate) pairs: Field,
    /// All words as they are written: what a slip or a beginning is looked up in.
    pub(crate) forms: Field,

    /// Exact tags.
    pub(crate) tag: Field,
    /// Exact tags of how to join.
    pub(crate) way_to_join: Field,
    /// Language tags, lower case.
    pub(crate) language: Field,
    /// Regions, see [`region_term`](super::entry::region_term).
    pub(crate) region: Field,
    /// Number of enum `Voice`.
    pub(crate) voice: Field,
    /// Number of enum `ResourceKind`.
    pub(crate) resource_kind: Field,
    /// Plain facts, see [`super::facts`].
    pub(crate) facts: Field,
    /// For how many people there is room.
    pub(crate) capacity: Field,
    /// Who it is for, see [`super::audience`].
    pub(crate) audience: Field,
    /// Its open points.
    pub(crate) point: Field,
    /// Factor of standing, in thousandths.
    pub(crate) standing: Field,
    /// Second of confirmation; absent where nobody has.
    pub(crate) confirmed_at: Field,

    /// When it happens.
    pub(crate) occurrence: Field,
    /// When it can be used.
    pub(crate) availability: Field,
    /// Four-week blocks in which it happens.
    pub(crate) time_block: Field,
    /// Weekdays and hours at which it happens or can be used.
    pub(crate) time_slot: Field,
    /// The day from which it must be put again.
    pub(crate) expand_again: Field,

    /// Values to count, one column a facet.
    pub(crate) facets: [Field; facets::COUNT],
}

impl Fields {
    /// The schema and its handles.
    pub(crate) fn schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        // Without fieldnorms and frequencies: these are matched, never scored.
        let exact = exact();
        let number: NumericOptions = INDEXED.into();
        let fields = Self {
            record: schema.add_bytes_field("record", INDEXED),
            group: schema.add_bytes_field("group", INDEXED | STORED),
            collection: schema.add_text_field("collection", STRING | STORED),
            key: schema.add_text_field("key", STORED),
            hash: schema.add_bytes_field("hash", STORED),
            identity: schema.add_u64_field(IDENTITY, FAST),
            words: schema.add_text_field("words", scored(WEIGHTED_STEMS)),
            title: schema.add_text_field("title", scored(STEMS)),
            pairs: schema.add_text_field("pairs", scored(PAIRS)),
            forms: schema.add_text_field("forms", matched(FORMS)),
            tag: schema.add_text_field("tag", exact.clone()),
            way_to_join: schema.add_text_field("way_to_join", exact.clone()),
            language: schema.add_text_field("language", exact.clone()),
            region: schema.add_text_field("region", exact),
            voice: schema.add_u64_field("voice", number.clone()),
            resource_kind: schema.add_u64_field("resource_kind", number.clone()),
            facts: schema.add_u64_field(FACTS, FAST),
            capacity: schema.add_u64_field("capacity", FAST),
            audience: schema.add_u64_field(AUDIENCE, INDEXED | FAST),
            point: schema.add_u64_field(POINT, FAST),
            standing: schema.add_u64_field(STANDING, FAST),
            confirmed_at: schema.add_i64_field(CONFIRMED_AT, FAST),
            occurrence: schema.add_u64_field(OCCURRENCE, FAST),
            availability: schema.add_u64_field(AVAILABILITY, FAST),
            time_block: schema.add_u64_field("time_block", number.clone()),
            time_slot: schema.add_u64_field("time_slot", number.clone()),
            expand_again: schema.add_u64_field("expand_again", number),
            facets: facets::COLUMNS.map(|column| counted(&mut schema, column)),
        };
        (schema.build(), fields)
    }
}

fn scored(analyzer: &str) -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(analyzer)
            .set_index_option(IndexRecordOption::WithFreqs),
    )
}

fn matched(analyzer: &str) -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(analyzer)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic),
    )
}

fn exact() -> TextOptions {
    matched("raw")
}

fn counted(schema: &mut SchemaBuilder, column: &str) -> Field {
    schema.add_text_field(column, TextOptions::default().set_fast("raw"))
}
