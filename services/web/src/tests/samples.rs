//! Every page with every field filled.

use http::StatusCode;

use crate::pages::*;

mod basics;
mod items;
mod lists;
mod maps;
mod record;
mod rows;
mod search;
mod sheets;

pub(crate) use basics::shell;
pub(super) use basics::{day, link, text};
pub(super) use items::items;
#[cfg(test)]
pub(super) use rows::hits;
pub(super) use rows::place;

type Add<'a> = &'a mut dyn FnMut(&str, &dyn askama::DynTemplate);

/// All pages in the words of a language.
pub fn pages_in(language: &'static str, words: &str) -> Vec<(String, String)> {
    basics::set_language(language);
    let pages = pages(words);
    basics::set_language("");
    pages
}

/// All pages by name, with these words in every field that somebody else fills.
pub fn pages(words: &str) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: &dyn askama::DynTemplate| {
        pages.push((name.to_owned(), page.dyn_render().unwrap()));
    };
    search::add_searches(words, &mut add);
    record::add_records(words, &mut add);
    lists::add_lists(words, &mut add);
    sheets::add_sheets(words, &mut add);
    maps::add_maps(words, &mut add);
    let about = AboutView {
        run_by: text(words),
        contact: link(words),
        policy: link(words),
        words: text(words),
        id: "ab".to_owned(),
        address: text(words),
        decisions: Decided {
            groups: 3,
            reasons: vec![(text(words), 2), (text(words), 1)],
            latest: Some((day(), text(words))),
            entries: 1,
            last_entry: Some(day()),
        },
        cursor: "00ab-12".to_owned(),
        head: Some(NewestHead {
            group_href: "/group/ab".to_owned(),
            number: 1_234,
            signed: day(),
            hash: "00".repeat(32),
        }),
    };
    let new = AboutView {
        decisions: Decided::default(),
        head: None,
        run_by: text(""),
        contact: None,
        policy: None,
        words: text(""),
        id: "ab".to_owned(),
        address: text(words),
        cursor: "00ab-0".to_owned(),
    };
    add("about", &About::new(shell(), about));
    add("about a new one", &About::new(shell(), new));
    let services = shell().site.crisis;
    add("staying safe", &StayingSafe::new(shell(), services));
    for status in [400, 404, 405, 413, 415, 429, 500, 503] {
        let status = StatusCode::from_u16(status).unwrap();
        add(&format!("problem {status}"), &Problem::new(shell(), status));
    }
    pages.extend(super::console_samples::pages(words));
    pages.extend(super::edit_samples::pages(words));
    pages.extend(super::node_samples::pages(words));
    pages
}

#[cfg(test)]
mod tests {
    use askama::Template as _;

    use crate::pages::{Home, HomeView};
    use crate::tests::samples::{pages_in, shell, text};

    #[test]
    fn a_page_renders_as_its_template_says() {
        let page = Home::new(
            shell(),
            HomeView {
                run_by: text("Us"),
                ..HomeView::default()
            },
        );
        let html = page.render().unwrap();
        assert!(html.starts_with("<!doctype html>"), "{html}");
        assert!(html.contains("lang=\"en-GB\""), "{html}");
    }

    #[test]
    fn pages_say_in_which_direction_their_language_is_written() {
        for (name, html) in pages_in("ar", "plain words") {
            assert!(html.contains("lang=\"ar-XB\" dir=\"rtl\""), "{name}");
        }
    }
}
