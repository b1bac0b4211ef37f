//! A thing that a group offers or needs.

use chrono::NaiveTime;
use hedgerow_proto::v1;
use hedgerow_proto::v1::FundingScope;
use hedgerow_proto::v1::resource::Detail;
use hedgerow_web::Text;
use hedgerow_web::view::{Heading, Item, Label, Line, Requirement, Section, Sentence};

use super::builder::Sections;
use crate::words::{date, list, parsed_day};

const METRES_A_MILE: u64 = 1_609;

pub(crate) fn offer(offer: &v1::Offer, s: &Sections<'_>) -> Vec<Section> {
    let empty = v1::Resource::default();
    let resource = offer.resource.as_ref().unwrap_or(&empty);
    let mut join = vec![
        s.prose(&offer.how_to_ask),
        s.says(offer.small_groups_welcome, Sentence::SmallGroupsWelcome),
        s.date(Label::OfferedUntil, &offer.offered_until),
    ];
    join.extend(s.contacts(&offer.contacts));
    let sections = [
        s.section(Heading::Offered, offered(resource, s)),
        s.section(Heading::ForMe, s.who_for(&offer.who_for)),
        s.section(Heading::WhenAndWhere, when_and_where(resource, s)),
        s.section(Heading::Join, join),
        s.section(Heading::Safety, safety(resource, s)),
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
    wanted.push(s.date(Label::NeededBy, &need.needed_by));
    let mut place = when_and_where(resource, s);
    place.push(reach(need, s));
    let mut join = s.contacts(&need.contacts);
    join.push(s.fact(Label::InReturn, &need.in_return));
    let mut cost = s.price(Label::CanPay, need.can_pay.as_ref());
    cost.extend(s.price(Label::Price, resource.price.as_ref()));
    // A need that says nothing about these asks for nothing.
    let mut terms = vec![
        s.tags(Label::Rules, &resource.conditions),
        notice(resource, s),
    ];
    if resource.required_of_borrower.is_some() {
        terms.extend(requirements(resource, s));
    }
    let access = match &resource.accessibility {
        Some(access) => s.access(Some(access)),
        None => Vec::new(),
    };
    let sections = [
        s.section(Heading::Offered, wanted),
        s.section(Heading::WhenAndWhere, place),
        s.section(Heading::Join, join),
        s.section(Heading::Safety, safety(resource, s)),
        s.section(Heading::Conditions, terms),
        s.section(Heading::Access, access),
        s.section(Heading::Cost, cost),
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
            s.says(equipment.to_keep, Sentence::ToKeep),
            s.amount(Label::LongestLoan, "days-long", equipment.longest_days),
            s.fact(Label::Handover, &equipment.handover),
            s.fact(Label::Instructions, &equipment.instructions),
        ],
        Some(Detail::Skills(skills)) => vec![
            s.tags(Label::Items, &skills.skills),
            s.fact(Label::Amount, &skills.how_much),
            s.says(skills.mentoring, Sentence::Mentoring),
            s.fact(Label::Background, &skills.background),
        ],
        Some(Detail::Training(training)) => vec![
            s.tags(Label::Items, &training.topics),
            s.fact(Label::GivenBy, &training.given_by),
            s.fact(Label::Length, &training.length),
            s.either(
                training.accredited,
                Sentence::Accredited,
                Sentence::NotAccredited,
            ),
            s.fact(Label::AccreditedBy, &training.accredited_by),
            s.fact(Label::Entry, &training.entry),
            s.fact(Label::WhereGiven, &training.where_given),
            s.number(Label::Size, training.places),
        ],
        Some(Detail::Documents(documents)) => {
            let mut items = s.links(&documents.documents);
            items.push(s.tags(Label::Items, &documents.kinds));
            items.push(s.fact(Label::Licence, &documents.licence));
            items.push(s.date(Label::Reviewed, &documents.reviewed_date));
            items
        }
        Some(Detail::Funding(funding)) => funding_items(funding, s),
        Some(Detail::VolunteerTime(time)) => vec![
            s.tags(Label::Items, &time.tasks),
            s.number(Label::HoursAWeek, time.hours_a_week),
            s.number(Label::Size, time.people),
            s.fact(Label::Checks, &time.checks),
            s.fact(Label::Expenses, &time.expenses),
        ],
        Some(Detail::TimeCredits(credits)) => vec![
            s.fact(Label::Items, &credits.scheme),
            s.number(Label::Amount, credits.credits),
            s.amount(Label::CreditWorth, "minutes-long", credits.minutes_a_credit),
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
    ]
}

/// What others in the building learn: for some groups, whether they can come at all.
fn safety(resource: &v1::Resource, s: &Sections<'_>) -> Vec<Option<Item>> {
    let Some(Detail::Space(space)) = &resource.detail else {
        return Vec::new();
    };
    let Some(seen) = &space.seen_by_others else {
        return Vec::new();
    };
    vec![
        s.either(seen.door_sign, Sentence::DoorSign, Sentence::NoDoorSign),
        s.either(
            seen.booking_board,
            Sentence::BookingBoard,
            Sentence::NoBookingBoard,
        ),
        s.either(
            seen.staff_told_name,
            Sentence::StaffTold,
            Sentence::StaffNotTold,
        ),
        s.fact(Label::SeenByOthers, &seen.words),
    ]
}

/// From the smallest to the largest grant.
pub(super) fn grant(funding: &v1::Funding, s: &Sections<'_>) -> Option<Item> {
    let bounds = [&funding.smallest, &funding.largest];
    let amounts = bounds.into_iter().flatten().map(|money| s.money(money));
    s.ours(Label::Amount, &amounts.collect::<Vec<_>>().join(" – "))
}

fn funding_items(funding: &v1::Funding, s: &Sections<'_>) -> Vec<Option<Item>> {
    let scope = match funding.scope() {
        FundingScope::Core => Some(Sentence::RunningCostsOnly),
        FundingScope::Project => Some(Sentence::ProjectOnly),
        FundingScope::CoreOrProject => Some(Sentence::RunningCosts),
        FundingScope::Unspecified => None,
    };
    vec![
        grant(funding, s),
        scope.map(Item::Sentence),
        s.either(
            funding.open_to_unconstituted_groups,
            Sentence::OpenToUnconstituted,
            Sentence::ConstitutedOnly,
        ),
        s.date(Label::Deadline, &funding.deadline),
        s.says(funding.rolling, Sentence::AnyTime),
        s.says(funding.apply_by_talk, Sentence::ApplyByTalk),
        s.says(funding.apply_by_video, Sentence::ApplyByVideo),
        s.fact(Label::HowToApply, &funding.how_to_apply),
        s.fact(Label::WhoDecides, &funding.who_decides),
        s.fact(Label::DecisionTime, &funding.decision_time),
        s.says(funding.case_studies_accepted, Sentence::CaseStudies),
        s.says(
            funding.creative_feedback_accepted,
            Sentence::CreativeFeedback,
        ),
        s.fact(Label::Reporting, &funding.reporting),
        s.fact(Label::CoDesignedWith, &funding.co_designed_with),
    ]
}

/// How far a group can travel to what it needs.
pub(super) fn reach(need: &v1::Need, s: &Sections<'_>) -> Option<Item> {
    let miles = u64::from(need.within_km) * 1_000 / METRES_A_MILE;
    let reach = (need.within_km > 0).then(|| s.words.count("search-miles", miles.max(1)));
    s.ours(Label::WithinReach, &reach.unwrap_or_default())
}

fn when_and_where(resource: &v1::Resource, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![s.schedule(resource.schedule.as_ref())];
    if let Some(availability) = &resource.availability {
        items.push(s.prose(&availability.words));
        items.push(hours(availability, s));
        items.push(other_days(availability, s));
        items.push(holidays(availability, s));
        items.push(s.zone(&availability.time_zone));
    }
    if let Some(Detail::Space(space)) = &resource.detail {
        items.push(booking(space, s));
        items.push(s.amount(Label::BookAhead, "days-ahead", space.book_ahead_days));
    }
    items.push(s.place(resource.place.as_ref()));
    items.extend(s.online(resource.online.as_ref()));
    items
}

/// The usual week, one line a row.
fn hours(availability: &v1::Availability, s: &Sections<'_>) -> Option<Item> {
    let lines = availability.weekly.iter().map(|hours| {
        let day = s.words.weekday(hours.weekday);
        let day = match weeks(&hours.weeks_of_month, s) {
            Some(weeks) => s
                .words
                .with("hours-weeks", &[("day", &day), ("weeks", &weeks)]),
            None => day,
        };
        let (from, until) = (time(&hours.opening_time, s), time(&hours.closing_time, s));
        let line = s.words.with(
            "hours-line",
            &[("day", &day), ("from", &from), ("until", &until)],
        );
        let out = hours.out_of_hours.then(|| s.words.text("hours-out"));
        Line::new(Text::plain(&line), Text::plain(&out.unwrap_or_default()))
    });
    s.lines(Label::Hours, lines)
}

/// Those weeks of the month in which hours apply; `None` for all.
fn weeks(weeks: &[i32], s: &Sections<'_>) -> Option<String> {
    let names = weeks.iter().filter_map(|week| {
        Some(s.words.text(match week {
            1 => "c-first",
            2 => "c-second",
            3 => "c-third",
            4 => "c-fourth",
            5 => "c-fifth",
            -1 => "c-last",
            _ => return None,
        }))
    });
    let names: Vec<String> = names.map(|name| name.to_lowercase()).collect();
    (!names.is_empty()).then(|| list(&names, s.words))
}

/// Days that differ from the usual week, without those that are past.
fn other_days(availability: &v1::Availability, s: &Sections<'_>) -> Option<Item> {
    let lines = availability.exceptions.iter().filter_map(|one| {
        let last = match one.last_day.as_str() {
            "" => &one.first_day,
            _ => &one.last_day,
        };
        if parsed_day(last).is_some_and(|last| last < s.today()) {
            return None;
        }
        let (first, last) = (date(&one.first_day, s.words), date(last, s.words));
        let days = match first == last {
            true => first,
            false => s
                .words
                .with("days-from-to", &[("first", &first), ("last", &last)]),
        };
        let (from, until) = (time(&one.opening_time, s), time(&one.closing_time, s));
        let line = match from.is_empty() && until.is_empty() {
            true => s.words.with("hours-shut", &[("days", &days)]),
            false => s.words.with(
                "hours-open",
                &[("days", &days), ("from", &from), ("until", &until)],
            ),
        };
        Some(Line::new(Text::plain(&line), s.text(&one.words)))
    });
    s.lines(Label::OtherDays, lines)
}

/// The nation on whose bank holidays it is shut.
fn holidays(availability: &v1::Availability, s: &Sections<'_>) -> Option<Item> {
    let nation = match availability.holiday_calendar.as_str() {
        "GB-ENG" => s.words.text("c-england"),
        "GB-WLS" => s.words.text("c-wales"),
        "GB-SCT" => s.words.text("c-scotland"),
        "GB-NIR" => s.words.text("c-northern-ireland"),
        other => other.to_owned(),
    };
    s.ours(Label::Holidays, &nation)
}

/// The shortest and the longest use.
fn booking(space: &v1::Space, s: &Sections<'_>) -> Option<Item> {
    let bound = |key, minutes: u32| {
        let length = s.words.length(u64::from(minutes));
        (minutes > 0).then(|| s.words.with(key, &[("length", &length)]))
    };
    let bounds = [
        bound("book-at-least", space.shortest_minutes),
        bound("book-at-most", space.longest_minutes),
    ];
    let bounds: Vec<String> = bounds.into_iter().flatten().collect();
    s.ours(Label::BookFor, &bounds.join(", "))
}

/// A time of day as people say it; any other text as it is.
fn time(text: &str, s: &Sections<'_>) -> String {
    // The end of the day is 24:00.
    let known = NaiveTime::parse_from_str(&text.replace("24:00", "00:00"), "%H:%M");
    known.map_or_else(|_| text.to_owned(), |time| s.words.time(time))
}

fn notice(resource: &v1::Resource, s: &Sections<'_>) -> Option<Item> {
    let hours = u64::from(resource.notice_hours);
    let ahead = (hours > 0).then(|| s.words.hours_ahead(hours));
    s.ours(Label::Notice, &ahead.unwrap_or_default())
}

fn conditions(resource: &v1::Resource, s: &Sections<'_>) -> Vec<Option<Item>> {
    let mut items = vec![
        s.tags(Label::Rules, &resource.conditions),
        notice(resource, s),
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
    let all = all.map(|(_, one)| Text::plain(&one.in_words(s.words)));
    let deposit = required.deposit.as_ref().map(|deposit| s.money(deposit));
    vec![
        s.values(Label::Required, all),
        s.ours(Label::Deposit, &deposit.unwrap_or_default()),
        s.prose(&required.other),
    ]
}
