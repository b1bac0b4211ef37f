//! The texts of a page in its own language, for tests of that language.

use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;

use scraper::{Html, Node};

/// Every word of the Welsh texts of pages.
static WELSH: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/words/cy");
    let mut words = HashSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in file.lines().filter(|line| !line.starts_with('#')) {
            let text = line.split_once(" = ").map_or(line, |(_, text)| text);
            words.extend(words_of(text));
        }
    }
    words
});

/// Attributes that a person reads or hears.
const READ: [&str; 4] = ["aria-label", "alt", "placeholder", "title"];
/// Elements whose text is not read: programs, styles, and commands to type.
const NOT_READ: [&str; 5] = ["script", "style", "code", "pre", "template"];

/// The texts that are in the language of the page: those that no element marks as being in another
/// by `lang`. The language of the page is that of the first element which has one.
pub fn own_texts(html: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let mut found = Vec::new();
    let mut own = None;
    let mut waiting = vec![(page.tree.root(), true)];
    while let Some((node, mut is_own)) = waiting.pop() {
        match node.value() {
            Node::Text(text) if is_own && !text.trim().is_empty() => {
                found.push(text.trim().to_owned());
            }
            Node::Element(element) => {
                if NOT_READ.contains(&element.name()) {
                    continue;
                }
                if let Some(lang) = element.attr("lang") {
                    is_own = *own.get_or_insert_with(|| lang.to_owned()) == lang;
                }
                let read = READ.iter().filter_map(|name| element.attr(name));
                found.extend(read.filter(|_| is_own).map(str::to_owned));
            }
            _ => {}
        }
        let children: Vec<_> = node.children().map(|child| (child, is_own)).collect();
        waiting.extend(children.into_iter().rev());
    }
    found
}

/// The words of the page's own texts that no Welsh text of pages has, except those that are known.
/// Each has its text behind it, to be found in a failing test.
pub fn not_in_welsh(html: &str, known: &[&str]) -> Vec<String> {
    let known: Vec<String> = known.iter().map(|word| word.to_lowercase()).collect();
    let mut found = Vec::new();
    for text in own_texts(html) {
        for word in words_of(&text) {
            if !WELSH.contains(&word) && !known.contains(&word) {
                found.push(format!("{word} in: {text}"));
            }
        }
    }
    found
}

/// The words of more than one letter, in small letters.
fn words_of(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|letter: char| !letter.is_alphabetic());
    let words = words.filter(|word| word.chars().count() > 1);
    words.map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_other_languages_and_for_programs_are_left_out() {
        let html = "<html lang=\"cy\"><script>no</script><p aria-label=\"un\">dau \
                    <bdi lang=\"en\">three <b lang=\"cy\">pedwar</b></bdi></p>\
                    <bdi>pump</bdi><code>six</code></html>";
        assert_eq!(own_texts(html), ["un", "dau", "pedwar", "pump"]);
        let found = not_in_welsh("<p lang=\"cy\">Dydd Mawrth, Leeds, weather</p>", &["Leeds"]);
        assert_eq!(found, ["weather in: Dydd Mawrth, Leeds, weather"]);
    }
}
