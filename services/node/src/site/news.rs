//! `GET /g/{group}/feed.atom`: what a group has published or changed (RFC 4287).

use axum::extract::Path;
use axum::response::Response;
use chrono::{DateTime, SecondsFormat};
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Timestamp;
use hedgerow_web::response::kept_until_changed;
use hedgerow_web::view::Kind;
use hedgerow_web::{Text, Words};
use http::{HeaderMap, HeaderValue};
use sha2::{Digest, Sha256};

use super::base::Base;
use super::public_view::{Shown, decode, group_href, name_of};
use super::visit::{Unshown, Visit};
use super::xml::Xml;
use crate::store::PublicRecord;

const ATOM: HeaderValue = HeaderValue::from_static("application/atom+xml; charset=utf-8");

/// Entries of a feed: the records that changed last.
const MAX_ENTRIES: u32 = 50;

/// A group, its records and its listings.
struct Read {
    group: GroupId,
    records: Vec<PublicRecord>,
    listings: Vec<PublicRecord>,
}

pub(super) async fn feed(visit: Visit, Path(group): Path<String>, headers: HeaderMap) -> Response {
    match written(&visit, &group).await {
        Ok(text) => kept_until_changed(&headers, ATOM, text.into_bytes()),
        Err(why) => visit.unshown(&why),
    }
}

async fn written(visit: &Visit, group: &str) -> Result<String, Unshown> {
    let mut open = visit.open(group).await?;
    let group = open.group.id;
    let listings = open.listings().await?;
    let records = open.reading.newest_public_records(&group, "", MAX_ENTRIES);
    let read = Read {
        group,
        records: records.await?,
        listings,
    };
    drop(open);
    if read.records.is_empty() {
        return Err(Unshown::NotFound);
    }
    let (base, words) = (visit.base.clone(), visit.words());
    visit.work(move || write(read, &base, words)).await
}

fn write(read: Read, base: &Base, words: Words) -> String {
    let group = read.group;
    let entries = decode(&group, read.records).into_iter();
    let entries: Vec<Shown> = entries
        .filter(|entry| entry.kind() != Kind::Other)
        .collect();
    let changed = entries.iter().map(|entry| entry.content.changed).max();
    let name = name_of(&group, read.listings);
    let name = match name.is_empty() {
        true => Text::plain(&words.text("group-no-name")),
        false => name,
    };
    let page = base.link(&group_href(&group));
    let feed = base.link(&format!("{}/feed.atom", group_href(&group)));
    let mut xml = Xml::document();
    xml.begin("feed", &[("xmlns", "http://www.w3.org/2005/Atom")]);
    xml.text("id", &[], &urn(&group.to_string()));
    xml.text("title", &[], name.as_str());
    xml.text(
        "updated",
        &[],
        &rfc_3339(changed.unwrap_or(Timestamp::from_seconds(0))),
    );
    xml.empty(
        "link",
        &[
            ("rel", "self"),
            ("type", "application/atom+xml"),
            ("href", &feed),
        ],
    );
    xml.empty(
        "link",
        &[("rel", "alternate"), ("type", "text/html"), ("href", &page)],
    );
    xml.begin("author", &[]);
    xml.text("name", &[], name.as_str());
    xml.end("author");
    for entry in &entries {
        write_entry(&mut xml, entry, &group, base);
    }
    xml.end("feed");
    xml.into_text()
}

fn write_entry(xml: &mut Xml, entry: &Shown, group: &GroupId, base: &Base) {
    let href = entry.href(group);
    let page = base.link(&href);
    let language = match entry.content.language.as_str() {
        "" => "und",
        tag => tag,
    };
    xml.begin("entry", &[("xml:lang", language)]);
    // The same for every version of the record, wherever the page is.
    xml.text(
        "id",
        &[],
        &urn(&format!("{group}/{}/{}", entry.collection, entry.key)),
    );
    xml.text("title", &[], &entry.summary.title);
    xml.text("updated", &[], &rfc_3339(entry.content.changed));
    xml.empty(
        "link",
        &[("rel", "alternate"), ("type", "text/html"), ("href", &page)],
    );
    let state = entry.content.state_words();
    let state = state.iter().map(Text::as_str);
    let words: Vec<&str> = state.chain([entry.summary.summary.as_str()]).collect();
    xml.text("summary", &[], words.join("\n\n").trim());
    xml.end("entry");
}

/// A UUID of version 8 (RFC 9562) from a name.
fn urn(name: &str) -> String {
    let hash = Sha256::digest(format!("hedgerow/v1/feed-entry{name}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(bytes);
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

fn rfc_3339(time: Timestamp) -> String {
    let time = DateTime::from_timestamp_millis(time.as_millis()).unwrap_or_default();
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
