//! A thing that a group offers or needs.

use chrono::NaiveTime;
use hedgerow_proto::v1;
use hedgerow_proto::v1::resource::Detail;
use hedgerow_web::view::{Heading, Item, Label, Requirement, Section, Sentence};

use super::builder::Sections;

pub(crate) fn offer(offer: &v1::Offer, s: &Sections<'_>) -> Vec<Section> {
    let empty = v1::Resource::default();
    let resource = offer.resource.as_ref().unwrap_or(&empty);
    let mut join = vec![
        s.prose(&offer.how_to_ask),
        s.says(offer.small_groups_welcome, Sentence::SmallGroupsWelcome),
        s.fact(Label::RunsUntil, &offer.offered_until),
    ];
    join.extend(s.contacts(&offer.contacts));
    let sections = [
        s.section(Heading::Offered, offered(resource, s)),
        s.section(Heading::ForMe, s.who_for(&offer.who_for)),
        s.section(Heading::WhenAndWhere, when_and_where(resource, s)),
        s.section(Heading::Join, join),
        s.section(Heading::Conditions, conditions(resource, s)),
        s.section(Heading::Access, s.access(resource.accessibility.as_ref())),
        s.section(
            Heading::Cost,
            s.price(Label::Price, resource.price.as_ref()),
        ),
        s.section(Heading::More, s.links(&resource.links)),
    ];
    sections.into_iter().flatten().collect()
}

pub(crate) fn need(need: &v1::Need, s: &Sections<'_>) -> Vec<Section> {
    let empty = v1::Resource::default();
    let resource = need.resource.as_ref().unwrap_or(&empty);
    let mut wanted = offered(resource, s);
    wanted.push(s.fact(Label::Purpose, &need.purpose));
    wanted.push(s.fact(Label::NeededBy, &need.needed_by));
    let mut join = s.contacts(&need.contacts);
    join.push(s.fact(Label::InReturn, &need.in_return));
    let sections = [
        s.section(Heading::Offered, wanted),
        s.section(Heading::WhenAndWhere, when_and_where(resource, s)),
        s.section(Heading::Join, join),
        s.section(Heading::Cost, s.price(Label::CanPay, need.can_pay.as_ref())),
        s.section(Heading::More, s.links(&resource.links)),
    ];
    sections.into_iter().flatten().collect()
}

fn offered(resource: &v1::Resource, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![s.prose(&resource.description)];
    items.extend(match &resource.detail {
        Some(Detail::Space(space)) => space_items(space, s),
        Some(Detail::Equipment(equipment)) => vec![
            s.tags(Label::Items, &equipment.items),
            s.number(Label::Amount, equipment.quantity),
            s.prose(&equipment.handover),
            s.prose(&equipment.instructions),
        ],
        Some(Detail::Skills(skills)) => vec![
            s.tags(Label::Items, &skills.skills),
            s.fact(Label::Amount, &skills.how_much),
            s.prose(&skills.background),
        ],
        Some(Detail::Training(training)) => vec![
            s.tags(Label::Items, &training.topics),
            s.fact(Label::LedBy, &training.given_by),
            s.fact(Label::Register, &training.accredited_by),
            s.fact(Label::Amount, &training.length),
            s.prose(&training.where_given),
            s.prose(&training.entry),
            s.number(Label::Size, training.places),
        ],
        Some(Detail::Documents(documents)) => {
            let mut items = vec![
                s.tags(Label::Items, &documents.kinds),
                s.fact(Label::Rules, &documents.licence),
            ];
            items.extend(s.links(&documents.documents));
            items
        }
        Some(Detail::Funding(funding)) => funding_items(funding, s),
        Some(Detail::VolunteerTime(time)) => vec![
            s.tags(Label::Items, &time.tasks),
            s.prose(&time.checks),
            s.prose(&time.expenses),
        ],
        Some(Detail::TimeCredits(credits)) => vec![
            s.fact(Label::Items, &credits.scheme),
            s.number(Label::Amount, credits.credits),
            s.prose(&credits.words),
        ],
        None => Vec::new(),
    });
    items.push(s.tags(Label::Tags, &resource.tags));
    items.push(s.languages(&resource.languages));
    items
}

fn space_items(space: &v1::Space, s: &Sections<'_>) -> Vec<Option<Item>> {
    vec![
        s.number(Label::Size, space.capacity),
        s.tags(Label::Features, &space.features),
        s.fact(Label::Toilets, &space.toilets),
        s.fact(Label::OutOfHours, &space.out_of_hours),
        s.fact(Label::OnSite, &space.who_is_on_site),
        space
            .seen_by_others
            .as_ref()
            .and_then(|seen| s.fact(Label::SeenByOthers, &seen.words)),
    ]
}

fn funding_items(funding: &v1::Funding, s: &Sections<'_>) -> Vec<Option<Item>> {
    let bounds = [&funding.smallest, &funding.largest];
    let amounts: Vec<String> = bounds
        .into_iter()
        .flatten()
        .map(|money| s.money(money))
        .collect();
    vec![
        s.fact(Label::Amount, &amounts.join(" – ")),
        s.fact(Label::Deadline, &funding.deadline),
        s.fact(Label::WhoDecides, &funding.who_decides),
        s.prose(&funding.decision_time),
        s.says(
            funding.open_to_unconstituted_groups == Some(true),
            Sentence::OpenToUnconstituted,
        ),
        s.says(funding.apply_by_talk, Sentence::ApplyByTalk),
        s.prose(&funding.how_to_apply),
        s.prose(&funding.reporting),
        s.prose(&funding.co_designed_with),
    ]
}

fn when_and_where(resource: &v1::Resource, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![
        s.schedule(resource.schedule.as_ref()),
        resource.availability.as_ref().and_then(|one| hours(one, s)),
        s.place(resource.place.as_ref()),
    ];
    if let Some(availability) = &resource.availability {
        items.insert(1, s.prose(&availability.words));
    }
    items.extend(s.online(resource.online.as_ref()));
    items
}

/// The usual week, one line a row.
fn hours(availability: &v1::Availability, s: &Sections<'_>) -> Option<Item> {
    let row = |hours: &v1::WeeklyHours| {
        let day = s.words.weekday(hours.weekday);
        let (from, until) = (time(&hours.opening_time, s), time(&hours.closing_time, s));
        format!("{day} {from} – {until}")
    };
    let rows: Vec<String> = availability.weekly.iter().map(row).collect();
    s.fact(Label::Hours, &rows.join("\n"))
}

/// A time of day as people say it; any other text as it is.
fn time(text: &str, s: &Sections<'_>) -> String {
    // The end of the day is 24:00.
    let known = NaiveTime::parse_from_str(&text.replace("24:00", "00:00"), "%H:%M");
    known.map_or_else(|_| text.to_owned(), |time| s.words.time(time))
}

fn conditions(resource: &v1::Resource, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![
        s.tags(Label::Rules, &resource.conditions),
        (resource.notice_hours > 0)
            .then(|| s.words.hours_ahead(u64::from(resource.notice_hours)))
            .and_then(|hours| s.fact(Label::Notice, &hours)),
    ];
    items.extend(requirements(resource, s));
    items
}

/// What a group must have to borrow it.
pub(super) fn requirements(resource: &v1::Resource, s: &Sections<'_>) -> Vec<Option<Item>> {
    let Some(required) = &resource.required_of_borrower else {
        return vec![s.says(true, Sentence::NothingRequired)];
    };
    let all = [
        (required.insurance, Requirement::Insurance),
        (required.constitution, Requirement::Constitution),
        (required.bank_account, Requirement::BankAccount),
    ];
    let all = all.into_iter().filter(|(is_required, _)| *is_required);
    let all: Vec<String> = all.map(|(_, one)| one.in_words(s.words)).collect();
    let deposit = required.deposit.as_ref();
    vec![
        s.tags(Label::Required, &all),
        deposit.and_then(|deposit| s.fact(Label::Required, &s.money(deposit))),
        s.prose(&required.other),
    ]
}
