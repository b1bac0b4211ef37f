//! The map of the repository names only paths that exist.

use std::fs;

use super::layout::root;

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

#[test]
fn placeholders_commands_and_urls_are_not_paths() {
    let text = "See `docs/`, `a/b.rs` and `c.rs`: `cargo run -p x/y`, `https://x/`, `x/<id>`.\n\
                ```\n`in/code`\n```\n";
    assert_eq!(paths(text).collect::<Vec<_>>(), ["docs/", "a/b.rs"]);
}
