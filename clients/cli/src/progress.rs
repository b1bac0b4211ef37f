//! Progress bars, on standard error, if it is a terminal with control sequences.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::context::Context;

/// A bar that counts to `length`.
pub fn bar(context: &Context, length: u64, label: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length), target(context)).with_message(label);
    match ProgressStyle::with_template("{msg:32} {wide_bar} {pos:>5}/{len}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A spinner, for work of unknown length.
pub fn spinner(context: &Context, label: impl Into<String>) -> ProgressBar {
    let spinner = ProgressBar::with_draw_target(None, target(context))
        .with_style(ProgressStyle::default_spinner())
        .with_message(label.into());
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

fn target(context: &Context) -> ProgressDrawTarget {
    if context.shows_progress {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    }
}
