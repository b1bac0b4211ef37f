//! What publishing would do or has done: the record, or the questions and problems of the rules.

use hedgerow_forms::{Form, locate};
use hedgerow_proto::steward_v1;
use hedgerow_record_views::rule_sentence;
use hedgerow_transport::failure::{Failure, FieldViolation};
use hedgerow_web::components::FieldGroup;
use hedgerow_web::pages::console::edit::Question;
use hedgerow_web::{Text, Words};

use super::super::failed::Failed;
use super::super::steward::InGroup;
use super::work::Work;
use crate::publish::Preview;

/// The reason for a record that was changed meanwhile.
pub(super) const CHANGED_MEANWHILE: &str = "etag_mismatch";

/// What publishing would do.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// One for each change; empty if a problem keeps it from being published.
    pub(super) previews: Vec<Preview>,
    pub(super) questions: Vec<Question>,
    /// Violations that cannot be confirmed.
    pub(super) problems: Vec<FieldViolation>,
}

/// Why it cannot be said what publishing would do.
#[derive(Debug)]
pub(super) enum NoOutcome {
    /// Somebody else changed the record.
    ChangedMeanwhile,
    Failed(Failed),
}

impl From<NoOutcome> for Failed {
    fn from(no: NoOutcome) -> Self {
        match no {
            NoOutcome::ChangedMeanwhile => Self::new(http::StatusCode::CONFLICT),
            NoOutcome::Failed(failed) => failed,
        }
    }
}

/// Has the node check a request without publishing it. `confirm` adds confirmations to it.
pub(super) async fn check(
    visit: &InGroup,
    confirmed: &[String],
    request: impl Fn(&[String]) -> steward_v1::PublishRecordsRequest,
) -> Result<Outcome, NoOutcome> {
    // Without confirmations, so that every question is shown, those that are answered too.
    let violations = match visit.preview(request(&[])).await {
        Ok(previews) => {
            return Ok(Outcome {
                previews,
                ..Outcome::default()
            });
        }
        Err(failure) => violations_of(failure)?,
    };
    let mut outcome = of_violations(&violations, confirmed, visit.steward.words());
    let all: Vec<String> = outcome
        .questions
        .iter()
        .map(|question| question.reason.clone())
        .collect();
    match visit.preview(request(&all)).await {
        Ok(previews) => outcome.previews = previews,
        Err(failure) => {
            // A confirmation may open the way to a further question.
            let further = of_violations(&violations_of(failure)?, confirmed, visit.steward.words());
            for question in further.questions {
                if !all.contains(&question.reason) {
                    outcome.questions.push(question);
                }
            }
            for problem in further.problems {
                if !outcome.problems.contains(&problem) {
                    outcome.problems.push(problem);
                }
            }
        }
    }
    Ok(outcome)
}

/// The violations of a failure.
pub(super) fn violations_of(failure: Failure) -> Result<Vec<FieldViolation>, NoOutcome> {
    if failure.reason() == CHANGED_MEANWHILE {
        return Err(NoOutcome::ChangedMeanwhile);
    }
    if failure.violations().is_empty() {
        return Err(NoOutcome::Failed(failure.into()));
    }
    Ok(failure.violations().to_vec())
}

pub(super) fn of_violations(
    violations: &[FieldViolation],
    confirmed: &[String],
    words: Words,
) -> Outcome {
    let mut outcome = Outcome::default();
    for violation in violations {
        if !violation.confirmable {
            outcome.problems.push(violation.clone());
            continue;
        }
        let sentence = rule_sentence(&violation.reason, &violation.message, words);
        // One tick answers a question about several fields.
        let same = |question: &&mut Question| question.reason == violation.reason;
        match outcome.questions.iter_mut().find(same) {
            Some(question) if question.sentence == sentence => {}
            Some(question) => {
                let both = format!("{} {}", question.sentence.as_str(), sentence.as_str());
                question.sentence = Text::plain(&both);
            }
            None => outcome.questions.push(Question {
                reason: violation.reason.clone(),
                sentence,
                is_confirmed: confirmed.contains(&violation.reason),
            }),
        }
    }
    outcome
}

/// The path of a violation in the body of the only change of a request.
pub(super) fn path_in_body(field: &str) -> &str {
    let path = ["changes[0].put.", "changes[0].replace."]
        .into_iter()
        .find_map(|prefix| field.strip_prefix(prefix))
        .unwrap_or(field);
    path.strip_prefix("draft.body.").unwrap_or(path)
}

/// The page and the control of the form that a violation is about. The first page if it is about
/// none.
pub(super) fn place_in_form(work: &Work, field: &str) -> (&'static str, Option<String>) {
    let path = path_in_body(field);
    let first = first_page(&work.form);
    let consent = [
        ("consent.given_date", "record.given"),
        ("consent.review_date", "record.review"),
        ("consent", "record.consent"),
        ("audience", "record.audience"),
        ("language", "record.language"),
    ];
    if let Some((_, control)) = consent.iter().find(|(field, _)| path.starts_with(field)) {
        return (last_page(&work.form), Some((*control).to_owned()));
    }
    for page in work.form.pages() {
        let groups: Vec<FieldGroup> = page.controls(&work.body);
        if let Some(name) = locate(&groups, path) {
            return (page.name, Some(name));
        }
    }
    (first, None)
}

pub(super) fn first_page(form: &Form) -> &'static str {
    form.pages().first().map_or("all", |page| page.name)
}

/// The page with who may see it, and its language.
pub(super) fn last_page(form: &Form) -> &'static str {
    form.pages().last().map_or("all", |page| page.name)
}

/// The reasons that a form confirms.
pub(super) fn confirmed(form: &hedgerow_web::form::Form) -> Vec<String> {
    form.all("confirm").map(str::to_owned).collect()
}

/// An id for a request, in a form: a form that is sent twice is applied once.
pub(super) fn new_request_id(visit: &InGroup) -> String {
    hex::encode(visit.shared().bytes::<16>())
}

/// The id that a form came with.
pub(super) fn request_id(visit: &InGroup, form: &hedgerow_web::form::Form) -> String {
    match form.get("request") {
        "" => new_request_id(visit),
        id => id.chars().take(64).collect(),
    }
}
