//! `GET /about`: who runs this directory, what it decided, how to audit it, and what it keeps.

use axum::response::Response;
use hedgerow_record_views::day;
use hedgerow_server::feed::format_cursor;
use hedgerow_store::{Decisions, GroupRow};
use hedgerow_transport::failure::Failure;
use hedgerow_web::pages::{About, AboutView, Decided, NewestHead};
use hedgerow_web::{Nav, Text, WebLink, response};
use http::StatusCode;

use super::hit::group_href;
use super::visit::Visit;
use crate::admission::status;
use crate::failure::OrFailure as _;

/// Shown reasons.
const MAX_REASONS: usize = 20;
/// The newest changes among which the newest head is searched for.
const MAX_CHANGES: u64 = 50;

pub(super) async fn about(visit: Visit) -> Response {
    match view(&visit).await {
        Ok(view) => {
            let shell = visit.shell.clone().at(Nav::About);
            response::page(StatusCode::OK, &About::new(shell, view))
        }
        Err(failure) => visit.broken(failure),
    }
}

async fn view(visit: &Visit) -> Result<AboutView, Failure> {
    let config = &visit.site.config;
    let store = visit.site.directory.store();
    let decisions = store.decisions(MAX_REASONS).await.or_failure()?;
    let stream = store.stream_id().await.or_failure()?;
    let revision = store.latest_revision().await.or_failure()?;
    let after = revision.saturating_sub(MAX_CHANGES);
    let changed = store.list_feed(after, MAX_CHANGES as usize).await;
    Ok(AboutView {
        run_by: Text::plain(&config.run_by),
        contact: contact(&config.contact),
        policy: WebLink::web(&config.policy),
        words: Text::plain(&config.about),
        id: visit.site.id.clone(),
        address: Text::plain(&visit.site.address),
        decisions: decided(&decisions),
        cursor: format_cursor(&stream, revision),
        head: newest_head(&changed.or_failure()?, visit),
    })
}

/// The reasons are the operator's words. They are public for each group; here they are without it.
fn decided(decisions: &Decisions) -> Decided {
    let reasons = decisions.reasons.iter();
    let latest = decisions.latest.as_ref();
    Decided {
        groups: decisions.exclusions,
        reasons: reasons
            .map(|(reason, count)| (Text::plain(reason), *count))
            .collect(),
        latest: latest.map(|latest| (day(latest.at), Text::plain(&latest.reason))),
        entries: decisions.hidden_entries,
        last_entry: decisions.last_hidden.map(day),
    }
}

/// The head that was signed last, of those that the newest changes brought and the feed shows.
fn newest_head(rows: &[GroupRow], visit: &Visit) -> Option<NewestHead> {
    let shown = rows
        .iter()
        .filter(|row| status::is_in_feed(row, visit.now))
        .filter_map(|row| Some((row, &row.head.as_ref()?.facts)));
    let (row, facts) = shown.max_by_key(|(_, facts)| facts.issue_time)?;
    Some(NewestHead {
        group_href: group_href(row.group_id.as_bytes()),
        number: facts.position.seq.get(),
        signed: day(facts.issue_time),
        hash: facts.hash.to_string(),
    })
}

/// An e-mail or web address.
pub(super) fn contact(address: &str) -> Option<WebLink> {
    WebLink::mail(address).or_else(|| WebLink::web(address))
}
