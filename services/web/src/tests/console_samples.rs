//! Every page of the console with every field filled.

use http::StatusCode;

use super::samples::shell;
use crate::components::Errors;
use crate::pages::console::*;
use crate::text::Text;

fn text(words: &str) -> Text {
    Text::new(words, "en-GB")
}

fn errors(words: &str) -> Errors {
    let mut errors = Errors::default();
    errors.add("name", words);
    errors.add("passphrase", words);
    errors
}

pub(super) fn frame(words: &str) -> Frame {
    Frame {
        person: Some(text(words)),
        group: Some(FrameGroup {
            name: text(words),
            base: "/console/g/ab".to_owned(),
            nav: ConsoleNav::ALL.into(),
            page: Some("/".to_owned()),
        }),
        has_other_groups: true,
        here: Some(ConsoleNav::Home),
        token: "00".to_owned(),
        flash: Some("sign-in-kept".to_owned()),
        ..Frame::outside(shell().words)
    }
}

/// All pages by name, with these words in every field that somebody else fills.
pub(super) fn pages(words: &str) -> Vec<(String, String)> {
    let mut pages = Vec::new();
    let mut add = |name: &str, page: &dyn askama::DynTemplate| {
        pages.push((format!("console {name}"), page.dyn_render().unwrap()));
    };
    let outside = || Frame::outside(shell().words);
    let sign_in = SignInView {
        name: words.to_owned(),
        errors: errors(words),
        next: words.to_owned(),
        kept: Some(Kept {
            form: words.to_owned(),
        }),
    };
    add("sign-in", &SignIn::new(outside(), sign_in));
    let opens = [
        None,
        Some(LinkOpens::Host),
        Some(LinkOpens::NewGroup),
        Some(LinkOpens::Join {
            group: text(words),
            by: text(words),
        }),
        Some(LinkOpens::Return { name: text(words) }),
    ];
    for (number, opens) in opens.into_iter().enumerate() {
        let view = LinkView {
            opens,
            name: words.to_owned(),
            errors: errors(words),
        };
        add(&format!("link {number}"), &Link::new(outside(), view));
    }
    let home = HomeView {
        tasks: vec![
            Task::StillRight,
            Task::Messages(2),
            Task::Stopped(text(words)),
            Task::Draft {
                href: "/console/first".to_owned(),
            },
        ],
        listings: 1,
        events: 2,
        offers: 3,
        shown_by: 1,
        sent_to: 2,
    };
    add("home", &ConsoleHome::new(frame(words), home));
    let empty = ConsoleHome::new(frame(words), HomeView::default());
    add("empty home", &empty);
    let link = GroupLink {
        name: text(words),
        href: "/console/g/ab".to_owned(),
    };
    add("groups", &Groups::new(frame(words), vec![link], true));
    for status in [400, 403, 404, 405, 413, 429, 500, 503] {
        let status = StatusCode::from_u16(status).unwrap();
        let page = ConsoleFailed::new(outside(), status, Some(text(words)));
        add(&format!("problem {status}"), &page);
    }
    pages
}
