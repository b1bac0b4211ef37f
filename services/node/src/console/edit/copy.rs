//! `/events/copy`: last month's single events again, each on the same day of the week.

use chrono::{Datelike as _, Months, NaiveDate, NaiveDateTime};
use hedgerow_forms::{Body, move_to_day, same_weekday_in, single_start};
use hedgerow_input::day::parse_day;
use hedgerow_proto::steward_v1;
use hedgerow_record_views::times::today;
use hedgerow_web::Text;
use hedgerow_web::form::Form as Fields;
use hedgerow_web::pages::console::ConsoleNav;
use hedgerow_web::pages::console::edit::{Copies, CopiesView, CopyRow};
use prost::Message as _;
use steward_v1::record_change::Change;

use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, invalid, page, see_other};
use super::super::steward::InGroup;
use super::outcome::{
    Outcome, confirmed, new_request_id, of_violations, request_id, violations_of,
};
use super::stored::{Stored, draft};
use crate::audience::Audience;

/// Events that are looked through.
const MAX_EVENTS: u32 = 500;
/// Events that are copied at once.
const MAX_COPIES: usize = 60;

/// A single event, with its day in the new month.
struct Source {
    stored: Stored,
    body: Body,
    was: NaiveDateTime,
    day: NaiveDate,
    exists: bool,
}

/// `GET`.
pub(super) async fn show(visit: InGroup) -> Shown {
    let sources = sources(&visit).await?;
    let view = view(&visit, &sources, None, Outcome::default(), Vec::new());
    page(&Copies::new(visit.frame(ConsoleNav::Events), view))
}

/// `POST`: publishes the copies.
pub(super) async fn publish(visit: InGroup, ConsoleForm(form): ConsoleForm) -> Shown {
    let sources = sources(&visit).await?;
    let answers = confirmed(&form);
    let refused = |outcome, problems| {
        let view = view(&visit, &sources, Some(&form), outcome, problems);
        invalid(&Copies::new(visit.frame(ConsoleNav::Events), view))
    };
    let mut changes = Vec::new();
    for source in sources.iter().filter(|source| is_chosen(&form, source)) {
        let day = parse_day(form.get(&format!("day.{}", key(source))));
        let mut body = source.body.clone();
        if !day.is_some_and(|day| move_to_day(&mut body, day)) {
            let words = visit.steward.words().text("copy-error-day");
            return refused(Outcome::default(), vec![Text::plain(&words)]);
        }
        let envelope = source.stored.envelope();
        let mut draft = draft(body.encode_to_vec(), &envelope, None);
        draft.confirmed.clone_from(&answers);
        changes.push(steward_v1::RecordChange {
            change: Some(Change::Put(steward_v1::NewRecord {
                collection: "event".to_owned(),
                draft: Some(draft),
            })),
        });
    }
    changes.truncate(MAX_COPIES);
    let request = steward_v1::PublishRecordsRequest {
        request_id: request_id(&visit, &form),
        changes,
        confirmed: Vec::new(),
    };
    if request.changes.is_empty() {
        return see_other(&format!("{}/events", visit.base()));
    }
    if let Err(failure) = visit.publish(request).await {
        let outcome = of_violations(&violations_of(failure)?, &answers, visit.steward.words());
        return refused(outcome, Vec::new());
    }
    visit.steward.flash("copy-done").await?;
    see_other(&format!("{}/events", visit.base()))
}

fn key(source: &Source) -> &str {
    source.stored.record.entry.name.key.as_str()
}

fn is_chosen(form: &Fields, source: &Source) -> bool {
    form.all("copy").any(|chosen| chosen == key(source))
}

/// The first day of this month and of the one before.
fn months(visit: &InGroup) -> Option<(NaiveDate, NaiveDate)> {
    let this = today(visit.shared().now()).with_day(1)?;
    Some((this.checked_sub_months(Months::new(1))?, this))
}

/// The single events of last month in order, with their days in this one.
async fn sources(visit: &InGroup) -> Result<Vec<Source>, Failed> {
    let (last, this) = months(visit).ok_or_else(Failed::not_found)?;
    let (records, _) = Stored::list(visit, "event", "", MAX_EVENTS).await?;
    let mut sources = Vec::new();
    let mut there = Vec::new();
    for stored in records {
        let Some((_, body)) = stored.form() else {
            continue;
        };
        let Some(was) = single_start(&body) else {
            continue;
        };
        let is_in = |month: NaiveDate| (was.year(), was.month()) == (month.year(), month.month());
        if is_in(this) {
            there.push(stored.title());
        }
        let is_public = stored.record.entry.audience == Audience::Public;
        if !is_in(last) || !is_public {
            continue;
        }
        if let Some(day) = same_weekday_in(was.date(), this) {
            sources.push(Source {
                stored,
                body,
                was,
                day,
                exists: false,
            });
        }
    }
    for source in &mut sources {
        source.exists = there.contains(&source.stored.title());
    }
    sources.sort_by_key(|source| source.was);
    sources.truncate(MAX_COPIES);
    Ok(sources)
}

fn view(
    visit: &InGroup,
    sources: &[Source],
    form: Option<&Fields>,
    outcome: Outcome,
    mut problems: Vec<Text>,
) -> CopiesView {
    let (from, to) = months(visit).unwrap_or_default();
    let rows = sources.iter().map(|source| {
        let typed = form.map(|form| form.get(&format!("day.{}", key(source))).to_owned());
        CopyRow {
            key: key(source).to_owned(),
            title: source.stored.title(),
            was: source.was,
            day: typed.unwrap_or_else(|| source.day.to_string()),
            exists: source.exists,
            is_chosen: form.map_or(!source.exists, |form| is_chosen(form, source)),
        }
    });
    problems.extend(outcome.problems.iter().map(|it| Text::plain(&it.message)));
    CopiesView {
        from,
        to,
        rows: rows.collect(),
        problems,
        questions: outcome.questions,
        action: format!("{}/events/copy", visit.base()),
        back: format!("{}/events", visit.base()),
        request: new_request_id(visit),
    }
}
