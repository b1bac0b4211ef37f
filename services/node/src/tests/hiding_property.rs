//! Any sequence of edits, with an oracle of its own: nothing public is finer than the coarsest
//! precision that the steward chose for a location, unless a confirmation names the record.
//!
//! The oracle knows two houses, what each record says about them, and what was confirmed. It
//! reads the published bytes, and uses no rule of the node.

use std::collections::{BTreeMap, BTreeSet};

use hedgerow_proto::{steward_v1, v1};
use proptest::prelude::*;
use prost::Message;
use sha2::{Digest, Sha256};
use steward_v1::record_audience::Audience;
use steward_v1::record_change::Change;
use v1::Precision;

use crate::testing::{Steward, TestNode, request_id};

/// A house, with everything that shows it.
struct Site {
    point: v1::Point,
    name: &'static str,
    street: &'static str,
    postcode: &'static str,
}

const SITES: [Site; 2] = [
    Site {
        point: v1::Point {
            latitude_e7: 538_000_000,
            longitude_e7: -15_490_000,
        },
        name: "Example Hall",
        street: "12 Example Road",
        postcode: "LS1 1AA",
    },
    Site {
        point: v1::Point {
            latitude_e7: 538_210_000,
            longitude_e7: -15_700_000,
        },
        name: "Sample Barn",
        street: "9 Weaver's Wynd",
        postcode: "LS6 2AB",
    },
];

/// One record each, which exists or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Listing,
    EventOne,
    EventTwo,
    Offer,
}

/// What the texts and contacts of a record say about its site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Words {
    Nothing,
    Street,
    Postcode,
    Venue,
    PostalContact,
}

#[derive(Clone, Copy, Debug)]
enum Edit {
    Put {
        site: usize,
        /// `None` for a record without a place.
        precision: Option<Precision>,
        words: Words,
        is_public: bool,
    },
    Withdraw,
}

/// How the steward reacts to a refusal.
#[derive(Clone, Copy, Debug)]
enum Answer {
    GivesUp,
    ConfirmsFirst,
    ConfirmsAll,
    /// With reasons that name no record.
    ConfirmsBlindly,
}

#[derive(Clone, Debug)]
struct Request {
    edits: Vec<(Slot, Edit)>,
    answer: Answer,
}

/// A record as the oracle knows it.
#[derive(Clone, Debug)]
struct Known {
    name: v1::RecordName,
    site: usize,
    precision: Option<Precision>,
    words: Words,
    is_public: bool,
    /// The request that last wrote it.
    written: usize,
}

impl Known {
    fn handle(&self) -> String {
        format!("{}/{}", self.name.collection, self.name.key)
    }
}

fn edits() -> impl Strategy<Value = (Slot, Edit)> {
    let slots = prop::sample::select(vec![
        Slot::Listing,
        Slot::EventOne,
        Slot::EventTwo,
        Slot::Offer,
    ]);
    let precisions = prop::sample::select(vec![
        None,
        Some(Precision::Exact),
        Some(Precision::Exact),
        Some(Precision::Neighbourhood),
        Some(Precision::Town),
        Some(Precision::Region),
        Some(Precision::Hidden),
    ]);
    let words = prop::sample::select(vec![
        Words::Nothing,
        Words::Nothing,
        Words::Street,
        Words::Postcode,
        Words::Venue,
        Words::PostalContact,
    ]);
    let put = (0..3usize, precisions, words, prop::bool::weighted(0.8)).prop_map(
        |(site, precision, words, is_public)| Edit::Put {
            site: site % SITES.len(),
            precision,
            words,
            is_public,
        },
    );
    (slots, prop_oneof![5 => put, 1 => Just(Edit::Withdraw)])
}

fn requests() -> impl Strategy<Value = Vec<Request>> {
    let answers = prop::sample::select(vec![
        Answer::GivesUp,
        Answer::ConfirmsFirst,
        Answer::ConfirmsAll,
        Answer::ConfirmsAll,
        Answer::ConfirmsAll,
        Answer::ConfirmsBlindly,
    ]);
    let request =
        (prop::collection::vec(edits(), 1..3), answers).prop_map(|(mut edits, answer)| {
            let mut seen = BTreeSet::new();
            edits.retain(|(slot, _)| seen.insert(*slot));
            Request { edits, answer }
        });
    prop::collection::vec(request, 2..9)
}

fn place(site: &Site, precision: Precision) -> v1::Place {
    let mut place = v1::Place {
        precision: precision.into(),
        ..v1::Place::default()
    };
    match precision {
        Precision::Exact => {
            place.point = Some(site.point);
            place.name = site.name.to_owned();
            place.street = site.street.to_owned();
            place.postcode = site.postcode.to_owned();
        }
        Precision::Neighbourhood => place.point = Some(site.point),
        Precision::Town => place.name = "Leeds".to_owned(),
        Precision::Region => place.name = "Yorkshire and the Humber".to_owned(),
        _ => {}
    }
    place
}

fn body(slot: Slot, site: usize, precision: Option<Precision>, words: Words) -> Vec<u8> {
    let site = &SITES[site];
    let place = precision.map(|precision| place(site, precision));
    let text = match words {
        Words::Nothing | Words::PostalContact => String::new(),
        Words::Street => format!("Come to {}.", site.street),
        Words::Postcode => format!("It is {}.", site.postcode),
        Words::Venue => format!("As ever in {}.", site.name),
    };
    let contacts = match words {
        Words::PostalContact => vec![v1::ContactChannel {
            kind: v1::ContactKind::Post.into(),
            value: format!("{}, {}", site.street, site.postcode),
            ..v1::ContactChannel::default()
        }],
        _ => Vec::new(),
    };
    match slot {
        Slot::Listing => v1::Listing {
            name: "Our group".to_owned(),
            description: text,
            voice: v1::Voice::Itself.into(),
            roles: vec![v1::Role::SupportGroup.into()],
            places: place.into_iter().collect(),
            contacts,
            ..v1::Listing::default()
        }
        .encode_to_vec(),
        Slot::EventOne | Slot::EventTwo => v1::Event {
            title: format!("{slot:?}"),
            summary: text,
            schedule: Some(v1::Schedule {
                start: "2026-12-09T19:00".to_owned(),
                duration_minutes: 60,
                time_zone: "Europe/London".to_owned(),
                ..v1::Schedule::default()
            }),
            online: Some(v1::Online {
                available: true,
                ..v1::Online::default()
            }),
            place,
            contacts,
            ..v1::Event::default()
        }
        .encode_to_vec(),
        Slot::Offer => v1::Offer {
            resource: Some(v1::Resource {
                title: "Tea urn".to_owned(),
                place,
                detail: Some(v1::resource::Detail::Equipment(v1::Equipment::default())),
                ..v1::Resource::default()
            }),
            how_to_ask: text,
            contacts,
            ..v1::Offer::default()
        }
        .encode_to_vec(),
    }
}

fn collection(slot: Slot) -> &'static str {
    match slot {
        Slot::Listing => "listing",
        Slot::EventOne | Slot::EventTwo => "event",
        Slot::Offer => "offer",
    }
}

/// The place that a published record shows.
fn published_precision(collection: &str, record: &[u8]) -> Option<Precision> {
    let body = v1::Record::decode(record).expect("a record").body;
    let body = body.as_slice();
    let place = match collection {
        "listing" => v1::Listing::decode(body).expect("a listing").places.pop(),
        "event" => v1::Event::decode(body).expect("an event").place,
        _ => v1::Offer::decode(body)
            .expect("an offer")
            .resource
            .and_then(|resource| resource.place),
    };
    place.map(|place| place.precision())
}

/// The steward, the oracle's memory, and what each accepted request confirmed.
struct World {
    steward: Steward,
    known: BTreeMap<Slot, Known>,
    confirmed: Vec<BTreeSet<String>>,
}

impl World {
    async fn run(&mut self, request: &Request) {
        let before = self.known.clone();
        let mut given: Vec<String> = Vec::new();
        for _round in 0..4 {
            let changes = self.changes(request, &given);
            if changes.is_empty() {
                return;
            }
            let message = steward_v1::PublishRecordsRequest {
                request_id: request_id(),
                changes,
                confirmed: given.clone(),
            };
            let response = self
                .steward
                .client
                .clone()
                .publish_records(self.steward.request(message))
                .await;
            let status = match response {
                Ok(response) => {
                    let records = response.into_inner().records;
                    self.accept(request, records, given);
                    return self.check(request, &before).await;
                }
                Err(status) => status,
            };
            let failure = hedgerow_transport::failure::CallFailure::from(status);
            if failure.violations.iter().any(|it| !it.confirmable) {
                return;
            }
            let reasons = failure.violations.into_iter().map(|it| it.reason);
            match request.answer {
                Answer::GivesUp => return,
                Answer::ConfirmsFirst => given.extend(reasons.take(1)),
                Answer::ConfirmsAll => given.extend(reasons),
                Answer::ConfirmsBlindly => given.extend(
                    reasons.map(|reason| reason.split(':').next().unwrap_or_default().to_owned()),
                ),
            }
        }
    }

    fn changes(&self, request: &Request, given: &[String]) -> Vec<steward_v1::RecordChange> {
        let change = |(slot, edit): &(Slot, Edit)| {
            let known = self.known.get(slot);
            let Edit::Put {
                site,
                precision,
                words,
                is_public,
            } = *edit
            else {
                return known.map(|known| Change::Withdraw(known.name.clone()));
            };
            let audience = if is_public {
                Audience::Public(true)
            } else {
                Audience::NodeOnly(true)
            };
            let draft = Some(steward_v1::RecordDraft {
                body: body(*slot, site, precision, words),
                language: "en".to_owned(),
                audience: Some(steward_v1::RecordAudience {
                    audience: Some(audience),
                }),
                confirmed: given.to_vec(),
                ..steward_v1::RecordDraft::default()
            });
            Some(match known {
                Some(known) => Change::Replace(steward_v1::ReplacedRecord {
                    name: Some(known.name.clone()),
                    draft,
                    etag: String::new(),
                }),
                None => Change::Put(steward_v1::NewRecord {
                    collection: collection(*slot).to_owned(),
                    draft,
                }),
            })
        };
        let changes = request.edits.iter().filter_map(change);
        changes
            .map(|change| steward_v1::RecordChange {
                change: Some(change),
            })
            .collect()
    }

    /// Remembers an accepted request.
    fn accept(
        &mut self,
        request: &Request,
        records: Vec<steward_v1::StewardRecord>,
        given: Vec<String>,
    ) {
        let written = self.confirmed.len();
        let mut given: BTreeSet<String> = given.into_iter().collect();
        let mut records = records.into_iter();
        for (slot, edit) in &request.edits {
            let Edit::Put {
                site,
                precision,
                words,
                is_public,
            } = *edit
            else {
                self.known.remove(slot);
                continue;
            };
            let record = records.next().expect("a record for each put");
            let known = Known {
                name: record.name.expect("a name"),
                site,
                precision,
                words,
                is_public,
                written,
            };
            // A new record is named by its content until it has a key.
            let hash = hex::encode(Sha256::digest(body(*slot, site, precision, words)));
            let new = format!("{}/new-{}", collection(*slot), &hash[..16]);
            for reason in ["finer_than_other_record", "other_record_is_finer"] {
                if given.contains(&format!("{reason}:{new}")) {
                    given.insert(format!("{reason}:{}", known.handle()));
                }
            }
            self.known.insert(*slot, known);
        }
        self.confirmed.push(given);
    }

    async fn check(&self, request: &Request, before: &BTreeMap<Slot, Known>) {
        let mut shown: BTreeMap<Slot, Option<Precision>> = BTreeMap::new();
        let listed = self.steward.list().await;
        for (slot, known) in &self.known {
            let record = listed
                .iter()
                .find(|it| it.name.as_ref() == Some(&known.name));
            let record = record.expect("a written record is listed");
            assert_eq!(record.published, known.is_public, "{slot:?}");
            if known.is_public {
                let precision = published_precision(&known.name.collection, &record.record);
                shown.insert(*slot, precision);
            }
        }
        self.check_pairs(&shown);
        self.check_hidden(request, before, &shown);
    }

    /// Two public records about one site: the finer one was confirmed when the later of both
    /// was written.
    fn check_pairs(&self, shown: &BTreeMap<Slot, Option<Precision>>) {
        for (slot, coarse) in &self.known {
            let Some(chosen) = coarse.precision.filter(|it| *it != Precision::Exact) else {
                continue;
            };
            for (other, fine) in &self.known {
                let is_pair = slot != other && coarse.is_public && fine.is_public;
                if !is_pair || coarse.site != fine.site {
                    continue;
                }
                let has_address = matches!(
                    fine.words,
                    Words::Street | Words::Postcode | Words::PostalContact
                );
                let is_finer = shown[other].is_some_and(|precision| precision < chosen);
                let is_exact = shown[other] == Some(Precision::Exact);
                if !is_finer && (!has_address || is_exact) {
                    continue;
                }
                let given = &self.confirmed[coarse.written.max(fine.written)];
                let is_named = given.contains(&format!("other_record_is_finer:{}", fine.handle()))
                    || given.contains(&format!("finer_than_other_record:{}", coarse.handle()));
                assert!(
                    is_named,
                    "{other:?} is finer than {slot:?}: {fine:?} {coarse:?}"
                );
            }
        }
    }

    /// An edit that hides an exact site: every public record that still shows it was confirmed
    /// by name.
    fn check_hidden(
        &self,
        request: &Request,
        before: &BTreeMap<Slot, Known>,
        shown: &BTreeMap<Slot, Option<Precision>>,
    ) {
        let given = self.confirmed.last().expect("an accepted request");
        for (slot, edit) in &request.edits {
            let Some(old) = before.get(slot) else {
                continue;
            };
            if !old.is_public || old.precision != Some(Precision::Exact) {
                continue;
            }
            let now = self.known.get(slot);
            let is_exact = now.is_some_and(|it| it.precision == Some(Precision::Exact));
            if is_exact && now.is_some_and(|it| it.is_public) {
                continue;
            }
            // The listing decides whether the place of an event is a secret.
            let listing = self.known.get(&Slot::Listing).filter(|it| {
                it.is_public
                    && it.site == old.site
                    && shown[&Slot::Listing] == Some(Precision::Exact)
            });
            let is_withdrawn = matches!(edit, Edit::Withdraw);
            if is_withdrawn && *slot != Slot::Listing && listing.is_some() {
                continue;
            }
            for (other, fine) in self.known.iter().filter(|(other, _)| *other != slot) {
                let shows_place = shown.get(other) == Some(&Some(Precision::Exact));
                let shows = shows_place || fine.words != Words::Nothing;
                if fine.is_public && fine.site == old.site && shows {
                    let name = format!("other_record_is_finer:{}", fine.handle());
                    assert!(given.contains(&name), "{slot:?} hid {other:?}: {fine:?}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        max_shrink_iters: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_public_is_finer_than_the_steward_chose_unless_confirmed_by_name(
        requests in requests(),
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let mut test = TestNode::running(&[]).await;
            let mut world = World {
                steward: test.steward(),
                known: BTreeMap::new(),
                confirmed: Vec::new(),
            };
            for request in &requests {
                world.run(request).await;
            }
            test.stop().await;
        });
    }
}
