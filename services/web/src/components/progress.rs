//! How far a promise is, as a picture with its text.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::view::{Figure, Progress};
use crate::words::Words;

#[derive(Template)]
#[template(path = "components/progress.html")]
pub struct ProgressBar<'a> {
    t: Words,
    progress: &'a Progress,
}

impl<'a> ProgressBar<'a> {
    pub fn new(t: Words, progress: &'a Progress) -> Self {
        Self { t, progress }
    }

    /// The length of the bar, of 100. `None` if the figures cannot be compared.
    fn length(&self) -> Option<u32> {
        let (target, latest) = (&self.progress.target, &self.progress.latest);
        let (target, latest) = (target.as_ref()?, latest.as_ref()?);
        let baseline = self.progress.baseline.as_ref();
        if target.unit != latest.unit || baseline.is_some_and(|it| it.unit != target.unit) {
            return None;
        }
        let from = baseline.map_or(Some(0.0), |baseline| baseline.value)?;
        let way = target.value? - from;
        let done = (latest.value? - from) / way;
        // A target that lies below its beginning is reached by going down.
        (way != 0.0 && done.is_finite()).then(|| percent(done))
    }

    fn in_words(&self) -> String {
        let t = self.t;
        match (&self.progress.latest, &self.progress.target) {
            (Some(latest), Some(target)) => {
                let done = match latest.unit == target.unit {
                    true => number(t, latest),
                    false => shown(t, latest),
                };
                t.with(
                    "progress-of",
                    &[("done", &done), ("goal", &shown(t, target))],
                )
            }
            (Some(latest), None) => shown(t, latest),
            (None, Some(target)) => t.with("progress-goal", &[("goal", &shown(t, target))]),
            (None, None) => t.text("progress-none"),
        }
    }

    fn began(&self) -> Option<String> {
        let baseline = self.progress.baseline.as_ref()?;
        let figure = shown(self.t, baseline);
        Some(self.t.with("progress-began", &[("figure", &figure)]))
    }

    fn has_report(&self) -> bool {
        self.progress.latest.is_some()
    }
}

impl HtmlSafe for ProgressBar<'_> {}

fn percent(share: f64) -> u32 {
    let percent = (share.clamp(0.0, 1.0) * 100.0).round();
    // Between 0 and 100.
    (0..=100)
        .find(|whole| f64::from(*whole) >= percent)
        .unwrap_or(100)
}

/// `40`, `fewer than 5`.
fn number(t: Words, figure: &Figure) -> String {
    match figure.value {
        Some(value) => t.number(value),
        None => t.with(
            "progress-fewer",
            &[("number", &t.number(f64::from(figure.fewer_than)))],
        ),
    }
}

/// `40 groups`, `fewer than 5 people`.
fn shown(t: Words, figure: &Figure) -> String {
    figure.in_words(t)
}

impl Figure {
    /// The number and its unit: `40 groups`, `fewer than 5 people`.
    pub fn in_words(&self, t: Words) -> String {
        let number = number(t, self);
        let unit = self.unit.as_str();
        match unit.is_empty() {
            true => number,
            false => t.with("progress-figure", &[("number", &number), ("unit", unit)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::text::Text;

    fn figure(value: f64, unit: &str) -> Option<Figure> {
        Some(Figure {
            value: Some(value),
            fewer_than: 0,
            unit: Text::plain(unit),
        })
    }

    fn length(
        baseline: Option<Figure>,
        latest: Option<Figure>,
        target: Option<Figure>,
    ) -> Option<u32> {
        let progress = Progress {
            target,
            baseline,
            latest,
            ..Progress::default()
        };
        let t = Words::new("", NaiveDate::from_ymd_opt(2026, 11, 27).unwrap());
        ProgressBar::new(t, &progress).length()
    }

    #[test]
    fn a_bar_is_as_long_as_the_way_that_is_done() {
        let groups = |value| figure(value, "groups");
        assert_eq!(length(None, groups(12.0), groups(40.0)), Some(30));
        assert_eq!(length(groups(10.0), groups(12.0), groups(40.0)), Some(7));
        assert_eq!(length(None, groups(99.0), groups(40.0)), Some(100));
        assert_eq!(length(groups(60.0), groups(50.0), groups(40.0)), Some(50));
        assert_eq!(length(None, groups(-3.0), groups(40.0)), Some(0));
    }

    #[test]
    fn figures_that_cannot_be_compared_get_no_bar() {
        let groups = |value| figure(value, "groups");
        for (baseline, latest, target) in [
            (None, figure(12.0, "people"), groups(40.0)),
            (figure(1.0, "people"), groups(12.0), groups(40.0)),
            (groups(40.0), groups(12.0), groups(40.0)),
            (None, groups(f64::NAN), groups(40.0)),
            (None, groups(f64::INFINITY), groups(40.0)),
            (None, None, groups(40.0)),
            (None, groups(12.0), None),
        ] {
            assert_eq!(
                length(baseline.clone(), latest.clone(), target.clone()),
                None,
                "{baseline:?} {latest:?} {target:?}"
            );
        }
    }
}
