//! The demonstration, and `hedgerow` against it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use hedgerow_tests::{json_schema, program};
use serde_json::{Value, json};

fn hedgerow(arguments: &[&str]) -> Command {
    let mut command = Command::new(program::path("hedgerow"));
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

/// A running demonstration, with the addresses that it prints.
struct Demo {
    child: Child,
    aggregator: String,
    steward: String,
    /// Kinds of JSON that were checked against the schema.
    kinds: RefCell<BTreeSet<String>>,
}

impl Demo {
    fn start() -> Self {
        let mut child = hedgerow(&["demo"]).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut aggregator, mut steward) = (None, None);
        for line in lines {
            let line = line.unwrap();
            let value = |name: &str| {
                let (_, value) = line.split_once(&format!("export {name}='"))?;
                value.strip_suffix('\'').map(str::to_owned)
            };
            aggregator = aggregator.or(value("HEDGEROW_AGGREGATOR"));
            steward = steward.or(value("HEDGEROW_STEWARD"));
            if line.starts_with("Ctrl-C ends it") {
                break;
            }
        }
        Self {
            child,
            aggregator: aggregator.unwrap(),
            steward: steward.unwrap(),
            kinds: RefCell::default(),
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        hedgerow(arguments)
            .env("HEDGEROW_AGGREGATOR", &self.aggregator)
            .env("HEDGEROW_STEWARD", &self.steward)
            .output()
            .unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", text(&output.stderr));
        self.checked(&output.stdout)
    }

    /// Parses a printed object, and checks it against the schema of its kind.
    fn checked(&self, printed: &[u8]) -> Value {
        let object: Value = serde_json::from_slice(printed).unwrap();
        json_schema::check(&object);
        let kind = object["kind"].as_str().unwrap().to_owned();
        self.kinds.borrow_mut().insert(kind);
        object
    }

    /// The list of results of a search, of events or of matches.
    fn results(&self, arguments: &[&str]) -> Value {
        let mut object = self.json(arguments);
        let kind = object["kind"].as_str().unwrap().to_owned();
        let list = if kind == "search" { "hits" } else { &kind };
        object[list].take()
    }
}

impl Demo {
    /// Ends it as Ctrl-C does, and returns its exit code.
    fn end(mut self) -> i32 {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(kill.success());
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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
    searching(&demo);
    filtering(&demo);
    fitting(&demo);
    publishing(&demo, folder.path());
    further_objects(&demo, folder.path());
    importing(&demo, folder.path());
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

/// The filters that the README shows.
fn filtering(demo: &Demo) {
    let groups = demo.results(&[
        "search",
        "depression",
        "--who",
        "women",
        "--near",
        "Sheffield",
        "--within",
        "20mi",
        "--on",
        "weekday",
        "--between",
        "evening",
        "--json",
    ]);
    assert_eq!(groups[0]["collection"], "listing", "{groups}");
    assert!(groups[0]["next_start"].is_string(), "{groups}");
    let room = |day: &str, json: &[&str]| {
        let free_at = format!("{day} 19:00");
        let room = ["search", "--room-for", "12", "--step-free", "--free"];
        let then = ["--free-at", &free_at, "--near", "Leeds"];
        demo.run(&[&room[..], &then, json].concat())
    };
    let found = room("thursday", &["--json"]);
    let mut rooms: Value = serde_json::from_slice(&found.stdout).unwrap();
    let rooms = rooms["hits"].take();
    assert_eq!(rooms.as_array().unwrap().len(), 1, "{rooms}");
    assert_eq!(rooms[0]["collection"], "offer");
    assert_eq!(rooms[0]["unaltered"], true);
    let none = room("friday", &[]);
    assert_eq!(code(&none), 3);
    let advice = text(&none.stderr);
    assert!(advice.contains("Without --free-at: "), "{advice}");

    let partly = demo.run(&["search", "hearing", "voices", "tractor"]);
    assert_eq!(code(&partly), 0);
    let notes = text(&partly.stderr);
    assert!(
        notes.contains("No record has “tractor”, so it was left out"),
        "{notes}"
    );
    let neither = demo.run(&["search", "zeppelin", "xylophone"]);
    assert_eq!(code(&neither), 3);
    let notes = text(&neither.stderr);
    assert!(notes.contains("Without the words: "), "{notes}");
    assert!(!notes.contains(": 0 found"), "{notes}");

    let counted = demo.json(&["search", "--facets", "weekday,community", "--json"]);
    assert!(counted["facets"]["community"]["community:women"].as_u64() > Some(0));
    assert!(counted["hits"].as_array().unwrap().len() > 1);
    let wrong = demo.run(&["search", "--on", "someday"]);
    assert_eq!(code(&wrong), 2);

    let events = demo.results(&[
        "events",
        "--on",
        "weekday",
        "--between",
        "evening",
        "--json",
    ]);
    let events = events.as_array().unwrap();
    assert!(events.len() > 1);
    let starts: Vec<_> = events.iter().map(|row| row["start"].as_str()).collect();
    assert!(starts.is_sorted(), "{starts:?}");
    let near = demo.run(&["events", "--near", "Newport", "--within", "20mi"]);
    let notes = text(&near.stderr);
    assert!(notes.contains("near Newport, Gwent (not "), "{notes}");
    let table = text(&near.stdout);
    assert!(table.contains("From one source only."), "{table}");
    for row in events {
        assert_eq!(row["in_schedule"], true, "{row}");
        assert_eq!(row["unaltered"], true, "{row}");
        let hour = row["local_start"].as_str().unwrap();
        assert!(("17:00".."22:00").contains(&&hour[11..]), "{hour}");
    }
}

/// Matches of a need, and counts by region.
fn fitting(demo: &Demo) {
    let needs = demo.results(&["search", "--in", "need", "--json"]);
    let name = |one: &Value| {
        let part = |field: &str| one[field].as_str().unwrap().to_owned();
        format!(
            "{}/{}/{}",
            part("group_id"),
            part("collection"),
            part("key")
        )
    };
    let none = demo.run(&["matches", &name(&needs[0])]);
    assert_eq!(code(&none), 3, "no group near shares a minibus");
    let offers = demo.results(&["search", "--in", "offer", "--limit", "1", "--json"]);
    assert_eq!(code(&demo.run(&["matches", &name(&offers[0])])), 3);
    let group = needs[0]["group_id"].as_str().unwrap();
    assert_eq!(code(&demo.run(&["matches", group])), 2);
    let printed = demo.run(&["matches", &name(&needs[0]), "--json"]);
    let object = demo.checked(&printed.stdout);
    assert_eq!(object["shown"], 0, "{object}");

    let counts = demo.json(&["coverage", "--count", "community", "--json"]);
    assert_eq!(counts["scheme"], "mind-2013");
    let regions = counts["regions"].as_array().unwrap();
    let north_east = regions.iter().find(|one| one["region"] == "North East");
    let north_east = north_east.unwrap();
    assert!(north_east["listings"].as_u64() > Some(10), "{north_east}");
    assert!(
        north_east["facets"]["community"].is_object(),
        "{north_east}"
    );
    assert_eq!(counts["source"]["year"], 2013);
    let before = north_east["counted_before"].as_array().unwrap();
    let voices = before.iter().find(|one| one["kind"] == "hearing_voices");
    let voices = voices.unwrap();
    assert_eq!((&voices["low"], &voices["high"]), (&15.into(), &16.into()));
    let table = text(&demo.run(&["coverage"]).stdout);
    assert!(table.contains("Counted in 2013, not named"), "{table}");
    assert!(table.contains("cannot be compared one to one"), "{table}");
}

fn searching(demo: &Demo) {
    let found = demo.results(&[
        "search",
        "hearing",
        "voices",
        "--near",
        "Manchester",
        "--within",
        "10mi",
        "--json",
    ]);
    let hit = &found[0];
    assert_eq!(hit["voice"], "catalogued");
    assert_eq!(hit["identity"], "unconfirmed");
    assert_eq!(hit["unaltered"], true);
    assert_eq!(hit["source_date"], "2013");
    assert!(
        hit["source"]
            .as_str()
            .unwrap()
            .contains("Piecing together the jigsaw")
    );
    assert!(hit["distance_km"].as_f64().unwrap() < 17.0);
    assert!(hit["confirm_time"].is_null());
    assert!(hit["head_age_s"].is_u64());

    let text_of = hit["snippet"].as_str().unwrap();
    let first = &hit["highlights"][0];
    let index = |name: &str| usize::try_from(first[name].as_u64().unwrap()).unwrap();
    let (start, end) = (index("start"), index("end"));
    let marked: String = text_of.chars().take(end).skip(start).collect();
    assert_eq!(marked, "hear");

    let output = demo.run(&["search", "depression", "--near", "Leeds", "--open", "1"]);
    // Lines end where the terminal does.
    let shown = text(&output.stdout)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(shown.contains('“'), "a snippet: {shown}");
    assert!(shown.contains("From one source only."), "{shown}");
    assert!(
        shown.contains("recorded in 2013; may no longer exist"),
        "{shown}"
    );
    assert!(!shown.contains('\u{1b}'), "colours only on terminals");

    let nothing = demo.run(&["search", "xyzzyplugh"]);
    assert_eq!(code(&nothing), 3);
    let cut = demo.run(&["search", "--near", "LS6 2AB"]);
    assert!(
        text(&cut.stderr).contains("only LS6 was sent"),
        "{}",
        text(&cut.stderr)
    );

    let cut = demo.run(&["search", "hearing", "LS6 2AB"]);
    assert!(
        text(&cut.stderr).contains("only LS6 was sent"),
        "{}",
        text(&cut.stderr)
    );
    let unknown = demo.run(&["search", "--near", "Nowhereville"]);
    assert_eq!(code(&unknown), 6);
    assert!(
        text(&unknown.stderr).contains("--near Nowhereville: "),
        "{}",
        text(&unknown.stderr)
    );

    let group = hit["group_id"].as_str().unwrap();
    let whole = demo.json(&["verify", group, "--json"]);
    let count = whole["count"].as_u64().unwrap();
    assert_eq!(whole["records"].as_array().unwrap().len() as u64, count);
    let shown = demo.json(&["show", group, "--json"]);
    assert_eq!(shown["checked"]["count"], count);
    let name = format!("{group}/listing/{}", hit["key"].as_str().unwrap());
    let own: Value = serde_json::from_slice(&fs::read(&demo.steward).unwrap()).unwrap();
    let node = own["address"].as_str().unwrap();
    let publisher = own["group_id"].as_str().unwrap();
    let shown = demo.json(&["show", &name, "--json"]);
    assert_eq!(shown["checked"]["sources"]["responded"], 1);
    let record = demo.json(&[
        "verify",
        group,
        "listing",
        hit["key"].as_str().unwrap(),
        "--json",
    ]);
    assert_eq!(record["kind"], "verify-record", "{record}");
    let shown = demo.json(&["show", publisher, "--also", node, "--json"]);
    assert_eq!(shown["checked"]["sources"]["agreed"], 2, "{shown}");
    let unreachable = format!("https://127.0.0.1:1#sha256={}", "ab".repeat(32));
    let alone = demo.run(&["verify", group, "--also", &unreachable, "--json"]);
    assert!(
        text(&alone.stderr).contains("Not compared with https://127.0.0.1:1: "),
        "{}",
        text(&alone.stderr)
    );
    let alone: Value = serde_json::from_slice(&alone.stdout).unwrap();
    assert_eq!(alone["sources"]["queried"], 2);
    assert_eq!(alone["sources"]["responded"], 1);
    let absent = demo.run(&["verify", group, "event", "0a"]);
    assert_eq!(code(&absent), 3);
    assert!(
        text(&absent.stdout).contains("proved"),
        "{}",
        text(&absent.stdout)
    );

    let watched = demo.run(&["watch", "--once", "--json"]);
    for line in text(&watched.stdout).lines() {
        demo.checked(line.as_bytes());
    }
    assert_eq!(text(&watched.stdout).lines().count(), 24);
    assert!(
        text(&watched.stdout)
            .lines()
            .all(|row| row.contains("\"signature_holds\":true"))
    );
}

fn publishing(demo: &Demo, folder: &Path) {
    let file = folder.join("event.yaml");
    let path = file.to_str().unwrap();
    let template = text(&run(&["template", "event"]).stdout);
    fs::write(&file, &template).unwrap();
    let refused = demo.run(&["publish", path]);
    assert_eq!(code(&refused), 2, "the template is not published as it is");
    assert!(
        text(&refused.stderr).contains("title: this is the template's own text"),
        "{}",
        text(&refused.stderr)
    );
    fs::write(&file, template.replace(" (example)", "")).unwrap();
    let published = demo.run(&[
        "publish",
        "--keep-keys",
        "--confirm",
        "example_unchanged",
        path,
    ]);
    assert_eq!(code(&published), 0, "{}", text(&published.stderr));
    let printed = text(&published.stdout);
    assert!(printed.contains("has the newest head"), "{printed}");
    assert!(printed.contains("    Next: Tue "), "{printed}");
    let written = fs::read_to_string(&file).unwrap();
    let key = written
        .lines()
        .find_map(|line| line.strip_prefix("key: "))
        .unwrap();

    let without_key = folder.join("twice.yaml");
    fs::write(&without_key, written.replace(&format!("key: {key}\n"), "")).unwrap();
    let twice = demo.run(&[
        "publish",
        "--confirm",
        "example_unchanged",
        without_key.to_str().unwrap(),
    ]);
    assert_eq!(code(&twice), 2, "a duplicate asks first");
    assert!(
        text(&twice.stderr).contains("you have one like it"),
        "{}",
        text(&twice.stderr)
    );
    let changed = written.replace("Tuesday table", "Tuesday supper");
    fs::write(&file, changed).unwrap();
    let confirm = ["--confirm", "example_unchanged"];
    let json = demo.json(&[&["publish", path, "--json"], &confirm[..]].concat());
    assert_eq!(
        json["records"][0]["next_times"].as_array().unwrap().len(),
        3
    );
    // With --json it does not wait for the aggregators.
    assert_eq!(
        code(&demo.run(&[&["publish", path], &confirm[..]].concat())),
        0
    );
    let found = demo.results(&["search", "tuesday", "supper", "--in", "event", "--json"]);
    assert_eq!(found[0]["key"], key);
    assert_eq!(found[0]["voice"], "itself");

    let group = found[0]["group_id"].as_str().unwrap();
    let name = format!("{group}/event/{key}");
    let yaml = text(&demo.run(&["show", &name, "--yaml"]).stdout);
    assert!(yaml.starts_with("kind: event\nkey: "), "{yaml}");
    let again = folder.join("again.yaml");
    fs::write(&again, yaml).unwrap();
    let again = again.to_str().unwrap();
    let dry = demo.json(&[
        "publish",
        "--dry-run",
        "--json",
        again,
        "--confirm",
        "example_unchanged",
    ]);
    assert_eq!(dry["valid"], 1);

    mixed_up_tokens(demo, folder);
    let status = demo.json(&["status", "--json"]);
    assert_eq!(status["deliveries"][0]["up_to_date"], true);
    assert_eq!(status["deliveries"][0]["status"], "active");
    let needless = demo.run(&["sign", "--force"]);
    assert_eq!(code(&needless), 0);
    assert!(text(&needless.stdout).contains("No change waits for an aggregator"));
    let taken = demo.json(&["take-back", "event", key, "--json"]);
    assert_eq!(taken["records"][0]["key"], key);
    assert_eq!(code(&demo.run(&["show", &name])), 3);
    assert_eq!(code(&demo.run(&["take-back", "event", key])), 3);

    let wrong = folder.join("wrong.yaml");
    fs::write(&wrong, "kind: listing\nname: A\nvioce: itself\n").unwrap();
    let refused = demo.run(&["publish", wrong.to_str().unwrap()]);
    assert_eq!(code(&refused), 2);
    assert!(
        text(&refused.stderr).contains("did you mean `voice`?"),
        "{}",
        text(&refused.stderr)
    );
    fs::write(&wrong, "kind: listing\nname: A\nvoice: itself\n").unwrap();
    let refused = demo.run(&["publish", wrong.to_str().unwrap()]);
    assert_eq!(code(&refused), 2, "{}", text(&refused.stderr));
    assert!(
        text(&refused.stderr).contains("roles"),
        "{}",
        text(&refused.stderr)
    );
}

/// What the command remembers and how its servers are, and a need that an offer fits.
fn further_objects(demo: &Demo, folder: &Path) {
    let settings = demo.json(&["settings", "--json"]);
    assert!(settings["settings"]["aggregator"].is_object(), "{settings}");
    let doctor = demo.json(&["doctor", "--json"]);
    assert_eq!(doctor["healthy"], true, "{doctor}");
    let file = folder.join("need.yaml");
    let need = "kind: need\naudience: public\nresource:\n  title: Room for ten on Thursdays\n  \
                tags: [space-offer:meeting-room]\n  \
                place: {precision: town, name: Leeds, geonames_id: 2644688, country: GB}\n  \
                space: {capacity: 2}\npurpose: weekly meeting\nwithin_km: 100\n";
    fs::write(&file, need).unwrap();
    // Without --json it waits until the aggregator has it.
    let published = demo.run(&["publish", "--keep-keys", file.to_str().unwrap()]);
    assert_eq!(code(&published), 0, "{}", text(&published.stderr));
    let written = fs::read_to_string(&file).unwrap();
    let key = written.lines().find_map(|line| line.strip_prefix("key: "));
    let key = key.unwrap();
    let own: Value = serde_json::from_slice(&fs::read(&demo.steward).unwrap()).unwrap();
    let name = format!("{}/need/{key}", own["group_id"].as_str().unwrap());
    let matches = demo.json(&["matches", &name, "--json"]);
    assert_ne!(matches["matches"], Value::Array(Vec::new()), "{matches}");
}

/// A token of another group and an unknown token are refused for different reasons.
fn mixed_up_tokens(demo: &Demo, folder: &Path) {
    let own = Path::new(&demo.steward);
    let read = |path: &Path| -> Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
    let other = fs::read_dir(own.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path != own)
        .unwrap();
    let mixed = folder.join("mixed.json");
    for (token, reason) in [
        (read(&other)["token"].clone(), "(token_of_another_group)"),
        (Value::from("00"), "(token_unknown)"),
    ] {
        let mut file = read(own);
        file["token"] = token;
        fs::write(&mixed, file.to_string()).unwrap();
        let refused = demo.run(&["--steward", mixed.to_str().unwrap(), "status"]);
        assert_eq!(code(&refused), 6);
        assert!(
            text(&refused.stderr).contains(reason),
            "{}",
            text(&refused.stderr)
        );
    }
}

fn importing(demo: &Demo, folder: &Path) {
    let counts = demo.json(&["import", "jigsaw", "--dry-run", "--json"]);
    assert_eq!(counts["listings"], 277);
    assert_eq!(counts["unmapped"].as_array().unwrap().len(), 48);
    let table = folder.join("table.csv");
    let rows = "scheme,id,name,source_title,source_year,place\n\
                town-2020,tea,Tea and talk (example),A town directory,2020,Leeds\n";
    fs::write(&table, rows).unwrap();
    let path = table.to_str().unwrap();
    assert_eq!(code(&demo.run(&["import", "csv", path])), 0);
    let again = demo.json(&["import", "csv", path, "--json"]);
    assert_eq!(
        (&again["new"], &again["same"]),
        (&json!(0), &json!(1)),
        "{again}"
    );
    let found = demo.results(&["search", "tea and talk", "--json"]);
    let ours: Vec<_> = found
        .as_array()
        .unwrap()
        .iter()
        .filter(|hit| hit["key"] == "town-2020.tea")
        .collect();
    assert_eq!(ours.len(), 1, "{found}");
    assert_eq!(ours[0]["voice"], "catalogued");
    replacing(demo, &table);
}

/// A row that the source no longer has is listed, and taken back with `--replace`. A wrong row
/// stops nothing but itself.
fn replacing(demo: &Demo, table: &Path) {
    let rows = "scheme,id,name,source_title,source_year,place\n\
                town-2020,walk,Walk and talk (example),A town directory,2020,Leeds\n\
                town-2020,lost,Lost (example),A town directory,2020,Atlantis\n";
    fs::write(table, rows).unwrap();
    let path = table.to_str().unwrap();
    assert_eq!(code(&demo.run(&["import", "csv", path])), 2);
    let dry = demo.json(&["import", "csv", path, "--skip-wrong", "--dry-run", "--json"]);
    assert_eq!(dry["missing"][0]["id"], "tea", "{dry}");
    assert_eq!(dry["problems"][0]["row"], 3, "{dry}");
    fs::write(table, rows.lines().take(2).collect::<Vec<_>>().join("\n")).unwrap();
    let refused = demo.run(&["import", "csv", path, "--replace"]);
    assert_eq!(code(&refused), 2);
    let confirmed = ["--replace", "--confirm", "takes_back_most"];
    let line = [&["import", "csv", path][..], &confirmed].concat();
    assert_eq!(code(&demo.run(&line)), 0);
    let after = demo.json(&["import", "csv", path, "--dry-run", "--json"]);
    assert_eq!(
        (&after["same"], &after["missing"]),
        (&json!(1), &json!([])),
        "{after}"
    );
}
