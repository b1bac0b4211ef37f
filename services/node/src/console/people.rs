//! `/console/g/{group}/people`: inviting, removing, roles. For stewards.

use hedgerow_input::time::DEFAULT_ZONE;
use hedgerow_record_views::times::{local, today};
use hedgerow_web::Text;
use hedgerow_web::components::Errors;
use hedgerow_web::pages::console::{
    ConsoleNav, InvitationRow, People, PeopleView, PersonRow, messages,
};

use super::failed::Failed;
use super::form::ConsoleForm;
use super::new_link::{life_of, make_link};
use super::respond::{Shown, invalid, page, see_other};
use super::steward::InGroup;
use crate::pages_address::read_pages_address;
use crate::store::{GroupAction, Member, Opens, PersonId, Role, StoreError};

/// Links to a group that wait at once.
const MAX_LINKS: usize = 20;

pub(super) async fn show(visit: InGroup) -> Shown {
    visit.require_steward()?;
    let view = view(&visit).await?;
    page(&People::new(visit.frame(ConsoleNav::People), view))
}

pub(super) async fn change(visit: InGroup, ConsoleForm(form): ConsoleForm) -> Shown {
    visit.require_steward()?;
    let message = match form.get("do") {
        "invite" => {
            let role = Role::parse(form.get("role")).unwrap_or(Role::Editor);
            let group = visit.group.id;
            let action = match role {
                Role::Steward => GroupAction::InviteSteward,
                Role::Editor => GroupAction::InviteEditor,
            };
            return show_link(&visit, Opens::Join { group, role }, (action, "")).await;
        }
        "return" => {
            let member = member(&visit, form.get("person")).await?;
            let (group, person) = (visit.group.id, member.id);
            let change = (GroupAction::MakeLink, &*member.name);
            return show_link(&visit, Opens::Return { group, person }, change).await;
        }
        "call-back" => call_back(&visit, form.get("link")).await?,
        "remove" => {
            let person = member(&visit, form.get("person")).await?;
            if is_last_steward(&visit, &person).await? {
                return refuse(&visit, messages::LAST_STEWARD).await;
            }
            let mut writing = visit.shared().store.write().await?;
            writing.remove_member(&visit.group.id, &person.id).await?;
            let change = (visit.steward.who(), GroupAction::Remove, &*person.name);
            let now = visit.shared().now();
            writing
                .add_group_history(&visit.group.id, change, now)
                .await?;
            writing.commit().await?;
            messages::REMOVED
        }
        role @ ("make-steward" | "make-editor") => {
            let person = member(&visit, form.get("person")).await?;
            let role = match role {
                "make-steward" => Role::Steward,
                _ => Role::Editor,
            };
            if role == Role::Editor && is_last_steward(&visit, &person).await? {
                return refuse(&visit, messages::LAST_STEWARD).await;
            }
            let mut writing = visit.shared().store.write().await?;
            let now = visit.shared().now();
            writing
                .put_member(&visit.group.id, &person.id, role, now)
                .await?;
            let action = match role {
                Role::Steward => GroupAction::MakeSteward,
                Role::Editor => GroupAction::MakeEditor,
            };
            let change = (visit.steward.who(), action, &*person.name);
            writing
                .add_group_history(&visit.group.id, change, now)
                .await?;
            writing.commit().await?;
            messages::ROLE_CHANGED
        }
        _ => return Err(Failed::not_found()),
    };
    visit.steward.flash(message).await?;
    see_other(&format!("{}/people", visit.base()))
}

async fn refuse(visit: &InGroup, message: &str) -> Shown {
    let mut view = view(visit).await?;
    view.errors
        .add("main", &visit.steward.words().text(message));
    invalid(&People::new(visit.frame(ConsoleNav::People), view))
}

/// Makes a link and shows it in this response, which nothing keeps.
async fn show_link(visit: &InGroup, opens: Opens, (action, about): (GroupAction, &str)) -> Shown {
    let shared = visit.shared();
    let waiting = shared
        .store
        .read()
        .await?
        .console_links(&visit.group.id)
        .await?;
    if waiting.len() >= MAX_LINKS {
        return refuse(visit, messages::TOO_MANY_LINKS).await;
    }
    let (now, life) = (shared.now(), life_of(&opens));
    let random = shared.random.as_ref();
    let made_by = visit.steward.who();
    let path = make_link(&shared.store, random, (opens, made_by), (now, life)).await?;
    visit.note(action, about).await?;
    let mut view = view(visit).await?;
    let address = read_pages_address(&shared.config).unwrap_or_else(|| "/".to_owned());
    view.link = Some(format!("{address}{path}"));
    page(&People::new(visit.frame(ConsoleNav::People), view))
}

async fn call_back(visit: &InGroup, id: &str) -> Result<&'static str, Failed> {
    let mut writing = visit.shared().store.write().await?;
    let links = writing.console_links(&visit.group.id).await?;
    let link = links.iter().find(|link| link_id(&link.secret_hash) == id);
    let link = link.ok_or_else(Failed::not_found)?;
    writing.delete_console_link(&link.secret_hash).await?;
    let change = (visit.steward.who(), GroupAction::CallBackLink, "");
    let now = visit.shared().now();
    writing
        .add_group_history(&visit.group.id, change, now)
        .await?;
    writing.commit().await?;
    Ok(messages::CALLED_BACK)
}

/// The person of this group that a form names, and no other group's.
async fn member(visit: &InGroup, id: &str) -> Result<Member, Failed> {
    let mut reading = visit.shared().store.read().await?;
    let members = reading.members(&visit.group.id).await?;
    let found = members
        .into_iter()
        .find(|member| member.id.to_string() == id);
    found.ok_or_else(Failed::not_found)
}

/// Whether the group would have no steward but the host without this person.
async fn is_last_steward(visit: &InGroup, person: &Member) -> Result<bool, StoreError> {
    let mut reading = visit.shared().store.read().await?;
    let members = reading.members(&visit.group.id).await?;
    let others = members
        .iter()
        .filter(|member| member.role == Role::Steward && member.id != person.id);
    let is_host = visit.steward.person().is_host;
    Ok(person.role == Role::Steward && others.count() == 0 && !is_host)
}

async fn view(visit: &InGroup) -> Result<PeopleView, StoreError> {
    let mut reading = visit.shared().store.read().await?;
    let members = reading.members(&visit.group.id).await?;
    let links = reading.console_links(&visit.group.id).await?;
    drop(reading);
    let now = visit.shared().now();
    let own = visit.steward.person().id;
    let name_of = |id: &PersonId| {
        let member = members.iter().find(|member| member.id == *id);
        Text::plain(member.map_or("", |member| &member.name))
    };
    let invitations = links.iter().filter(|link| link.expires_at > now);
    let invitations = invitations.map(|link| InvitationRow {
        id: link_id(&link.secret_hash),
        is_steward: matches!(
            link.opens,
            Opens::Join {
                role: Role::Steward,
                ..
            }
        ),
        returning: match &link.opens {
            Opens::Return { person, .. } => name_of(person),
            _ => Text::default(),
        },
        until: local(link.expires_at, DEFAULT_ZONE).date(),
    });
    Ok(PeopleView {
        invitations: invitations.collect(),
        people: members
            .iter()
            .map(|member| PersonRow {
                id: member.id.to_string(),
                name: Text::plain(&member.name),
                is_steward: member.role == Role::Steward,
                is_you: member.id == own,
                used: member.used_at.map(today),
            })
            .collect(),
        link: None,
        errors: Errors::default(),
    })
}

/// What a form names a link by: not the secret, and of no use to open it.
fn link_id(hash: &[u8; 32]) -> String {
    hex::encode(&hash[..8])
}
