//! Requests of a steward, as a strategy of proptest.

use std::collections::BTreeSet;

use hedgerow_proto::v1::Precision;
use proptest::prelude::*;

use super::records::{SITES, Slot, Words};

#[derive(Clone, Copy, Debug)]
pub(super) enum Edit {
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
pub(super) enum Answer {
    GivesUp,
    ConfirmsFirst,
    ConfirmsAll,
    /// With reasons that name no record.
    ConfirmsBlindly,
}

#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) edits: Vec<(Slot, Edit)>,
    pub(super) answer: Answer,
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

pub(super) fn requests() -> impl Strategy<Value = Vec<Request>> {
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
