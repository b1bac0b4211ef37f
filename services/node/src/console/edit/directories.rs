//! `POST /shown`: names a directory that the group is sent to, or removes one.

use hedgerow_web::Text;
use hedgerow_web::components::Errors;
use hedgerow_web::form::Form;
use hedgerow_web::pages::console::ConsoleNav;
use hedgerow_web::pages::console::edit::{AddPlace, Ask, AskView, Sentence};

use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, page, see_other};
use super::super::steward::InGroup;
use super::directory_address::read_address;
use super::shown_by;
use crate::config::IndexingChoice;
use crate::name_aggregator::{NameError, may_name, name_aggregator, remove_aggregator};
use crate::store::GroupAction;

pub(super) async fn change(visit: InGroup, ConsoleForm(form): ConsoleForm) -> Shown {
    visit.require_steward()?;
    let is_host = visit.steward.person().is_host;
    if !may_name(visit.shared(), is_host) {
        return Err(Failed::not_found());
    }
    let back = format!("{}/shown", visit.base());
    match form.get("do") {
        "add" => match add(&visit, &form, is_host).await? {
            Ok(()) => {
                visit.steward.flash("shown-added").await?;
                see_other(&back)
            }
            Err(errors) => {
                let typed = AddPlace {
                    address: form.get("address").to_owned(),
                    pin: form.get("pin").to_owned(),
                    errors,
                };
                shown_by::again(&visit, typed).await
            }
        },
        "ask-remove" => {
            let address = named(&visit, form.get("address"))?;
            page(&Ask::new(
                visit.frame(ConsoleNav::Shown),
                removal(&visit, &address),
            ))
        }
        "remove" => {
            let address = named(&visit, form.get("address"))?;
            let removed = remove_aggregator(visit.shared(), &visit.group, &address).await;
            removed.map_err(failed)?;
            let place = shown_by::short(&address);
            visit.note(GroupAction::RemoveDirectory, place).await?;
            visit.steward.flash("shown-removed").await?;
            see_other(&back)
        }
        _ => see_other(&back),
    }
}

async fn add(visit: &InGroup, form: &Form, is_host: bool) -> Result<Result<(), Errors>, Failed> {
    let mut errors = Errors::default();
    let words = visit.steward.words();
    let address = match read_address(form.get("address"), form.get("pin")) {
        Ok(address) => address,
        Err((field, key)) => {
            errors.add(field, &words.text(key));
            return Ok(Err(errors));
        }
    };
    let key = match name_aggregator(visit.shared(), &visit.group, &address, is_host).await {
        Ok(()) => {
            let place = shown_by::short(&address.to_string()).to_owned();
            visit.note(GroupAction::AddDirectory, &place).await?;
            return Ok(Ok(()));
        }
        Err(NameError::Known) => "shown-error-known",
        Err(NameError::TooMany) => "shown-error-many",
        Err(NameError::Address(_)) => "shown-error-private",
        Err(error) => return Err(failed(error)),
    };
    errors.add("address", &words.text(key));
    Ok(Err(errors))
}

fn failed(error: NameError) -> Failed {
    match error {
        NameError::Store(error) => error.into(),
        other => Failed::because(&other.to_string()),
    }
}

/// An address that the group's people have named. Others cannot be removed here.
fn named(visit: &InGroup, address: &str) -> Result<String, Failed> {
    let named = visit.shared().named.of_group(&visit.group.id);
    let mut named = named.iter().map(ToString::to_string);
    named
        .find(|named| named == address)
        .ok_or_else(Failed::not_found)
}

fn removal(visit: &InGroup, address: &str) -> AskView {
    let erased = match visit.shared().config.indexing {
        IndexingChoice::Named => "shown-remove-erased",
        _ => "shown-remove-kept",
    };
    AskView {
        heading: "shown-remove-heading",
        title: Text::plain(shown_by::short(address)),
        sentences: vec![Sentence::Key("shown-remove-about"), Sentence::Key(erased)],
        button: "shown-remove",
        hidden: vec![("do", "remove".to_owned()), ("address", address.to_owned())],
        action: format!("{}/shown", visit.base()),
        back: format!("{}/shown", visit.base()),
        ..AskView::default()
    }
}
