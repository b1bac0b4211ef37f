//! Lines that several commands print below their results.

use hedgerow_input::labels::one_line;
use serde_json::json;

use super::hit::Hit;
use crate::context::Context;
use crate::style;

/// Prints the numbered name of each hit, for `hedgerow show`.
///
/// # Errors
/// If the output cannot be written.
pub fn print_names<'a>(
    hits: impl IntoIterator<Item = &'a Hit>,
    context: &mut Context,
) -> anyhow::Result<()> {
    for (index, hit) in hits.into_iter().enumerate() {
        for hit in hit.with_same_organisation() {
            writeln!(context.out, "{:>3}  {}", index + 1, hit.full_name())?;
        }
    }
    Ok(())
}

/// The hits that failed their check, for programs.
pub fn failures<'a>(hits: impl IntoIterator<Item = &'a Hit>) -> Vec<serde_json::Value> {
    let hits = hits.into_iter().flat_map(Hit::with_same_organisation);
    let failed = hits.filter_map(|hit| {
        let reason = hit.check_error.as_ref()?;
        Some(json!({"name": hit.full_name(), "title": hit.title, "reason": reason}))
    });
    failed.collect()
}

/// Prints a warning for each hit that failed its check.
///
/// # Errors
/// If the output cannot be written.
pub fn print_failures<'a>(
    hits: impl IntoIterator<Item = &'a Hit>,
    context: &mut Context,
) -> anyhow::Result<()> {
    let bad = style::BAD;
    for hit in hits.into_iter().flat_map(Hit::with_same_organisation) {
        if let Some(reason) = &hit.check_error {
            writeln!(
                context.out,
                "{bad}Not as published:{bad:#} {} ({reason}). Do not rely on it.",
                one_line(&hit.title)
            )?;
        }
    }
    Ok(())
}
