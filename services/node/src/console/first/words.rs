//! The recovery words, and publishing once they are on paper.

use hedgerow_core::id::Commitment;
use hedgerow_proto::steward_v1;
use hedgerow_web::Text;
use hedgerow_web::components::{Errors, Qr};
use hedgerow_web::form::Form;
use hedgerow_web::pages::console::first::{
    FirstPublished, FirstPublishedView, FirstWords, FirstWordsView, WordsStage,
};
use hedgerow_web::pages::console::{ConsoleNav, messages};
use zeroize::Zeroizing;

use super::answers::{Answers, forget, read, require_right};
use super::check::{agreed, forget_agreed};
use super::records::changes;
use crate::console::failed::Failed;
use crate::console::form::ConsoleForm;
use crate::console::phrases::Pending;
use crate::console::request::Browser;
use crate::console::respond::{Shown, invalid, page, see_other};
use crate::console::steward::{InGroup, Steward, base_of};
use crate::new_group::{add_group, free_label};

/// `GET /console/first/words`.
pub(super) async fn show(steward: Steward, browser: Browser) -> Shown {
    require_right(&steward)?;
    let answers = read(&steward).await?;
    if agreed(&steward, &answers).await?.is_none() {
        return see_other("/console/first/check");
    }
    let name = answers.about.get("name").to_owned();
    let label = steward.words().text(messages::WORDS_CODE);
    let phrases = &steward.console().phrases;
    let waiting = phrases.with(steward.session(), |pending| words_of(pending, &label));
    let stage = waiting.unwrap_or(WordsStage::Explain);
    page(&words_page(
        &steward,
        &browser,
        &name,
        stage,
        Errors::default(),
    ))
}

/// `POST`: makes the words, shows them again, checks two of them, publishes.
pub(super) async fn go_on(
    steward: Steward,
    browser: Browser,
    ConsoleForm(form): ConsoleForm,
) -> Shown {
    require_right(&steward)?;
    let answers = read(&steward).await?;
    let Some(confirmed) = agreed(&steward, &answers).await? else {
        return see_other("/console/first/check");
    };
    let phrases = &steward.console().phrases;
    let (session, name) = (steward.session(), answers.about.get("name"));
    let show = |stage, errors| words_page(&steward, &browser, name, stage, errors);
    match form.get("do") {
        "make" => {
            phrases.begin(*session, steward.shared().random.as_ref());
            see_other("/console/first/words")
        }
        "written" => match phrases.with(session, confirm_stage) {
            Some(stage) => page(&show(stage, Errors::default())),
            None => see_other("/console/first/words"),
        },
        "confirm" => {
            let checked = phrases.with(session, |pending| {
                let wrong = wrong_words(pending, &form);
                (wrong, confirm_stage(pending), pending.phrase.commitment(1))
            });
            let Some((wrong, stage, commitment)) = checked else {
                return see_other("/console/first/words");
            };
            if !wrong.is_empty() {
                let mut errors = Errors::default();
                for index in wrong {
                    let sentence = steward.words().text(messages::WORD_WRONG);
                    errors.add(&format!("word-{}", index + 1), &sentence);
                }
                return invalid(&show(stage, errors));
            }
            phrases.end(session);
            publish(&steward, &answers, &confirmed, commitment).await
        }
        // Words that the browser has made: only it has them.
        "own" => match form.get("commitment").parse() {
            Ok(commitment) => publish(&steward, &answers, &confirmed, commitment).await,
            Err(_) => see_other("/console/first/words"),
        },
        _ => see_other("/console/first/words"),
    }
}

/// Makes the group and publishes what was agreed to.
async fn publish(
    steward: &Steward,
    answers: &Answers,
    confirmed: &[String],
    commitment: Commitment,
) -> Shown {
    let shared = steward.shared();
    let person = steward.person();
    let label = match &person.may_add {
        Some(label) => label.clone(),
        None => free_label(shared, answers.about.get("name")).await?,
    };
    let group = add_group(shared, &label, commitment, Some(person)).await;
    let (group, _) = group.map_err(|error| Failed::because(&error.to_string()))?;
    let language = steward.words().tag();
    let request = steward_v1::PublishRecordsRequest {
        request_id: format!("first-{}", hex::encode(shared.bytes::<8>())),
        changes: changes(answers, confirmed, language, steward.now()),
        ..steward_v1::PublishRecordsRequest::default()
    };
    let visit = InGroup::of_new(steward, group).await?;
    visit.publish(request).await?;
    forget(steward).await?;
    forget_agreed(steward).await?;
    see_other(&format!("{}/published", base_of(&visit.group.id)))
}

/// `GET /console/g/{group}/published`.
pub(super) async fn published(visit: InGroup) -> Shown {
    let view = FirstPublishedView {
        name: visit.name.clone(),
        has_directories: !visit.shared().aggregators_of(&visit.group.id).is_empty(),
    };
    page(&FirstPublished::new(visit.frame(ConsoleNav::Home), view))
}

fn words_of(pending: &Pending, label: &str) -> WordsStage {
    let words = pending.phrase.words();
    let text = Zeroizing::new(words.join(" "));
    WordsStage::Show {
        code: Qr::new(&text, label),
        words: words.into_iter().map(str::to_owned).collect(),
    }
}

fn confirm_stage(pending: &Pending) -> WordsStage {
    let number = |index: &usize| u64::try_from(index + 1).unwrap_or_default();
    WordsStage::Confirm {
        asked: pending.asked.iter().map(number).collect(),
    }
}

/// The asked words that a form does not have.
fn wrong_words(pending: &Pending, form: &Form) -> Vec<usize> {
    let words = pending.phrase.words();
    let asked = pending.asked.iter().copied();
    let is_wrong = |index: &usize| {
        let typed = form.get(&format!("word-{}", index + 1));
        !words[*index].eq_ignore_ascii_case(typed)
    };
    asked.filter(is_wrong).collect()
}

fn words_page(
    steward: &Steward,
    browser: &Browser,
    name: &str,
    stage: WordsStage,
    errors: Errors,
) -> FirstWords {
    let view = FirstWordsView {
        stage,
        name: Text::plain(name),
        is_own_machine: browser.is_local,
        errors,
    };
    FirstWords::new(steward.frame(), view)
}
