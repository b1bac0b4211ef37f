//! One request of a visitor: who calls, in which language, and the calls to the directory.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr};

use axum::extract::FromRequestParts;
use axum::response::Response;
use chrono::NaiveDate;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::directory_service_server::DirectoryService as _;
use hedgerow_record_views::times::today;
use hedgerow_server::peer::{Peer, PeerKey};
use hedgerow_server::server::PlainHttp;
use hedgerow_transport::failure::CallFailure;
use hedgerow_web::map::Maps;
use hedgerow_web::{Shell, Words};
use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, StatusCode};

use super::failure::status_of;
use super::problem;
use super::site_state::SiteState;

/// A request of a visitor. It calls the directory as the visitor's peer.
pub(super) struct Visit {
    pub(super) site: SiteState,
    peer: Option<Peer>,
    pub(super) shell: Shell,
    pub(super) now: Timestamp,
    pub(super) today: NaiveDate,
    /// The beginning of this site's addresses: `https://directory.example`.
    origin: String,
}

impl FromRequestParts<SiteState> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &SiteState,
    ) -> Result<Self, Self::Rejection> {
        let now = state.clock.now();
        let today = today(now);
        Ok(Self {
            site: state.clone(),
            peer: parts.extensions.get::<Peer>().copied(),
            shell: Shell::new(state.site.clone(), &parts.headers, today),
            now,
            today,
            origin: origin(parts),
        })
    }
}

impl Visit {
    pub(super) fn words(&self) -> Words {
        self.shell.words
    }

    pub(super) fn maps(&self) -> &Maps {
        &self.site.maps
    }

    /// The peer, as limits count it.
    pub(super) fn peer_key(&self) -> PeerKey {
        self.peer
            .map_or_else(|| IpAddr::V6(Ipv6Addr::UNSPECIFIED).into(), Peer::key)
    }

    /// The whole address of a page of this site, to copy or to print.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// A page that says why another cannot be shown.
    pub(super) fn problem(&self, status: StatusCode) -> Response {
        problem::problem(self.shell.clone(), status)
    }

    /// The page for a call that failed.
    pub(super) fn failed(&self, failure: &CallFailure) -> Response {
        self.problem(status_of(failure))
    }

    pub(super) async fn search(
        &self,
        request: directory_v1::SearchRecordsRequest,
    ) -> Result<directory_v1::SearchRecordsResponse, CallFailure> {
        let call = self.site.directory.search_records(self.request(request));
        Ok(call.await?.into_inner())
    }

    /// Counts the records that match each of the filters completely.
    pub(super) async fn count(
        &self,
        filters: Vec<directory_v1::SearchFilter>,
    ) -> Result<Vec<u64>, CallFailure> {
        let call = self.site.directory.count_records(self.request(filters));
        call.await
    }

    pub(super) async fn list_events(
        &self,
        request: directory_v1::ListEventsRequest,
    ) -> Result<directory_v1::ListEventsResponse, CallFailure> {
        let call = self.site.directory.list_events(self.request(request));
        Ok(call.await?.into_inner())
    }

    pub(super) async fn get_group(
        &self,
        request: directory_v1::GetGroupRequest,
    ) -> Result<directory_v1::GetGroupResponse, CallFailure> {
        let call = self.site.directory.get_group(self.request(request));
        Ok(call.await?.into_inner())
    }

    pub(super) async fn get_record(
        &self,
        request: directory_v1::GetRecordRequest,
    ) -> Result<directory_v1::GetRecordResponse, CallFailure> {
        let call = self.site.directory.get_record(self.request(request));
        Ok(call.await?.into_inner())
    }

    pub(super) async fn list_matches(
        &self,
        request: directory_v1::ListMatchesRequest,
    ) -> Result<directory_v1::ListMatchesResponse, CallFailure> {
        let call = self.site.directory.list_matches(self.request(request));
        Ok(call.await?.into_inner())
    }

    pub(super) async fn get_coverage(
        &self,
        request: directory_v1::GetCoverageRequest,
    ) -> Result<directory_v1::GetCoverageResponse, CallFailure> {
        let call = self.site.directory.get_coverage(self.request(request));
        Ok(call.await?.into_inner())
    }

    fn request<T>(&self, message: T) -> tonic::Request<T> {
        let mut request = tonic::Request::new(message);
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(peer);
        }
        request
    }
}

/// The scheme and host by which the visitor came. Only the visitor's own page shows them.
fn origin(parts: &Parts) -> String {
    let scheme = match parts.extensions.get::<PlainHttp>() {
        Some(_) => "http",
        None => "https",
    };
    let host = parts.uri.authority().cloned();
    let host = host.or_else(|| named_host(&parts.headers));
    host.map_or_else(String::new, |host| format!("{scheme}://{host}"))
}

fn named_host(headers: &HeaderMap) -> Option<Authority> {
    let host: Authority = headers.get(HOST)?.to_str().ok()?.parse().ok()?;
    // A name before an `@` would look like the host.
    (!host.as_str().contains('@')).then_some(host)
}
