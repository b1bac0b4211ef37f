//! The map of the repository names only paths that exist, and the dependencies that the rules of
//! the layout allow.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::layout::{ALLOWED, root};

/// The tokens in backticks that contain a `/`, without placeholders, commands and URLs.
fn paths(markdown: &str) -> impl Iterator<Item = &str> {
    let prose = markdown.split("```").step_by(2);
    let tokens = prose.flat_map(|prose| prose.split('`').skip(1).step_by(2));
    tokens.filter(|token| token.contains('/') && !token.contains([' ', ':', '<', '…', '{', '\n']))
}

#[test]
fn every_path_in_the_architecture_exists() {
    let text = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("the document");
    let missing: Vec<&str> = paths(&text)
        .filter(|path| {
            let found = root().join(path);
            !found.exists() || path.ends_with('/') != found.is_dir()
        })
        .collect();
    assert!(
        missing.is_empty(),
        "docs/ARCHITECTURE.md names these paths, which do not exist (a folder ends in `/`):\n{}",
        missing.join("\n")
    );
}

/// The crates that each crate of the map may use, by folder, without the prefix `hedgerow-`.
fn documented_dependencies(markdown: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let rows = markdown.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [folder, _crate_name, _contents, may_use] = cells[..] else {
            return None;
        };
        let folder = folder.strip_prefix('`')?.strip_suffix("/`")?;
        let crates = may_use.split(", ").filter(|name| *name != "no other crate");
        Some((folder, crates.collect()))
    });
    rows.collect()
}

#[test]
fn the_architecture_lists_the_dependencies_that_the_layout_allows() {
    let text = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("the document");
    let allowed: BTreeMap<&str, BTreeSet<&str>> = ALLOWED
        .iter()
        .map(|(folder, crates)| {
            let names = crates
                .iter()
                .map(|name| name.trim_start_matches("hedgerow-"));
            (*folder, names.collect())
        })
        .collect();
    assert_eq!(documented_dependencies(&text), allowed);
}

#[test]
fn placeholders_commands_and_urls_are_not_paths() {
    let text = "See `docs/`, `a/b.rs` and `c.rs`: `cargo run -p x/y`, `https://x/`, `x/<id>`.\n\
                ```\n`in/code`\n```\n";
    assert_eq!(paths(text).collect::<Vec<_>>(), ["docs/", "a/b.rs"]);
}
