//! What a newcomer reads first, and phrases that newcomers stumbled over.

use std::fs;
use std::path::{Path, PathBuf};

use super::layout::root;

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("the document")
}

/// The words of a text in lower case, without punctuation.
fn words(text: &str) -> Vec<String> {
    let is_part = |character: char| character.is_alphanumeric() || character == '\'';
    text.split(|character| !is_part(character))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

#[test]
fn the_readme_explains_its_words_before_it_uses_them() {
    let readme = read("README.md");
    let table = readme.find("| word | meaning |").expect("the table");
    let (before, after) = readme.split_at(table);
    let before = format!(" {} ", words(before).join(" "));
    let rows: Vec<&str> = after
        .lines()
        .take_while(|line| line.starts_with('|'))
        .collect();
    for term in ["steward", "seeker", "record", "tree", "head", "key log"] {
        let is_explained = |row: &&str| {
            let first = row.split('|').nth(1).unwrap_or_default();
            first.split(',').any(|word| word.trim() == term)
        };
        assert!(rows.iter().any(is_explained), "no row for {term}");
        for used in [format!(" {term} "), format!(" {term}s ")] {
            assert!(!before.contains(&used), "{used} is used before the table");
        }
    }
}

#[test]
fn the_readme_says_how_long_the_first_build_takes() {
    let readme = words(&read("README.md")).join(" ");
    let (_, after) = readme
        .split_once("the first build takes")
        .expect("the duration");
    let soon: Vec<&str> = after.split(' ').take(6).collect();
    assert!(soon.contains(&"minutes"), "{soon:?}");
}

/// Phrases that readers took for a translation, or that claim too much.
const REPLACED: [&str; 14] = [
    "\"whose word",
    "says it is this group",
    "finds these too",
    "all are as the publisher's key signed",
    "could not take this",
    "there is 5 hits",
    "hits in the table",
    "it is no text",
    "opens nothing any more",
    "metrics are told",
    "may come to its end",
    "sign-without-answer",
    "take-newer",
    "you need do nothing",
];

/// Rust files, templates and documents, without those that quote what they replaced.
fn texts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if name != "target" && name != "data" && !name.starts_with('.') {
                texts(&path, found);
            }
            continue;
        }
        let quotes = ["CHANGELOG.md", "CONTRIBUTING.md", "readme.rs"].contains(&name.as_str());
        let is_text = ["rs", "md", "yaml", "proto"]
            .iter()
            .any(|it| name.ends_with(&format!(".{it}")));
        if is_text && !quotes {
            found.push(path);
        }
    }
}

#[test]
fn no_program_or_document_has_a_phrase_that_was_replaced() {
    let mut files = Vec::new();
    texts(&root(), &mut files);
    assert!(files.len() > 500, "only {} files", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a text").to_lowercase();
        let found = REPLACED.iter().filter(|phrase| text.contains(*phrase));
        wrong.extend(found.map(|phrase| format!("{}: {phrase}", file.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn operators_find_backup_upgrade_certificates_following_and_services() {
    let operating = read("docs/OPERATING.md");
    for subject in [
        "**Backup.**",
        "**Upgrade.**",
        "**Certificates.**",
        "**Following.**",
        "**As a service.**",
    ] {
        assert!(
            operating.contains(subject),
            "docs/OPERATING.md lacks {subject}"
        );
    }
}
