//! `POST /search`: the results of a search.

use axum::body::Body;
use axum::extract::{RawQuery, Request};
use axum::response::Response;
use hedgerow_core::name::collection;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::{ExpansionKind, SearchHit, SearchRecordsResponse};
use hedgerow_record_views::crisis::services;
use hedgerow_record_views::{english_only, tag};
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::form::Form;
use hedgerow_web::pages::{Found, Notice, Relaxation, SEARCH_ROWS, Search, SearchView};
use hedgerow_web::view::{Choice, ThisWeek};
use hedgerow_web::{Nav, Text, Words, response};
use http::StatusCode;
use tonic::Code;

use super::chosen::{chosen, labels_of};
use super::facets::{FACETS, TIMES, filters};
use super::field_error::{Refusal, fields_of, other_places, sentence, typed_error};
use super::hit::rows;
use super::picked::hrefs;
use super::quick::Quick;
use super::search_form::{apply_buttons, parse_form};
use super::this_week::this_week;
use super::visit::Visit;

/// Longest query of a link. The longest that a page makes is shorter.
const MAX_LINK_BYTES: usize = 16 * 1024;
/// Shown words that were searched as well.
const MAX_EXPANSIONS: usize = 3;
const MAX_ALTERNATIVES: usize = 6;
/// The distances to choose from, and their miles.
const DISTANCES: [(&str, u32); 6] = [
    ("3mi", 3),
    ("5mi", 5),
    ("10mi", 10),
    ("20mi", 20),
    ("50mi", 50),
    ("100mi", 100),
];

/// `GET /search`: a link that somebody made to share a search, or the address alone. The only
/// address with what a person typed.
pub(super) async fn by_link(visit: Visit, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    if query.len() > MAX_LINK_BYTES {
        return visit.problem(StatusCode::URI_TOO_LONG);
    }
    let form = apply_buttons(&Form::parse(query.as_bytes()));
    match find(&visit, &form, "").await {
        Ok(view) => {
            let is_by_link = form.fields().next().is_some();
            show(&visit, SearchView { is_by_link, ..view })
        }
        Err(failure) => visit.failed(&failure),
    }
}

/// The results of fields that another page chose.
pub(super) async fn results(visit: &Visit, form: &Form) -> Response {
    match find(visit, form, "").await {
        Ok(view) => show(visit, view),
        Err(failure) => visit.failed(&failure),
    }
}

pub(super) async fn search(visit: Visit, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let posted = match Form::read(&parts.headers, body).await {
        Ok(posted) => posted,
        Err(status) => return visit.problem(status),
    };
    let form = apply_buttons(&posted);
    match find(&visit, &form, posted.get("page")).await {
        Ok(view) => {
            let picked = hrefs(&posted);
            show(&visit, SearchView { picked, ..view })
        }
        Err(failure) => visit.failed(&failure),
    }
}

fn show(visit: &Visit, view: SearchView) -> Response {
    let status = match view.error {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let shell = visit.shell.clone().at(Nav::Home);
    response::page(status, &Search::new(shell, view))
}

/// Searches, or names the field that cannot be searched by.
async fn find(visit: &Visit, form: &Form, page: &str) -> Result<SearchView, CallFailure> {
    let mut view = SearchView {
        form: form.clone(),
        crisis: services(form.get("q")),
        ..SearchView::default()
    };
    let parsed = match parse_form(form, visit) {
        Ok(parsed) => parsed,
        Err(error) => {
            view.error = Some(typed_error(&error, visit.words()));
            return Ok(view);
        }
    };
    view.notes = parsed
        .notes
        .iter()
        .map(|note| note_text(note, visit.words()))
        .collect();
    let request = directory_v1::SearchRecordsRequest {
        filter: Some(parsed.filter),
        page_size: SEARCH_ROWS,
        page_token: page.to_owned(),
        facets: FACETS.map(Into::into).into(),
        ..Default::default()
    };
    match visit.search(request).await {
        Ok(response) => {
            let is_later_page = !page.is_empty();
            let week = async {
                match is_later_page {
                    true => None,
                    false => week_nearby(visit, form).await,
                }
            };
            // Both at once: a person waits for the slower one only.
            let (quick, week) = tokio::join!(Quick::count(visit, form, &response), week);
            let mut found = found(visit, form, response, &quick, is_later_page).await;
            found.this_week = week;
            if found.total == 0 {
                found.other_roles = quick.other_roles(visit.words());
                look_further(visit, form, &mut found).await;
            }
            view.found = Some(found);
        }
        Err(failure) if failure.code == Code::InvalidArgument => {
            let refusal = Refusal::new(&failure, visit.words());
            view.error = Some(refusal.error);
            view.guessed_places = refusal.places;
        }
        Err(failure) => return Err(failure),
    }
    Ok(view)
}

async fn found(
    visit: &Visit,
    form: &Form,
    response: SearchRecordsResponse,
    quick: &Quick,
    is_later_page: bool,
) -> Found {
    let words = visit.words();
    let hits: Vec<&SearchHit> = response.hits.iter().collect();
    let stored = visit.stored_of(&hits).await;
    let near = response.near.as_ref();
    let total = u64::try_from(response.total_size).unwrap_or_default();
    Found {
        hits: rows(&hits, &stored, words, visit.now),
        total,
        near: near.map(|near| (Text::plain(&near.name), near.is_inside_area)),
        other_places: near.map(other_places).unwrap_or_default(),
        notices: notices(&response, words),
        chosen: chosen(form, words),
        days: quick.days(words),
        filters: filters(&response.facets, quick.other_roles, form, words),
        this_week: None,
        other_roles: None,
        relaxations: relaxations(&response, form, visit),
        wider: None,
        next_page: response.next_page_token,
        is_later_page,
    }
}

fn notices(response: &SearchRecordsResponse, reader: Words) -> Vec<Notice> {
    let texts = |words: &[String]| {
        words
            .iter()
            .take(MAX_ALTERNATIVES)
            // Synonyms of the vocabulary, which has English ones only, or what was typed.
            .map(|it| english_only(it, reader))
            .collect()
    };
    let mut notices = Vec::new();
    if !response.left_out_words.is_empty() {
        notices.push(Notice::LeftOut(texts(&response.left_out_words)));
    }
    if !response.refused_words.is_empty() {
        notices.push(Notice::Refused(texts(&response.refused_words)));
    }
    notices.extend(response.unknown_values.iter().map(|unknown| {
        Notice::Unknown {
            typed: tag(&unknown.value, "", reader),
            nearest: unknown
                .nearest
                .iter()
                .map(|value| tag(value, "", reader))
                .collect(),
        }
    }));
    if response.total_size > 0 && response.relaxations.iter().any(|it| it.filter == "query") {
        notices.push(Notice::SomeWordsOnly);
    }
    if let Some(offer) = &response.place_offer {
        notices.push(Notice::PlaceAmongWords {
            place: Text::plain(&offer.place),
            query: offer.query.clone(),
        });
    }
    for expansion in response.expansions.iter().take(MAX_EXPANSIONS) {
        let typed = vocabulary().label(&expansion.term);
        let others = expansion.alternatives.iter();
        let others: Vec<String> = others.filter(|other| *other != typed).cloned().collect();
        if others.is_empty() {
            continue;
        }
        let typed = tag(&expansion.term, "", reader);
        notices.push(match expansion.kind() {
            ExpansionKind::Correction => Notice::Guess {
                typed,
                instead: texts(&others),
            },
            _ => Notice::Also {
                typed,
                others: texts(&others),
            },
        });
    }
    notices
}

/// What to leave out if nothing matches.
fn relaxations(response: &SearchRecordsResponse, form: &Form, visit: &Visit) -> Vec<Relaxation> {
    if response.total_size > 0 {
        return Vec::new();
    }
    let relaxations = response.relaxations.iter().filter_map(|relaxation| {
        let without = fields_of(&relaxation.filter);
        let label = labels_of(&without, form, visit.words());
        (!label.is_empty()).then_some(Relaxation {
            without,
            label: Some(label),
            count: relaxation.count,
        })
    });
    relaxations.collect()
}

/// Counts what there is further away, and without any filter, if nothing matches.
async fn look_further(visit: &Visit, form: &Form, found: &mut Found) {
    if found.near.is_some() {
        found.wider = wider(visit, form).await;
    }
    let mut without: Vec<String> = Vec::new();
    for (name, _) in form.fields().filter(|(name, _)| *name != "q") {
        if !without.iter().any(|other| other == name) {
            without.push(name.to_owned());
        }
    }
    if found.relaxations.is_empty() && without.len() > 1 {
        let mut words = form.clone();
        for name in &without {
            words.remove(name, None);
        }
        let count = count(visit, &words).await;
        found.relaxations.extend((count > 0).then_some(Relaxation {
            without,
            label: None,
            count,
        }));
    }
}

/// What is on near the place, unless the search names a time of its own or has events alone. The
/// results are shown without it if it fails.
async fn week_nearby(visit: &Visit, form: &Form) -> Option<ThisWeek> {
    let has_time = TIMES.iter().any(|field| !form.get(field).is_empty());
    if form.get("near").is_empty() || has_time || form.all("in").eq([collection::EVENT]) {
        return None;
    }
    let found = this_week(visit, form).await.ok()?.ok()?;
    (!found.week.events.is_empty()).then_some(found.week)
}

/// The next distance to choose at which there are hits.
async fn wider(visit: &Visit, form: &Form) -> Option<Choice> {
    let within = Some(form.get("within")).filter(|it| !it.is_empty());
    let within = within.unwrap_or("20mi");
    let at = DISTANCES.iter().position(|(name, _)| *name == within)?;
    for (name, miles) in &DISTANCES[at + 1..] {
        let mut further = form.clone();
        further.remove("within", None);
        further.push("within", name);
        let count = count(visit, &further).await;
        if count > 0 {
            let label = visit.words().count("search-miles", u64::from(*miles));
            return Some(Choice {
                name: "set-within",
                value: (*name).to_owned(),
                label: Text::plain(&label),
                count: Some(count),
                is_chosen: false,
            });
        }
    }
    None
}

/// The number of hits of a form; 0 if it cannot be searched by.
async fn count(visit: &Visit, form: &Form) -> u64 {
    let Ok(parsed) = parse_form(form, visit) else {
        return 0;
    };
    let request = directory_v1::SearchRecordsRequest {
        filter: Some(parsed.filter),
        page_size: 1,
        ..Default::default()
    };
    let found = visit.search(request).await;
    found.map_or(0, |found| {
        u64::try_from(found.total_size).unwrap_or_default()
    })
}

/// A note of the command line without its options, which a page does not have.
fn note_text(note: &str, words: Words) -> Text {
    let before = note.split(". To find").next().unwrap_or(note);
    english_only(&sentence(before), words)
}
