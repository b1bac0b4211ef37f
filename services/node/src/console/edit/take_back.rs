//! `/edit/{kind}/{key}/take-back`: takes a record back.

use hedgerow_core::name::RecordName;
use hedgerow_proto::steward_v1;
use hedgerow_web::Text;
use hedgerow_web::pages::console::edit::{Ask, AskView, Sentence};
use steward_v1::record_change::Change;

use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, invalid, page, see_other};
use super::super::steward::InGroup;
use super::outcome::{
    Outcome, check, confirmed, new_request_id, of_violations, request_id, violations_of,
};
use super::stored::Stored;
use super::target::Target;
use super::work::Work;

const ERASE: &str = "erase";

/// `GET`.
pub(super) async fn show(visit: InGroup, target: Target) -> Shown {
    let stored = stored(&visit, &target).await?;
    let name = &stored.record.entry.name;
    let id = new_request_id(&visit);
    let outcome = check(&visit, &[], |confirmed| {
        withdraw(&id, std::slice::from_ref(name), confirmed)
    })
    .await?;
    page(&Ask::new(
        visit.frame(target.nav()),
        view(&visit, &target, &stored, outcome),
    ))
}

/// `POST`.
pub(super) async fn take_back(
    visit: InGroup,
    target: Target,
    ConsoleForm(form): ConsoleForm,
) -> Shown {
    let stored = stored(&visit, &target).await?;
    let name = &stored.record.entry.name;
    let answers = confirmed(&form);
    let request = withdraw(
        &request_id(&visit, &form),
        std::slice::from_ref(name),
        &answers,
    );
    let erases = form.get(ERASE) == "yes";
    let result = if erases {
        visit.publish_for_good(request).await
    } else {
        visit.publish(request).await
    };
    if let Err(failure) = result {
        let violations = violations_of(failure)?;
        let outcome = of_violations(&violations, &answers, visit.steward.words());
        let view = view(&visit, &target, &stored, outcome);
        return invalid(&Ask::new(visit.frame(target.nav()), view));
    }
    Work::discard(&visit, &target).await?;
    let flash = if erases {
        "take-back-done-erased"
    } else {
        "take-back-done"
    };
    visit.steward.flash(flash).await?;
    see_other(&target.list_path(&visit))
}

async fn stored(visit: &InGroup, target: &Target) -> Result<Stored, Failed> {
    let name = target.name.as_ref().ok_or_else(Failed::not_found)?;
    let stored = Stored::read(visit, name).await?;
    stored.ok_or_else(Failed::not_found)
}

/// The request that takes records back.
pub(super) fn withdraw(
    request_id: &str,
    names: &[RecordName],
    confirmed: &[String],
) -> steward_v1::PublishRecordsRequest {
    let changes = names.iter().map(|name| steward_v1::RecordChange {
        change: Some(Change::Withdraw(name.to_proto())),
    });
    steward_v1::PublishRecordsRequest {
        request_id: request_id.to_owned(),
        changes: changes.collect(),
        confirmed: confirmed.to_vec(),
    }
}

fn view(visit: &InGroup, target: &Target, stored: &Stored, outcome: Outcome) -> AskView {
    let problems = outcome.problems.iter();
    AskView {
        heading: "take-back-heading",
        title: stored.title(),
        sentences: vec![
            Sentence::Key("take-back-about"),
            Sentence::Key("take-back-undo"),
        ],
        problems: problems.map(|it| Text::plain(&it.message)).collect(),
        questions: outcome.questions,
        option: Some((ERASE, "take-back-erase")),
        typed: None,
        hidden: Vec::new(),
        button: "take-back-button",
        action: format!("{}/take-back", target.path(visit)),
        back: target.path(visit),
        request: new_request_id(visit),
    }
}
