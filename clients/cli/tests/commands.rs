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
        .env("HEDGEROW_SETTINGS", "/nowhere/settings.json")
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

/// The names of all templates, as the help lists them.
fn templates() -> Vec<String> {
    let help = text(&run(&["template", "--help"]).stdout);
    let list = help.split("possible values: ").nth(1).unwrap();
    let names = list.split(']').next().unwrap().replace('\n', " ");
    names
        .split(',')
        .map(|name| name.trim().to_owned())
        .collect()
}

#[test]
fn every_template_is_refused_until_its_text_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let names = templates();
    assert!(names.len() >= 15, "{names:?}");
    for name in names {
        let file = folder.path().join(&name);
        let template = text(&run(&["template", &name]).stdout);
        fs::write(&file, &template).unwrap();
        let path = file.to_str().unwrap();
        let refused = run(&[
            "publish",
            "--dry-run",
            "--confirm",
            "example_unchanged",
            path,
        ]);
        assert_eq!(code(&refused), 2, "{name}: {}", text(&refused.stdout));
        assert!(
            text(&refused.stderr).contains("template's"),
            "{name}: {}",
            text(&refused.stderr)
        );
        let own = template
            .replace(" (example)", "")
            .replace(".example.org", ".org.uk")
            .replace("0113 496 0000", "0113 243 0000")
            .replace(
                "2f37d44c2b0e570fb570fb7257569afa",
                "3f37d44c2b0e570fb570fb7257569afa",
            );
        fs::write(&file, own).unwrap();
        let checked = run(&[
            "publish",
            "--dry-run",
            "--confirm",
            "example_unchanged",
            path,
        ]);
        assert_eq!(code(&checked), 0, "{name}: {}", text(&checked.stderr));
    }
}

#[test]
fn what_login_remembers_is_used_from_every_folder_and_can_be_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("config/settings.json");
    let address = format!("https://127.0.0.1:1#sha256={}", "ab".repeat(32));
    let run = |arguments: &[&str], from: &Path| {
        let mut command = hedgerow(arguments);
        command
            .env("HEDGEROW_SETTINGS", &settings)
            .current_dir(from);
        command.output().unwrap()
    };
    let token = format!(
        r#"{{"address": "{address}", "group_id": "{}", "token": "00"}}"#,
        "cd".repeat(32)
    );
    fs::write(folder.path().join("kettle.json"), token).unwrap();
    let login = run(&["login", "kettle.json"], folder.path());
    assert_eq!(code(&login), 0, "{}", text(&login.stderr));
    assert_eq!(code(&run(&["login", &address], folder.path())), 0);
    let shown = text(&run(&["settings"], Path::new("/")).stdout);
    assert!(
        shown.contains("https://127.0.0.1:1 (remembered)"),
        "{shown}"
    );
    assert!(shown.contains("kettle.json (remembered)"), "{shown}");
    // Unreachable rather than not set: both are used in another folder.
    for command in [&["search", "x"][..], &["status"]] {
        assert_eq!(code(&run(command, Path::new("/"))), 5, "{command:?}");
    }
    let other = "https://127.0.0.1:2";
    let shown = text(&run(&["--aggregator", other, "settings"], Path::new("/")).stdout);
    assert!(
        shown.contains("https://127.0.0.1:2 (this command line)"),
        "{shown}"
    );
    let doctor = run(&["doctor"], Path::new("/"));
    assert_eq!(code(&doctor), 1);
    assert!(
        text(&doctor.stdout).contains("Is it running"),
        "{}",
        text(&doctor.stdout)
    );
    assert_eq!(code(&run(&["settings", "--forget"], Path::new("/"))), 0);
    assert_eq!(code(&run(&["search", "x"], Path::new("/"))), 2);
    fs::write(&settings, "broken").unwrap();
    let broken = run(&["search", "x"], Path::new("/"));
    assert_eq!(code(&broken), 2);
    assert!(
        text(&broken.stderr).contains("settings.json"),
        "{}",
        text(&broken.stderr)
    );
    assert_eq!(code(&run(&["template", "event"], Path::new("/"))), 0);
}

#[test]
fn questions_without_a_terminal_end_with_the_way_out() {
    for (arguments, way_out) in [
        (&["new", "event"][..], "hedgerow template event"),
        (&["new", "room"], "hedgerow template space"),
    ] {
        let output = hedgerow(arguments).stdin(Stdio::null()).output().unwrap();
        assert_eq!(code(&output), 2);
        assert!(
            text(&output.stderr).contains(way_out),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(&["man", folder.path().to_str().unwrap()]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    for name in [
        "hedgerow",
        "hedgerow-search",
        "hedgerow-publish",
        "hedgerow-login",
    ] {
        let page = fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{name}");
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

#[test]
fn a_place_pack_is_built_shown_and_used() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("settings.json");
    let places = |arguments: &[&str]| {
        let mut command = hedgerow(&[&["places"], arguments].concat());
        command.env("HEDGEROW_SETTINGS", &settings);
        command.env_remove("HEDGEROW_PLACES").output().unwrap()
    };
    let embedded = places(&[]);
    assert!(text(&embedded.stdout).starts_with("Embedded places"));
    assert!(text(&embedded.stdout).contains("GeoNames (geonames.org), CC BY 4.0"));
    let unknown = places(&["find", "Examplewick"]);
    assert_eq!(code(&unknown), 3);
    let ambiguous = text(&places(&["find", "Clapham"]).stdout);
    assert!(
        ambiguous.starts_with("several places have this name"),
        "{ambiguous}"
    );
    assert!(
        ambiguous.contains("or: Clapham, Bedford, Bedfordshire"),
        "{ambiguous}"
    );
    let decided = text(&places(&["find", "Clapham", "--postcode", "SW4 7AA"]).stdout);
    assert!(
        decided.starts_with("suburb Clapham, London, Lambeth (published as"),
        "{decided}"
    );

    let source = folder.path().join("places.csv");
    let row = "x:1,Examplewick,village,Scotland,,,Shetland Islands,60.2,-1.2,,,X";
    let header = "id,name,kind,nation,region,county,district,lat,lon,population,outcode,source";
    fs::write(&source, format!("{header}\n{row}\n")).unwrap();
    let imported = places(&["import", source.to_str().unwrap()]);
    assert_eq!(code(&imported), 0, "{}", text(&imported.stderr));
    assert!(text(&places(&[]).stdout).starts_with("Place pack"));
    let found = text(&places(&["find", "Examplewick"]).stdout);
    assert!(
        found.starts_with("village Examplewick, Shetland Islands"),
        "{found}"
    );
    assert!(found.contains("published as Lerwick"), "{found}");

    let wrong = folder.path().join("wrong.csv");
    fs::write(&wrong, "a,b\n").unwrap();
    let refused = places(&["import", wrong.to_str().unwrap()]);
    assert_eq!(code(&refused), 2);
    fs::write(settings.with_file_name("gb.places"), "damaged").unwrap();
    let damaged = places(&[]);
    assert_eq!(code(&damaged), 1);
    assert!(text(&damaged.stderr).contains("hedgerow places import"));
}
