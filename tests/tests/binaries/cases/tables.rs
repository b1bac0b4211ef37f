//! Tables, imported with `--dry-run`, which needs no node.

use std::fmt::Write as _;
use std::fs;

use hedgerow_tests::{json_schema, program};

use super::{hedgerow, path};

/// The output of a dry run, and whether every row was right.
fn import(file: &str, options: &[&str]) -> (bool, String) {
    let file = path(file).display().to_string();
    hedgerow(&[&["import", "csv", &file, "--dry-run"], options].concat())
}

#[track_caller]
fn check(file: &str, options: &[&str], is_right: bool, parts: &[&str]) {
    let (succeeds, output) = import(file, options);
    assert_eq!(succeeds, is_right, "{file}: {output}");
    for part in parts {
        assert!(output.contains(part), "{file}: {part}: {output}");
    }
}

#[test]
fn an_error_names_the_row_whatever_the_line_ends() {
    check(
        "C01-crlf-wrong-line.csv",
        &[],
        false,
        &["row 3: no known place is called Atlantis", "--skip-wrong"],
    );
}

#[test]
fn one_id_twice_is_found_by_the_dry_run() {
    check(
        "C02-duplicate-id-dry-run-passes.csv",
        &[],
        false,
        &["row 3: the id a is also the id of row 2"],
    );
}

#[test]
fn a_source_without_a_year_has_an_option_and_a_note() {
    check("C04-no-year.csv", &[], false, &["--year 2024", "--note"]);
    check(
        "C04-no-year.csv",
        &["--year", "2020"],
        true,
        &["1 catalogued listing"],
    );
    check(
        "C04-no-year.csv",
        &["--note", "without a date"],
        true,
        &["1 catalogued listing"],
    );
}

#[test]
fn a_name_after_a_street_is_a_name() {
    check(
        "C05-street-in-the-name.csv",
        &[],
        true,
        &["2 catalogued listings"],
    );
}

#[test]
fn a_private_telephone_number_is_refused() {
    check(
        "C06-phone-in-catalogued-text.csv",
        &[],
        false,
        &["row 2: summary: ", "nobody has agreed to be rung"],
    );
}

#[test]
fn a_web_address_without_a_scheme_keeps_its_group() {
    check(
        "C07-www.csv",
        &[],
        true,
        &["1 catalogued listing", "row 2: "],
    );
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("www.csv");
    // The case as it was meant, without the cell too many.
    let text = fs::read_to_string(path("C07-www.csv")).expect("a case");
    fs::write(&file, text.replace("Leeds,website,", "Leeds,")).expect("a file");
    let file = file.display().to_string();
    let (succeeds, output) = hedgerow(&["import", "csv", &file, "--dry-run"]);
    assert!(succeeds, "{output}");
    assert!(
        output.contains("the website has no https://: it was added"),
        "{output}"
    );
}

#[test]
fn separators_and_encodings_are_recognised_and_said() {
    check(
        "C08-semicolons.csv",
        &[],
        true,
        &["separated by semicolons", "1 catalogued listing"],
    );
    check(
        "C09-windows-1252.csv",
        &[],
        true,
        &["Windows-1252 (guessed", "1 catalogued listing"],
    );
}

#[test]
fn an_unknown_column_is_named_once_or_skipped() {
    // The case is a program that prints this table.
    let mut table = "scheme,id,name,source_title,source_year,shoes\n".to_owned();
    for row in 0..500 {
        writeln!(table, "d-1,r{row},A,T,2024,1").expect("text");
    }
    assert!(path("C12-unknown-column.py").exists());
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("table.csv");
    fs::write(&file, &table).expect("a file");
    let file = file.display().to_string();
    let run = ["import", "csv", &file, "--dry-run"];
    let (succeeds, output) = hedgerow(&run);
    assert!(succeeds, "{output}");
    assert_eq!(output.matches("“shoes”").count(), 1, "{output}");
    assert!(output.contains("500 catalogued listings"), "{output}");
    let (succeeds, output) = hedgerow(&[&run[..], &["--skip-column", "shoes"]].concat());
    assert!(succeeds && !output.contains("shoes"), "{output}");
    let telephones = table.replace("shoes", "phone");
    fs::write(&file, telephones).expect("a file");
    let (succeeds, output) = hedgerow(&run);
    assert!(succeeds, "{output}");
    assert_eq!(output.matches("“phone”").count(), 1, "{output}");
}

#[test]
fn unclear_times_are_listed_with_the_way_to_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("table.csv");
    let table = "name,town,when\nA,Leeds,Thursdays 7-9\nB,Leeds,Tuesdays 7-9pm\n";
    fs::write(&file, table).expect("a file");
    let file = file.display().to_string();
    let source = ["--scheme", "d-1", "--source-title", "T", "--year", "2024"];
    let run = [&["import", "csv", &file, "--dry-run"], &source[..]].concat();
    let (succeeds, output) = hedgerow(&run);
    assert!(succeeds, "{output}");
    assert!(
        output.contains("row 2: “Thursdays 7-9” may be in the morning"),
        "{output}"
    );
    assert!(output.contains("--unclear-times pm"), "{output}");
    let output = program::run("hedgerow", &[&run[..], &["--json"]].concat());
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    json_schema::check(&json);
    assert_eq!(json["questions"][0]["rows"][0], 2, "{json:#}");
    let answered = [&run[..], &["--unclear-times", "pm", "--read-times"]].concat();
    let (succeeds, output) = hedgerow(&answered);
    assert!(succeeds && !output.contains("Unclear"), "{output}");
    assert!(
        output.contains("rows 2, 3: the times were read as dates"),
        "{output}"
    );
}

#[test]
fn a_file_that_is_no_table_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("groups.csv");
    for (bytes, part) in [
        (&b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"[..], "is a PDF"),
        (b"PK\x03\x04rest", "is a spreadsheet"),
        (b"<!DOCTYPE html><html></html>", "is a web page"),
        (b"", "table is empty"),
    ] {
        fs::write(&file, bytes).expect("a file");
        let path = file.display().to_string();
        let (succeeds, output) = hedgerow(&["import", "csv", &path, "--dry-run"]);
        assert!(!succeeds && output.contains(part), "{part}: {output}");
    }
}
