//! One of the five pages.

use axum::extract::Path;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_web::Text;
use hedgerow_web::components::{Errors, FieldChoice};
use hedgerow_web::form::Form;
use hedgerow_web::pages::console::first::{FirstPage, FirstReading, FirstStep, FirstStepView};
use hedgerow_web::pages::console::messages;

use super::answers::{read, require_right, save as save_answers};
use super::preview::plan;
use super::when;
use crate::console::failed::Failed;
use crate::console::form::ConsoleForm;
use crate::console::respond::{Shown, invalid, page, see_other};
use crate::console::steward::Steward;

/// `GET /console/first`: where the person stopped.
pub(super) async fn start(steward: Steward) -> Shown {
    require_right(&steward)?;
    let answers = read(&steward).await?;
    let unsent = FirstStep::ALL
        .into_iter()
        .find(|step| answers.of(*step).fields().next().is_none());
    match unsent {
        Some(step) => see_other(&step.path()),
        None => see_other("/console/first/check"),
    }
}

pub(super) async fn show(steward: Steward, Path(step): Path<String>) -> Shown {
    require_right(&steward)?;
    let step = FirstStep::parse(&step).ok_or_else(Failed::not_found)?;
    let form = read(&steward).await?.of(step).clone();
    page(&FirstPage::new(
        steward.frame(),
        view(&steward, step, form, Errors::default()),
    ))
}

/// Saves what was written, right or wrong, and goes on if nothing is wrong with it.
pub(super) async fn save(
    steward: Steward,
    Path(step): Path<String>,
    ConsoleForm(form): ConsoleForm,
) -> Shown {
    require_right(&steward)?;
    let step = FirstStep::parse(&step).ok_or_else(Failed::not_found)?;
    save_answers(&steward, step, &form).await?;
    let errors = errors(&steward, step, &form).await?;
    if !errors.is_empty() {
        return invalid(&FirstPage::new(
            steward.frame(),
            view(&steward, step, form, errors),
        ));
    }
    // Dates are shown once before they count.
    let words = form.get("when");
    if step == FirstStep::When && !words.is_empty() && form.get("seen") != words {
        let view = view(&steward, step, form, Errors::default());
        return page(&FirstPage::new(steward.frame(), view));
    }
    match step.next() {
        Some(next) => see_other(&next.path()),
        None => see_other("/console/first/check"),
    }
}

/// What the node's rules and this page's own find wrong.
async fn errors(steward: &Steward, step: FirstStep, form: &Form) -> Result<Errors, Failed> {
    let mut errors = Errors::default();
    let words = steward.words();
    let place = form.get("place");
    if step == FirstStep::Where {
        let missing = match place {
            "town" if form.get("town").is_empty() => Some("town"),
            "exact" if form.get("street").is_empty() => Some("street"),
            _ => None,
        };
        if let Some(input) = missing {
            errors.add(input, &words.text(messages::PLACE_MISSING));
        }
        let code = form.get("district").to_uppercase().replace(' ', "");
        let district = hedgerow_core::gazetteer::gazetteer().district(&code);
        if place == "district" && district.is_none() {
            errors.add("district", &words.text(messages::DISTRICT_UNKNOWN));
        }
    }
    if !errors.is_empty() {
        return Ok(errors);
    }
    let mut answers = read(steward).await?;
    answers.set(step, form.clone());
    let planned = plan(steward, &answers, &[]).await?;
    for problem in planned.problems {
        // Questions are asked on the last page, together.
        if problem.step == step && problem.confirmation.is_none() {
            errors.add(problem.input, &problem.sentence);
        }
    }
    Ok(errors)
}

fn view(steward: &Steward, step: FirstStep, form: Form, errors: Errors) -> FirstStepView {
    let is_who = step == FirstStep::Who;
    let choices = |name, group| match is_who {
        true => terms(&form, name, group),
        false => Vec::new(),
    };
    let words = form.get("when");
    let has_reading = step == FirstStep::When && !words.is_empty() && errors.is_empty();
    let reading = has_reading.then(|| reading(steward, &form));
    FirstStepView {
        step,
        communities: choices("community", "community:"),
        experiences: choices("experience", "experience:"),
        reading,
        form,
        errors,
    }
}

fn terms(form: &Form, name: &str, group: &str) -> Vec<FieldChoice> {
    let terms = vocabulary().terms().iter();
    let terms = terms.filter(|term| term.id.starts_with(group));
    terms
        .map(|term| {
            let is_chosen = form.all(name).any(|id| id == term.id);
            FieldChoice::new(&term.id, Text::plain(&term.label), is_chosen)
        })
        .collect()
}

fn reading(steward: &Steward, form: &Form) -> FirstReading {
    let now = steward.now();
    let read = when::read(form.get("when"), form.get("nation"), now);
    let dated = read.schedules.first().filter(|it| !it.start.is_empty());
    FirstReading {
        rule: read.rule.as_deref().map(Text::plain),
        times: dated.map(|schedule| {
            let budget = hedgerow_core::recurrence::Budget::default();
            hedgerow_record_views::times::times(schedule, steward.words().tag(), now, &budget)
        }),
        open: read.open.into_iter().map(Text::plain).collect(),
    }
}
