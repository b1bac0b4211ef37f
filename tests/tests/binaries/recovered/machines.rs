//! Machines in one folder, each with its own folder in it, and what the tests do with them.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::{Duration, Instant};

use hedgerow_tests::program;
use hedgerow_tests::program::Server;

/// Longest wait for anything.
pub(super) const LIMIT: Duration = Duration::from_secs(30);

pub(super) struct Machines {
    folder: tempfile::TempDir,
    /// The file of the group's phrase.
    phrase: String,
    /// The arguments and the environment of every program that ran, as others could read them.
    visible: RefCell<BTreeSet<String>>,
}

/// The output of a command on both streams.
pub(super) fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned()
}

/// Asserts that a text has all these parts.
pub(super) fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part}: {text}");
    }
}

impl Machines {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let phrase = folder.path().join("node.kettle.phrase");
        Self {
            folder,
            phrase: phrase.display().to_string(),
            visible: RefCell::default(),
        }
    }

    /// An aggregator, and a running node whose group has published `Kettle` there.
    pub(super) fn with_published_group() -> (Self, Server, Server) {
        let machines = Self::new();
        let aggregator = machines.aggregator("aggregator");
        let node = machines.node(&[&aggregator]);
        machines.publish_well("node", &aggregator, "Kettle");
        machines.until_published("node", &aggregator, "Kettle");
        machines.until_found(&aggregator, "kettle");
        (machines, aggregator, node)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn aggregator(&self, name: &str) -> Server {
        let folder = self.path(name);
        program::init_aggregator(&folder);
        Server::start("hedgerow-aggregator", &folder)
    }

    /// A running node with the group `kettle`, whose phrase is in `node.kettle.phrase`.
    pub(super) fn node(&self, aggregators: &[&Server]) -> Server {
        self.init("node", aggregators);
        program::add_group(&self.path("node"), "kettle");
        self.start("node")
    }

    pub(super) fn start(&self, name: &str) -> Server {
        Server::start("hedgerow-node", &self.path(name))
    }

    pub(super) fn init(&self, name: &str, aggregators: &[&Server]) {
        let addresses: Vec<&str> = aggregators.iter().map(|it| it.address.as_str()).collect();
        program::init_node(&self.path(name), &addresses);
    }

    /// Replaces a text in a node's configuration.
    pub(super) fn configure(&self, name: &str, from: &str, to: &str) {
        let file = self.path(name).join("hedgerow-node.toml");
        let config = fs::read_to_string(&file).expect("a configuration");
        assert!(config.contains(from), "{from}: {config}");
        fs::write(&file, config.replacen(from, to, 1)).expect("a configuration");
    }

    pub(super) fn phrase_file(&self) -> &str {
        &self.phrase
    }

    pub(super) fn words(&self) -> String {
        let text = fs::read_to_string(self.phrase_file()).expect("a phrase");
        text.trim().to_owned()
    }

    /// Runs a command of a node that is not running.
    pub(super) fn on_node(&self, name: &str, arguments: &[&str]) -> Output {
        let folder = self.path(name).display().to_string();
        self.run("hedgerow-node", &[&["--dir", &folder], arguments].concat())
    }

    pub(super) fn on_node_well(&self, name: &str, arguments: &[&str]) -> String {
        let output = self.on_node(name, arguments);
        assert!(
            output.status.success(),
            "{name} {arguments:?}: {}",
            printed(&output)
        );
        printed(&output)
    }

    /// Runs `group ARGUMENTS` of a node that is not running, with the phrase from its file.
    pub(super) fn group(&self, name: &str, arguments: &[&str]) -> Output {
        self.on_node(name, &self.with_phrase(arguments))
    }

    pub(super) fn group_well(&self, name: &str, arguments: &[&str]) -> String {
        self.on_node_well(name, &self.with_phrase(arguments))
    }

    fn with_phrase<'a>(&'a self, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["group"], arguments, &["--phrase-file", &self.phrase]].concat()
    }

    /// Recovers the group on a new machine, from the words alone.
    pub(super) fn recover(&self, name: &str, aggregators: &[&Server]) -> String {
        self.init(name, aggregators);
        self.group_well(name, &["recover", "kettle", "--yes"])
    }

    /// Runs the CLI as the steward of the group on one machine.
    pub(super) fn hedgerow(&self, node: &str, aggregator: &Server, arguments: &[&str]) -> Output {
        let steward = self.path(node).join("stewards/kettle.json");
        let steward = steward.display().to_string();
        let both = ["--aggregator", &aggregator.address, "--steward", &steward];
        self.run("hedgerow", &[arguments, &both].concat())
    }

    fn run(&self, name: &str, arguments: &[&str]) -> Output {
        let (output, visible) = program::run_watched(name, arguments);
        self.visible.borrow_mut().extend(visible);
        output
    }

    /// Publishes a listing with this name.
    pub(super) fn publish(&self, node: &str, aggregator: &Server, name: &str) -> Output {
        self.publish_listing(node, aggregator, &format!("name: {name}"))
    }

    pub(super) fn publish_well(&self, node: &str, aggregator: &Server, name: &str) {
        let output = self.publish(node, aggregator, name);
        assert!(output.status.success(), "{}", printed(&output));
    }

    /// Publishes a listing with these further lines.
    pub(super) fn publish_listing(&self, node: &str, aggregator: &Server, lines: &str) -> Output {
        let file = self.path("listing.yaml");
        let text = format!("kind: listing\nvoice: itself\nroles: [support-group]\n{lines}\n");
        fs::write(&file, text).expect("a file");
        let file = file.display().to_string();
        // Some tests publish several listings of one group.
        let publish = ["publish", "--confirm", "duplicate", &file];
        self.hedgerow(node, aggregator, &publish)
    }

    /// Repeats a command until it succeeds as `expected` says.
    pub(super) fn until(
        &self,
        (node, aggregator): (&str, &Server),
        arguments: &[&str],
        expected: impl Fn(&Output) -> bool,
    ) -> String {
        let began = Instant::now();
        loop {
            let output = self.hedgerow(node, aggregator, arguments);
            if expected(&output) {
                return printed(&output);
            }
            assert!(
                began.elapsed() < LIMIT,
                "hedgerow {arguments:?} of {node}: {:?} {}",
                output.status.code(),
                printed(&output)
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub(super) fn until_published(&self, node: &str, aggregator: &Server, name: &str) {
        self.until((node, aggregator), &["status"], |output| {
            let text = printed(output);
            output.status.success() && text.contains(name) && text.contains('✓')
        });
    }

    /// Waits until the group's node has stopped signing, and returns what its status says.
    pub(super) fn until_stopped(&self, node: &str, aggregator: &Server) -> String {
        self.until((node, aggregator), &["status"], |output| {
            output.status.code() == Some(1)
        })
    }

    pub(super) fn until_found(&self, aggregator: &Server, word: &str) {
        self.until_searched(aggregator, word, 0);
    }

    pub(super) fn until_absent(&self, aggregator: &Server, word: &str) {
        self.until_searched(aggregator, word, 3);
    }

    fn until_searched(&self, aggregator: &Server, word: &str, code: i32) {
        let began = Instant::now();
        let search = ["search", word, "--aggregator", &aggregator.address];
        loop {
            let output = self.run("hedgerow", &search);
            if output.status.code() == Some(code) {
                return;
            }
            assert!(began.elapsed() < LIMIT, "{}", printed(&output));
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub(super) fn group_id(&self, node: &str) -> String {
        let file = self.path(node).join("stewards/kettle.json");
        let text = fs::read_to_string(file).expect("a steward's file");
        let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        file["group_id"].as_str().expect("a group id").to_owned()
    }

    /// Asserts that the phrase is in no file below a machine's folder, in no log of it, and in no
    /// argument or environment of a program that ran, those of `servers` included.
    pub(super) fn assert_phrase_is_nowhere(&self, name: &str, servers: &[&Server]) {
        let words = self.words();
        assert_no_file_has(&words, &self.path(name));
        let log = fs::read_to_string(self.path(name).with_extension("log")).unwrap_or_default();
        assert_no_part_of_phrase(&words, &log);
        let visible = self.visible.borrow();
        let servers = servers
            .iter()
            .map(|server| server.arguments_and_environment());
        let visible: Vec<String> = servers.chain(visible.iter().cloned()).collect();
        for (part, of) in [(" run ", "a server's"), ("--steward", "a command's")] {
            let is_seen = visible.iter().any(|text| text.contains(part));
            assert!(is_seen || !cfg!(target_os = "linux"), "{of} are seen");
        }
        for text in visible {
            assert_no_part_of_phrase(&words, &text);
        }
    }
}

fn assert_no_file_has(words: &str, folder: &Path) {
    let mut paths = vec![folder.to_owned()];
    while let Some(path) = paths.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a folder");
            paths.extend(entries.map(|entry| entry.expect("an entry").path()));
            continue;
        }
        let bytes = fs::read(&path).expect("a file");
        assert!(
            !String::from_utf8_lossy(&bytes).contains(words),
            "{} contains the phrase",
            path.display()
        );
    }
}

/// Any three words in a row would be most of a phrase.
pub(super) fn assert_no_part_of_phrase(words: &str, text: &str) {
    let words: Vec<&str> = words.split(' ').collect();
    for three in words.windows(3) {
        let three = three.join(" ");
        assert!(!text.contains(&three), "“{three}” is in {text}");
    }
}
