//! The code that `docs/PROTOCOL.md` states for each reason, and the one that servers return.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

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

/// The conversions of core's errors to failures. Their kinds are stated there, their reasons in core.
fn conversions() -> String {
    let path = services().join("transport/src/failure/from_core.rs");
    fs::read_to_string(path).unwrap()
}

/// The code of the statement that begins with `start`, up to `end`.
fn part<'a>(code: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = code
        .split_once(start)
        .unwrap_or_else(|| panic!("{start} was moved: change this test"));
    rest.split_once(end).map_or(rest, |(part, _)| part)
}

fn status_of(kind: &str) -> &'static str {
    match kind {
        "Invalid" => "INVALID_ARGUMENT",
        "FailedPrecondition" => "FAILED_PRECONDITION",
        "Aborted" => "ABORTED",
        other => panic!("Kind::{other} has no code here: add it"),
    }
}

/// The reasons of an error of core by variant. Those of a struct have the variant "".
fn reasons_of(error: &str) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    for source in SOURCES {
        files(&services().join(source), &mut paths);
    }
    let start = format!("\nimpl {error} {{\n");
    let code = paths
        .iter()
        .map(|path| code_of(path))
        .find(|code| code.contains(&start))
        .unwrap_or_else(|| panic!("{error} is in none of the sources"));
    let body = part(&code, &start, "\n}\n");
    let body = part(body, "fn reason(&self) -> &'static str {", "\n    }\n");
    let arms = body.split("Self::").skip(1);
    let mut reasons = Vec::new();
    let mut variants = Vec::new();
    for arm in arms {
        let is_name = |character: char| character.is_ascii_alphanumeric();
        variants.push(arm.split(|it| !is_name(it)).next().unwrap().to_owned());
        // Variants before `|` share the arm of the last one.
        let Some((_, result)) = arm.split_once("=>") else {
            continue;
        };
        // Otherwise another error's reason.
        if let Some(reason) = result.trim().strip_prefix('"') {
            let reason = reason.split('"').next().unwrap();
            reasons.extend(variants.drain(..).map(|it| (it, reason.to_owned())));
        }
        variants.clear();
    }
    if reasons.is_empty() {
        let literals = body.split('"').skip(1).step_by(2);
        let literals = literals.filter(|literal| is_reason(literal));
        reasons.extend(literals.map(|reason| (String::new(), reason.to_owned())));
    }
    reasons
}

/// The reasons of core's errors with the codes of the failures that they become.
fn of_core() -> BTreeMap<String, BTreeSet<&'static str>> {
    let code = conversions();
    let mut found = BTreeMap::<_, BTreeSet<_>>::new();
    for error in part(&code, "invalid!(\n", ");").split(',') {
        let error = error.trim();
        if !error.is_empty() {
            for (_, reason) in reasons_of(error) {
                found.entry(reason).or_default().insert("INVALID_ARGUMENT");
            }
        }
    }
    for line in part(&code, "by_kind!(\n", ");").lines() {
        let (error, function) = line
            .trim()
            .trim_end_matches(',')
            .split_once(" => ")
            .unwrap();
        let body = part(&code, &format!("fn {function}("), "\n}\n");
        let reasons = reasons_of(error);
        let mut of_variants = BTreeMap::new();
        let mut variants = Vec::new();
        for arm in body.split(&format!("{error}::")).skip(1) {
            variants.push(
                arm.split(|it: char| !it.is_ascii_alphanumeric())
                    .next()
                    .unwrap(),
            );
            let Some((_, result)) = arm.split_once("=>") else {
                continue;
            };
            // Otherwise the kind of another error.
            if let Some(kind) = result.trim().strip_prefix("Kind::") {
                let kind = kind.split(|it: char| !it.is_ascii_alphanumeric()).next();
                let status = status_of(kind.unwrap());
                of_variants.extend(variants.drain(..).map(|it| (it, status)));
            }
            variants.clear();
        }
        for (variant, reason) in reasons {
            let status = of_variants
                .get(variant.as_str())
                .unwrap_or_else(|| panic!("{error}::{variant} has no kind"));
            found.entry(reason).or_default().insert(*status);
        }
    }
    found
}

#[test]
fn errors_of_core_have_the_codes_of_the_protocol() {
    let of_core = of_core();
    for (known, code) in [
        ("id_malformed", "INVALID_ARGUMENT"),
        ("head_from_the_future", "FAILED_PRECONDITION"),
        ("sync_incomplete", "ABORTED"),
        ("leaf_duplicate", "INVALID_ARGUMENT"),
    ] {
        let codes = of_core.get(known);
        assert!(codes.is_some_and(|codes| codes.contains(code)), "{known}");
    }
    assert!(of_core.len() > 80, "only {} reasons", of_core.len());
    let (documented, constructed) = (documented(), in_code());
    let in_records = |reason: &str| reason.starts_with("record_");
    for (reason, codes) in &of_core {
        let Some(stated) = documented.get(reason) else {
            // Reasons of records are not errors of calls: their table has no codes.
            assert!(
                in_records(reason),
                "docs/PROTOCOL.md has no code of {reason}"
            );
            continue;
        };
        let elsewhere = constructed.iter().filter(|(it, _)| it == reason);
        let mut all: BTreeSet<_> = codes.iter().map(|code| (*code).to_owned()).collect();
        all.extend(elsewhere.map(|(_, code)| (*code).to_owned()));
        assert_eq!(stated, &all, "the codes of {reason}");
    }
}

#[test]
fn every_documented_reason_of_a_call_has_a_code() {
    let without: Vec<_> = documented()
        .into_iter()
        .filter(|(reason, codes)| codes.is_empty() && is_reason(reason))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}
