//! What `docs/PROTOCOL.md` states: limits as in the code, every status, and the rules that an
//! implementer cannot infer from messages or vectors.

use std::fs;
use std::path::{Path, PathBuf};

use hedgerow_core::envelope::{MAX_ENVELOPE_BYTES, MAX_KEY_EVENT_BYTES, MAX_KEY_HINT_BYTES};
use hedgerow_core::head::{ERASED_AFTER, LAPSES_AFTER, MAX_CLOCK_SKEW, MAX_LIFETIME, Seq};
use hedgerow_core::key_log::{MAX_EVENTS, MAX_LOG_BYTES, MAX_SET_ASIDE};
use hedgerow_core::name::MAX_NAME_BYTES;
use hedgerow_core::place::{CELL_LATITUDE_E7, CELL_LONGITUDE_E7};
use hedgerow_core::record::MAX_RECORD_BYTES;
use hedgerow_core::sync::MAX_BATCH;
use hedgerow_proto::feed_v1::GroupStatus;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(repository().join(path)).unwrap()
}

/// The paragraphs, items of lists, and rows of tables of a document, each in one line.
fn blocks(document: &str) -> Vec<String> {
    let mut blocks: Vec<String> = Vec::new();
    let mut continues = false;
    for line in document.lines() {
        let text = line.trim();
        let begins = text.starts_with(['|', '#']) || text.starts_with("- ");
        match blocks.last_mut() {
            Some(block) if continues && !begins && !text.is_empty() => {
                block.push(' ');
                block.push_str(text);
            }
            _ if text.is_empty() => {}
            _ => blocks.push(text.to_owned()),
        }
        continues = !text.is_empty() && !text.starts_with(['|', '#']);
    }
    blocks
}

/// Asserts that for each rule one block of the document has all of its words.
fn assert_states(document: &str, rules: &[&[&str]]) {
    let blocks = blocks(document);
    let is_stated = |rule: &&[&str]| {
        let has_all = |block: &&String| rule.iter().all(|words| block.contains(words));
        blocks.iter().find(has_all).is_some()
    };
    let missing: Vec<_> = rules.iter().filter(|rule| !is_stated(rule)).collect();
    assert!(
        missing.is_empty(),
        "no paragraph, item or row has all words of: {missing:#?}"
    );
}

fn thousands(number: usize) -> String {
    match (number / 1_000, number % 1_000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    }
}

#[test]
fn the_limits_in_the_protocol_are_those_of_the_code() {
    let days = |duration: std::time::Duration| duration.as_secs() / 86_400;
    let degrees = |cell: i32| (f64::from(cell) / 1e7).to_string();
    let (kib, mib) = (1_024, 1_024 * 1_024);
    let (key_event, envelope) = (MAX_KEY_EVENT_BYTES / kib, MAX_ENVELOPE_BYTES / kib);
    let sentences = [
        format!(
            "at most {} events and {} MiB",
            thousands(MAX_EVENTS),
            MAX_LOG_BYTES / mib
        ),
        format!("The last event and the last {key_event} KiB are for a deactivation"),
        format!("One event sets at most {MAX_SET_ASIDE} branches aside"),
        format!("({envelope} KiB; key events: {key_event} KiB)"),
        format!("The key hint has at most {MAX_KEY_HINT_BYTES} bytes and no effect"),
        format!("1–{MAX_NAME_BYTES} of `[a-z0-9.-]`: `public`, or the random name of a circle"),
        format!("{} bytes is usual", thousands(MAX_RECORD_BYTES)),
        format!("`seq` is 1 … 2^{}−1", Seq::MAX.get().count_ones()),
        format!("after `issue_time` by at most {} days", days(MAX_LIFETIME)),
        format!("{} days later the group has *lapsed*", days(LAPSES_AFTER)),
        format!(
            "{} days after expiry its bodies are erased",
            days(ERASED_AFTER)
        ),
        format!(
            "issued more than {} minutes ahead",
            MAX_CLOCK_SKEW.as_secs() / 60
        ),
        format!("1 to {} in a message", thousands(MAX_BATCH)),
        format!(
            "is {}° of latitude by {}° of longitude",
            degrees(CELL_LATITUDE_E7),
            degrees(CELL_LONGITUDE_E7)
        ),
        format!("latitude: size = {}", thousands(CELL_LATITUDE_E7 as usize)),
        format!(
            "longitude: size = {}",
            thousands(CELL_LONGITUDE_E7 as usize)
        ),
    ];
    // Lines are joined, so that a sentence may be broken anywhere.
    let document = read("docs/PROTOCOL.md");
    let document: Vec<&str> = document.split_whitespace().collect();
    let document = document.join(" ");
    let missing: Vec<_> = sentences
        .iter()
        .filter(|sentence| !document.contains(sentence.as_str()))
        .collect();
    assert!(missing.is_empty(), "docs/PROTOCOL.md lacks: {missing:#?}");
}

#[test]
fn every_status_of_a_group_has_a_row_in_the_table_of_the_feed() {
    let document = read("docs/PROTOCOL.md");
    let feed = document.split("\n## Feed\n").nth(1).unwrap();
    let feed = feed.split("\n## ").next().unwrap();
    let first_cells: Vec<&str> = feed
        .lines()
        .filter_map(|row| row.strip_prefix("| ")?.split(" | ").next())
        .collect();
    let statuses: Vec<&str> = (1..)
        .map_while(|number| GroupStatus::try_from(number).ok())
        .map(|status| status.as_str_name().strip_prefix("GROUP_STATUS_").unwrap())
        .collect();
    assert!(statuses.len() > 8, "{statuses:?}");
    for status in statuses {
        let named = format!("`{status}`");
        assert!(
            first_cells.iter().any(|cell| cell.contains(&named)),
            "what the feed serves of a group that is {status} is not documented"
        );
    }
}

#[test]
fn rules_that_vectors_show_only_by_example_are_stated() {
    assert_states(
        &read("docs/PROTOCOL.md"),
        &[
            // Forms.
            &["first one in", "order of this document", "gives the reason"],
            &["first head under a key index has no `previous_hash`"],
            &["`count` is 0 if and only if `root` is the empty root"],
            &["groups (wire types 3 and 4)", "32 deep"],
            &["`google.protobuf.Timestamp`", "years 1–9999"],
            &[
                "empty `view` means `public` in a request",
                "malformed in a head",
            ],
            &["receiver's policy", "3 MiB is the most that travels"],
            &[
                "unknown fields",
                "legal in payloads and records",
                "Illegal in an envelope",
            ],
            &["a singular field twice", "the last one counts"],
            &["random key is 128 bits as 32 lowercase hex digits"],
            &["a full log can still end"],
            // Places.
            &["Cells begin at 0°, 0°", "floor, south and west of zero too"],
            &["depend on the gazetteer", "SHA-256"],
            &[
                "id not in the receiver's gazetteer",
                "valid without a point",
            ],
            &["A town without a point is valid"],
            &["gazetteer may refuse a town point that others keep"],
        ],
    );
    assert_states(
        &read("proto/testdata/README.md"),
        &[&[
            "`at` is the number of the branch",
            "first index at which branches differ",
        ]],
    );
}

#[test]
fn what_servers_do_with_transfers_and_unusual_groups_is_stated() {
    assert_states(
        &read("docs/PROTOCOL.md"),
        &[
            // Transfers.
            &[
                "key event is committed as soon as it arrives",
                "breaks off or is refused later",
            ],
            &[
                "deactivation is acknowledged by the status `ENDED` without a receipt, with or without end",
            ],
            &["valid basis after a rotation", "`NOT_INVITED` is none"],
            &["Wanted bodies", "that same head as basis, and no leaves"],
            // Rivals.
            &[
                "names the rival's tip in `set_aside_hashes`",
                "has revealed every recovery key",
            ],
            &["names an unknown tip", "valid event", "no effect"],
            &["ends with a deactivation is never set aside"],
            &["`GetRivals` returns the evidence", "rival branches"],
            &["wrong `previous_hash` freezes the group", "A gap does not"],
            &[
                "goes on showing the records",
                "until a transfer has brought it, nothing is hidden",
            ],
            &["The feed withholds the head"],
            &[
                "`FROZEN`",
                "`withheld`",
                "yes, without what either head lacks",
            ],
            // Followers.
            &["A *peer* is an IPv4 address or an IPv6 /64"],
            &["`cursor_unknown`: begin without one"],
            &[
                "only a key log",
                "`no_head`",
                "status `PENDING`, as long as no head comes",
            ],
            &[
                "does not keep bodies from callers of `Sync`",
                "public records are public",
            ],
            // Checks that are the node's alone.
            &["listing: `roles`", "required | any"],
            &["event: `schedule` with a start", "indexed without times"],
            &["vouch: `expire_time`", "required | any"],
            &["place: `precision`", "`precision_missing`"],
            &["listing: `voice`", "`voice_missing`"],
        ],
    );
    assert_states(
        &read("proto/hedgerow/directory/v1/directory.proto").replace("// ", ""),
        &[&["group's status here: active, stale, throttled or frozen"]],
    );
}

#[test]
fn a_block_is_a_paragraph_an_item_or_a_row() {
    let text = "# A\nOne\ntwo.\n\n- three\n  four\n- five\n\n| six |\n| seven |\nEight\n";
    let expected = [
        "# A",
        "One two.",
        "- three four",
        "- five",
        "| six |",
        "| seven |",
        "Eight",
    ];
    assert_eq!(blocks(text), expected);
}
