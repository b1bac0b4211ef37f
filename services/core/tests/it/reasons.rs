//! The reasons in `docs/PROTOCOL.md` and those in the code are the same.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Where reasons of the protocol are defined. A folder stands for the files in it.
pub(super) const SOURCES: [&str; 30] = [
    "core/src/endpoint.rs",
    "core/src/envelope.rs",
    "core/src/head",
    "core/src/id.rs",
    "core/src/key_log",
    "core/src/keys.rs",
    "core/src/name.rs",
    "core/src/proof.rs",
    "core/src/receipt.rs",
    "core/src/record.rs",
    "core/src/rules/receive.rs",
    "core/src/signed_request.rs",
    "core/src/sync",
    "core/src/time.rs",
    "core/src/tree",
    "transport/src/transfer.rs",
    "server/src/feed",
    "server/src/server",
    "aggregator/src/directory",
    "aggregator/src/feed.rs",
    "aggregator/src/inbox",
    "aggregator/src/ingest",
    "aggregator/src/transfer",
    "aggregator/src/transfer.rs",
    "aggregator/src/admission",
    "aggregator/src/crawl",
    "aggregator/src/failure.rs",
    "node/src/publish",
    "node/src/steward",
    "search/src/times",
];

/// The end of a transfer from which nothing more is needed. No sender gets it.
const INTERNAL: [&str; 1] = ["settled"];

/// Texts before a reason in the code. The reason is the first literal after them, or the second
/// where the first is the name of a field.
const BEFORE: [(&str, usize); 20] = [
    ("=> \"", 0),
    ("reject(\"", 0),
    ("reject(\n", 0),
    ("malformed(\n", 0),
    ("Failure::new(", 0),
    ("Failure::not_found(", 0),
    ("Failure::failed_precondition(", 0),
    ("Failure::aborted(", 0),
    ("Failure::already_exists(", 0),
    ("Failure::unauthenticated(", 0),
    ("Failure::permission_denied(", 0),
    ("FieldViolation::new(", 1),
    ("Failure::out_of_range(", 0),
    ("Failure::resource_exhausted(", 0),
    ("Failure::unavailable(", 0),
    ("Failure::invalid_field(", 1),
    ("self.violate(", 1),
    ("self.violate(path, name_field, ", 0),
    ("InvalidTime::new(", 0),
    ("fn reason(&self) -> &'static str {\n", 0),
];

pub(super) fn services() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(super) fn document() -> String {
    fs::read_to_string(services().join("../docs/PROTOCOL.md")).unwrap()
}

/// All source files below a path, without tests.
pub(super) fn files(path: &Path, found: &mut Vec<PathBuf>) {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    if name.starts_with("tests") || name == "testkit" || name == "testing" || name == "target" {
        return;
    }
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            files(&entry.unwrap().path(), found);
        }
    } else if name.ends_with(".rs") {
        found.push(path.to_owned());
    }
}

pub(super) fn code_of(path: &Path) -> String {
    let code = fs::read_to_string(path).unwrap();
    let end = code.find("#[cfg(test)]\nmod tests {").unwrap_or(code.len());
    code[..end].to_owned()
}

pub(super) fn is_reason(text: &str) -> bool {
    let lower = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
    // Names of fields are often one word, reasons rarely.
    let is_word = ["missing", "superseded", "withheld"].contains(&text);
    is_word || (text.contains('_') && text.bytes().all(lower) && !text.starts_with('_'))
}

/// The first or second string literal in a piece of code, up to the end of its statement. The second
/// must follow directly, as the next argument. If both look like reasons, the first is a field.
pub(super) fn literal(code: &str, at: usize) -> Option<&str> {
    let statement = &code[..code.find(';').unwrap_or(code.len())];
    let parts: Vec<&str> = statement.split('"').collect();
    let second = parts.get(3).filter(|_| parts[2].trim() == ",").copied();
    match at {
        0 => second
            .filter(|text| is_reason(text))
            .or(parts.get(1).copied()),
        _ => second,
    }
}

fn reasons_in_code() -> BTreeSet<String> {
    let mut sources = Vec::new();
    for source in SOURCES {
        let path = services().join(source);
        assert!(path.exists(), "{source} was moved: change the list");
        files(&path, &mut sources);
    }
    let mut reasons = BTreeSet::new();
    for path in sources {
        let code = code_of(&path);
        // Only `match` arms of a function that returns reasons count.
        let in_reason = code.find("fn reason(").map(|start| {
            let body = &code[start..];
            start..start + body.find("\n    }\n").unwrap_or(body.len())
        });
        for (before, at) in BEFORE {
            for (start, _) in code.match_indices(before) {
                let (is_arm, is_body) = (before.starts_with("=>"), before.starts_with("fn"));
                if is_arm
                    && !in_reason
                        .as_ref()
                        .is_some_and(|range| range.contains(&start))
                {
                    continue;
                }
                let after = start + before.trim_end_matches(['"', '\n']).len();
                // A body that is more than a literal is read by its arms.
                if is_body && !code[after..].trim_start().starts_with('"') {
                    continue;
                }
                if let Some(reason) = literal(&code[after..], at)
                    && is_reason(reason)
                    && !INTERNAL.contains(&reason)
                {
                    reasons.insert(reason.to_owned());
                }
            }
        }
    }
    reasons
}

/// The words in code spans of the first column of the tables under `Reasons`.
fn reasons_in_document() -> BTreeSet<String> {
    let document = document();
    let section = document.split("\n## Reasons\n").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_reason_in_the_code_is_in_the_protocol() {
    let code = reasons_in_code();
    // The parser above must find something in each kind of place.
    for known in [
        "address_host",
        "sync_root_mismatch",
        "point_off_grid",
        "cursor_unknown",
        "view_not_served",
        "id_malformed",
        "changed_twice",
        "window_past",
    ] {
        assert!(code.contains(known), "{known} was not found in the code");
    }
    let document = reasons_in_document();
    let missing: Vec<_> = code.difference(&document).collect();
    assert!(
        missing.is_empty(),
        "add to docs/PROTOCOL.md, Reasons: {missing:?}"
    );
}

#[test]
fn every_reason_in_the_protocol_is_in_the_code() {
    let mut all = Vec::new();
    files(&services().canonicalize().unwrap(), &mut all);
    let code: String = all.iter().map(|path| code_of(path)).collect();
    let missing: Vec<_> = reasons_in_document()
        .into_iter()
        .filter(|reason| !code.contains(&format!("\"{reason}\"")))
        .collect();
    assert!(
        missing.is_empty(),
        "no code gives these reasons: {missing:?}"
    );
}

#[test]
fn every_reason_that_a_section_names_is_in_the_list() {
    let document = document();
    let (sections, _) = document.split_once("\n## Reasons\n").unwrap();
    let listed = reasons_in_document();
    let missing: BTreeSet<_> = sections
        .lines()
        .filter(|line| line.starts_with("| ") && line.ends_with('|'))
        .filter_map(|row| row.trim_end_matches(['|', ' ']).rsplit('|').next())
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .filter(|word| is_reason(word))
        .filter(|word| !listed.contains(*word) && !is_field(word))
        .collect();
    assert!(missing.is_empty(), "not under Reasons: {missing:?}");
}

/// Names of fields that last columns mention.
fn is_field(word: &str) -> bool {
    let fields = [
        "aggregator_key_log",
        "basis_hash",
        "create_time",
        "highest_head",
        "key_log_tip_hash",
        "never_seen",
        "throttle_end_time",
        "update_time",
        "wanted_hashes",
    ];
    fields.contains(&word)
}
