//! Nothing that a group or a seeker writes is markup, leads anywhere by a scheme that runs
//! something, or turns the text around it. And what holds for the markup of every page.

use scraper::{Html, Selector};

use super::samples::pages;

const HOSTILE: [&str; 6] = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</script></style></title></textarea><svg onload=alert(1)>",
    "\" onmouseover=\"alert(1)\" x='y' &lt;b&gt; &#60;i&#62;",
    "javascript:alert(1)",
    "\u{202e}\u{2066}txt.exe\u{2069}\u{202d}\u{0}\u{7}\u{1b}[31m",
    "{{ 7 * 7 }} {% include \"x\" %} $words { $words } 🜁👩‍👩‍👧",
];

/// Attributes of forms with more than a line to search by.
const OF_FORMS: [&str; 7] = [
    "accept",
    "aria-invalid",
    "enctype",
    "hidden",
    "open",
    "rows",
    "spellcheck",
];

fn elements(html: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let all = Selector::parse("*").unwrap();
    page.select(&all)
        .map(|element| element.value().name().to_owned())
        .collect()
}

#[test]
fn words_of_others_never_become_markup() {
    let harmless = pages("plain words");
    for words in HOSTILE {
        for ((name, html), (_, expected)) in pages(words).iter().zip(&harmless) {
            assert_eq!(elements(html), elements(expected), "{name}: {words}");
        }
    }
}

#[test]
fn every_attribute_is_one_of_ours() {
    // Of the scripts that keep and seal what is typed.
    const OF_SCRIPTS: [&str; 8] = [
        "data-draft",
        "data-failed",
        "data-group",
        "data-kept",
        "data-other",
        "data-out",
        "data-seal-to",
        "data-sealed",
    ];
    // Of pictures of areas, and of the script for leaving.
    const OF_MAPS: [&str; 14] = [
        "data-one",
        "data-two",
        "defer",
        "dy",
        "fill",
        "fill-rule",
        "font-size",
        "opacity",
        "patterntransform",
        "patternunits",
        "src",
        "stroke",
        "stroke-width",
        "transform",
    ];
    const ALLOWED: [&str; 44] = [
        "preserveaspectratio",
        "aria-current",
        "aria-describedby",
        "aria-hidden",
        "aria-label",
        "aria-labelledby",
        "autocapitalize",
        "autocomplete",
        "charset",
        "checked",
        "class",
        "content",
        "cx",
        "cy",
        "d",
        "datetime",
        "dir",
        "download",
        "focusable",
        "for",
        "formaction",
        "height",
        "href",
        "hreflang",
        "id",
        "inputmode",
        "lang",
        "maxlength",
        "method",
        "name",
        "r",
        "readonly",
        "rel",
        "role",
        "rx",
        "scope",
        "selected",
        "tabindex",
        "type",
        "value",
        "viewbox",
        "width",
        "x",
        "y",
    ];
    for words in HOSTILE {
        for (name, html) in pages(words) {
            let page = Html::parse_document(&html);
            for element in page.select(&Selector::parse("*").unwrap()) {
                for (attribute, value) in element.value().attrs() {
                    let attribute = attribute.to_ascii_lowercase();
                    let of_form = attribute == "action" || OF_FORMS.contains(&&*attribute);
                    let of_form = of_form || OF_MAPS.contains(&&*attribute);
                    let of_form = of_form || OF_SCRIPTS.contains(&&*attribute);
                    let is_ours = ALLOWED.contains(&&*attribute) || of_form;
                    assert!(is_ours, "{name}: {attribute}");
                    if ["href", "action", "formaction", "data-draft"].contains(&&*attribute) {
                        let schemes = ["/", "#", "https://", "http://", "mailto:", "tel:"];
                        let is_allowed = schemes.iter().any(|scheme| value.starts_with(scheme));
                        assert!(is_allowed && !value.starts_with("//"), "{name}: {value}");
                    }
                }
            }
        }
    }
}

#[test]
fn hostile_words_are_shown_as_they_were_written() {
    let words = HOSTILE[0];
    for name in [
        "search",
        "record 0",
        "whats on",
        "group",
        "coverage",
        "list /rooms",
        "fits Need",
        "share",
        "sheet",
        "printed",
        "yours true",
    ] {
        let pages = pages(words);
        let (_, html) = pages.iter().find(|(page, _)| page == name).unwrap();
        let text: String = Html::parse_document(html).root_element().text().collect();
        assert!(text.contains(words), "{name}");
    }
    for (name, html) in pages(HOSTILE[4]) {
        let reorders = |letter: char| ('\u{202a}'..='\u{202e}').contains(&letter);
        // A field to fill in has the words as they are, and keeps them to itself.
        let page = Html::parse_document(&html);
        let texts = page.tree.root().descendants().filter(|node| {
            let mut above = node.ancestors().filter_map(|it| it.value().as_element());
            !above.any(|element| element.name() == "textarea")
        });
        let text: String = texts
            .filter_map(|node| node.value().as_text().map(|text| text.to_string()))
            .collect();
        assert!(!text.chars().any(reorders), "{name}");
        // Fluent isolates its placeholders, always in pairs.
        let count = |mark| text.matches(mark).count();
        let (open, closed) = (count('\u{2068}'), count('\u{2069}'));
        assert_eq!(open, closed, "{name}");
    }
}

#[test]
fn a_very_long_word_is_shown_whole() {
    let word = "x".repeat(10_000);
    for (name, html) in pages(&word) {
        assert!(!html.contains(&"x".repeat(10_001)), "{name}");
        if name == "search" {
            assert!(html.contains(&word), "{name}");
        }
    }
}

#[test]
fn pages_load_nothing_from_elsewhere_and_need_no_script() {
    for (name, html) in pages("plain words") {
        let page = Html::parse_document(&html);
        for loading in [
            "script:not([src])",
            "script:not([defer])",
            "img",
            "iframe",
            "object",
            "embed",
            "video",
            "audio",
            "style",
            "base",
            "[style]",
        ] {
            let selector = Selector::parse(loading).unwrap();
            assert_eq!(page.select(&selector).count(), 0, "{name}: {loading}");
        }
        for link in page.select(&Selector::parse("link, script").unwrap()) {
            let address = link.value().attr("href").or(link.value().attr("src"));
            let address = address.unwrap();
            assert!(address.starts_with("/assets/"), "{name}: {address}");
        }
        for form in page.select(&Selector::parse("form").unwrap()) {
            assert_eq!(form.value().attr("method"), Some("post"), "{name}");
        }
    }
}

#[test]
fn every_page_can_be_used_by_ear_and_by_keyboard() {
    for (name, html) in pages("plain words") {
        let page = Html::parse_document(&html);
        let select = |selector: &str| Selector::parse(selector).unwrap();
        let count = |selector: &str| page.select(&select(selector)).count();
        for once in [
            "h1",
            "main#main",
            "head title",
            "footer",
            "nav[aria-label]",
            "a.skip",
            "a.leave",
        ] {
            // The console is no secret of its people, and has no navigation before sign-in.
            let may_lack =
                name.starts_with("console") && ["nav[aria-label]", "a.leave"].contains(&once);
            assert!(count(once) == 1 || may_lack, "{name}: {once}");
        }
        let mut ids: Vec<_> = page
            .select(&select("[id]"))
            .filter_map(|element| element.value().attr("id"))
            .collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{name}: an id is there twice");
        for icon in page.select(&select("use")) {
            let id = icon.value().attr("href").unwrap().trim_start_matches('#');
            assert!(ids.contains(&id), "{name}: the drawing {id} is missing");
        }
        for reference in ["for", "aria-labelledby", "aria-describedby"] {
            for element in page.select(&select(&format!("[{reference}]"))) {
                for id in element.value().attr(reference).unwrap().split_whitespace() {
                    assert!(ids.contains(&id), "{name}: {reference}={id}");
                }
            }
        }
        for field in page.select(&select(
            "input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select, textarea",
        )) {
            let id = field.value().attr("id").unwrap_or_default();
            assert_eq!(
                count(&format!("label[for=\"{id}\"]")),
                1,
                "{name}: label of {id}"
            );
        }
        for button in page.select(&select("button, a")) {
            let words: String = button.text().collect();
            assert!(!words.trim().is_empty(), "{name}: {}", button.html());
        }
    }
}

#[test]
fn a_page_is_small() {
    for (name, html) in pages("plain words") {
        assert!(html.len() < 50_000, "{name}: {} bytes", html.len());
    }
}
