//! The signed-in person, and the groups that this person may open.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_web::pages::console::{ConsoleNav, Frame, FrameGroup};
use hedgerow_web::{Text, Words};
use http::request::Parts;
use prost::Message as _;

use super::failed::Failed;
use super::secret::are_equal;
use super::state::Console;
use crate::group::Group;
use crate::shared::Shared;
use crate::store::{GroupAction, Person, Role, SessionHash, StoreError};

/// A signed-in person.
#[derive(Clone)]
pub(crate) struct Steward(Arc<SignedIn>);

pub(super) struct SignedIn {
    pub(super) console: Console,
    pub(super) person: Person,
    pub(super) groups: Vec<(Arc<Group>, Role)>,
    pub(super) session: SessionHash,
    pub(super) token: String,
    pub(super) words: Words,
    pub(super) flash: Option<String>,
}

impl Steward {
    pub(super) fn new(signed_in: SignedIn) -> Self {
        Self(Arc::new(signed_in))
    }

    pub(crate) fn console(&self) -> &Console {
        &self.0.console
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.0.console.shared
    }

    pub(crate) fn person(&self) -> &Person {
        &self.0.person
    }

    pub(crate) fn words(&self) -> Words {
        self.0.words
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.shared().now()
    }

    pub(crate) fn session(&self) -> &SessionHash {
        &self.0.session
    }

    /// The groups that this person may open.
    pub(crate) fn groups(&self) -> &[(Arc<Group>, Role)] {
        &self.0.groups
    }

    /// The group of an id in an address. Another's is not found, like one that does not exist.
    pub(crate) fn group(&self, id: &str) -> Result<(Arc<Group>, Role), Failed> {
        let id = id.parse::<GroupId>().map_err(|_| Failed::not_found())?;
        let own = self.0.groups.iter().find(|(group, _)| group.id == id);
        own.cloned().ok_or_else(Failed::not_found)
    }

    /// Whether a form has this session's token.
    pub(super) fn has_token(&self, token: &str) -> bool {
        are_equal(token, &self.0.token)
    }

    /// The name of this person in the history. The host has none.
    pub(crate) fn who(&self) -> &str {
        &self.0.person.name
    }

    /// Has the next page show a message, by its key.
    pub(crate) async fn flash(&self, key: &str) -> Result<(), StoreError> {
        let mut writing = self.shared().store.write().await?;
        writing.set_flash(&self.0.session, Some(key)).await?;
        writing.commit().await
    }

    /// The frame of a page that belongs to no group.
    pub(crate) fn frame(&self) -> Frame {
        Frame {
            person: Some(Text::plain(&self.0.person.name)),
            has_other_groups: self.0.groups.len() > 1 || self.0.person.is_host,
            token: self.0.token.clone(),
            flash: self.0.flash.clone(),
            ..Frame::outside(self.0.words)
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Steward {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        // Added by the layer around these routes; without it no person is signed in.
        let steward = parts.extensions.get::<Self>().cloned();
        steward.ok_or_else(Failed::not_found)
    }
}

/// A signed-in person, in a group of the address's `{group}`.
#[derive(Clone)]
pub(crate) struct InGroup {
    pub(crate) steward: Steward,
    pub(crate) group: Arc<Group>,
    pub(crate) role: Role,
    /// The title of the group's listing, or else its label.
    pub(crate) name: Text,
}

impl InGroup {
    pub(super) async fn new(steward: Steward, id: &str) -> Result<Self, Failed> {
        let (group, role) = steward.group(id)?;
        let name = name_of(steward.shared(), &group).await?;
        Ok(Self {
            steward,
            group,
            role,
            name,
        })
    }

    /// A group that this person has just added.
    pub(super) async fn of_new(steward: &Steward, group: Arc<Group>) -> Result<Self, StoreError> {
        Ok(Self {
            name: name_of(steward.shared(), &group).await?,
            steward: steward.clone(),
            group,
            role: Role::Steward,
        })
    }

    pub(crate) fn shared(&self) -> &Arc<Shared> {
        self.steward.shared()
    }

    /// The address of the group's pages.
    pub(crate) fn base(&self) -> String {
        base_of(&self.group.id)
    }

    /// Adds a change of the group itself to its history.
    pub(crate) async fn note(&self, action: GroupAction, about: &str) -> Result<(), StoreError> {
        let mut writing = self.shared().store.write().await?;
        let change = (self.steward.who(), action, about);
        let now = self.shared().now();
        writing
            .add_group_history(&self.group.id, change, now)
            .await?;
        writing.commit().await
    }

    /// Only a steward may do this.
    pub(crate) fn require_steward(&self) -> Result<(), Failed> {
        match self.role {
            Role::Steward => Ok(()),
            Role::Editor => Err(Failed::not_found()),
        }
    }

    /// The frame of a page of the group.
    pub(crate) fn frame(&self, here: ConsoleNav) -> Frame {
        let mut frame = self.steward.frame().at(here);
        let for_stewards = [ConsoleNav::People, ConsoleNav::Settings];
        let nav = ConsoleNav::ALL.into_iter();
        frame.group = Some(FrameGroup {
            name: self.name.clone(),
            base: self.base(),
            nav: nav
                .filter(|nav| self.role == Role::Steward || !for_stewards.contains(nav))
                .collect(),
            page: Some(format!("/g/{}", self.group.id)),
        });
        frame
    }
}

impl<S: Send + Sync> FromRequestParts<S> for InGroup {
    type Rejection = Failed;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let steward = Steward::from_request_parts(parts, state).await?;
        let params = RawPathParams::from_request_parts(parts, state).await;
        let params = params.map_err(|_| Failed::not_found())?;
        let group = params.iter().find(|(name, _)| *name == "group");
        let (_, id) = group.ok_or_else(Failed::not_found)?;
        Self::new(steward, id).await
    }
}

pub(super) fn base_of(group: &GroupId) -> String {
    format!("/console/g/{group}")
}

/// The title of a group's listing, or else the host's name for the group.
pub(super) async fn name_of(shared: &Shared, group: &Group) -> Result<Text, StoreError> {
    let mut reading = shared.store.read().await?;
    let listings = reading
        .records(&group.id, "listing", Default::default(), 1)
        .await?;
    if let Some(listing) = listings.first() {
        let bytes = reading.body(&group.id, &listing.entry.hash).await?;
        let record = bytes.and_then(|bytes| v1::Record::decode(bytes.as_slice()).ok());
        let body =
            record.map(|record| (v1::Listing::decode(record.body.as_slice()), record.language));
        if let Some((Ok(listing), language)) = body
            && !listing.name.trim().is_empty()
        {
            return Ok(Text::new(&listing.name, &language));
        }
    }
    Ok(Text::plain(&group.label))
}
