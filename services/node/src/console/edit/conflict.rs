//! `/edit/{kind}/{key}/conflict`: two versions of one record, side by side.

use hedgerow_forms::{Body, Chosen, Merged, choose as keep, merge};
use hedgerow_web::pages::console::edit::{Conflict, ConflictView, Versions};

use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, page, see_other};
use super::super::steward::InGroup;
use super::outcome::first_page;
use super::target::Target;
use super::work::Work;

/// The versions that differ.
struct Two {
    work: Work,
    /// The record as it is stored now.
    stored: Work,
    mine: Body,
    merged: Merged,
    /// Whether the other version is of another window of the same person.
    is_own_window: bool,
}

impl Two {
    async fn read(visit: &InGroup, target: &Target) -> Result<Self, Failed> {
        let work = Work::read(visit, target).await?;
        let stored = Work::fresh(visit, target).await?;
        let (mine, merged, is_own_window) = match &work.window {
            Some(window) => (
                window.clone(),
                // Without the version that both windows began with, every difference is asked
                // about.
                merge(&work.form, &stored.base.body, window, &work.body),
                true,
            ),
            None => (
                work.body.clone(),
                merge(&work.form, &work.base.body, &work.body, &stored.body),
                false,
            ),
        };
        Ok(Self {
            work,
            stored,
            mine,
            merged,
            is_own_window,
        })
    }

    /// Saves the chosen version as the working copy.
    async fn settle(mut self, visit: &InGroup, target: &Target, body: Body) -> Result<(), Failed> {
        self.work.body = body;
        self.work.window = None;
        if !self.is_own_window {
            self.work.base = self.stored.base;
        }
        let next = target.form_path(visit, first_page(&self.work.form));
        self.work.save(visit, target, &next).await
    }
}

/// `GET`.
pub(super) async fn show(visit: InGroup, target: Target) -> Shown {
    let two = Two::read(&visit, &target).await?;
    if two.merged.conflicts.is_empty() {
        let body = two.merged.body.clone();
        if !two.is_own_window && two.work.base.etag != two.stored.base.etag {
            visit.steward.flash("conflict-merged").await?;
        }
        two.settle(&visit, &target, body).await?;
        return see_other(&format!("{}/check", target.path(&visit)));
    }
    let fields = two.merged.conflicts.iter().map(|conflict| Versions {
        path: conflict.path.clone(),
        mine: conflict.mine.clone(),
        theirs: conflict.theirs.clone(),
    });
    let view = ConflictView {
        title: two.work.title(),
        is_own_window: two.is_own_window,
        fields: fields.collect(),
        action: format!("{}/conflict", target.path(&visit)),
        back: target.form_path(&visit, first_page(&two.work.form)),
    };
    page(&Conflict::new(visit.frame(target.nav()), view))
}

/// `POST`: keeps the chosen words.
pub(super) async fn choose(
    visit: InGroup,
    target: Target,
    ConsoleForm(form): ConsoleForm,
) -> Shown {
    let two = Two::read(&visit, &target).await?;
    let mut body = two.merged.body.clone();
    for conflict in &two.merged.conflicts {
        let chosen = match form.get(&format!("keep.{}", conflict.path)) {
            "theirs" => Chosen::Theirs,
            _ => Chosen::Mine,
        };
        keep(&mut body, &two.mine, &conflict.path, chosen);
    }
    two.settle(&visit, &target, body).await?;
    see_other(&format!("{}/check", target.path(&visit)))
}
