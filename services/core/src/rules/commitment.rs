//! What a commitment must say; and small numbers, which are suppressed before anything
//! is hashed, because few people can be recognised behind them.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Precision;

use super::Context;
use super::Findings;
use super::shared;

/// A number of people below this is not told.
const FEWEST_TOLD: u32 = 5;
/// What is counted without anybody being recognisable behind it.
const NOT_PEOPLE: [&str; 16] = [
    "%",
    "per cent",
    "percent",
    "hours",
    "days",
    "weeks",
    "months",
    "years",
    "groups",
    "organisations",
    "rooms",
    "events",
    "sessions",
    "meetings",
    "pounds",
    "places",
];

pub(super) fn check(commitment: &v1::Commitment, context: &Context<'_>, findings: &mut Findings) {
    shared::no_subject(context, findings);
    shared::required(
        "title",
        &commitment.title,
        "Give the commitment a title, at most 120 characters.",
        findings,
    );
    if commitment.target.is_none() && commitment.target_words.trim().is_empty() {
        findings.refuse(
            "target_words",
            "required",
            "Say what is to be reached, in words or as a figure.",
        );
    }
    shared::required(
        "due_on",
        &commitment.due_on,
        "Say by when it is to be reached, as in 2027-03-31.",
        findings,
    );
    for (index, progress) in commitment.progress.iter().enumerate() {
        shared::required(
            &format!("progress[{index}].on"),
            &progress.on,
            "Say on which day this was so, as in 2026-03-31.",
            findings,
        );
    }
    for (index, stream) in commitment.funding_streams.iter().enumerate() {
        let path = format!("funding_streams[{index}]");
        shared::required(
            &format!("{path}.name"),
            &stream.name,
            "Name the stream.",
            findings,
        );
        shared::money(&format!("{path}.amount"), stream.amount.as_ref(), findings);
        shared::who_for(&format!("{path}.who_for"), &stream.who_for, findings);
    }
    for (index, group) in commitment.accountable_to.iter().enumerate() {
        shared::group_named(&format!("accountable_to[{index}]"), Some(group), findings);
    }
    shared::who_for("who_for", &commitment.who_for, findings);
    for field in too_fine(commitment) {
        findings.refuse(
            field,
            "area_too_fine",
            "The area of a commitment is no finer than a town.",
        );
    }
}

/// Paths of areas that are finer than a commitment may tell.
pub(super) fn too_fine(commitment: &v1::Commitment) -> Vec<String> {
    let fine = |place: &v1::Place| {
        matches!(
            place.precision(),
            Precision::Exact | Precision::Neighbourhood
        )
    };
    let areas = commitment
        .areas
        .iter()
        .enumerate()
        .filter(|(_, area)| fine(area));
    areas
        .map(|(index, _)| format!("areas[{index}].precision"))
        .collect()
}

/// Suppresses small numbers in every figure.
pub(super) fn suppress(commitment: &mut v1::Commitment, findings: &mut Findings) {
    let single = [
        ("target", &mut commitment.target),
        ("baseline", &mut commitment.baseline),
    ];
    let single = single
        .into_iter()
        .map(|(path, figure)| (path.to_owned(), figure));
    let progress = commitment.progress.iter_mut().enumerate();
    let progress = progress.map(|(n, it)| (format!("progress[{n}].figure"), &mut it.figure));
    let streams = commitment.funding_streams.iter_mut().enumerate();
    let streams = streams.map(|(n, it)| (format!("funding_streams[{n}].figure"), &mut it.figure));
    for (path, figure) in single.chain(progress).chain(streams) {
        if let Some(figure) = figure {
            suppress_one(&path, figure, findings);
        }
    }
}

fn suppress_one(path: &str, figure: &mut v1::Figure, findings: &mut Findings) {
    if figure
        .value
        .is_some_and(|value| !value.is_finite() || value < 0.0)
    {
        findings.refuse(
            format!("{path}.value"),
            "number_out_of_bounds",
            "Write a number from 0 up.",
        );
        return;
    }
    if figure.value.is_some() && figure.fewer_than != 0 {
        findings.refuse(
            format!("{path}.value"),
            "figure_told_twice",
            "Give the number, or say that it is fewer than another, not both.",
        );
        return;
    }
    let unit = figure.unit.trim().to_lowercase();
    let counts_people = !NOT_PEOPLE.contains(&unit.as_str());
    let few = |value: f64| value > 0.0 && value < f64::from(FEWEST_TOLD);
    if counts_people && figure.value.is_some_and(few) {
        figure.value = None;
        figure.fewer_than = FEWEST_TOLD;
        findings.adjusted(format!(
            "{path}: so small a number could point at somebody; it is shown as fewer than {FEWEST_TOLD}."
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suppressed(value: f64, unit: &str) -> (Option<f64>, u32) {
        let figure = v1::Figure {
            value: Some(value),
            unit: unit.into(),
            ..Default::default()
        };
        let progress = v1::Progress {
            figure: Some(figure),
            ..Default::default()
        };
        let mut commitment = v1::Commitment {
            progress: vec![progress],
            ..Default::default()
        };
        suppress(&mut commitment, &mut Findings::default());
        let figure = commitment.progress[0].figure.clone().unwrap();
        (figure.value, figure.fewer_than)
    }

    #[test]
    fn few_people_are_not_counted_out() {
        assert_eq!(suppressed(3.0, "people"), (None, 5));
        assert_eq!(suppressed(4.9, "trans women"), (None, 5));
        assert_eq!(suppressed(0.0, "people"), (Some(0.0), 0));
        assert_eq!(suppressed(5.0, "people"), (Some(5.0), 0));
        assert_eq!(suppressed(3.0, "Per cent"), (Some(3.0), 0));
        assert_eq!(suppressed(3.0, "groups"), (Some(3.0), 0));
    }
}
