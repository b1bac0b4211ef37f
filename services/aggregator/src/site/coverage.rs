//! `GET /coverage`, and its numbers and its picture as files: how many groups are listed in each
//! region.

use axum::extract::RawQuery;
use axum::response::Response;
use hedgerow_core::gazetteer::gazetteer;
use hedgerow_places::Places;
use hedgerow_proto::directory_v1::{
    EarlierCount, FacetKind, GetCoverageRequest, GetCoverageResponse, RegionCoverage,
};
use hedgerow_record_views::term;
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::pages::{Before, Coverage, CoverageView, Division, Region};
use hedgerow_web::{Nav, Text, response};
use http::{HeaderValue, StatusCode};

use super::map::COUNCILS;
use super::visit::Visit;
use table::{number, table};

mod table;

const SVG: HeaderValue = HeaderValue::from_static("image/svg+xml");
const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8");
/// Communities that are named for a region.
const MAX_PEOPLE: usize = 3;

pub(super) async fn coverage(visit: Visit, RawQuery(query): RawQuery) -> Response {
    let division = match division(query.as_deref()) {
        // The page has no table of hundreds of rows.
        Division::Councils => Division::Official,
        division => division,
    };
    match counts(&visit, division).await {
        Ok(counts) => {
            let shell = visit.shell.clone().at(Nav::About);
            let page = Coverage::new(shell, visit.maps(), view(&visit, &counts, division));
            response::page(StatusCode::OK, &page)
        }
        Err(failure) => visit.failed(&failure),
    }
}

pub(super) async fn file(visit: Visit, RawQuery(query): RawQuery) -> Response {
    match counts(&visit, division(query.as_deref())).await {
        Ok(counts) => response::file("coverage.csv", CSV, table(&counts)),
        Err(failure) => visit.failed(&failure),
    }
}

pub(super) async fn picture(visit: Visit) -> Response {
    match counts(&visit, Division::Official).await {
        Ok(counts) => {
            let regions = counts.regions.iter();
            let regions: Vec<Region> = regions.map(|it| region(&visit, it)).collect();
            let picture = Coverage::picture_file(visit.words(), visit.maps(), &regions);
            response::file("coverage.svg", SVG, picture.into_bytes())
        }
        Err(failure) => visit.failed(&failure),
    }
}

fn division(query: Option<&str>) -> Division {
    let wanted = format!("?{}", query.unwrap_or_default());
    let known = Division::ALL.into_iter().find(|one| one.query() == wanted);
    known.unwrap_or(Division::Official)
}

/// The counts, with every region that the division has.
async fn counts(visit: &Visit, division: Division) -> Result<GetCoverageResponse, CallFailure> {
    let scheme = match division {
        Division::Official => "ons",
        Division::Councils => COUNCILS,
        Division::Survey => "mind-2013",
    };
    let request = GetCoverageRequest {
        scheme: scheme.to_owned(),
        facets: vec![FacetKind::Community.into()],
        filter: None,
    };
    let mut counts = visit.get_coverage(request).await?;
    let all: Vec<&str> = match division {
        Division::Official => gazetteer().regions().collect(),
        Division::Councils => Places::embedded().councils(),
        Division::Survey => Vec::new(),
    };
    if !all.is_empty() {
        for name in all {
            if !counts.regions.iter().any(|region| region.region == name) {
                counts.regions.push(RegionCoverage {
                    region: name.to_owned(),
                    ..RegionCoverage::default()
                });
            }
        }
        counts
            .regions
            .sort_by(|one, other| one.region.cmp(&other.region));
    }
    Ok(counts)
}

fn view(visit: &Visit, counts: &GetCoverageResponse, division: Division) -> CoverageView {
    let before = counts.source.as_ref().map(|source| Before {
        title: Text::plain(&source.title),
        year: source.year.to_string(),
        note: Text::plain(&source.note),
        regions: counts
            .regions
            .iter()
            .filter(|region| !region.counted_before.is_empty())
            .map(|region| (Text::plain(&region.region), earlier(&region.counted_before)))
            .collect(),
        nationally: earlier(&counts.counted_nationally),
    });
    CoverageView {
        regions: counts.regions.iter().map(|it| region(visit, it)).collect(),
        elsewhere: counts.elsewhere,
        total: counts.total,
        division,
        before,
    }
}

fn region(visit: &Visit, region: &RegionCoverage) -> Region {
    // As people know it: the gazetteer's Eastern is the East of England.
    let mut areas = visit.maps().regions().areas.iter();
    let known = areas.find(|area| area.key == region.region);
    let name = known.map_or(region.region.as_str(), |area| area.name);
    let communities = region
        .facets
        .iter()
        .find(|facet| facet.kind() == FacetKind::Community);
    let people = communities.iter().flat_map(|facet| &facet.counts);
    Region {
        name: Text::plain(name),
        key: region.region.clone(),
        listings: region.listings,
        own: region.own_listings,
        people: people
            .take(MAX_PEOPLE)
            .map(|one| (Text::plain(&term(&one.value, visit.words())), one.count))
            .collect(),
    }
}

fn earlier(counts: &[EarlierCount]) -> Vec<(Text, Text)> {
    let counts = counts.iter();
    counts
        .map(|one| (Text::plain(&one.label), Text::plain(&number(one))))
        .collect()
}
