//! How many sources agree, for people and for programs.

use std::collections::BTreeMap;

use hedgerow_client::Evidence;
use serde_json::json;

use super::Finding;
use crate::Context;
use crate::context::style;
use crate::wording;

/// The evidence of everything that was found and checked.
pub fn evidence_of<'a>(
    findings: impl IntoIterator<Item = &'a Finding>,
) -> impl Iterator<Item = &'a Evidence> {
    findings
        .into_iter()
        .filter_map(|finding| finding.record.as_ref())
        .map(hedgerow_client::Checked::evidence)
}

/// How many sources agree on all that was found, as a sentence. Nothing where nothing
/// was checked.
pub fn sentence<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> String {
    let agreements: Vec<_> = evidence_of(findings).map(Evidence::agreement).collect();
    let asked = agreements.iter().map(|one| one.asked).max().unwrap_or(0);
    match asked {
        0 => return String::new(),
        1 => return "One source was asked.".to_owned(),
        _ => {}
    }
    if agreements.iter().all(|one| one.agreed == asked) {
        return format!("{asked} sources agree.");
    }
    let mut said = Vec::new();
    let answered = agreements.iter().map(|one| one.answered).min().unwrap_or(0);
    if answered < asked {
        said.push(format!("{answered} of {asked} sources answered."));
    }
    let of = |number: usize| format!("{number} of {}", agreements.len());
    let newer = agreements.iter().filter(|one| one.newer > 0).count();
    let other = agreements
        .iter()
        .filter(|one| one.newer == 0 && one.agreed < one.answered)
        .count();
    if newer > 0 {
        said.push(format!(
            "For {}, another source has a newer head: this may be out of date.",
            of(newer)
        ));
    }
    if other > 0 {
        said.push(format!(
            "For {}, another source has another head.",
            of(other)
        ));
    }
    said.join(" ")
}

/// Names the sources that gave no head to compare, once each: silence is no agreement.
///
/// # Errors
/// Where it cannot be written.
pub fn tell_silent<'a>(
    evidence: impl Iterator<Item = &'a Evidence>,
    context: &mut Context,
) -> anyhow::Result<()> {
    let mut silent = BTreeMap::new();
    for source in evidence.flat_map(Evidence::silent) {
        silent.entry(&source.address).or_insert(&source.why);
    }
    let care = style::CARE;
    for (address, why) in silent {
        let why = wording::without_address(address, why);
        writeln!(
            context.notes,
            "{care}Not compared{care:#} with {address}: {why}"
        )?;
    }
    Ok(())
}

/// How many sources agree, for programs.
pub fn json(evidence: &Evidence) -> serde_json::Value {
    let agreement = evidence.agreement();
    let silent: Vec<_> = evidence
        .silent()
        .iter()
        .map(|source| json!({"address": source.address, "why": source.why}))
        .collect();
    json!({
        "asked": agreement.asked,
        "answered": agreement.answered,
        "agreed": agreement.agreed,
        "newer": agreement.newer,
        "silent": silent,
    })
}
