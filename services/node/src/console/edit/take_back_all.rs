//! `/settings/take-back`: takes back everything that the group has.

use hedgerow_core::name::RecordName;
use hedgerow_web::Text;
use hedgerow_web::pages::console::ConsoleNav;
use hedgerow_web::pages::console::edit::{Ask, AskView, Sentence};

use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, invalid, page, see_other};
use super::super::steward::InGroup;
use super::outcome::{Outcome, check, confirmed, new_request_id, of_violations, violations_of};
use super::take_back::withdraw;

/// Records of one request.
const CHUNK: usize = 1_000;
/// The word that a person types, so that nothing is taken back by chance.
const SURE: &str = "everything";

/// `GET`.
pub(super) async fn show(visit: InGroup) -> Shown {
    visit.require_steward()?;
    let names = names(&visit).await?;
    let mut outcome = Outcome::default();
    for chunk in names.chunks(CHUNK) {
        let id = new_request_id(&visit);
        let of_chunk = check(&visit, &[], |confirmed| withdraw(&id, chunk, confirmed)).await?;
        outcome.questions.extend(of_chunk.questions);
    }
    page(&Ask::new(
        visit.frame(ConsoleNav::Settings),
        view(&visit, names.len(), outcome, None),
    ))
}

/// `POST`.
pub(super) async fn take_back(visit: InGroup, ConsoleForm(form): ConsoleForm) -> Shown {
    visit.require_steward()?;
    let answers = confirmed(&form);
    let names = names(&visit).await?;
    let refused = |outcome, problem| {
        let view = view(&visit, names.len(), outcome, problem);
        invalid(&Ask::new(visit.frame(ConsoleNav::Settings), view))
    };
    if !form.get("sure").eq_ignore_ascii_case(SURE) {
        let problem = visit.steward.words().text("take-back-all-wrong");
        return refused(Outcome::default(), Some(Text::plain(&problem)));
    }
    for chunk in names.chunks(CHUNK) {
        let request = withdraw(&new_request_id(&visit), chunk, &answers);
        if let Err(failure) = visit.publish_for_good(request).await {
            let violations = violations_of(failure)?;
            return refused(
                of_violations(&violations, &answers, visit.steward.words()),
                None,
            );
        }
    }
    visit.steward.flash("take-back-all-done").await?;
    see_other(&format!("{}/settings", visit.base()))
}

/// The names of all records, of every audience.
pub(super) async fn names(visit: &InGroup) -> Result<Vec<RecordName>, Failed> {
    let mut names: Vec<RecordName> = Vec::new();
    let mut reading = visit.shared().store.read().await?;
    loop {
        let after = names.last().map_or(("", ""), |name| {
            (name.collection.as_str(), name.key.as_str())
        });
        let page = reading.records(&visit.group.id, "", after, 500).await?;
        let is_last = page.len() < 500;
        names.extend(page.into_iter().map(|record| record.entry.name));
        if is_last {
            return Ok(names);
        }
    }
}

fn view(visit: &InGroup, count: usize, outcome: Outcome, problem: Option<Text>) -> AskView {
    let problems = outcome.problems.iter().map(|it| Text::plain(&it.message));
    AskView {
        heading: "take-back-all-heading",
        title: visit.name.clone(),
        sentences: vec![
            Sentence::Counted(
                "take-back-all-about",
                u64::try_from(count).unwrap_or_default(),
            ),
            Sentence::Key("take-back-about"),
            Sentence::Key("take-back-all-keeps"),
        ],
        problems: problem.into_iter().chain(problems).collect(),
        questions: outcome.questions,
        option: None,
        typed: Some("take-back-all-sure"),
        hidden: Vec::new(),
        button: "take-back-all-button",
        action: format!("{}/settings/take-back", visit.base()),
        back: format!("{}/settings", visit.base()),
        request: new_request_id(visit),
    }
}
