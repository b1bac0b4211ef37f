//! The length of each text and list of a record. Nodes reject longer ones in a draft and
//! receivers reject the record, both by this table: a receiver that accepted more would pass
//! it on to every reader.

// Characters of a text, not bytes.
const MAX_TITLE: usize = 120;
/// A sentence or two.
const MAX_SUMMARY: usize = 600;
/// A line; the limit of every field that has no other.
const MAX_LINE: usize = 300;
const MAX_TAG: usize = 100;
const MAX_PARAGRAPH: usize = 2_000;
/// A text of any kind that a group may want to write at length.
const MAX_LONG_TEXT: usize = 10_000;
const MAX_URL: usize = 2_000;
/// A postcode, plus code, currency or country.
const MAX_CODE: usize = 20;

/// Entries of a list that is not in [`MAX_ENTRIES`].
const DEFAULT_MAX_ENTRIES: usize = 200;
const MAX_ENTRIES: [(&str, usize); 13] = [
    ("hedgerow.v1.Listing.places", 50),
    ("hedgerow.v1.Listing.contacts", 30),
    ("hedgerow.v1.Listing.who_for", 50),
    ("hedgerow.v1.Listing.schedules", 50),
    ("hedgerow.v1.Listing.roles", 10),
    ("hedgerow.v1.Listing.agreed_events", 1_000),
    ("hedgerow.v1.Offer.agreed_events", 1_000),
    ("hedgerow.v1.Event.contacts", 30),
    ("hedgerow.v1.Event.co_hosts", 50),
    ("hedgerow.v1.Schedule.rrules", 5),
    ("hedgerow.v1.Schedule.exdates", 150),
    ("hedgerow.v1.Schedule.rdates", 150),
    ("hedgerow.v1.Schedule.breaks", 100),
];

/// Returns the most entries of a repeated field.
pub(super) fn max_entries(full_name: &str) -> usize {
    MAX_ENTRIES
        .iter()
        .find(|(name, _)| *name == full_name)
        .map_or(DEFAULT_MAX_ENTRIES, |(_, max)| *max)
}

/// Returns the most characters of a text field, chosen by its name.
pub(super) fn max_chars(name: &str, full_name: &str) -> usize {
    match name {
        "title" | "label" => MAX_TITLE,
        // Other fields called `name` hold names of sources and registers, which are longer.
        "name" if full_name == "hedgerow.v1.Listing.name" => MAX_TITLE,
        "url" | "website" | "map_link" => MAX_URL,
        "summary" => MAX_SUMMARY,
        "description"
        | "text"
        | "sustainability"
        | "anything_else"
        | "why_peer_support"
        | "how_decisions_are_made"
        | "first_time"
        | "situation"
        | "what_helped"
        | "what_changed"
        | "how_to_ask"
        | "how_to_apply"
        | "safety_note"
        | "purpose"
        | "instructions"
        | "reporting" => MAX_LONG_TEXT,
        name if name.ends_with("_words") => MAX_LONG_TEXT,
        "words" | "note" | "directions" | "own_words" | "permission" | "in_return" | "toilets"
        | "out_of_hours" | "who_is_on_site" | "handover" | "background" | "entry" | "checks"
        | "expenses" | "conditions" | "other" | "content_note" | "how_to_get_in"
        | "who_decides" | "co_designed_with" | "given_by" | "where_given" => MAX_PARAGRAPH,
        "postcode" | "plus_code" | "currency" | "country" => MAX_CODE,
        _ if is_tag(name, full_name) => MAX_TAG,
        _ => MAX_LINE,
    }
}

/// Returns whether a text field is one line: names, titles, labels, tags, codes, web
/// addresses and short answers, which are shown in lists.
pub(super) fn is_single_line(name: &str, full_name: &str) -> bool {
    max_chars(name, full_name) <= MAX_LINE || matches!(name, "url" | "website" | "map_link")
}

/// Returns whether the field holds tags: free words, often ids of the vocabulary.
fn is_tag(name: &str, full_name: &str) -> bool {
    matches!(
        name,
        "tags"
            | "self_descriptions"
            | "meanings_of_peer"
            | "formality"
            | "leadership"
            | "values"
            | "approaches"
            | "structures"
            | "settings"
            | "activities"
            | "membership_basis"
            | "how_to_join"
            | "organisation_forms"
            | "duration"
            | "communities"
            | "experiences"
            | "genders"
            | "funding_statuses"
            | "evaluations"
            | "help_wanted"
            | "features"
            | "items"
            | "skills"
            | "topics"
            | "kinds"
            | "tasks"
            | "used_terms"
            | "rejected_terms"
    ) || full_name == "hedgerow.v1.PeerWork.roles"
}
