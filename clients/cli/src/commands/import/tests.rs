use std::path::Path;

use clap::Parser;
use hedgerow_core::time::Timestamp;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    table: TableArguments,
}

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const GROUP: [u8; 32] = [1; 32];

fn import(bytes: impl AsRef<[u8]>, options: &[&str]) -> Import {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("table.csv");
    std::fs::write(&file, bytes).expect("a file");
    read_file(&file, options)
}

fn read_file(file: &Path, options: &[&str]) -> Import {
    let line = ["import", file.to_str().expect("a path")];
    let line = line.iter().chain(options);
    let line = Line::try_parse_from(line).expect("a command line");
    line.table.read(NOW).expect("a table")
}

fn checked(table: &str, confirm: &[&str]) -> Import {
    let mut import = import(table, &[]);
    let confirm: Vec<_> = confirm.iter().map(|&reason| reason.to_owned()).collect();
    check(&mut import, &confirm, &GroupId::from_bytes(GROUP), NOW);
    import
}

/// A table on disk, read with these options and checked by the rules.
pub(super) fn checked_file(file: &Path, options: &[&str]) -> Import {
    let mut import = read_file(file, options);
    check(&mut import, &[], &GroupId::from_bytes(GROUP), NOW);
    import
}

fn problems(import: &Import) -> String {
    let problems: Vec<_> = import.problems.iter().map(ToString::to_string).collect();
    problems.join("\n")
}

#[test]
fn an_unknown_region_is_rejected_with_the_known_ones() {
    let import = jigsaw(Some("north east")).expect("a region");
    assert_eq!(import.rows.len(), 33);
    assert!(!import.unmapped.is_empty() && !import.is_whole_source);
    let error = jigsaw(Some("Mercia")).expect_err("no region").to_string();
    assert!(error.contains("North East"), "{error}");
}

#[test]
fn a_price_in_words_rejects_no_row() {
    let table = "scheme,id,name,source_title,source_year,place,cost\n\
                 d-1,a,A,T,2024,Leeds,£1 (50p conc)\nd-1,b,B,T,2024,Leeds,FREE!\n\
                 d-1,c,C,T,2024,Leeds,ask at the desk\nd-1,d,D,T,2024,Leeds,Suggested donation £2\n";
    let import = checked(table, &[]);
    assert_eq!(problems(&import), "");
    assert_eq!(import.rows.len(), 4);
}

#[test]
fn an_organisation_called_after_a_street_is_imported() {
    let table = "scheme,id,name,source_title,source_year,summary,place\n\
                 d-1,a,Wood Street Mission,T,2024,,\n\
                 d-1,b,High Street Library,T,2024,,Bolton\n";
    assert_eq!(problems(&checked(table, &[])), "");
}

#[test]
fn a_name_that_looks_like_an_address_is_confirmed_by_row_column_or_for_all() {
    let table = "scheme,id,name,source_title,source_year,place,confirm\n\
                 d-1,a,12 Wood Street,T,2024,Bolton,\n\
                 d-1,b,14 Wood Street,T,2024,Bolton,\n\
                 d-1,c,16 Wood Street,T,2024,Bolton,looks_like_address\n";
    let rejected = checked(table, &[]);
    let error = problems(&rejected);
    assert_eq!(
        (rejected.rows.len(), rejected.problems.len()),
        (1, 2),
        "{error}"
    );
    assert!(error.contains("row 2: name: "), "{error}");
    assert!(error.contains("--confirm looks_like_address:a"), "{error}");
    assert_eq!(checked(table, &["looks_like_address"]).rows.len(), 3);
    for row in ["looks_like_address:b", "looks_like_address:3"] {
        let one = checked(table, &[row]);
        assert!(
            one.rows.len() == 2 && problems(&one).starts_with("row 2:"),
            "{row}"
        );
    }
}

#[test]
fn a_private_contact_in_a_table_is_rejected_and_other_rows_are_kept() {
    for summary in [
        "Ring the secretary at home on 01632 960 000 or 07700 900123 after six",
        "Write to ann at example dot org",
    ] {
        let table = format!(
            "scheme,id,name,source_title,source_year,summary,place\n\
             pp,b,Other,T,2024,\"{summary}\",Penzance\npp,c,Right,T,2024,,Penzance\n"
        );
        let import = checked(&table, &["contact_in_catalogued"]);
        let error = problems(&import);
        assert!(error.starts_with("row 2: summary: "), "{error}");
        assert!(error.contains("nobody has agreed to be rung"), "{error}");
        assert_eq!(import.rows.len(), 1);
        assert!(report::rejection(&import).contains("--skip-wrong"));
    }
}

#[test]
fn the_whole_catalogue_passes_the_rules() {
    let mut import = jigsaw(None).expect("all");
    check(&mut import, &[], &GroupId::from_bytes(GROUP), NOW);
    assert_eq!((import.rows.len(), problems(&import).as_str()), (277, ""));
}
