//! What is on, began yesterday, is over or takes place online, by files as people wrote them.

use std::time::{Duration, Instant};
use std::{fs, thread};

use hedgerow_core::time::{Clock as _, Timestamp};
use hedgerow_tests::program;
use hedgerow_tests::program::Server;
use hedgerow_transport::clock::SystemClock;
use serde_json::Value;

const CASES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/cases/inputs");
const DAY: Duration = Duration::from_hours(24);
const ONLINE: &str = r#"
kind: event
title: "Talk about sleep, by telephone and video"
schedule: {start: "2026-12-05T10:00", duration_minutes: 60, time_zone: Europe/London}
online: {available: true, only: true}
openness: anyone
"#;

/// An aggregator, and a node with three groups.
struct Network {
    folder: tempfile::TempDir,
    aggregator: Server,
    _node: Server,
}

impl Network {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [aggregator, node] = ["aggregator", "node"].map(|name| folder.path().join(name));
        program::init_aggregator(&aggregator);
        let aggregator = Server::start("hedgerow-aggregator", &aggregator);
        program::init_node(&node, &[&aggregator.address]);
        for group in ["venue", "hall", "organiser"] {
            program::add_group(&node, group);
        }
        Self {
            _node: Server::start("hedgerow-node", &node),
            folder,
            aggregator,
        }
    }

    /// Publishes a document as one of the groups.
    fn publish(&self, group: &str, name: &str, text: &str, confirmed: &[&str]) {
        let file = self.folder.path().join(name);
        fs::write(&file, text).expect("a file");
        let file = file.display().to_string();
        let steward = format!(
            "{}/node/stewards/{group}.json",
            self.folder.path().display()
        );
        let mut arguments = vec!["publish", &file, "--steward", &steward, "--wait", "30"];
        for reason in confirmed {
            arguments.extend(["--confirm", reason]);
        }
        program::run_well("hedgerow", &arguments);
    }

    fn hedgerow(&self, arguments: &[&str]) -> String {
        let both = [arguments, &["--aggregator", &self.aggregator.address]].concat();
        let output = program::run("hedgerow", &both);
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    /// The output of a command as soon as it has a text.
    fn until(&self, arguments: &[&str], text: &str) -> String {
        let began = Instant::now();
        loop {
            let output = self.hedgerow(arguments);
            if output.contains(text) {
                return output;
            }
            let has_time = began.elapsed() < Duration::from_secs(60);
            assert!(has_time, "{arguments:?} never has {text:?}: {output}");
            thread::sleep(Duration::from_millis(200));
        }
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let both = [
            arguments,
            &["--json", "--aggregator", &self.aggregator.address],
        ]
        .concat();
        let output = program::run("hedgerow", &both);
        serde_json::from_slice(&output.stdout).expect("JSON")
    }
}

fn case(name: &str) -> String {
    let file = format!("{CASES}/{name}.yaml");
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The date, a number of days from now.
fn date(now: Timestamp, days: i64) -> String {
    let seconds = now.as_seconds() + days * 86_400;
    Timestamp::from_seconds(seconds).to_string()[..10].to_owned()
}

/// The last Friday before today, or today.
fn last_friday(now: Timestamp) -> String {
    date(now, -days_since_friday(now))
}

/// The next Saturday after today: today's morning may be over.
fn next_saturday(now: Timestamp) -> String {
    let days = 8 - days_since_friday(now);
    date(now, if days > 7 { 1 } else { days })
}

fn days_since_friday(now: Timestamp) -> i64 {
    // 1 January 1970 was a Thursday.
    (now.as_seconds().div_euclid(86_400) - 1).rem_euclid(7)
}

#[test]
fn events_are_found_while_they_are_on_and_said_to_be_over_afterwards() {
    let network = Network::new();
    let now = SystemClock.now();
    // It runs from Friday to Saturday morning, every week.
    let night = case("E03-past-midnight").replace("2026-11-27", &last_friday(now.minus(7 * DAY)));
    network.publish("venue", "night.yaml", &night, &[]);
    // In summer, London's clock is an hour ahead of this: it began one hour earlier then.
    let began = now.minus(Duration::from_mins(30)).to_string()[..16].to_owned();
    let on_now = case("E05-on-now-set-start-to-half-an-hour-ago");
    let on_now = on_now.replace("2026-11-27T06:19", &began);
    network.publish("venue", "on-now.yaml", &on_now, &[]);
    let over = case("E06-over-since-2019");
    network.publish("venue", "over.yaml", &over, &["event_over"]);
    network.publish("venue", "course.yaml", &case("F02-course-ran-out"), &[]);

    let saturday = next_saturday(now);
    let saturday = ["events", "--from", &saturday, "--to", &saturday];
    network.until(&saturday, "E11 night cafe past midnight");
    let today = network.until(&["events", "--from", "today", "--to", "today"], "E40");
    assert!(today.contains("now, until"), "{today}");
    let found = network.until(&["search", "E40", "drop-in"], "E40");
    assert!(found.contains("now, until"), "{found}");
    let found = network.until(&["search", "long", "past", "one-off"], "E19");
    assert!(found.contains("over since Fri 1 March 2019"), "{found}");
    let found = network.until(&["search", "course", "that", "ran", "out"], "FR4");
    assert!(found.contains("over since 30 June 2021"), "{found}");
    let listed = network.hedgerow(&["events"]);
    assert!(!listed.contains("E19"), "{listed}");
}

#[test]
fn alike_events_are_one_entry_and_online_ones_are_hinted_at() {
    let network = Network::new();
    let day = date(SystemClock.now(), 5);
    let cafe = case("E10-same-event-twice").replace("2026-12-05", &day);
    network.publish("venue", "one.yaml", &cafe, &[]);
    network.publish("venue", "two.yaml", &cafe, &["duplicate"]);
    network.publish("organiser", "three.yaml", &cafe, &[]);
    let online = ONLINE.replace("2026-12-05", &day);
    network.publish("organiser", "online.yaml", &online, &[]);

    let on_day = ["events", "--from", &day, "--to", &day];
    network.until(&on_day, "Talk about sleep");
    let began = Instant::now();
    let events = loop {
        let events = network.json(&on_day);
        if events["shown"] == 4 {
            break events;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{events}");
    };
    let same_as: Vec<&Value> = events["events"]
        .as_array()
        .expect("rows")
        .iter()
        .filter_map(|row| row.get("same_as"))
        .collect();
    assert_eq!(same_as.len(), 2, "{events}");
    let shown = network.hedgerow(&on_day);
    assert_eq!(
        shown.matches("Dupe Saturday repair cafe").count(),
        1,
        "{shown}"
    );

    let far = [&on_day[..], &["--near", "Penzance"]].concat();
    let shown = network.hedgerow(&far);
    assert!(shown.contains("Nothing takes place"), "{shown}");
    assert!(shown.contains("--online without --near"), "{shown}");
    assert_eq!(network.json(&far)["more_online"], true);
}

#[test]
fn rooms_are_free_or_to_be_asked_about_and_matched_likewise() {
    let network = Network::new();
    network.publish("organiser", "need.yaml", &case("R-need"), &[]);
    network.publish("venue", "notice.yaml", &case("R-s07"), &[]);
    let monthly = case("R-s11").replace(
        "closes_at: \"22:00\"}",
        "closes_at: \"22:00\", weeks_of_month: [5]}",
    );
    let monthly = monthly.replace("first Thursday of the month only", "");
    network.publish("venue", "monthly.yaml", &monthly, &[]);
    // “S09 at” could be the postcode S0 9AT.
    let hours = case("R-s09");
    network.publish("hall", "hours.yaml", &hours, &["looks_like_postcode"]);

    let wanted = [
        "search",
        "--in",
        "offer",
        "--free-at",
        "thursday 19:00-20:00",
    ];
    network.until(&wanted, "S09 at least three hours");
    network.until(&wanted, "S07 notice two weeks");
    let found = network.json(&wanted);
    let state_of = |title: &str| {
        let hits = found["hits"].as_array().expect("hits").iter();
        let mut hits = hits.filter(|hit| hit["title"].as_str() == Some(title));
        hits.next()
            .map(|hit| (&hit["use_state"], &hit["use_conditions"]))
    };
    for (title, condition) in [
        ("S07 notice two weeks", "notice"),
        ("S09 at least three hours", "shortest"),
    ] {
        let (state, conditions) = state_of(title).unwrap_or_else(|| panic!("{title}: {found}"));
        assert_eq!(state, "ask", "{title}");
        let conditions = conditions.as_array().expect("conditions");
        assert!(
            conditions.iter().any(|it| it == condition),
            "{title}: {found}"
        );
    }
    let need = network.json(&["search", "--in", "need"]);
    let need = &need["hits"][0];
    let name = format!(
        "{}/need/{}",
        need["group_id"].as_str().expect("an id"),
        need["key"].as_str().expect("a key")
    );
    let matches = network.json(&["matches", &name]);
    let rows = matches["matches"].as_array().expect("matches").iter();
    let of_title = |title: &str| rows.clone().find(|row| row["title"] == *title).cloned();
    // Two hours are wanted every week: notice can be given, but three hours are the shortest.
    let hall = of_title("S09 at least three hours").unwrap_or_else(|| panic!("{matches}"));
    assert!(
        hall["unknown"].to_string().contains("availability"),
        "{hall}"
    );
    let venue = of_title("S07 notice two weeks").unwrap_or_else(|| panic!("{matches}"));
    assert!(
        venue["fits"].to_string().contains("availability"),
        "{venue}"
    );
}
