//! One of the five pages.

use axum::extract::Path;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_record_views::recurrence::rule_in_words;
use hedgerow_record_views::tag;
use hedgerow_web::components::{Caption, Control, Errors, FieldChoice};
use hedgerow_web::form::Form;
use hedgerow_web::pages::console::first::{FirstPage, FirstReading, FirstStep, FirstStepView};
use hedgerow_web::pages::console::messages;
use hedgerow_web::{Text, Words};
use http::StatusCode;

use super::answers::{Typed, keep_typed, read, read_typed, require_right, save as save_answers};
use super::preview::plan;
use super::when;
use crate::console::failed::Failed;
use crate::console::form::ConsoleForm;
use crate::console::respond::{Shown, invalid, page, see_other, without_page};
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
    let typed = read_typed(&steward, step).await?;
    page(&FirstPage::new(
        steward.frame(),
        view(&steward, step, typed, Errors::default()),
    ))
}

/// `POST …/draft`: keeps what is typed, until the page is sent.
pub(super) async fn keep(
    steward: Steward,
    Path(step): Path<String>,
    ConsoleForm(form): ConsoleForm,
) -> Shown {
    require_right(&steward)?;
    let step = FirstStep::parse(&step).ok_or_else(Failed::not_found)?;
    let status = match keep_typed(&steward, step, &form).await? {
        true => StatusCode::NO_CONTENT,
        false => StatusCode::CONFLICT,
    };
    without_page(status)
}

/// Saves what was written, right or wrong, and goes on if nothing is wrong with it.
pub(super) async fn save(
    steward: Steward,
    Path(step): Path<String>,
    ConsoleForm(form): ConsoleForm,
) -> Shown {
    require_right(&steward)?;
    let step = FirstStep::parse(&step).ok_or_else(Failed::not_found)?;
    let revision = save_answers(&steward, step, &form).await?;
    let typed = || Typed {
        form: form.clone(),
        revision,
        is_typed: false,
    };
    let errors = errors(&steward, step, &form).await?;
    if !errors.is_empty() {
        return invalid(&FirstPage::new(
            steward.frame(),
            view(&steward, step, typed(), errors),
        ));
    }
    if step == FirstStep::When && !form.get("when").is_empty() {
        let mut errors = Errors::default();
        // Dates are shown once before they count.
        let is_new = form.get("seen") != when::fingerprint(&form);
        if !is_new && !when::wants_only_words(&form) {
            for question in when::read(&form, steward.now()).questions {
                let input = format!("{}.{}", when::ANSWERS, question.name());
                errors.add(&input, &steward.words().text(question.error_key()));
            }
        }
        let is_wrong = !errors.is_empty();
        let view = || view(&steward, step, typed(), errors.clone());
        if is_wrong {
            return invalid(&FirstPage::new(steward.frame(), view()));
        }
        if is_new {
            return page(&FirstPage::new(steward.frame(), view()));
        }
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

fn view(steward: &Steward, step: FirstStep, typed: Typed, errors: Errors) -> FirstStepView {
    let form = typed.form;
    let is_who = step == FirstStep::Who;
    let choices = |name, group| match is_who {
        true => terms(&form, name, group, steward.words()),
        false => Vec::new(),
    };
    let has_reading = step == FirstStep::When && !form.get("when").is_empty();
    let reading = has_reading.then(|| reading(steward, &form, &errors));
    FirstStepView {
        step,
        communities: choices("community", "community:"),
        experiences: choices("experience", "experience:"),
        reading,
        form,
        revision: typed.revision,
        is_typed: typed.is_typed,
        errors,
    }
}

fn terms(form: &Form, name: &str, group: &str, words: Words) -> Vec<FieldChoice> {
    let terms = vocabulary().terms().iter();
    let terms = terms.filter(|term| term.id.starts_with(group));
    terms
        .map(|term| {
            let is_chosen = form.all(name).any(|id| id == term.id);
            FieldChoice::new(&term.id, tag(&term.id, "", words), is_chosen)
        })
        .collect()
}

fn reading(steward: &Steward, form: &Form, errors: &Errors) -> FirstReading {
    let now = steward.now();
    let read = when::read(form, now);
    let dated = read.schedules.first().filter(|it| !it.start.is_empty());
    let answers = when::answers(form);
    let mut questions: Vec<Control> = when::questions(form, now)
        .iter()
        .map(|question| question.control(when::ANSWERS, &answers))
        .collect();
    for control in &mut questions {
        control.error = errors.of(&control.name).map(Caption::Words);
    }
    FirstReading {
        seen: when::fingerprint(form),
        rule: dated
            .and_then(|schedule| schedule.rrules.first())
            .and_then(|rule| rule_in_words(rule, steward.words()))
            .or(read.rule)
            .map(|rule| Text::plain(&rule)),
        times: dated.map(|schedule| {
            let budget = hedgerow_core::recurrence::Budget::default();
            let words = steward.words();
            hedgerow_record_views::times::times(schedule, words.tag(), words, now, &budget)
        }),
        questions,
        only_words: when::wants_only_words(form),
    }
}
