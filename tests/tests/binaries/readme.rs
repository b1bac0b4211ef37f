//! The sample in the README and the output of the demonstration are the same.

use hedgerow_tests::program;

/// Replaces each number, because times and ages differ.
fn without_numbers(text: &str) -> String {
    let mut masked = String::new();
    for character in text.trim().chars() {
        let is_number = character.is_ascii_digit();
        if !is_number || !masked.ends_with('#') {
            masked.push(if is_number { '#' } else { character });
        }
    }
    masked
}

#[test]
fn the_sample_in_the_readme_is_the_output_of_the_demonstration_without_the_event() {
    let readme = include_str!("../../../README.md");
    let (_, sample) = readme
        .split_once("This is its output without the event:\n\n```\n")
        .expect("the sample");
    let (sample, _) = sample.split_once("```").expect("the end of the sample");
    let output = program::run_well("hedgerow-demo", &["demo", "--exit"]);
    let searches: Vec<&str> = output.split("To find ").collect();
    assert_eq!(searches.len(), 1 + 3, "{output}");
    let shown = searches.iter().filter(|it| !it.starts_with("an event"));
    let shown: Vec<&str> = shown.copied().collect();
    assert_eq!(shown.len(), 3, "{output}");
    assert_eq!(
        without_numbers(sample),
        without_numbers(&shown.join("To find "))
    );
}
