//! The repository keeps its own shape: which crate may use which, and where SQL stands.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

/// The repository.
pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests stand in the repository")
        .to_path_buf()
}

/// What each crate may depend on, straight from the design: dependencies point one way.
fn allowed() -> BTreeMap<&'static str, &'static [&'static str]> {
    const PROTO: &str = "hedgerow-proto";
    const CORE: &str = "hedgerow-core";
    const TRANSPORT: &str = "hedgerow-transport";
    const SERVER: &str = "hedgerow-server";
    const STORE: &str = "hedgerow-store";
    const STORE_SQLITE: &str = "hedgerow-store-sqlite";
    BTreeMap::from([
        ("proto", &[] as &[&str]),
        ("services/core", &[PROTO]),
        ("services/transport", &[PROTO, CORE]),
        ("services/server", &[PROTO, CORE, TRANSPORT]),
        ("services/node", &[PROTO, CORE, TRANSPORT, SERVER]),
        ("services/store", &[PROTO, CORE]),
        ("services/store-sqlite", &[PROTO, CORE, STORE]),
        (
            "services/aggregator",
            &[PROTO, CORE, TRANSPORT, SERVER, STORE, STORE_SQLITE],
        ),
        ("clients/rust", &[PROTO, CORE, TRANSPORT]),
        (
            "clients/cli",
            &[
                PROTO,
                CORE,
                TRANSPORT,
                SERVER,
                "hedgerow-client",
                "hedgerow-node",
                "hedgerow-aggregator",
            ],
        ),
        (
            "tests/load",
            &[
                PROTO,
                CORE,
                TRANSPORT,
                SERVER,
                "hedgerow-client",
                "hedgerow-cli",
                "hedgerow-aggregator",
            ],
        ),
    ])
}

/// Dependencies for tests alone: the SDK is tested against a real server.
const ALLOWED_FOR_TESTS: [(&str, &str); 1] = [("clients/rust", "hedgerow-server")];

fn manifest(folder: &str) -> toml::Table {
    let path = root().join(folder).join("Cargo.toml");
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .parse()
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn dependencies_point_one_way() {
    for (folder, allowed) in allowed() {
        let manifest = manifest(folder);
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(dependencies) = manifest.get(section).and_then(toml::Value::as_table) else {
                continue;
            };
            for name in dependencies
                .keys()
                .filter(|name| name.starts_with("hedgerow"))
            {
                let for_tests = section == "dev-dependencies"
                    && ALLOWED_FOR_TESTS.contains(&(folder, name.as_str()));
                assert!(
                    for_tests || allowed.contains(&name.as_str()),
                    "{folder}/Cargo.toml: [{section}] may not name {name}"
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
fn every_member_of_the_workspace_is_known_here() {
    for member in members() {
        assert!(
            member == "tests" || allowed().contains_key(member.as_str()),
            "{member} has no line in tests/tests/it/layout.rs"
        );
    }
}

#[test]
fn the_core_is_pure() {
    let manifest = manifest("services/core");
    let dependencies = manifest["dependencies"].as_table().expect("dependencies");
    for impure in [
        "tokio",
        "tonic",
        "sqlx",
        "getrandom",
        "axum",
        "hyper",
        "rand",
    ] {
        assert!(
            !dependencies.contains_key(impure),
            "services/core may not use {impure}: time, randomness, network and storage are arguments"
        );
    }
}

#[test]
fn a_node_never_links_the_search_engine() {
    for folder in [
        "services/core",
        "services/transport",
        "services/server",
        "services/node",
        "clients/rust",
    ] {
        let manifest = manifest(folder);
        let dependencies = manifest["dependencies"].as_table().expect("dependencies");
        assert!(
            !dependencies.contains_key("tantivy"),
            "{folder} may not use tantivy: only an aggregator searches"
        );
    }
}

#[test]
fn only_the_demo_uses_the_services() {
    each_source("clients/cli/src", &mut |path, text| {
        let demo = path
            .components()
            .any(|part| part.as_os_str().to_string_lossy().starts_with("demo"));
        for service in ["hedgerow_node", "hedgerow_aggregator"] {
            assert!(
                demo || !text.contains(service),
                "{}: only the demo may use {service}",
                path.display()
            );
        }
    });
}

/// How sqlx is asked for anything.
const SQL: [&str; 5] = [
    "sqlx::query(",
    "sqlx::query_",
    "sqlx::raw_sql",
    "query_as(",
    "query_scalar(",
];

#[test]
fn sql_stands_only_in_store_modules() {
    for folder in ["services", "clients"] {
        each_source(folder, &mut |path, text| {
            let in_store = path.components().any(|part| {
                let part = part.as_os_str().to_string_lossy();
                ["store", "store-sqlite", "store.rs", "tests"].contains(&&*part)
            });
            assert!(
                in_store || !SQL.iter().any(|call| text.contains(call)),
                "{}: SQL stands only in modules named store",
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
    for entry in fs::read_dir(root()).expect("the repository's root") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            assert!(
                agreed.contains(&name.as_str()),
                "{name}/ is not an agreed top-level folder"
            );
        }
    }
}

/// Calls `check` with every Rust source below `folder`.
pub(super) fn each_source(folder: &str, check: &mut dyn FnMut(&Path, &str)) {
    let mut waiting = vec![root().join(folder)];
    while let Some(folder) = waiting.pop() {
        for entry in
            fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        {
            let path = entry.expect("an entry").path();
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
