//! Rules of commitments. Small numbers of people are suppressed before anything is
//! hashed, because few people can be recognised behind them.

use hedgerow_proto::v1;

use super::draft::Draft;
use super::parts;
use super::precision::finer_than_town;
use super::violations::Violations;

/// The smallest number of people that is published as it is.
const MIN_PEOPLE_SHOWN: u32 = 5;
/// Units that do not count people, so that small numbers of them identify no person.
const UNITS_WITHOUT_PEOPLE: [&str; 16] = [
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

pub(super) fn check(commitment: &v1::Commitment, draft: &Draft<'_>, violations: &mut Violations) {
    parts::reject_subject(draft, violations);
    parts::require_text(
        "title",
        &commitment.title,
        "Give the commitment a title, at most 120 characters.",
        violations,
    );
    if commitment.target.is_none() && commitment.target_words.trim().is_empty() {
        violations.add(
            "target_words",
            "missing",
            "Say what is to be reached, in words or as a figure.",
        );
    }
    parts::require_text(
        "due_date",
        &commitment.due_date,
        "Say by when it is to be reached, as in 2027-03-31.",
        violations,
    );
    for (index, progress) in commitment.progress.iter().enumerate() {
        parts::require_text(
            &format!("progress[{index}].report_date"),
            &progress.report_date,
            "Say on which day this was so, as in 2026-03-31.",
            violations,
        );
    }
    for (index, stream) in commitment.funding_streams.iter().enumerate() {
        let path = format!("funding_streams[{index}]");
        parts::require_text(
            &format!("{path}.name"),
            &stream.name,
            "Name the stream.",
            violations,
        );
        parts::check_money(
            &format!("{path}.amount"),
            stream.amount.as_ref(),
            violations,
        );
        parts::check_who_for(&format!("{path}.who_for"), &stream.who_for, violations);
    }
    for (index, group) in commitment.accountable_to.iter().enumerate() {
        parts::require_group(&format!("accountable_to[{index}]"), Some(group), violations);
    }
    parts::check_who_for("who_for", &commitment.who_for, violations);
    for field in too_fine(commitment) {
        violations.add(
            field,
            "place_too_fine",
            "The area of a commitment is a town or larger.",
        );
    }
}

/// Returns the paths of areas that are finer than a town.
pub(super) fn too_fine(commitment: &v1::Commitment) -> Vec<String> {
    finer_than_town("areas", &commitment.areas)
}

/// Suppresses small numbers in every figure.
pub(super) fn suppress(commitment: &mut v1::Commitment, violations: &mut Violations) {
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
            suppress_figure(&path, figure, violations);
        }
    }
}

fn suppress_figure(path: &str, figure: &mut v1::Figure, violations: &mut Violations) {
    if figure
        .value
        .is_some_and(|value| !value.is_finite() || value < 0.0)
    {
        violations.add(
            format!("{path}.value"),
            "number_out_of_bounds",
            "Write a number from 0 up.",
        );
        return;
    }
    if figure.value.is_some() && figure.fewer_than != 0 {
        violations.add(
            format!("{path}.value"),
            "figure_given_twice",
            "Give the number, or say that it is fewer than another, not both.",
        );
        return;
    }
    let unit = figure.unit.trim().to_lowercase();
    // An unknown unit counts as people: "trans women" is as likely as "sofas".
    let counts_people = !UNITS_WITHOUT_PEOPLE.contains(&unit.as_str());
    let is_small = |value: f64| value > 0.0 && value < f64::from(MIN_PEOPLE_SHOWN);
    if counts_people && figure.value.is_some_and(is_small) {
        figure.value = None;
        figure.fewer_than = MIN_PEOPLE_SHOWN;
        violations.add_adjustment(format!(
            "{path}: so small a number could point at somebody; it is shown as fewer than {MIN_PEOPLE_SHOWN}."
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
        suppress(&mut commitment, &mut Violations::default());
        let figure = commitment.progress[0].figure.clone().unwrap();
        (figure.value, figure.fewer_than)
    }

    #[test]
    fn small_numbers_of_people_are_suppressed() {
        assert_eq!(suppressed(3.0, "people"), (None, 5));
        assert_eq!(suppressed(4.9, "trans women"), (None, 5));
        assert_eq!(suppressed(0.0, "people"), (Some(0.0), 0));
        assert_eq!(suppressed(5.0, "people"), (Some(5.0), 0));
        assert_eq!(suppressed(3.0, "Per cent"), (Some(3.0), 0));
        assert_eq!(suppressed(3.0, "groups"), (Some(3.0), 0));
    }
}
