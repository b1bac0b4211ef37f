//! `/coverage`, and its numbers and its picture as files: how many groups are listed in each region,
//! and for whom.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use hedgerow_core::gazetteer::gazetteer;
use hedgerow_places::Places;
use hedgerow_proto::directory_v1::{
    EarlierCount, FacetKind, GetCoverageRequest, GetCoverageResponse, RegionCoverage, SearchFilter,
};
use hedgerow_record_views::{capitalised, term};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::form::Form;
use hedgerow_web::pages::{Before, Coverage, CoverageView, Division, PeopleTable, Region};
use hedgerow_web::view::Choice;
use hedgerow_web::{Nav, Text, response};
use http::{HeaderValue, StatusCode};

use super::map::COUNCILS;
use super::search_form::parse_form;
use super::visit::Visit;
use table::{count_of, number, table};

mod table;

const SVG: HeaderValue = HeaderValue::from_static("image/svg+xml");
const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8");
/// The facets of whom a group is for.
const PEOPLE: [FacetKind; 2] = [FacetKind::Community, FacetKind::Experience];
/// People to choose from.
const MAX_PEOPLE: usize = 60;
/// Columns of the page's table of people.
const MAX_COLUMNS: usize = 6;

/// What was chosen. Whom it is about is posted: an address with it would stay in a history.
struct Chosen {
    division: Division,
    people: String,
}

impl Chosen {
    fn of(form: &Form) -> Self {
        let wanted = match form.get("by") {
            "" => String::new(),
            by => format!("?by={by}"),
        };
        let known = Division::ALL.into_iter().find(|one| one.query() == wanted);
        Self {
            division: known.unwrap_or(Division::Official),
            people: form.get("who").to_owned(),
        }
    }

    fn linked(query: Option<&str>) -> Self {
        let mut form = Form::default();
        let read = Form::parse(query.unwrap_or_default().as_bytes());
        form.push("by", read.get("by"));
        Self::of(&form)
    }

    async fn posted(visit: &Visit, request: Request<Body>) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let read = Form::read(&parts.headers, body).await;
        let read = read.map_err(|status| visit.problem(status))?;
        Ok(Self::of(&read))
    }
}

pub(super) async fn coverage(visit: Visit, RawQuery(query): RawQuery) -> Response {
    page(&visit, Chosen::linked(query.as_deref())).await
}

pub(super) async fn chosen(visit: Visit, request: Request<Body>) -> Response {
    match Chosen::posted(&visit, request).await {
        Ok(chosen) => page(&visit, chosen).await,
        Err(problem) => problem,
    }
}

pub(super) async fn file(visit: Visit, RawQuery(query): RawQuery) -> Response {
    csv(&visit, Chosen::linked(query.as_deref())).await
}

pub(super) async fn chosen_file(visit: Visit, request: Request<Body>) -> Response {
    match Chosen::posted(&visit, request).await {
        Ok(chosen) => csv(&visit, chosen).await,
        Err(problem) => problem,
    }
}

pub(super) async fn picture(visit: Visit) -> Response {
    svg(&visit, Chosen::linked(None)).await
}

pub(super) async fn chosen_picture(visit: Visit, request: Request<Body>) -> Response {
    match Chosen::posted(&visit, request).await {
        Ok(chosen) => svg(&visit, chosen).await,
        Err(problem) => problem,
    }
}

async fn page(visit: &Visit, mut chosen: Chosen) -> Response {
    if chosen.division == Division::Councils {
        // The page has no table of hundreds of rows.
        chosen.division = Division::Official;
    }
    match counted(visit, &chosen).await {
        Ok(counted) => {
            let shell = visit.shell.clone().at(Nav::About);
            let view = view(visit, &counted, chosen.division);
            response::page(StatusCode::OK, &Coverage::new(shell, visit.maps(), view))
        }
        Err(failure) => visit.failed(&failure),
    }
}

async fn csv(visit: &Visit, chosen: Chosen) -> Response {
    match counted(visit, &chosen).await {
        Ok(counted) => {
            let people = counted.people.iter();
            let people: Vec<(&str, String)> = people
                .map(|people| (people.as_str(), term(people, visit.words())))
                .collect();
            response::file("coverage.csv", CSV, table(&counted.counts, &people))
        }
        Err(failure) => visit.failed(&failure),
    }
}

async fn svg(visit: &Visit, mut chosen: Chosen) -> Response {
    chosen.division = Division::Official;
    match counted(visit, &chosen).await {
        Ok(counted) => {
            let regions = counted.counts.regions.iter();
            let regions: Vec<Region> = regions.map(|it| region(visit, it)).collect();
            let people = counted.chosen.as_deref();
            let people = people.map(|people| capitalised(&term(people, visit.words())));
            let (words, maps) = (visit.words(), visit.maps());
            let picture = Coverage::picture_file(words, maps, &regions, people.as_deref());
            response::file("coverage.svg", SVG, picture.into_bytes())
        }
        Err(failure) => visit.failed(&failure),
    }
}

/// Counts of groups for the chosen people, or of all groups.
struct Counted {
    counts: GetCoverageResponse,
    /// The people whom any group is for, most groups first.
    people: Vec<String>,
    chosen: Option<String>,
}

async fn counted(visit: &Visit, chosen: &Chosen) -> Result<Counted, CallFailure> {
    let all = counts(visit, chosen.division, None).await?;
    let people = people(&all);
    // No other value is counted, repeated or kept.
    let known = people.iter().find(|people| **people == chosen.people);
    let Some(known) = known.cloned() else {
        return Ok(Counted {
            counts: all,
            people,
            chosen: None,
        });
    };
    Ok(Counted {
        counts: counts(visit, chosen.division, Some(&known)).await?,
        people,
        chosen: Some(known),
    })
}

/// The people whom groups are for in any region, most groups first.
fn people(counts: &GetCoverageResponse) -> Vec<String> {
    let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
    let facets = counts.regions.iter().flat_map(|region| &region.facets);
    for count in facets.flat_map(|facet| &facet.counts) {
        *sums.entry(count.value.as_str()).or_default() += count.count;
    }
    let mut people: Vec<(&str, u64)> = sums.into_iter().collect();
    people.sort_by_key(|(_, count)| Reverse(*count));
    people.truncate(MAX_PEOPLE);
    people
        .into_iter()
        .map(|(value, _)| value.to_owned())
        .collect()
}

/// The filter for groups of any kind that are for these people.
fn filter_for(visit: &Visit, people: &str) -> Option<SearchFilter> {
    let mut form = Form::default();
    form.push("in", "listing");
    form.push("any-role", "yes");
    form.push("who", people);
    // A value that was counted is one that can be searched by.
    parse_form(&form, visit).ok().map(|parsed| parsed.filter)
}

/// The counts, with every region that the division has.
async fn counts(
    visit: &Visit,
    division: Division,
    people: Option<&str>,
) -> Result<GetCoverageResponse, CallFailure> {
    let scheme = match division {
        Division::Official => "ons",
        Division::Councils => COUNCILS,
        Division::Survey => "mind-2013",
    };
    let request = GetCoverageRequest {
        scheme: scheme.to_owned(),
        facets: PEOPLE.map(Into::into).into(),
        filter: people.and_then(|people| filter_for(visit, people)),
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

fn view(visit: &Visit, counted: &Counted, division: Division) -> CoverageView {
    let counts = &counted.counts;
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
        people: choices(visit, counted),
        table: (counted.chosen.is_none() && !counted.people.is_empty())
            .then(|| people_table(visit, counted)),
        before,
    }
}

/// The people to choose from, by name.
fn choices(visit: &Visit, counted: &Counted) -> Vec<Choice> {
    let choice = |people: &String| Choice {
        name: "who",
        value: people.clone(),
        label: people_text(visit, people),
        count: None,
        is_chosen: counted.chosen.as_ref() == Some(people),
    };
    let mut choices: Vec<Choice> = counted.people.iter().map(choice).collect();
    choices.sort_by(|one, other| one.label.as_str().cmp(other.label.as_str()));
    choices
}

fn people_text(visit: &Visit, people: &str) -> Text {
    Text::plain(&capitalised(&term(people, visit.words())))
}

fn people_table(visit: &Visit, counted: &Counted) -> PeopleTable {
    let people = &counted.people[..counted.people.len().min(MAX_COLUMNS)];
    let regions = counted.counts.regions.iter();
    let row = |counts: &RegionCoverage| {
        let of_region = people.iter().map(|people| count_of(counts, people));
        (region(visit, counts).name, of_region.collect())
    };
    PeopleTable {
        people: people.iter().map(|one| people_text(visit, one)).collect(),
        regions: regions.map(row).collect(),
    }
}

fn region(visit: &Visit, region: &RegionCoverage) -> Region {
    // As people know it: the gazetteer's Eastern is the East of England.
    let mut areas = visit.maps().regions().areas.iter();
    let known = areas.find(|area| area.key == region.region);
    let name = known.map_or(region.region.as_str(), |area| area.name);
    Region {
        name: Text::plain(name),
        key: region.region.clone(),
        listings: region.listings,
        own: region.own_listings,
    }
}

fn earlier(counts: &[EarlierCount]) -> Vec<(Text, Text)> {
    let counts = counts.iter();
    counts
        .map(|one| (Text::plain(&one.label), Text::plain(&number(one))))
        .collect()
}
