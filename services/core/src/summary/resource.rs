//! Summaries of offers and needs.

use hedgerow_proto::v1;
use hedgerow_proto::v1::ResourceKind;
use hedgerow_proto::v1::resource::Detail;

use super::cost::Cost;
use super::fields::Summary;
use super::place::SummaryPlace;
use super::texts::{Texts, accessibility_tags, timestamp, who_for_tags};
use super::use_limits::UseLimits;

/// Returns the kind of an offer or need, by the detail that it has.
#[must_use]
pub fn resource_kind(resource: &v1::Resource) -> ResourceKind {
    match resource.detail {
        Some(Detail::Space(_)) => ResourceKind::Space,
        Some(Detail::Equipment(_)) => ResourceKind::Equipment,
        Some(Detail::Skills(_)) => ResourceKind::Skills,
        Some(Detail::Training(_)) => ResourceKind::Training,
        Some(Detail::Documents(_)) => ResourceKind::Documents,
        Some(Detail::Funding(_)) => ResourceKind::Funding,
        Some(Detail::VolunteerTime(_)) => ResourceKind::VolunteerTime,
        Some(Detail::TimeCredits(_)) => ResourceKind::TimeCredits,
        None => ResourceKind::Unspecified,
    }
}

pub(super) fn offer(body: &v1::Offer) -> Summary {
    let mut summary = resource(body.resource.as_ref(), &[&body.how_to_ask]);
    let own_words = body.who_for.iter().map(|who| who.own_words.clone());
    summary.text.extend(own_words);
    summary.tags.extend(who_for_tags(&body.who_for));
    summary.who_for.clone_from(&body.who_for);
    summary.confirm_time = timestamp(body.confirm_time.as_ref());
    summary.last_day = Some(body.offered_until.clone()).filter(|day| !day.is_empty());
    summary
}

pub(super) fn need(body: &v1::Need) -> Summary {
    let mut summary = resource(body.resource.as_ref(), &[&body.purpose, &body.in_return]);
    summary.confirm_time = timestamp(body.confirm_time.as_ref());
    summary.last_day = Some(body.needed_by.clone()).filter(|day| !day.is_empty());
    summary
}

fn resource(body: Option<&v1::Resource>, words: &[&str]) -> Summary {
    let Some(body) = body else {
        return Summary::default();
    };
    let places: Vec<_> = body
        .place
        .iter()
        .filter_map(SummaryPlace::from_place)
        .collect();
    let accessibility = accessibility_tags(body.accessibility.as_ref());
    let mut text = Texts::default();
    text.add(words)
        .add(&[&body.description])
        .all(&body.conditions)
        .accessibility(body.accessibility.as_ref())
        .schedules(&body.schedule)
        .places(&places);
    let mut tags = [&body.tags, &accessibility].map(Vec::as_slice).concat();
    if let Some(detail) = &body.detail {
        add_detail(detail, &mut tags, &mut text);
    }
    let capacity = match &body.detail {
        Some(Detail::Space(space)) => space.capacity,
        _ => 0,
    };
    let online = body.online.as_ref();
    Summary {
        title: body.title.clone(),
        summary: body.summary.clone(),
        text: text.take(),
        tags,
        languages: body.languages.clone(),
        places,
        accessibility,
        resource_kind: Some(resource_kind(body)),
        funding_conditions: funding_conditions(body.detail.as_ref()),
        capacity: Some(capacity).filter(|capacity| *capacity != 0),
        cost: Cost::from_price(body.price.as_ref()),
        online: online.is_some_and(|online| online.available),
        online_only: online.is_some_and(|online| online.only),
        schedules: body.schedule.iter().cloned().collect(),
        availability: body.availability.clone(),
        use_limits: UseLimits::new(body),
        ..Summary::default()
    }
}

/// Terms for what a fund says about applying, in the index next to those of tags.
pub mod funding_condition {
    /// Groups without a constitution may apply.
    pub const UNCONSTITUTED: &str = "apply:unconstituted";
    /// People can apply by talking to someone.
    pub const TALK: &str = "apply:talk";
    /// People can apply by video or recording.
    pub const VIDEO: &str = "apply:video";
    /// There is no closing date.
    pub const ANY_TIME: &str = "apply:any-time";
    /// It pays for more than projects.
    pub const RUNNING_COSTS: &str = "apply:running-costs";
}

/// Whether a fund pays for what is not a project.
#[must_use]
pub fn pays_running_costs(fund: &v1::Funding) -> bool {
    matches!(
        fund.scope(),
        v1::FundingScope::Core | v1::FundingScope::CoreOrProject
    )
}

fn funding_conditions(detail: Option<&Detail>) -> Vec<&'static str> {
    let Some(Detail::Funding(fund)) = detail else {
        return Vec::new();
    };
    let is_open = fund.open_to_unconstituted_groups == Some(true);
    let conditions = [
        (is_open, funding_condition::UNCONSTITUTED),
        (fund.apply_by_talk, funding_condition::TALK),
        (fund.apply_by_video, funding_condition::VIDEO),
        (fund.rolling, funding_condition::ANY_TIME),
        (pays_running_costs(fund), funding_condition::RUNNING_COSTS),
    ];
    let met = conditions.into_iter().filter(|(is_met, _)| *is_met);
    met.map(|(_, condition)| condition).collect()
}

fn add_detail(detail: &Detail, tags: &mut Vec<String>, text: &mut Texts) {
    match detail {
        Detail::Space(it) => {
            tags.extend_from_slice(&it.features);
            text.add(&[&it.toilets, &it.out_of_hours, &it.who_is_on_site]);
        }
        Detail::Equipment(it) => {
            tags.extend_from_slice(&it.items);
            text.add(&[&it.handover, &it.instructions]);
        }
        Detail::Skills(it) => {
            tags.extend_from_slice(&it.skills);
            text.add(&[&it.how_much, &it.background]);
        }
        Detail::Training(it) => {
            tags.extend_from_slice(&it.topics);
            text.add(&[
                &it.accredited_by,
                &it.given_by,
                &it.where_given,
                &it.length,
                &it.entry,
            ]);
        }
        Detail::Documents(it) => {
            tags.extend_from_slice(&it.kinds);
            text.all(
                &it.documents
                    .iter()
                    .map(|link| link.label.clone())
                    .collect::<Vec<_>>(),
            );
        }
        Detail::Funding(it) => {
            text.add(&[
                &it.who_decides,
                &it.how_to_apply,
                &it.reporting,
                &it.co_designed_with,
            ]);
        }
        Detail::VolunteerTime(it) => {
            tags.extend_from_slice(&it.tasks);
            text.add(&[&it.checks, &it.expenses]);
        }
        Detail::TimeCredits(it) => {
            text.add(&[&it.scheme, &it.words]);
        }
    }
}
