//! A listing about somebody else, ready to publish.

use hedgerow_core::name::collection;
use hedgerow_proto::steward_v1::{RecordChange, RecordDraft};
use hedgerow_proto::v1::{Listing, Subject};
use prost::Message as _;

use crate::document::Audience;
use crate::draft::put;

#[derive(Debug, Clone, PartialEq)]
pub struct CataloguedListing {
    /// The group or organisation that the listing is about, by its id in the source.
    pub subject: Subject,
    pub listing: Listing,
    /// Reasons of violations that a person has checked and confirmed.
    pub confirmed: Vec<String>,
}

impl CataloguedListing {
    /// The change that adds it. The node makes the key from the subject, so that a second
    /// import replaces it.
    pub fn to_change(&self) -> RecordChange {
        put(collection::LISTING, self.to_draft())
    }

    pub fn to_draft(&self) -> RecordDraft {
        RecordDraft {
            body: self.listing.encode_to_vec(),
            language: "en".to_owned(),
            audience: Some(Audience::Public.to_proto()),
            subject: Some(self.subject.clone()),
            confirmed: self.confirmed.clone(),
            ..Default::default()
        }
    }
}
