//! The layout of the repository: which crate may depend on which, and which files may contain
//! SQL.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests are in a folder of the repository")
        .to_path_buf()
}

const PROTO: &str = "hedgerow-proto";
const CORE: &str = "hedgerow-core";
const INPUT: &str = "hedgerow-input";
const PLACES: &str = "hedgerow-places";
const TRANSPORT: &str = "hedgerow-transport";
const SERVER: &str = "hedgerow-server";
const WEB: &str = "hedgerow-web";
const RECORD_VIEWS: &str = "hedgerow-record-views";
const FORMS: &str = "hedgerow-forms";
const STORE: &str = "hedgerow-store";
const STORE_SQLITE: &str = "hedgerow-store-sqlite";
const SEARCH: &str = "hedgerow-search";
const TESTKIT: &str = "hedgerow-testkit";
const NODE: &str = "hedgerow-node";
const AGGREGATOR: &str = "hedgerow-aggregator";
const CLIENT: &str = "hedgerow-client";
const CLI: &str = "hedgerow-cli";
const DEMO: &str = "hedgerow-demo";

/// A crate's folder, and the crates of the workspace that its code may depend on.
pub(super) type Allowed = (&'static str, &'static [&'static str]);

/// Dependencies point one way: a crate depends only on crates further up in this list.
pub(super) const ALLOWED: [Allowed; 21] = [
    ("proto", &[]),
    ("services/core", &[PROTO]),
    ("services/testkit", &[PROTO, CORE]),
    ("services/input", &[PROTO, CORE]),
    ("services/places", &[PROTO, CORE]),
    ("services/transport", &[PROTO, CORE]),
    ("services/server", &[PROTO, CORE, TRANSPORT]),
    ("services/web", &[]),
    ("services/record-views", &[PROTO, CORE, INPUT, WEB]),
    ("services/forms", &[PROTO, CORE, INPUT, WEB]),
    ("services/store", &[PROTO, CORE]),
    ("services/store-sqlite", &[PROTO, CORE, STORE]),
    ("services/search", &[PROTO, CORE, PLACES, STORE]),
    (
        "services/node",
        &[
            PROTO,
            CORE,
            INPUT,
            PLACES,
            TRANSPORT,
            SERVER,
            WEB,
            RECORD_VIEWS,
            FORMS,
        ],
    ),
    (
        "services/aggregator",
        &[
            PROTO,
            CORE,
            INPUT,
            PLACES,
            TRANSPORT,
            SERVER,
            WEB,
            RECORD_VIEWS,
            STORE,
            STORE_SQLITE,
            SEARCH,
        ],
    ),
    ("clients/rust", &[PROTO, CORE, TRANSPORT]),
    (
        "clients/cli",
        &[PROTO, CORE, INPUT, PLACES, TRANSPORT, CLIENT],
    ),
    (
        "clients/demo",
        &[
            PROTO, CORE, INPUT, PLACES, TRANSPORT, SERVER, STORE, SEARCH, NODE, AGGREGATOR, CLIENT,
            CLI,
        ],
    ),
    (
        "tests",
        &[
            PROTO, CORE, PLACES, TRANSPORT, SERVER, TESTKIT, NODE, AGGREGATOR, CLIENT, CLI, DEMO,
        ],
    ),
    ("tests/browser", &[PROTO, CORE, TRANSPORT, WEB, TESTKIT]),
    (
        "tests/load",
        &[
            PROTO, CORE, PLACES, TRANSPORT, SERVER, SEARCH, TESTKIT, AGGREGATOR, CLIENT, DEMO,
        ],
    ),
];

/// Crates that only the tests of a crate may use. Every crate's tests may use the test kit.
const ALLOWED_IN_TESTS: [Allowed; 3] = [
    // A search is tested over a real store.
    ("services/search", &[STORE_SQLITE]),
    // The SDK and the CLI are tested against a real server.
    ("clients/rust", &[SERVER]),
    ("clients/cli", &[SERVER]),
];

fn allowed(list: &'static [Allowed], folder: &str) -> &'static [&'static str] {
    list.iter()
        .find(|(of, _)| *of == folder)
        .map_or(&[], |(_, crates)| crates)
}

fn manifest(folder: &str) -> toml::Table {
    let path = root().join(folder).join("Cargo.toml");
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The dependencies of one section of a manifest, each with whether it is optional.
fn dependencies(manifest: &toml::Table, section: &str) -> Vec<(String, bool)> {
    let Some(table) = manifest.get(section).and_then(toml::Value::as_table) else {
        return Vec::new();
    };
    let optional = |value: &toml::Value| {
        let optional = value.get("optional").and_then(toml::Value::as_bool);
        optional.unwrap_or_default()
    };
    table
        .iter()
        .map(|(name, value)| (name.clone(), optional(value)))
        .collect()
}

#[test]
fn dependencies_point_one_way() {
    for folder in members() {
        let manifest = manifest(&folder);
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, optional) in dependencies(&manifest, section) {
                // An optional dependency serves a feature for tests: that of a store's
                // contract, or of a search over a store.
                let in_tests = section == "dev-dependencies" || optional;
                let allowed_in_tests =
                    name == TESTKIT || allowed(&ALLOWED_IN_TESTS, &folder).contains(&&*name);
                assert!(
                    !name.starts_with("hedgerow")
                        || allowed(&ALLOWED, &folder).contains(&&*name)
                        || in_tests && allowed_in_tests,
                    "{folder}/Cargo.toml may not list {name} under [{section}]"
                );
            }
        }
    }
}

/// The folders of the workspace's crates.
pub(super) fn members() -> Vec<String> {
    let workspace = manifest(".");
    let members = workspace["workspace"]["members"]
        .as_array()
        .expect("members");
    members
        .iter()
        .filter_map(|member| member.as_str().map(str::to_owned))
        .collect()
}

#[test]
fn every_member_of_the_workspace_has_its_dependencies_listed() {
    let listed: BTreeSet<String> = ALLOWED.map(|(folder, _)| folder.to_owned()).into();
    assert_eq!(BTreeSet::from_iter(members()), listed);
}

#[test]
fn the_core_has_no_clock_network_storage_or_randomness_of_its_own() {
    let manifest = manifest("services/core");
    for (name, _) in dependencies(&manifest, "dependencies") {
        assert!(
            ![
                "tokio",
                "tonic",
                "sqlx",
                "getrandom",
                "axum",
                "hyper",
                "rand"
            ]
            .contains(&&*name),
            "services/core may not use {name}: time, randomness, network and storage are arguments"
        );
    }
}

/// The members whose programs or tests link a package, directly or through another member.
/// Optional dependencies count: features are unified when the workspace is built.
fn members_that_link(package: &str) -> BTreeSet<String> {
    let manifests: Vec<(String, String, Vec<String>)> = members()
        .into_iter()
        .map(|folder| {
            let manifest = manifest(&folder);
            let name = manifest["package"]["name"].as_str().expect("a name");
            let names = dependencies(&manifest, "dependencies").into_iter();
            (
                folder,
                name.to_owned(),
                names.map(|(name, _)| name).collect(),
            )
        })
        .collect();
    let mut packages = BTreeSet::from([package.to_owned()]);
    loop {
        let before = packages.len();
        for (_, name, dependencies) in &manifests {
            if dependencies.iter().any(|name| packages.contains(name)) {
                packages.insert(name.clone());
            }
        }
        if packages.len() == before {
            break;
        }
    }
    manifests
        .into_iter()
        .filter(|(_, name, _)| packages.contains(name))
        .map(|(folder, ..)| folder)
        .collect()
}

#[test]
fn only_aggregators_link_the_search_engine() {
    assert_eq!(
        members_that_link("tantivy"),
        BTreeSet::from(
            [
                "clients/demo",
                "services/aggregator",
                "services/search",
                "tests",
                "tests/load"
            ]
            .map(str::to_owned)
        )
    );
    let direct = members()
        .into_iter()
        .filter(|folder| manifest(folder)["dependencies"].get("tantivy").is_some());
    assert_eq!(direct.collect::<Vec<_>>(), ["services/search"]);
}

#[test]
fn the_cli_links_no_service() {
    for service in [NODE, AGGREGATOR, SERVER, STORE, SEARCH] {
        assert!(
            !members_that_link(service).contains("clients/cli"),
            "clients/cli may not link {service}"
        );
    }
}

/// The calls of sqlx that run SQL.
const SQL: [&str; 5] = [
    "sqlx::query(",
    "sqlx::query_",
    "sqlx::raw_sql",
    "query_as(",
    "query_scalar(",
];

#[test]
fn sql_is_only_in_store_crates_and_the_nodes_store() {
    let folders = members().into_iter();
    for folder in folders.filter(|folder| !folder.starts_with("tests")) {
        if folder.starts_with("services/store-") {
            continue;
        }
        each_source(&format!("{folder}/src"), &mut |path, text| {
            let in_store = folder == "services/node"
                && path.components().any(|part| {
                    let part = part.as_os_str();
                    part == "store" || part == "store.rs" || part == "tests"
                });
            assert!(
                in_store || !SQL.iter().any(|call| text.contains(call)),
                "{} may not contain SQL: it belongs in a store crate or in the node's store",
                path.display()
            );
        });
    }
}

#[test]
fn the_top_level_has_only_the_agreed_folders() {
    let agreed = [
        "proto",
        "services",
        "clients",
        "migrations",
        "tests",
        "deploy",
        "docs",
        ".ci",
        ".config",
        ".git",
        "target",
    ];
    for entry in fs::read_dir(root()).expect("the root can be read") {
        let entry = entry.expect("a folder entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            assert!(
                agreed.contains(&name.as_str()),
                "{name}/ is not an agreed top-level folder"
            );
        }
    }
}

/// Crates that a program compiles with the client library: less code to trust and to build.
const MAX_CLIENT_CRATES: usize = 108;

#[test]
fn the_client_library_needs_few_crates() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // One line per crate and version, without its path and marks.
    let output = Command::new(cargo)
        .current_dir(root())
        .args(["tree", "--offline", "--locked", "--package", CLIENT])
        .args(["--edges", "normal", "--prefix", "none", "--no-dedupe"])
        .args(["--format", "{p}"])
        .output()
        .expect("cargo can be started");
    let problem = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo tree failed: {problem}");
    let lines = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    let crates: BTreeSet<String> = lines
        .lines()
        .map(|line| {
            line.split_whitespace()
                .take(2)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .filter(|line| !line.is_empty() && !line.starts_with(&format!("{CLIENT} ")))
        .collect();
    assert!(
        crates.contains(&format!("{CORE} v{}", env!("CARGO_PKG_VERSION"))),
        "the list of crates is not understood: {crates:?}"
    );
    assert!(
        crates.len() <= MAX_CLIENT_CRATES,
        "the client library needs {} crates, more than {MAX_CLIENT_CRATES}: select fewer features, \
         or raise the number with a reason: {crates:#?}",
        crates.len()
    );
}

/// Calls `check` with every Rust source below `folder`.
pub(super) fn each_source(folder: &str, check: &mut dyn FnMut(&Path, &str)) {
    let mut waiting = vec![root().join(folder)];
    while let Some(folder) = waiting.pop() {
        for entry in
            fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path = entry.expect("a folder entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path)
                    .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                check(&path, &text);
            }
        }
    }
}
