//! A running demonstration, and the command `hedgerow` against it.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use hedgerow_tests::{json_schema, program};
use serde_json::Value;

fn hedgerow(arguments: &[&str]) -> Command {
    let mut command = Command::new(program::path("hedgerow"));
    command
        .args(arguments)
        .env("HEDGEROW_SETTINGS", "/nowhere/settings.json")
        .env_remove("HEDGEROW_AGGREGATOR")
        .env_remove("HEDGEROW_STEWARD");
    command
}

pub(super) fn run(arguments: &[&str]) -> Output {
    hedgerow(arguments).output().unwrap()
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(super) fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

/// A running demonstration, with the addresses that it prints.
pub(super) struct Demo {
    child: Child,
    aggregator: String,
    pub(super) steward: String,
    /// Kinds of JSON that were checked against the schema.
    pub(super) kinds: RefCell<BTreeSet<String>>,
}

impl Demo {
    pub(super) fn start() -> Self {
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

    pub(super) fn run(&self, arguments: &[&str]) -> Output {
        hedgerow(arguments)
            .env("HEDGEROW_AGGREGATOR", &self.aggregator)
            .env("HEDGEROW_STEWARD", &self.steward)
            .output()
            .unwrap()
    }

    pub(super) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", text(&output.stderr));
        self.checked(&output.stdout)
    }

    /// Parses a printed object, and checks it against the schema of its kind.
    pub(super) fn checked(&self, printed: &[u8]) -> Value {
        let object: Value = serde_json::from_slice(printed).unwrap();
        json_schema::check(&object);
        let kind = object["kind"].as_str().unwrap().to_owned();
        self.kinds.borrow_mut().insert(kind);
        object
    }

    /// The list of results of a search, of events or of matches.
    pub(super) fn results(&self, arguments: &[&str]) -> Value {
        let mut object = self.json(arguments);
        let kind = object["kind"].as_str().unwrap().to_owned();
        let list = if kind == "search" { "hits" } else { &kind };
        object[list].take()
    }
}

impl Demo {
    /// Ends it as Ctrl-C does, and returns its exit code.
    pub(super) fn end(mut self) -> i32 {
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
