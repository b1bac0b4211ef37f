//! A steward who sends requests to a node, and what is known of the accepted ones.

use std::collections::{BTreeMap, BTreeSet};

use hedgerow_proto::v1::Precision;
use hedgerow_proto::{steward_v1, v1};
use hedgerow_transport::failure::CallFailure;
use sha2::{Digest, Sha256};
use steward_v1::record_audience::Audience;
use steward_v1::record_change::Change;

use super::edits::{Answer, Edit, Request};
use super::records::{Slot, Words, body, collection};
use crate::testing::{Steward, request_id};

/// A record as the oracle knows it.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) name: v1::RecordName,
    pub(super) site: usize,
    pub(super) precision: Option<Precision>,
    pub(super) words: Words,
    pub(super) is_public: bool,
    /// The request that last wrote it.
    pub(super) written: usize,
}

impl Known {
    pub(super) fn handle(&self) -> String {
        format!("{}/{}", self.name.collection, self.name.key)
    }
}

/// The steward, the oracle's memory, and what each accepted request confirmed.
pub(super) struct World {
    pub(super) steward: Steward,
    pub(super) known: BTreeMap<Slot, Known>,
    pub(super) confirmed: Vec<BTreeSet<String>>,
}

impl World {
    pub(super) async fn run(&mut self, request: &Request) {
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
            let failure = CallFailure::from(status);
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
}
