//! Money for groups, narrowed by what a fund says on how to apply. The index does not know that:
//! there are few funds, so their records are read.

use hedgerow_core::rules::RecordBody;
use hedgerow_proto::directory_v1::{SearchFilter, SearchHit, SearchRecordsRequest};
use hedgerow_proto::v1::Funding;
use hedgerow_proto::v1::resource::Detail;
use hedgerow_record_views::RecordContent;
use hedgerow_record_views::sections::pays_running_costs;
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::Text;
use hedgerow_web::form::Form;
use hedgerow_web::pages::ListView;
use hedgerow_web::view::{Choice, FilterGroup, FilterHeading};

use super::super::facets::{is_chosen, label};
use super::super::search::other_places;
use super::super::visit::Visit;
use super::rows::rows;
use super::terms::APPLY;

/// Funds that are read, the best ones by words and place.
const MAX_READ: usize = 300;
const PAGE_SIZE: usize = 20;
/// The most that the directory returns at once.
const BATCH: i32 = 100;

type Condition = fn(&Funding) -> bool;

const CONDITIONS: [(&str, Condition); 5] = [
    ("unconstituted", |fund| {
        fund.open_to_unconstituted_groups == Some(true)
    }),
    ("talk", |fund| fund.apply_by_talk),
    ("video", |fund| fund.apply_by_video),
    ("any-time", |fund| fund.rolling),
    ("running-costs", pays_running_costs),
];

pub(super) async fn fill(
    visit: &Visit,
    view: &mut ListView,
    filter: SearchFilter,
    page: &str,
) -> Result<(), CallFailure> {
    let (hits, is_partial) = read(visit, view, filter).await?;
    let hits: Vec<&SearchHit> = hits.iter().collect();
    let stored = visit.stored_of(&hits).await;
    let all: Vec<(&SearchHit, RecordContent)> = hits
        .into_iter()
        .zip(stored)
        .filter_map(|(hit, stored)| Some((hit, stored?)))
        .collect();
    let chosen: Vec<Condition> = conditions(|value| is_chosen(&view.form, APPLY, value)).collect();
    let fits = |conditions: &[Condition], stored: &RecordContent| {
        fund(stored).is_some_and(|fund| conditions.iter().all(|condition| condition(fund)))
    };
    view.filters = vec![filters(visit, &view.form, |condition| {
        let with = [chosen.as_slice(), &[condition]].concat();
        all.iter().filter(|(_, one)| fits(&with, one)).count()
    })];
    let fitting = all.into_iter().filter(|(_, stored)| fits(&chosen, stored));
    let fitting: Vec<(&SearchHit, Option<RecordContent>)> =
        fitting.map(|(hit, stored)| (hit, Some(stored))).collect();
    view.total = fitting.len() as u64;
    view.is_partial = is_partial;
    let from = page.parse::<usize>().unwrap_or_default().min(fitting.len());
    let until = fitting.len().min(from + PAGE_SIZE);
    if until < fitting.len() {
        view.next_page = until.to_string();
    }
    let (hits, stored): (Vec<_>, Vec<_>) = fitting.into_iter().skip(from).take(PAGE_SIZE).unzip();
    view.rows = rows(visit, view.list, &hits, &stored);
    Ok(())
}

/// The funds that a search finds, and whether there are more of them.
async fn read(
    visit: &Visit,
    view: &mut ListView,
    filter: SearchFilter,
) -> Result<(Vec<SearchHit>, bool), CallFailure> {
    let mut hits = Vec::new();
    let mut token = String::new();
    loop {
        let request = SearchRecordsRequest {
            filter: Some(filter.clone()),
            page_size: BATCH,
            page_token: token,
            ..SearchRecordsRequest::default()
        };
        let found = visit.search(request).await?;
        if let Some(near) = &found.near {
            view.near = Some((Text::plain(&near.name), near.is_inside_area));
            view.other_places = other_places(near);
        }
        hits.extend(found.hits);
        token = found.next_page_token;
        if token.is_empty() || hits.len() >= MAX_READ {
            return Ok((hits, !token.is_empty()));
        }
    }
}

fn conditions(is_wanted: impl Fn(&str) -> bool) -> impl Iterator<Item = Condition> {
    let wanted = CONDITIONS
        .into_iter()
        .filter(move |(name, _)| is_wanted(name));
    wanted.map(|(_, condition)| condition)
}

fn filters(visit: &Visit, form: &Form, count: impl Fn(Condition) -> usize) -> FilterGroup {
    let choices = CONDITIONS.into_iter().map(|(value, condition)| Choice {
        name: APPLY,
        value: value.to_owned(),
        label: Text::plain(&label(APPLY, value, visit.words())),
        count: Some(count(condition) as u64),
        is_chosen: is_chosen(form, APPLY, value),
    });
    FilterGroup {
        heading: FilterHeading::Apply,
        choices: choices.collect(),
    }
}

fn fund(stored: &RecordContent) -> Option<&Funding> {
    let RecordBody::Offer(offer) = &stored.body else {
        return None;
    };
    match offer.resource.as_ref()?.detail.as_ref()? {
        Detail::Funding(funding) => Some(funding),
        _ => None,
    }
}
