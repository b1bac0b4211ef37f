//! Records by form, over a real node, by a browser without scripts.

mod directories;
mod drafts;
mod events;
mod history;
mod hostile;
mod languages;
mod records;
mod rest;
mod versions;

use std::collections::BTreeMap;

use hedgerow_proto::{steward_v1, v1};
use hedgerow_testkit::ManualClock;
use prost::Message as _;
use scraper::{ElementRef, Html, Selector};

use super::super::super::testing::TestNode;
use super::super::super::testing::browser::{Browser, Page};
use super::super::SHORT_LIFE;

/// The host's browser, in the console of the group `us`.
struct Visit {
    test: TestNode,
    browser: Browser,
    base: String,
}

async fn visit() -> Visit {
    visit_of(TestNode::running(&[]).await).await
}

async fn visit_of(test: TestNode) -> Visit {
    let browser = signed_in(&test).await;
    let base = format!("/console/g/{}", test.steward().group_id);
    Visit {
        test,
        browser,
        base,
    }
}

async fn signed_in(test: &TestNode) -> Browser {
    let mut browser = Browser::new(test.address().port);
    let link = test.node().console_link(SHORT_LIFE).await.unwrap();
    let page = browser.post(&format!("/{link}"), &[]).await;
    assert_eq!(page.status, 303, "{}", page.body);
    browser
}

/// The fields of a page's main form as a browser posts them.
fn fields(page: &Page, form: &str) -> Vec<(String, String)> {
    let html = Html::parse_document(&page.body);
    let selector = Selector::parse(&format!("main form[action=\"{form}\"]")).unwrap();
    let form = html
        .select(&selector)
        .next()
        .unwrap_or_else(|| panic!("no form {form}: {}", page.body));
    let all = Selector::parse("input, select, textarea").unwrap();
    let mut fields = Vec::new();
    for element in form.select(&all) {
        let value = element.value();
        let Some(name) = value.attr("name") else {
            continue;
        };
        let is_ticked = value.attr("checked").is_some();
        let of_value = value.attr("value").unwrap_or_default().to_owned();
        match (value.name(), value.attr("type")) {
            ("textarea", _) => {
                let text: String = element.text().collect();
                let text = text.strip_prefix('\n').unwrap_or(&text).to_owned();
                fields.push((name.to_owned(), text.replace('\n', "\r\n")));
            }
            ("select", _) => fields.push((name.to_owned(), selected(element))),
            (_, Some("checkbox" | "radio")) if !is_ticked => {}
            (_, Some("file")) => {}
            _ => fields.push((name.to_owned(), of_value)),
        }
    }
    fields
}

fn selected(select: ElementRef<'_>) -> String {
    let options = Selector::parse("option").unwrap();
    let chosen = select
        .select(&options)
        .find(|option| option.value().attr("selected").is_some())
        .or_else(|| select.select(&options).next());
    let value = chosen.and_then(|option| option.value().attr("value"));
    value.unwrap_or_default().to_owned()
}

impl Visit {
    async fn get(&mut self, path: &str) -> Page {
        let path = format!("{}{path}", self.base);
        self.browser.get(&path).await
    }

    /// Fills in the form of a page, and posts all of its fields.
    async fn fill(&mut self, path: &str, changes: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        self.send(&page, path, changes).await
    }

    async fn send(&mut self, page: &Page, action: &str, changes: &[(&str, &str)]) -> Page {
        let action = format!("{}{action}", self.base);
        let mut fields = fields(page, &action);
        let mut set = BTreeMap::new();
        for (name, value) in changes {
            let first = set.insert(*name, ()).is_none();
            if first {
                fields.retain(|(field, _)| field != name);
            }
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (&**a, &**b)).collect();
        self.browser.post(&action, &fields).await
    }

    /// Follows a redirect.
    async fn follow(&mut self, page: &Page) -> Page {
        assert_eq!(page.status, 303, "{}", page.body);
        let location = page.location().to_owned();
        self.browser.get(&location).await
    }

    /// Fills in, checks and publishes. Returns the path of the record, after the group's.
    async fn publish(&mut self, form: &str, changes: &[(&str, &str)]) -> String {
        let page = self.fill(form, changes).await;
        assert_eq!(page.status, 303, "{}", main_of(&page));
        self.publish_checked(&page).await
    }

    async fn publish_checked(&mut self, to_check: &Page) -> String {
        let path = self.short(to_check.location());
        let check = self.follow(to_check).await;
        assert_eq!(check.status, 200, "{}", check.body);
        let page = self.send(&check, &path, &[]).await;
        assert_eq!(page.status, 303, "{}", main_of(&page));
        self.short(page.location())
    }

    fn short(&self, path: &str) -> String {
        path.strip_prefix(&self.base).unwrap_or(path).to_owned()
    }

    async fn records(&self) -> Vec<(String, steward_v1::StewardRecord)> {
        let records = self.test.steward().list().await;
        let kind = |record: &steward_v1::StewardRecord| {
            record.name.as_ref().map(|name| name.collection.clone())
        };
        let with_kind = records
            .into_iter()
            .map(|record| (kind(&record).unwrap(), record));
        with_kind.collect()
    }

    async fn events(&self) -> Vec<v1::Event> {
        let records = self.records().await.into_iter();
        let events = records.filter(|(kind, _)| kind == "event");
        events
            .map(|(_, record)| {
                let record = v1::Record::decode(record.record.as_slice()).unwrap();
                v1::Event::decode(record.body.as_slice()).unwrap()
            })
            .collect()
    }

    fn clock(&self) -> &ManualClock {
        &self.test.clock
    }
}

fn main_of(page: &Page) -> &str {
    page.body
        .split_once("<main")
        .map_or(&page.body, |(_, main)| main)
}

const TUESDAYS: &str = "Tuesdays, 7pm to 8.30pm";

fn tea<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("title", "Tuesday tea"),
        ("schedule.words", TUESDAYS),
        ("online.available", "yes"),
        ("openness", "1"),
    ]
}

const NEW_EVENT: &str = "/edit/event/new/form/all";

fn listing<'a>() -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", "Kettle Room"),
        ("summary", "Tea and a listening ear."),
        ("activities", ""),
        ("activities", "activity:socialising"),
    ]
}

const NEW_LISTING: &str = "/edit/listing/new/form/about";
