//! The program as a person or a script starts it, without any server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_hedgerow");

fn hedgerow(arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .env_remove("HEDGEROW_AGGREGATOR")
        .env_remove("HEDGEROW_STEWARD");
    command
}

fn run(arguments: &[&str]) -> Output {
    hedgerow(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[test]
fn every_template_passes_a_dry_run() {
    let folder = tempfile::tempdir().unwrap();
    let help = text(&run(&["template", "--help"]).stdout);
    let list = help.split("possible values: ").nth(1).unwrap();
    let names = list.split(']').next().unwrap().replace('\n', " ");
    for name in names.split(',').map(str::trim) {
        let file = folder.path().join(name);
        fs::write(&file, run(&["template", name]).stdout).unwrap();
        let checked = run(&["publish", "--dry-run", file.to_str().unwrap()]);
        assert_eq!(code(&checked), 0, "{name}: {}", text(&checked.stderr));
    }
}

#[test]
fn exit_codes_are_as_documented() {
    assert_eq!(code(&run(&["exit-codes"])), 0);
    assert_eq!(code(&run(&["serach"])), 2);
    assert_eq!(code(&run(&["search", "x"])), 2);
    assert_eq!(code(&run(&["--aggregator", "nonsense", "search", "x"])), 2);
    let unreachable = format!("https://127.0.0.1:1#sha256={}", "ab".repeat(32));
    let output = run(&["--aggregator", &unreachable, "search", "x"]);
    assert_eq!(code(&output), 5, "{}", text(&output.stderr));
    assert!(
        text(&output.stderr).contains("Is it running"),
        "{}",
        text(&output.stderr)
    );
    let output = run(&["--steward", "/nowhere", "status"]);
    assert_eq!(code(&output), 2);
    assert!(
        text(&output.stderr).contains("group add"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn a_closed_pipe_prints_no_error() {
    let mut child = hedgerow(&["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 16];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut first).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 0);
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn a_missing_demonstration_is_an_error_with_the_way_out() {
    // In a folder of its own, the program finds no demonstration next to it.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let alone = folder.path().join("hedgerow");
    fs::hard_link(PROGRAM, &alone).unwrap();
    let output = Command::new(&alone)
        .args(["demo", "--exit"])
        .env("PATH", Path::new(""))
        .output()
        .unwrap();
    assert_eq!(code(&output), 2);
    assert!(
        text(&output.stderr).contains("cargo run --release -- demo"),
        "{}",
        text(&output.stderr)
    );
}
