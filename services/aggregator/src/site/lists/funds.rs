//! Money for groups, narrowed by what a fund says about applying.

use hedgerow_core::summary::funding_condition;
use hedgerow_proto::directory_v1::{SearchFilter, SearchHit, SearchRecordsRequest};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::Text;
use hedgerow_web::pages::{LIST_ROWS, ListView};
use hedgerow_web::view::{Choice, FilterGroup, FilterHeading};
use tonic::Code;

use super::super::facets::{is_chosen, label};
use super::super::field_error::other_places;
use super::super::visit::Visit;
use super::rows::rows;
use super::terms::APPLY;

/// The values of the field, and the terms of the index by which they are searched.
const CONDITIONS: [(&str, &str); 5] = [
    ("unconstituted", funding_condition::UNCONSTITUTED),
    ("talk", funding_condition::TALK),
    ("video", funding_condition::VIDEO),
    ("any-time", funding_condition::ANY_TIME),
    ("running-costs", funding_condition::RUNNING_COSTS),
];

pub(super) async fn fill(
    visit: &Visit,
    view: &mut ListView,
    filter: SearchFilter,
    page: &str,
) -> Result<(), CallFailure> {
    let mut chosen = filter;
    let conditions = CONDITIONS.iter();
    let terms = conditions.filter(|(value, _)| is_chosen(&view.form, APPLY, value));
    chosen
        .tags
        .extend(terms.map(|(_, term)| (*term).to_owned()));
    let request = SearchRecordsRequest {
        filter: Some(chosen.clone()),
        page_size: LIST_ROWS,
        page_token: page.to_owned(),
        ..SearchRecordsRequest::default()
    };
    match visit.search(request).await {
        Ok(found) => {
            view.total = u64::try_from(found.total_size).unwrap_or_default();
            if let Some(near) = &found.near {
                view.near = Some((Text::plain(&near.name), near.is_inside_area));
                view.other_places = other_places(near);
            }
            view.next_page = found.next_page_token;
            let hits: Vec<&SearchHit> = found.hits.iter().collect();
            let stored = visit.stored_of(&hits).await;
            view.rows = rows(visit, view.list, &hits, &stored);
        }
        Err(failure) if is_unmet(&failure) => view.total = 0,
        Err(failure) => return Err(failure),
    }
    view.filters = vec![filters(visit, view, &chosen).await?];
    Ok(())
}

/// Each condition with the number of funds that meet it and those that are chosen.
async fn filters(
    visit: &Visit,
    view: &ListView,
    chosen: &SearchFilter,
) -> Result<FilterGroup, CallFailure> {
    let mut choices = Vec::new();
    for (value, term) in CONDITIONS {
        let is_chosen = is_chosen(&view.form, APPLY, value);
        let count = match is_chosen {
            true => view.total,
            false => count(visit, chosen, term).await?,
        };
        choices.push(Choice {
            name: APPLY,
            value: value.to_owned(),
            label: Text::plain(&label(APPLY, value, visit.words())),
            count: Some(count),
            is_chosen,
        });
    }
    Ok(FilterGroup {
        heading: FilterHeading::Apply,
        choices,
    })
}

async fn count(visit: &Visit, chosen: &SearchFilter, term: &str) -> Result<u64, CallFailure> {
    let mut filter = chosen.clone();
    filter.tags.push(term.to_owned());
    let request = SearchRecordsRequest {
        filter: Some(filter),
        page_size: 1,
        ..SearchRecordsRequest::default()
    };
    match visit.search(request).await {
        Ok(found) => Ok(u64::try_from(found.total_size).unwrap_or_default()),
        Err(failure) if is_unmet(&failure) => Ok(0),
        Err(failure) => Err(failure),
    }
}

/// Whether the search failed because no record of the directory meets a condition: to the directory
/// it is an unknown tag then.
fn is_unmet(failure: &CallFailure) -> bool {
    let mut violations = failure.violations.iter();
    failure.code == Code::InvalidArgument && violations.all(|one| one.field == "filter.tags")
}
