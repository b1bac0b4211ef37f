//! The code that `docs/PROTOCOL.md` states for each reason, and the one that servers return.

use std::collections::{BTreeMap, BTreeSet};

use super::reasons::{SOURCES, code_of, document, files, is_reason, literal, services};

/// Constructors of a failure with their gRPC codes, and whether the reason is the second literal.
const CONSTRUCTORS: [(&str, &str, usize); 11] = [
    ("Failure::not_found(", "NOT_FOUND", 0),
    ("Failure::failed_precondition(", "FAILED_PRECONDITION", 0),
    ("Failure::aborted(", "ABORTED", 0),
    ("Failure::already_exists(", "ALREADY_EXISTS", 0),
    ("Failure::unauthenticated(", "UNAUTHENTICATED", 0),
    ("Failure::permission_denied(", "PERMISSION_DENIED", 0),
    ("Failure::out_of_range(", "OUT_OF_RANGE", 0),
    ("Failure::resource_exhausted(", "RESOURCE_EXHAUSTED", 0),
    ("Failure::unavailable(", "UNAVAILABLE", 0),
    ("Failure::invalid_field(", "INVALID_ARGUMENT", 1),
    ("FieldViolation::new(", "INVALID_ARGUMENT", 1),
];

/// The reasons in the tables under `Reasons` that have codes, with all codes of their rows.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let document = document();
    let section = document.split("\n## Reasons\n").nth(1).unwrap();
    let is_code = |word: &&str| {
        let upper = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
        word.len() > 4 && word.bytes().all(upper)
    };
    let mut documented = BTreeMap::<_, BTreeSet<_>>::new();
    let (mut of_table, mut rows) = (None, 0);
    for line in section.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        if !line.starts_with('|') {
            of_table = None;
            continue;
        }
        // The heading of the table states which column has the codes.
        let column =
            *of_table.get_or_insert_with(|| cells.iter().position(|it| it.trim() == "code"));
        let Some(cell) = column.and_then(|column| cells.get(column)) else {
            continue;
        };
        let words =
            cell.split(|character: char| !character.is_ascii_alphabetic() && character != '_');
        let codes: Vec<String> = words.filter(is_code).map(str::to_owned).collect();
        for reason in cells[0].split('`').skip(1).step_by(2) {
            documented
                .entry(reason.to_owned())
                .or_default()
                .extend(codes.clone());
            rows += 1;
        }
    }
    assert!(rows > 100, "only {rows} reasons with a code were found");
    documented
}

/// Each reason that a constructor gets in the sources, with its code.
fn in_code() -> BTreeSet<(String, &'static str)> {
    let mut paths = Vec::new();
    for source in SOURCES {
        files(&services().join(source), &mut paths);
    }
    let mut found = BTreeSet::new();
    for path in paths {
        let code = code_of(&path);
        for (constructor, status, at) in CONSTRUCTORS {
            for (start, _) in code.match_indices(constructor) {
                let arguments = &code[start + constructor.len()..];
                if let Some(reason) = literal(arguments, at)
                    && is_reason(reason)
                {
                    found.insert((reason.to_owned(), status));
                }
            }
        }
    }
    found
}

#[test]
fn every_reason_is_returned_with_a_code_of_the_protocol() {
    let documented = documented();
    let in_code = in_code();
    assert!(in_code.len() > 40, "only {in_code:?} were found");
    let wrong: Vec<_> = in_code
        .iter()
        .filter(|(reason, code)| {
            documented
                .get(reason)
                .is_some_and(|codes| !codes.contains(*code))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "docs/PROTOCOL.md states other codes for {wrong:?}"
    );
}

#[test]
fn every_documented_reason_of_a_call_has_a_code() {
    let without: Vec<_> = documented()
        .into_iter()
        .filter(|(reason, codes)| codes.is_empty() && is_reason(reason))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}
