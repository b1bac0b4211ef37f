//! How many sources agree on a head, for people and for programs.

use std::collections::BTreeMap;

use hedgerow_client::{Agreement, Evidence, Verified};
use hedgerow_core::time::Timestamp;
use hedgerow_input::labels;
use serde_json::json;

use super::hit::Hit;
use crate::context::Context;
use crate::style;

/// The evidence of every hit that was checked.
pub fn evidence_of<'a>(
    hits: impl IntoIterator<Item = &'a Hit>,
) -> impl Iterator<Item = &'a Evidence> {
    hits.into_iter()
        .filter_map(|hit| hit.record.as_ref())
        .map(Verified::evidence)
}

/// How many sources agree on all hits, as sentences. Empty if nothing was checked.
pub fn summary<'a>(hits: impl IntoIterator<Item = &'a Hit>) -> String {
    let agreements: Vec<_> = evidence_of(hits).map(Evidence::agreement).collect();
    let queried = agreements.iter().map(|one| one.queried).max().unwrap_or(0);
    match queried {
        0 => return String::new(),
        1 => return "From one source only.".to_owned(),
        _ => {}
    }
    if agreements.iter().all(|one| one.agreed == queried) {
        return format!("{queried} sources agree.");
    }
    let mut sentences = Vec::new();
    let responded = agreements
        .iter()
        .map(|one| one.responded)
        .min()
        .unwrap_or(0);
    if responded < queried {
        sentences.push(format!("{responded} of {queried} sources responded."));
    }
    let of_all = |number: usize| format!("{number} of {}", agreements.len());
    let newer = agreements.iter().filter(|one| one.newer > 0).count();
    let other = agreements
        .iter()
        .filter(|one| one.newer == 0 && one.agreed < one.responded)
        .count();
    if newer > 0 {
        sentences.push(format!(
            "For {}, another source has a newer head: this may be out of date.",
            of_all(newer)
        ));
    }
    if other > 0 {
        sentences.push(format!(
            "For {}, another source has another head.",
            of_all(other)
        ));
    }
    sentences.join(" ")
}

/// How many sources agree on one head, as a clause.
pub fn agreement(agreement: Agreement) -> String {
    let Agreement {
        queried,
        responded,
        agreed,
        newer,
    } = agreement;
    let unresponsive = match queried.saturating_sub(responded) {
        0 => String::new(),
        unresponsive => format!(", {unresponsive} returned no head"),
    };
    match (queried, newer) {
        (..=1, _) => "from one source only".to_owned(),
        (_, 0) => format!("{agreed} of {queried} sources have the same head{unresponsive}"),
        (_, _) => format!(
            "{agreed} of {queried} sources have the same head{unresponsive}, {newer} have a newer one: this \
             is not the newest"
        ),
    }
}

/// A head's age, as a clause.
pub fn head_age(evidence: &Evidence, now: Timestamp) -> String {
    labels::head_age(evidence.head_age(now), evidence.freshness(now))
}

/// Names the sources that returned no head, once each: silence is not agreement.
///
/// # Errors
/// If the output cannot be written.
pub fn warn_of_unresponsive<'a>(
    evidence: impl Iterator<Item = &'a Evidence>,
    context: &mut Context,
) -> anyhow::Result<()> {
    let mut unresponsive = BTreeMap::new();
    for source in evidence.flat_map(Evidence::unresponsive) {
        unresponsive
            .entry(&source.address)
            .or_insert(&source.reason);
    }
    let care = style::CARE;
    for (address, reason) in unresponsive {
        let reason = labels::without_address(address, reason);
        writeln!(
            context.notes,
            "{care}Not compared{care:#} with {address}: {reason}"
        )?;
    }
    Ok(())
}

/// How many sources agree on one head, for programs.
pub fn to_json(evidence: &Evidence) -> serde_json::Value {
    let agreement = evidence.agreement();
    let unresponsive: Vec<_> = evidence
        .unresponsive()
        .iter()
        .map(|source| json!({"address": source.address, "reason": source.reason}))
        .collect();
    json!({
        "queried": agreement.queried,
        "responded": agreement.responded,
        "agreed": agreement.agreed,
        "newer": agreement.newer,
        "no_response": unresponsive,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unresponsive_source_is_mentioned() {
        let mut two = Agreement {
            queried: 1,
            responded: 1,
            agreed: 1,
            newer: 0,
        };
        assert_eq!(agreement(two), "from one source only");
        two.queried = 2;
        assert_eq!(
            agreement(two),
            "1 of 2 sources have the same head, 1 returned no head"
        );
        two.responded = 2;
        two.agreed = 2;
        assert_eq!(agreement(two), "2 of 2 sources have the same head");
    }
}
