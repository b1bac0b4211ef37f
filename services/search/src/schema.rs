//! The fields of a document.

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use sha2::{Digest, Sha256};
use tantivy::Term;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STORED, STRING, Schema,
    TextFieldIndexing, TextOptions,
};

use crate::analysis::analyzers::{BIGRAMS, FORMS, STEMS, WEIGHTED_STEMS};
use crate::facets::kinds::{FACET_COLUMNS, FACET_COUNT};

/// Version of the stored index. Raise it with every change of fields, of analyzers or of what
/// is written into them, and if a receiver's rules get stricter: an index of another version is
/// rebuilt from the store, without the records that the rules reject now.
pub const VERSION: u32 = 15;

// The names of fast fields, by which columns are read.

/// Points, see [`packed_point`](crate::geo::packed_point).
pub const POINT: &str = "point";
/// A number that differs between records, to break ties.
pub const IDENTITY: &str = "identity";
/// The static rank, in thousandths.
pub const STATIC_RANK: &str = "static_rank";
/// The second of the last confirmation.
pub const CONFIRM_TIME: &str = "confirm_time";
/// Areas of records without a point, see [`area_key`](crate::entry::area_key).
pub const AREA: &str = "area";
/// Yes-or-no properties, see [`flags`](crate::segment::flags).
pub const FLAGS: &str = "flags";
/// Audiences, see [`audience`](crate::audience).
pub const AUDIENCE: &str = "audience";
/// Occurrences, see [`encoding`](crate::times::encoding).
pub const OCCURRENCE: &str = "occurrence";
/// The first minute since 1970 at which the record is over.
pub const OVER_MINUTE: &str = "over_minute";
/// Opening hours, see [`availability`](crate::times::availability).
pub const AVAILABILITY: &str = "availability";

/// Keys of the organisation of a listing, see [`keys`](crate::organisations::keys).
pub const ORGANISATION: &str = "organisation";
/// Who lists it.
pub const LISTER: &str = "lister";

/// The static rank of a document that nothing lowers.
pub const FULL_STATIC_RANK: u64 = 1_000;

/// Handles of all fields.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    /// The [`record_id`], by which a new version of a record replaces the old one.
    pub record: Field,
    /// The publisher's id.
    pub group: Field,
    pub collection: Field,
    pub key: Field,
    /// The record's hash, by which callers check a hit against the store.
    pub hash: Field,
    /// The first 8 bytes of `record`, to break ties.
    pub identity: Field,

    /// All words of a record as stems, repeated by the weight of their part of the record.
    /// One field for all parts: each word is one posting list to read, and weights of several
    /// parts add up before BM25 saturates.
    pub words: Field,
    /// The stems of title and other names, for a bonus.
    pub title: Field,
    /// Pairs of adjacent stems in title, names, own words, labels and summary, repeated by
    /// weight.
    pub bigrams: Field,
    /// All words as written, for corrections and completions.
    pub forms: Field,

    /// Exact tags.
    pub tag: Field,
    /// Exact tags of ways to join.
    pub how_to_join: Field,
    /// Language tags in lower case.
    pub language: Field,
    /// Regions, see [`region_term`](crate::entry::region_term).
    pub region: Field,
    /// Number of enum `Voice`.
    pub voice: Field,
    /// The name of a group and the number of its `ActivityState`, in its own listings.
    pub publisher_name: Field,
    pub publisher_activity: Field,
    /// Number of enum `ResourceKind`.
    pub resource_kind: Field,
    pub flags: Field,
    /// The number of people there is room for.
    pub capacity: Field,
    pub audience: Field,
    /// Points that are not hidden.
    pub point: Field,
    /// Areas that it serves or is in without a point.
    pub area: Field,
    pub static_rank: Field,
    /// Absent if nobody has confirmed the record.
    pub confirm_time: Field,

    /// Keys of the organisation of a listing.
    pub organisation: Field,
    /// Who lists it; absent for other records.
    pub lister: Field,

    pub occurrence: Field,
    pub availability: Field,
    /// Absent if the record has no end.
    pub over_minute: Field,
    /// Four-week blocks in which an occurrence takes place.
    pub time_block: Field,
    /// Hours of the week in which it starts or is open.
    pub time_slot: Field,
    /// The day from which occurrences have to be expanded again.
    pub refresh_day: Field,

    /// In the order of [`FACETS`](crate::facets::kinds::FACETS).
    pub facets: [Field; FACET_COUNT],
}

impl Fields {
    /// Builds the schema, with handles of its fields.
    pub fn schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let exact = unscored("raw");
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
            bigrams: schema.add_text_field("bigrams", scored(BIGRAMS)),
            forms: schema.add_text_field("forms", unscored(FORMS)),
            tag: schema.add_text_field("tag", exact.clone()),
            how_to_join: schema.add_text_field("how_to_join", exact.clone()),
            language: schema.add_text_field("language", exact.clone()),
            region: schema.add_text_field("region", exact),
            voice: schema.add_u64_field("voice", number.clone()),
            publisher_name: schema.add_text_field("publisher_name", STORED),
            publisher_activity: schema.add_u64_field("publisher_activity", STORED),
            resource_kind: schema.add_u64_field("resource_kind", number.clone()),
            flags: schema.add_u64_field(FLAGS, FAST),
            capacity: schema.add_u64_field("capacity", FAST),
            audience: schema.add_u64_field(AUDIENCE, INDEXED | FAST),
            point: schema.add_u64_field(POINT, FAST),
            area: schema.add_u64_field(AREA, INDEXED | FAST),
            static_rank: schema.add_u64_field(STATIC_RANK, FAST),
            confirm_time: schema.add_i64_field(CONFIRM_TIME, FAST),
            organisation: schema.add_u64_field(ORGANISATION, FAST),
            lister: schema.add_u64_field(LISTER, FAST),
            occurrence: schema.add_u64_field(OCCURRENCE, FAST),
            availability: schema.add_u64_field(AVAILABILITY, FAST),
            over_minute: schema.add_u64_field(OVER_MINUTE, FAST),
            time_block: schema.add_u64_field("time_block", number.clone()),
            time_slot: schema.add_u64_field("time_slot", number.clone()),
            refresh_day: schema.add_u64_field("refresh_day", number),
            facets: FACET_COLUMNS.map(|column| {
                schema.add_text_field(column, TextOptions::default().set_fast("raw"))
            }),
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

/// Options without lengths and frequencies, which only scores need.
fn unscored(analyzer: &str) -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(analyzer)
            .set_fieldnorms(false)
            .set_index_option(IndexRecordOption::Basic),
    )
}

/// Returns the 16 bytes that identify a record in the index.
pub fn record_id(group: &GroupId, name: &RecordName) -> [u8; 16] {
    let digest = Sha256::new()
        .chain_update(group.as_bytes())
        .chain_update(name.collection.as_str())
        .chain_update([0])
        .chain_update(name.key.as_str())
        .finalize();
    let mut id = [0; 16];
    id.copy_from_slice(&digest[..16]);
    id
}

/// The term of one record's document.
pub fn record_term(fields: &Fields, group: &GroupId, name: &RecordName) -> Term {
    Term::from_field_bytes(fields.record, &record_id(group, name))
}

/// The term of all documents of a group.
pub fn group_term(fields: &Fields, group: &GroupId) -> Term {
    Term::from_field_bytes(fields.group, group.as_bytes())
}

/// The term of an enum value; those of this protocol are never negative.
pub fn enum_term(value: i32) -> u64 {
    u64::from(value.unsigned_abs())
}
