//! `GET /map`, `/map/{region}` and `/map/{region}/{council}`: where groups are.
//!
//! An address names areas of the published maps, never a position. A record counts in an area by
//! what it publishes: none is shown more closely than its group chose.

use axum::extract::Path;
use axum::response::Response;
use hedgerow_proto::directory_v1::{FacetKind, GetCoverageRequest, GetCoverageResponse};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::form::Form;
use hedgerow_web::map::{Area, View};
use hedgerow_web::pages::{Map, MapView};
use hedgerow_web::{Nav, response};
use http::StatusCode;

use super::search;
use super::search_form::parse_form;
use super::visit::Visit;

/// The scheme of the regions, and that of the councils.
const REGIONS: &str = "ons";
pub(super) const COUNCILS: &str = "council";

pub(super) async fn map(visit: Visit) -> Response {
    match counts(&visit, REGIONS, None).await {
        Ok(counted) => show(&visit, visit.maps().regions(), None, &counted),
        Err(failure) => visit.failed(&failure),
    }
}

pub(super) async fn region(visit: Visit, Path(slug): Path<String>) -> Response {
    let maps = visit.maps();
    let (Some(view), Some(region)) = (maps.view(&slug), maps.regions().area(&slug)) else {
        return visit.problem(StatusCode::NOT_FOUND);
    };
    match counts(&visit, COUNCILS, Some(region)).await {
        Ok(counted) => show(&visit, view, Some(region), &counted),
        Err(failure) => visit.failed(&failure),
    }
}

/// The groups of a council's area, as results of a search.
pub(super) async fn council(
    visit: Visit,
    Path((region, slug)): Path<(String, String)>,
) -> Response {
    let view = visit.maps().view(&region);
    let Some(council) = view.and_then(|view| view.area(&slug)) else {
        return visit.problem(StatusCode::NOT_FOUND);
    };
    let mut form = Form::default();
    form.push("in", "listing");
    form.push("region", &format!("{COUNCILS}:{}", council.key));
    search::results(&visit, &form).await
}

/// The counts of a scheme, of all groups or of those in a region: the groups that a search finds.
async fn counts(
    visit: &Visit,
    scheme: &str,
    region: Option<&Area>,
) -> Result<GetCoverageResponse, CallFailure> {
    let mut form = Form::default();
    form.push("in", "listing");
    if let Some(region) = region {
        form.push("region", region.key);
    }
    // Names of regions are always read.
    let filter = parse_form(&form, visit).ok().map(|parsed| parsed.filter);
    let request = GetCoverageRequest {
        scheme: scheme.to_owned(),
        // The least that can be counted with it.
        facets: vec![FacetKind::Approach.into()],
        filter,
    };
    visit.get_coverage(request).await
}

fn show(
    visit: &Visit,
    view: &View,
    region: Option<&Area>,
    counted: &GetCoverageResponse,
) -> Response {
    let count = |area: &Area| {
        let found = counted.regions.iter().find(|one| one.region == area.key);
        found.map_or(0, |found| found.listings)
    };
    let map = MapView {
        view,
        region,
        counts: view.areas.iter().map(count).collect(),
        total: counted.total,
    };
    let page = Map::new(visit.shell.clone().at(Nav::More), &map);
    response::page(StatusCode::OK, &page)
}
