//! Every benchmark at a tiny scale writes a well-formed table. Figures are not asserted, so
//! that a busy machine fails no test.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs a benchmark, and returns the section that it wrote.
fn section(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let document = folder.path().join("PERFORMANCE.md");
    let pictures = folder.path().join("flames");
    fs::write(&document, "# Performance\n").expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hedgerow-load"));
    command.args(arguments);
    if arguments[0] == "profile" {
        command.arg("--pictures").arg(&pictures);
    }
    let output = command
        .arg("--scratch")
        .arg(folder.path().join("scratch"))
        .arg("--write")
        .arg(&document)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}:\n{stderr}");
    let text = fs::read_to_string(&document).expect("the document");
    assert!(text.starts_with("# Performance\n\n<!-- begin "), "{text}");
    for part in [
        "**Method.** ",
        "**Limit.** ",
        "Measured 20",
        "tests/load/run ",
    ] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
    text
}

/// The number of rows of the first table. All must have the same number of cells.
fn rows(text: &str) -> usize {
    let table: Vec<_> = text
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .collect();
    let cells = |line: &str| line.matches('|').count();
    assert!(
        table.iter().all(|line| cells(line) == cells(table[0])),
        "{text}"
    );
    table.len().saturating_sub(2)
}

#[test]
fn latency_runs() {
    let text = section(&["latency", "--groups", "20", "--changes", "5"]);
    assert_eq!(rows(&text), 2);
}

#[test]
fn ingest_runs_with_few_and_with_many_groups_per_publisher() {
    let text = section(&["ingest", "--records", "150", "--parts", "100"]);
    assert_eq!(rows(&text), 8);
    assert!(text.contains("indexed: rebuilt from the store"), "{text}");
    let text = section(&[
        "ingest",
        "--records",
        "300",
        "--per-publisher",
        "20",
        "--parts",
        "0",
    ]);
    assert!(text.contains("| publishers | 6 |"), "{text}");
}

#[test]
fn search_runs() {
    let text = section(&[
        "search",
        "--records",
        "600",
        "--questions",
        "10",
        "--rounds",
        "1",
        "--seconds",
        "1",
    ]);
    assert!(rows(&text) >= 4, "{text}");
    assert!(text.contains("| two words |"), "{text}");
}

#[test]
fn searches_on_postgresql_run_if_it_is_installed() {
    let extension = Path::new("/usr/share/postgresql/15/extension/postgis.control");
    let server = Path::new("/usr/lib/postgresql/15/bin/postgres");
    if !extension.exists() || !server.exists() {
        println!("skipped: PostgreSQL 15 with PostGIS is not installed");
        return;
    }
    let text = section(&[
        "search-postgres",
        "--records",
        "600",
        "--questions",
        "10",
        "--rounds",
        "1",
        "--seconds",
        "1",
    ]);
    assert!(rows(&text) >= 4, "{text}");
}

#[test]
fn node_runs() {
    let text = section(&["node", "--starts", "2", "--idle-seconds", "1"]);
    assert_eq!(rows(&text), 4);
}

#[test]
fn pages_run() {
    let text = section(&[
        "pages",
        "--records",
        "600",
        "--per-publisher",
        "10",
        "--questions",
        "12",
        "--seconds",
        "1",
    ]);
    assert_eq!(rows(&text), 5);
    assert!(text.contains("| map of the regions |"), "{text}");
}

#[test]
fn places_run() {
    let text = section(&["places", "--places", "500", "--idle-seconds", "1"]);
    assert_eq!(rows(&text), 4);
}

#[test]
fn idle_runs() {
    let text = section(&[
        "idle",
        "--nodes",
        "3",
        "--groups",
        "12",
        "--sweep-seconds",
        "2",
        "--sweeps",
        "1",
    ]);
    assert_eq!(rows(&text), 5);
}

#[test]
fn growth_runs() {
    let text = section(&["growth", "--groups", "50,100", "--questions", "5"]);
    assert_eq!(rows(&text), 2);
}

#[test]
fn profile_runs_if_perf_is_installed_and_allowed() {
    let perf = Command::new("perf")
        .args([
            "record",
            "--quiet",
            "--event",
            "cpu-clock",
            "--output",
            "/dev/null",
            "true",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !perf.is_ok_and(|status| status.success()) {
        println!("skipped: perf is not installed, or may not sample here");
        return;
    }
    let text = section(&["profile", "--records", "300", "--seconds", "1"]);
    assert!(rows(&text) >= 2, "{text}");
}

#[test]
fn backups_made_while_records_come_in_are_restored_with_equal_roots() {
    let text = section(&[
        "restores",
        "--restores",
        "4",
        "--groups",
        "6",
        "--records",
        "20",
        "--records-per-second",
        "200",
    ]);
    assert_eq!(rows(&text), 6);
    assert!(
        text.contains("| restored with equal roots | **4 of 4** | **4 of 4** |"),
        "{text}"
    );
}

/// Refused take-backs and calls without response break these bounds, but not slow ones: the
/// programs of tests are not optimised and share the machine with other tests.
#[test]
fn hostile_runs_every_attack_and_holds_generous_bounds() {
    let text = section(&[
        "hostile",
        "--small",
        "--groups",
        "60",
        "--before-seconds",
        "1",
        "--seconds",
        "0.75",
        "--search-floor-ms",
        "8000",
        "--change-floor-ms",
        "12000",
    ]);
    assert_eq!(rows(&text), 28, "{text}");
    assert!(!text.contains("**no**"), "{text}");
}
