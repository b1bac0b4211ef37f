//! Exactly what will be public, before it is.

use hedgerow_core::recurrence::Budget;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::summary::Summary;
use hedgerow_record_views::sections::sections;
use hedgerow_record_views::{RecordContent, tag};
use hedgerow_web::Text;
use hedgerow_web::components::{Answer, Errors};
use hedgerow_web::form::Form;
use hedgerow_web::pages::console::first::{FirstCheck, FirstCheckView, PublicRecord, Question};
use hedgerow_web::pages::console::messages;

use super::answers::{Answers, read, require_right};
use super::preview::{NO_GROUP, Problem, plan};
use crate::console::draft::Drafts;
use crate::console::failed::Failed;
use crate::console::form::ConsoleForm;
use crate::console::respond::{Shown, invalid, page, see_other};
use crate::console::steward::Steward;
use crate::publish::Preview;
use crate::store::StoreError;

/// The draft with the questions that were confirmed.
const CONFIRMED: &str = "first-confirmed";

/// `GET /console/first/check`.
pub(super) async fn show(steward: Steward) -> Shown {
    require_right(&steward)?;
    let answers = read(&steward).await?;
    let view = view(&steward, &answers, &[]).await?;
    page(&FirstCheck::new(steward.frame(), view))
}

/// `POST`: all of it may be public.
pub(super) async fn agree(steward: Steward, ConsoleForm(form): ConsoleForm) -> Shown {
    require_right(&steward)?;
    let answers = read(&steward).await?;
    let confirmed: Vec<String> = form.all("confirmed").map(str::to_owned).collect();
    let mut view = view(&steward, &answers, &confirmed).await?;
    let is_open = view.questions.iter().any(|question| !question.is_confirmed);
    if is_open || !view.wrong.is_empty() {
        if is_open {
            let sentence = steward.words().text(messages::QUESTIONS_OPEN);
            view.errors.add("confirmed", &sentence);
        }
        return invalid(&FirstCheck::new(steward.frame(), view));
    }
    let mut kept = Form::default();
    for reason in &confirmed {
        kept.push("confirmed", reason);
    }
    kept.push("agreed", &answers.fingerprint());
    Drafts::new(&steward, None).put(CONFIRMED, &kept).await?;
    see_other("/console/first/words")
}

/// The confirmed questions, if the person has agreed to exactly these answers.
pub(super) async fn agreed(
    steward: &Steward,
    answers: &Answers,
) -> Result<Option<Vec<String>>, StoreError> {
    let draft = Drafts::new(steward, None).read(CONFIRMED).await?;
    let form = draft.map(|draft| draft.form).unwrap_or_default();
    let is_same = form.get("agreed") == answers.fingerprint();
    Ok(is_same.then(|| form.all("confirmed").map(str::to_owned).collect()))
}

pub(super) async fn forget_agreed(steward: &Steward) -> Result<(), StoreError> {
    Drafts::new(steward, None).delete(CONFIRMED).await
}

async fn view(
    steward: &Steward,
    answers: &Answers,
    confirmed: &[String],
) -> Result<FirstCheckView, Failed> {
    let planned = plan(steward, answers, &[]).await?;
    let is_wrong = |problem: &&Problem| problem.confirmation.is_none();
    let wrong: Vec<(String, Text)> = planned
        .problems
        .iter()
        .filter(is_wrong)
        .map(|problem| (problem.step.path(), Text::plain(&problem.sentence)))
        .collect();
    let questions = questions(&planned.problems, confirmed);
    let mut records = planned.records;
    if wrong.is_empty() && !questions.is_empty() {
        // As if all were confirmed, so that the person sees what a tick would publish.
        let all: Vec<String> = questions.iter().map(|it| it.value.clone()).collect();
        records = plan(steward, answers, &all).await?.records;
    }
    let directories = &steward.shared().config.aggregators;
    Ok(FirstCheckView {
        records: records
            .iter()
            .filter_map(|record| public_record(steward, record))
            .collect(),
        questions,
        wrong,
        errors: Errors::default(),
        directories: directories
            .iter()
            .map(|address| Text::plain(&address.host.to_string()))
            .collect(),
    })
}

/// The questions, one for each confirmation: a tick that confirms two must show both.
fn questions(problems: &[Problem], confirmed: &[String]) -> Vec<Question> {
    let mut questions: Vec<(&String, String)> = Vec::new();
    for problem in problems {
        let Some(value) = &problem.confirmation else {
            continue;
        };
        match questions.iter_mut().find(|(known, _)| *known == value) {
            Some((_, sentence)) => {
                sentence.push(' ');
                sentence.push_str(&problem.sentence);
            }
            None => questions.push((value, problem.sentence.clone())),
        }
    }
    let question = |(value, sentence): (&String, String)| Question {
        is_confirmed: confirmed.contains(value),
        value: value.clone(),
        sentence: Text::plain(&sentence),
    };
    questions.into_iter().map(question).collect()
}

/// What is in a record for searches alone.
fn also(steward: &Steward, content: &RecordContent) -> Vec<Answer> {
    let (rejected, who_for) = match &content.body {
        RecordBody::Listing(listing) => (listing.rejected_terms.as_slice(), &listing.who_for),
        RecordBody::Event(event) => (&[] as &[String], &event.who_for),
        _ => return Vec::new(),
    };
    let ticks = who_for
        .iter()
        .flat_map(|who| who.communities.iter().chain(&who.experiences));
    let answer = |key: &str, values: Vec<Text>| {
        (!values.is_empty()).then(|| Answer {
            label: steward.words().text(key),
            values,
            change: String::new(),
        })
    };
    let rejected = rejected.iter().map(|word| Text::plain(word)).collect();
    let ticks = ticks
        .map(|id| tag(id, &content.language, steward.words()))
        .collect();
    let answers = [
        answer(messages::ALSO_REJECTED, rejected),
        answer(messages::ALSO_TICKS, ticks),
    ];
    answers.into_iter().flatten().collect()
}

/// A record as its page shows it.
fn public_record(steward: &Steward, preview: &Preview) -> Option<PublicRecord> {
    let content = RecordContent::parse(&NO_GROUP, preview.record.as_ref()?)?;
    let summary = Summary::from_body(&content.body).unwrap_or_default();
    let now = steward.now();
    let adjustments = preview.adjustments.iter();
    Some(PublicRecord {
        title: Text::new(&summary.title, &content.language),
        summary: Text::new(&summary.summary, &content.language),
        sections: sections(&content, steward.words(), now, &Budget::default()),
        also: also(steward, &content),
        adjustments: adjustments.map(|words| Text::plain(words)).collect(),
    })
}
