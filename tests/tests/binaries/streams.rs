//! The outputs of the programs: pipes that are closed early, and terminals without colours.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use hedgerow_tests::program;

/// Runs a program whose standard output is closed, as `head` closes it once it has enough.
fn with_closed_output(name: &str, arguments: &[&str]) {
    let (reader, writer) = io::pipe().expect("a pipe");
    drop(reader);
    let output = Command::new(program::path(name))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(writer)
        .output()
        .expect("the program starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(errors, "", "{name} {arguments:?}");
    assert!(output.status.success(), "{name} {arguments:?}");
}

#[test]
fn a_closed_output_ends_every_program_quietly() {
    let folder = tempfile::tempdir().expect("a folder");
    let aggregator = folder.path().join("aggregator");
    program::init_aggregator(&aggregator);
    let node = folder.path().join("node");
    program::init_node(&node, &[]);
    for (name, folder) in [
        ("hedgerow-aggregator", &aggregator),
        ("hedgerow-node", &node),
    ] {
        let folder = folder.to_str().expect("UTF-8");
        with_closed_output(name, &["--dir", folder, "config", "--show"]);
        with_closed_output(name, &["--help"]);
    }
    with_closed_output("hedgerow", &["exit-codes"]);
    with_closed_output("hedgerow", &["template", "listing"]);
    with_closed_output("hedgerow", &["completions", "bash"]);
    with_closed_output("hedgerow-demo", &["demo", "--exit"]);
}

/// The output of a shell command on a terminal, with and without `NO_COLOR`.
#[cfg(target_os = "linux")]
fn on_a_terminal(command: &str) -> [String; 2] {
    ["", "1"].map(|no_color| {
        let output = Command::new("script")
            .args(["--quiet", "--command", command, "/dev/null"])
            .env("NO_COLOR", no_color)
            .env("TERM", "xterm")
            .env("HEDGEROW_LOG", "info")
            .stdin(Stdio::null())
            .output()
            .expect("`script`, of util-linux, starts");
        String::from_utf8_lossy(&output.stdout).into_owned()
    })
}

/// A shell command that runs a program.
#[cfg(target_os = "linux")]
fn command(name: &str, arguments: &str) -> String {
    format!("'{}' {arguments}", program::path(name).display())
}

#[cfg(target_os = "linux")]
#[test]
fn no_color_leaves_no_escape_sequence_on_a_terminal() {
    let folder = tempfile::tempdir().expect("a folder");
    let node = folder.path().join("node");
    program::init_node(&node, &[]);
    let run = |folder: &Path| {
        let run = format!("--dir '{}' run", folder.display());
        format!("timeout --signal=INT 2 {}", command("hedgerow-node", &run))
    };
    let search = "--aggregator https://127.0.0.1:1 search tea";
    for (command, text) in [
        // A search shows a progress bar, which moves the cursor.
        (command("hedgerow", search), "Connection refused"),
        (run(&node), "the node is running"),
    ] {
        let [coloured, plain] = on_a_terminal(&command);
        for output in [&coloured, &plain] {
            assert!(output.contains(text), "{command}: {output:?}");
        }
        assert!(coloured.contains('\u{1b}'), "{command}: {coloured:?}");
        assert!(!plain.contains('\u{1b}'), "{command}: {plain:?}");
    }
}
