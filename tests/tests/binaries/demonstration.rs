//! The demonstration, and `hedgerow` against it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod demo;
mod filtering;
mod fitting;
mod importing;
mod publishing;
mod searching;

use std::path::Path;

use demo::{Demo, code, run, text};
use hedgerow_tests::{json_schema, program};
use serde_json::Value;

#[test]
fn the_demonstration_has_the_promised_figures() {
    // As `cargo run -- demo` starts it.
    let output = program::run("hedgerow-demo", &["demo", "--exit", "--json"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let figures: Value = serde_json::from_slice(&output.stdout).unwrap();
    json_schema::check(&figures);
    assert_eq!(figures["nodes"], 13);
    assert_eq!(figures["publishers"], 24);
    assert_eq!(figures["listings"], 277 + 12 + 12);
    assert!(figures["events"].as_u64().unwrap() >= 12, "{figures}");
    assert!(figures["offers"].as_u64().unwrap() >= 6, "{figures}");
    let searches = figures["searches"].as_array().unwrap();
    assert_eq!(searches.len(), 3);
    for search in searches {
        assert!(search["hits"].as_u64().unwrap() >= 1, "{search}");
        assert_eq!(search["unaltered"], true, "{search}");
    }
}

#[test]
fn the_demonstration_program_runs_the_other_commands_too() {
    let codes = program::run_well("hedgerow-demo", &["exit-codes"]);
    assert!(codes.contains("  0  done"), "{codes}");
    let help = program::run_well("hedgerow-demo", &["demo", "--help"]);
    assert!(help.contains("--listen"), "{help}");
}

#[test]
fn the_demonstration_runs_by_configurations_that_an_operator_could_write() {
    let output = run(&["demo", "--exit", "--verbose"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let written = text(&output.stderr);
    let mut nodes = 0;
    for part in written.split("# ").skip(1) {
        let (server, file) = part.split_once('\n').unwrap();
        if server == "the aggregator" {
            let config = hedgerow_aggregator::Config::parse(file).unwrap();
            config.check().unwrap();
            assert_ne!(config.ingest.daily_new_groups, 100, "{server}: {file}");
        } else {
            nodes += 1;
            assert_eq!(server, format!("node {nodes}"));
            let config = hedgerow_node::Config::parse(file).unwrap();
            config.check().unwrap();
            assert_eq!(config.aggregators.len(), 1, "{server}: {file}");
        }
    }
    assert_eq!(nodes, 13, "{written}");
}

#[test]
fn every_command_works_against_the_demonstration() {
    let demo = Demo::start();
    let folder = tempfile::tempdir().unwrap();
    searching::searching(&demo);
    filtering::filtering(&demo);
    fitting::fitting(&demo);
    publishing::publishing(&demo, folder.path());
    fitting::further_objects(&demo, folder.path());
    importing::importing(&demo, folder.path());
    // The demonstration's own figures are checked in a test of their own.
    let mut kinds = json_schema::kinds();
    kinds.remove("demo");
    assert_eq!(
        *demo.kinds.borrow(),
        kinds,
        "kinds of JSON that were checked"
    );
    let steward = demo.steward.clone();
    assert!(Path::new(&steward).exists());
    assert_eq!(demo.end(), 0);
    assert!(!Path::new(&steward).exists(), "files were left behind");
}
