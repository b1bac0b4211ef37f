//! Progress bars: on the notes, and only where somebody watches them.

use std::time::Duration;

use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

use crate::Context;

/// A bar that counts to `length`.
pub fn bar(context: &Context, length: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), target(context)).with_message(what);
    match ProgressStyle::with_template("{msg:32} {wide_bar} {pos:>5}/{len}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A sign of life for something whose length nobody knows.
pub fn spinner(context: &Context, what: impl Into<String>) -> ProgressBar {
    let spinner = ProgressBar::with_draw_target(None, target(context))
        .with_style(ProgressStyle::default_spinner())
        .with_message(what.into());
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

fn target(context: &Context) -> ProgressDrawTarget {
    if context.watched.notes {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    }
}
