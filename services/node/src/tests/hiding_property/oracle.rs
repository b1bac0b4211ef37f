//! What must hold after each accepted request.

use std::collections::BTreeMap;

use hedgerow_proto::v1::Precision;

use super::edits::{Edit, Request};
use super::records::{Slot, Words, published_precision};
use super::world::{Known, World};

impl World {
    pub(super) async fn check(&self, request: &Request, before: &BTreeMap<Slot, Known>) {
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
