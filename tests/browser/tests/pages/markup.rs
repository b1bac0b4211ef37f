//! The HTML of every page is valid.

use std::fs;
use std::path::Path;
use std::process::Command;

use hedgerow_web::samples::pages_in;

use hedgerow_browser_tests::{WORDS, node_modules};

pub fn validate(pages: &[(String, String)]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, html) in pages {
        let name = name.replace(['/', ' '], "-");
        fs::write(folder.path().join(format!("{name}.html")), html).unwrap();
    }
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("html-validate.json");
    let output = Command::new("node")
        .arg(node_modules().join("html-validate/bin/html-validate.mjs"))
        .arg("--config")
        .arg(config)
        .args(["--formatter", "text"])
        .arg(folder.path())
        .output()
        .expect("node is installed: ./tests/run does it");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[test]
fn every_page_is_valid_html() {
    let pages = pages_in("", WORDS);
    assert!(pages.len() > 20, "{}", pages.len());
    let (is_valid, said) = validate(&pages);
    assert!(is_valid, "{said}");
}

#[test]
fn invalid_html_would_be_found() {
    let html = "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head><body><p><div></p></body></html>";
    let (is_valid, said) = validate(&[("page".to_owned(), html.to_owned())]);
    assert!(!is_valid, "{said}");
}
