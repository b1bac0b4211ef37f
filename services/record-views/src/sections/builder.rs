//! Makes the sections of a record's page, and leaves out what the record does not say.

use chrono::NaiveDate;
use hedgerow_core::recurrence::Budget;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_web::view::{
    Contact, ContactWay, CrisisService, Fold, Heading, Item, Label, Line, PriceKind, Section,
    Sentence,
};
use hedgerow_web::{Text, WebLink, Words};

use crate::place::place;
use crate::times::{SAME_CLOCK, times, today};
use crate::words::{language, parsed_day};

/// What the items of one record need.
pub(crate) struct Sections<'a> {
    language: &'a str,
    pub(crate) words: Words,
    now: Timestamp,
    /// For all schedules of the record.
    budget: &'a Budget,
}

impl<'a> Sections<'a> {
    pub(crate) fn new(language: &'a str, words: Words, now: Timestamp, budget: &'a Budget) -> Self {
        Self {
            language,
            words,
            now,
            budget,
        }
    }

    /// A text of the record.
    pub(crate) fn text(&self, text: &str) -> Text {
        Text::new(text, self.language)
    }

    /// A section of these items; `None` if there are none.
    pub(crate) fn section(
        &self,
        heading: Heading,
        items: impl IntoIterator<Item = Option<Item>>,
    ) -> Option<Section> {
        let items: Vec<Item> = items.into_iter().flatten().collect();
        (!items.is_empty()).then_some(Section { heading, items })
    }

    pub(crate) fn prose(&self, text: &str) -> Option<Item> {
        Some(self.text(text))
            .filter(|text| !text.is_empty())
            .map(Item::Prose)
    }

    pub(crate) fn fact(&self, label: Label, text: &str) -> Option<Item> {
        let text = self.text(text);
        let values = vec![text];
        (!values[0].is_empty()).then_some(Item::Fact { label, values })
    }

    /// A number; `None` for 0, which means that it is not stated.
    pub(crate) fn number(&self, label: Label, number: u32) -> Option<Item> {
        (number > 0).then(|| Item::Fact {
            label,
            values: vec![Text::plain(&number.to_string())],
        })
    }

    /// A tag by its label.
    pub(crate) fn tag(&self, tag: &str) -> Text {
        crate::words::tag(tag, self.language, self.words)
    }

    /// A day as people write it; any other text as it is.
    pub(crate) fn date(&self, label: Label, text: &str) -> Option<Item> {
        match parsed_day(text) {
            Some(day) => self.ours(label, &self.words.date(day)),
            None => self.fact(label, text),
        }
    }

    /// A fact in our words.
    pub(crate) fn ours(&self, label: Label, text: &str) -> Option<Item> {
        (!text.is_empty()).then(|| Item::Fact {
            label,
            values: vec![Text::plain(text)],
        })
    }

    /// How much, in our words; `None` for 0, which means that it is not stated.
    pub(crate) fn amount(&self, label: Label, key: &str, count: u32) -> Option<Item> {
        let count = u64::from(count);
        let text = (count > 0).then(|| self.words.count(key, count));
        self.ours(label, &text.unwrap_or_default())
    }

    pub(crate) fn lines(
        &self,
        label: Label,
        lines: impl IntoIterator<Item = Line>,
    ) -> Option<Item> {
        let lines: Vec<Line> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        (!lines.is_empty()).then_some(Item::Lines { label, lines })
    }

    /// What few readers need, behind a heading that opens it.
    pub(crate) fn folded(
        &self,
        heading: Fold,
        items: impl IntoIterator<Item = Option<Item>>,
    ) -> Option<Item> {
        let items: Vec<Item> = items.into_iter().flatten().collect();
        (!items.is_empty()).then_some(Item::Folded(heading, items))
    }

    pub(crate) fn values(
        &self,
        label: Label,
        values: impl IntoIterator<Item = Text>,
    ) -> Option<Item> {
        let values: Vec<Text> = values.into_iter().filter(|text| !text.is_empty()).collect();
        (!values.is_empty()).then_some(Item::Fact { label, values })
    }

    /// One of two sentences, or neither if the record does not say.
    pub(crate) fn either(&self, stated: Option<bool>, yes: Sentence, no: Sentence) -> Option<Item> {
        stated.map(|stated| Item::Sentence(if stated { yes } else { no }))
    }

    /// Tags, by their labels.
    pub(crate) fn tags<'t>(
        &self,
        label: Label,
        tags: impl IntoIterator<Item = &'t String>,
    ) -> Option<Item> {
        let labels = tags.into_iter().map(|tag| self.tag(tag));
        let values: Vec<Text> = labels.filter(|text| !text.is_empty()).collect();
        (!values.is_empty()).then_some(Item::Fact { label, values })
    }

    pub(crate) fn languages(&self, tags: &[String]) -> Option<Item> {
        let values: Vec<Text> = tags
            .iter()
            .map(|tag| Text::plain(&language(tag, self.words)))
            .collect();
        (!values.is_empty()).then_some(Item::Fact {
            label: Label::Languages,
            values,
        })
    }

    pub(crate) fn says(&self, condition: bool, sentence: Sentence) -> Option<Item> {
        condition.then_some(Item::Sentence(sentence))
    }

    pub(crate) fn schedule(&self, schedule: Option<&v1::Schedule>) -> Option<Item> {
        let times = times(schedule?, self.language, self.words, self.now, self.budget);
        let says_nothing = times.words.is_none()
            && times.rules.is_empty()
            && times.changes.is_empty()
            && times.next.is_empty()
            && times.last.is_none();
        (!says_nothing).then_some(Item::Times(times))
    }

    /// The time zone of hours, if it is another than that of Britain and Ireland.
    pub(crate) fn zone(&self, zone: &str) -> Option<Item> {
        let is_other = !zone.is_empty() && !SAME_CLOCK.contains(&zone);
        let text = self.words.with("times-zone", &[("zone", zone)]);
        is_other.then(|| Item::Prose(Text::plain(&text)))
    }

    pub(crate) fn today(&self) -> NaiveDate {
        today(self.now)
    }

    pub(crate) fn place(&self, of: Option<&v1::Place>) -> Option<Item> {
        let of = of?;
        match place(of, self.language) {
            Some(place) => Some(Item::Place(place)),
            None => self.says(
                of.precision() == v1::Precision::Hidden,
                Sentence::PlaceHidden,
            ),
        }
    }

    /// An area that is served: its name, and what the group says of it.
    pub(crate) fn area(&self, area: &v1::Place) -> Line {
        let region = area.regions.first().map_or("", |region| &region.name);
        let name = Some(area.name.as_str()).filter(|name| !name.is_empty());
        Line::new(self.text(name.unwrap_or(region)), self.text(&area.words))
    }

    pub(crate) fn online(&self, online: Option<&v1::Online>) -> Vec<Option<Item>> {
        let Some(online) = online.filter(|online| online.available) else {
            return Vec::new();
        };
        vec![
            self.says(online.only, Sentence::OnlineOnly),
            self.says(!online.only, Sentence::OnlineToo),
            self.fact(Label::Online, &online.words),
            self.prose(&online.how_to_get_in),
            self.link(Label::Online, &online.url, ""),
        ]
    }

    pub(crate) fn link(&self, label: Label, url: &str, words: &str) -> Option<Item> {
        let link = WebLink::web(url)?.labelled(self.text(words));
        Some(Item::Link { label, link })
    }

    pub(crate) fn links(&self, links: &[v1::Link]) -> Vec<Option<Item>> {
        let links = links.iter();
        links
            .map(|link| self.link(Label::Link, &link.url, &link.label))
            .collect()
    }

    pub(crate) fn statement(&self, statement: Option<&v1::Statement>) -> Vec<Option<Item>> {
        let Some(statement) = statement else {
            return Vec::new();
        };
        vec![
            self.fact(Label::Statement, &statement.text),
            self.link(Label::Statement, &statement.url, ""),
        ]
    }

    /// What is there. A record that says nothing about access does not say no.
    pub(crate) fn access(&self, access: Option<&v1::Accessibility>) -> Vec<Option<Item>> {
        let empty = v1::Accessibility::default();
        let access = access.unwrap_or(&empty);
        let says_nothing = access.text.trim().is_empty() && access.tags.is_empty();
        vec![
            self.prose(&access.text),
            self.tags(Label::AccessThere, &access.tags),
            self.says(says_nothing, Sentence::AskAboutAccess),
        ]
    }

    pub(crate) fn price(&self, label: Label, price: Option<&v1::Price>) -> Vec<Option<Item>> {
        let Some(price) = price else {
            return Vec::new();
        };
        let kind = match price.kind() {
            v1::PriceKind::Free => Some(PriceKind::Free),
            v1::PriceKind::PayWhatYouCan => Some(PriceKind::PayWhatYouCan),
            v1::PriceKind::AtCost => Some(PriceKind::AtCost),
            v1::PriceKind::Rate | v1::PriceKind::Unspecified => None,
        };
        let kind = kind.map(|kind| kind.in_words(self.words));
        let amount = price.amount.as_ref().map(|amount| self.money(amount));
        let amount = amount.map(|amount| match price.per.as_str() {
            "" => amount,
            per => format!("{amount} / {per}"),
        });
        let parts = [kind, amount];
        let shown: Vec<String> = parts.into_iter().flatten().collect();
        vec![
            self.ours(label, &shown.join(", ")),
            self.prose(&price.words),
            self.says(price.first_time_free == Some(true), Sentence::FirstTimeFree),
        ]
    }

    pub(crate) fn money(&self, money: &v1::Money) -> String {
        self.words.money(&money.currency, money.minor_units)
    }

    pub(crate) fn contacts(&self, contacts: &[v1::ContactChannel]) -> Vec<Option<Item>> {
        contacts
            .iter()
            .map(|contact| Some(self.contact(contact)))
            .collect()
    }

    fn contact(&self, contact: &v1::ContactChannel) -> Item {
        use v1::ContactKind;
        let value = contact.value.as_str();
        let (way, link) = match contact.kind() {
            ContactKind::Email => (ContactWay::Email, WebLink::mail(value)),
            ContactKind::Phone => (ContactWay::Phone, WebLink::phone(value)),
            ContactKind::Text => (ContactWay::Text, None),
            ContactKind::Relay => (ContactWay::Relay, WebLink::phone(value)),
            ContactKind::Form => (ContactWay::Form, WebLink::web(value)),
            ContactKind::Messaging => (ContactWay::Message, WebLink::web(value)),
            ContactKind::Post => (ContactWay::Post, None),
            ContactKind::Other | ContactKind::Unspecified => {
                (ContactWay::Other, WebLink::web(value))
            }
        };
        let words = [
            contact.service.as_str(),
            &contact.label,
            &contact.hours,
            &contact.note,
        ];
        let words = words.into_iter().map(|words| self.text(words));
        let languages: Vec<Text> = contact
            .languages
            .iter()
            .map(|it| Text::plain(&language(it, self.words)))
            .collect();
        Item::Contact(Contact {
            way,
            link,
            value: self.text(value),
            words: words
                .chain(languages)
                .filter(|words| !words.is_empty())
                .collect(),
        })
    }

    pub(crate) fn signposts(&self, signposts: &[v1::CrisisSignpost]) -> Vec<Option<Item>> {
        let service = |one: &v1::CrisisSignpost| CrisisService {
            country: String::new(),
            name: self.text(&one.name),
            phone: one.phone.clone(),
            text: self.text(&one.text_number),
            words: self.text(&one.words),
        };
        let items = signposts.iter().flat_map(|one| {
            let link = self.link(Label::Website, &one.url, &one.name);
            [Some(Item::Crisis(service(one))), link]
        });
        items.collect()
    }
}
