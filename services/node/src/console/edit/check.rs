//! `/edit/{kind}/{key}/check`: what exactly changes and what will be public, before it is.

use chrono::NaiveDateTime;
use hedgerow_core::recurrence::Budget;
use hedgerow_forms::{changes, next_days};
use hedgerow_proto::v1;
use hedgerow_record_views::sections::sections;
use hedgerow_record_views::{RecordContent, rule_sentence};
use hedgerow_transport::failure::FieldViolation;
use hedgerow_web::Text;
use hedgerow_web::pages::console::edit::{Check, CheckView, Compared};
use hedgerow_web::view::Section;
use prost::Message as _;

use super::super::form::ConsoleForm;
use super::super::respond::{Shown, invalid, page, see_other};
use super::super::steward::InGroup;
use super::outcome::{
    NoOutcome, Outcome, check, confirmed, first_page, new_request_id, of_violations, place_in_form,
    request_id, violations_of,
};
use super::stored::Stored;
use super::target::Target;
use super::work::Work;
use crate::audience::Audience;
use crate::publish::Preview;
use crate::store::StoreError;

/// Records whose titles are compared with that of a new one.
const MAX_COMPARED: u32 = 200;
/// The next days of a series that are shown.
const DAYS: usize = 5;

/// `GET`.
pub(super) async fn show(visit: InGroup, target: Target) -> Shown {
    let work = Work::read(&visit, &target).await?;
    if !work.is_saved() {
        return see_other(&target.form_path(&visit, first_page(&work.form)));
    }
    let same_title = has_same_title(&visit, &target, &work).await?;
    match outcome(&visit, &target, &work, &[]).await {
        Ok(outcome) => page(&Check::new(
            visit.frame(target.nav()),
            view(&visit, &target, &work, outcome, same_title),
        )),
        Err(NoOutcome::ChangedMeanwhile) => to_conflict(&visit, &target),
        Err(NoOutcome::Failed(failed)) => Err(failed),
    }
}

/// `POST`: publishes.
pub(super) async fn publish(
    visit: InGroup,
    target: Target,
    ConsoleForm(form): ConsoleForm,
) -> Shown {
    let work = Work::read(&visit, &target).await?;
    if !work.is_saved() {
        // Sent twice: the first time has published it.
        return see_other(&target.back(&visit));
    }
    let confirmed = confirmed(&form);
    let id = request_id(&visit, &form);
    let published = visit.publish(work.request(&target, &id, &confirmed)).await;
    let response = match published {
        Ok(response) => response,
        Err(failure) => {
            return match violations_of(failure) {
                Ok(violations) => refused(&visit, &target, &work, &violations, &confirmed).await,
                Err(NoOutcome::ChangedMeanwhile) => to_conflict(&visit, &target),
                Err(NoOutcome::Failed(failed)) => Err(failed),
            };
        }
    };
    Work::discard(&visit, &target).await?;
    let record = response.records.first();
    let is_same = record.is_some_and(|record| record.etag == work.base.etag);
    let flash = match (is_same, work.envelope.is_public()) {
        (true, _) => "edit-same",
        (false, true) => "edit-done",
        (false, false) => "edit-kept",
    };
    visit.steward.flash(flash).await?;
    let name = record.and_then(|record| record.name.as_ref());
    let target = name.and_then(|name| Target::new(&name.collection, &name.key));
    see_other(&target.map_or_else(|| visit.base(), |target| target.path(&visit)))
}

fn to_conflict(visit: &InGroup, target: &Target) -> Shown {
    see_other(&format!("{}/conflict", target.path(visit)))
}

async fn outcome(
    visit: &InGroup,
    target: &Target,
    work: &Work,
    answers: &[String],
) -> Result<Outcome, NoOutcome> {
    let id = new_request_id(visit);
    check(visit, answers, |confirmed| {
        work.request(target, &id, confirmed)
    })
    .await
}

/// The page again, with what keeps the record from being published.
async fn refused(
    visit: &InGroup,
    target: &Target,
    work: &Work,
    violations: &[FieldViolation],
    answers: &[String],
) -> Shown {
    let outcome = match outcome(visit, target, work, answers).await {
        Ok(outcome) => outcome,
        // What was wrong just now is at least shown.
        Err(_) => of_violations(violations, answers, visit.steward.words()),
    };
    let same_title = has_same_title(visit, target, work).await?;
    let view = view(visit, target, work, outcome, same_title);
    invalid(&Check::new(visit.frame(target.nav()), view))
}

fn view(
    visit: &InGroup,
    target: &Target,
    work: &Work,
    outcome: Outcome,
    same_title: bool,
) -> CheckView {
    let next = next_days(&work.body, visit.shared().now(), DAYS);
    let preview = outcome.previews.first();
    let is_public = match preview {
        Some(preview) => preview.audience == Audience::Public,
        None => work.envelope.is_public(),
    };
    let adjustments = preview.map_or(&[][..], |preview| &preview.adjustments);
    CheckView {
        title: work.title(),
        is_new: work.is_new(),
        changes: compared(visit, target, work),
        also: also(work),
        adjustments: adjustments.iter().map(|it| Text::plain(it)).collect(),
        problems: problems(visit, target, work, &outcome.problems),
        sections: preview
            .filter(|_| is_public)
            .map_or_else(Vec::new, |preview| preview_sections(visit, preview)),
        hints: hints(&next, same_title, work),
        questions: outcome.questions,
        is_public,
        next,
        action: format!("{}/check", target.path(visit)),
        change: target.form_path(visit, first_page(&work.form)),
        request: new_request_id(visit),
    }
}

/// Hints that do not have to be followed.
fn hints(next: &[NaiveDateTime], same_title: bool, work: &Work) -> Vec<&'static str> {
    let mut hints = Vec::new();
    let event = v1::Event::decode(work.body.encode_to_vec().as_slice()).ok();
    let event = event.filter(|_| work.form.kind() == "event" && next.is_empty());
    let takes_place = event.is_some_and(|event| {
        !event.schedule.unwrap_or_default().start.is_empty()
            && matches!(
                v1::EventStatus::try_from(event.status),
                Ok(v1::EventStatus::Planned | v1::EventStatus::Unspecified)
            )
    });
    if takes_place {
        hints.push("check-hint-over");
    }
    if same_title {
        hints.push("check-hint-duplicate");
    }
    hints
}

/// Whether the group has another record of the kind with the title of a new one.
async fn has_same_title(visit: &InGroup, target: &Target, work: &Work) -> Result<bool, StoreError> {
    let title = work.title();
    if !work.is_new() || title.is_empty() {
        return Ok(false);
    }
    let (records, _) = Stored::list(visit, target.kind, "", MAX_COMPARED).await?;
    Ok(records.iter().any(|record| record.title() == title))
}

fn compared(visit: &InGroup, target: &Target, work: &Work) -> Vec<Compared> {
    let changes = changes(&work.form, &work.base.body, &work.body);
    changes
        .into_iter()
        .map(|change| {
            let page = work.form.page_of(&change.path);
            let page = page.map_or_else(|| first_page(&work.form), |page| page.name);
            Compared {
                href: format!("{}#{}", target.form_path(visit, page), change.path),
                before: change.before,
                after: change.after,
            }
        })
        .collect()
}

/// Sentences on what changes besides the body.
fn also(work: &Work) -> Vec<&'static str> {
    let (before, after) = (&work.base.envelope, &work.envelope);
    let mut also = Vec::new();
    if !work.is_new() && before.audience != after.audience {
        also.push(if after.is_public() {
            "check-back-to-public"
        } else {
            "check-to-private"
        });
    }
    if before.language != after.language {
        also.push("check-language");
    }
    let consent =
        |it: &hedgerow_forms::Envelope| (it.given.clone(), it.review.clone(), it.consent.clone());
    if consent(before) != consent(after) {
        also.push("check-consent");
    }
    also
}

fn problems(
    visit: &InGroup,
    target: &Target,
    work: &Work,
    problems: &[FieldViolation],
) -> Vec<(Text, String)> {
    let found = problems.iter().map(|problem| {
        let (page, control) = place_in_form(work, &problem.field);
        let mut href = target.form_path(visit, page);
        if let Some(control) = control {
            href += &format!("#{control}");
        }
        let words = visit.steward.words();
        (
            rule_sentence(&problem.reason, &problem.message, words),
            href,
        )
    });
    found.collect()
}

/// What people will see of a record.
fn preview_sections(visit: &InGroup, preview: &Preview) -> Vec<Section> {
    let bytes = preview.record.as_deref().unwrap_or_default();
    sections_of(visit, bytes)
}

/// What people see of a record.
pub(super) fn sections_of(visit: &InGroup, bytes: &[u8]) -> Vec<Section> {
    let Some(content) = RecordContent::parse(&visit.group.id, bytes) else {
        return Vec::new();
    };
    let now = visit.shared().now();
    sections(&content, visit.steward.words(), now, &Budget::default())
}
