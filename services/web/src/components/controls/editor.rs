//! A control to fill in.

use askama::Template;
use askama::filters::HtmlSafe;

use super::control::{Caption, ChoiceOption, Control, Input};
use crate::words::Words;

/// More options than these are a list to open, instead of buttons.
const MAX_BUTTONS: usize = 5;
/// More than these are folded away while none of them is chosen.
const MAX_UNFOLDED: usize = 10;

#[derive(Template)]
#[template(path = "components/controls/editor.html")]
pub struct ControlView<'a> {
    t: Words,
    control: &'a Control,
}

impl<'a> ControlView<'a> {
    pub fn new(t: Words, control: &'a Control) -> Self {
        Self { t, control }
    }

    fn is_list(&self, options: &[ChoiceOption]) -> bool {
        options.len() > MAX_BUTTONS
    }

    fn is_folded(&self, options: &[ChoiceOption]) -> bool {
        options.len() > MAX_UNFOLDED && !options.iter().any(|answer| answer.is_chosen)
    }

    fn say(&self, caption: &Caption) -> String {
        caption.plain(self.t)
    }

    /// The ids of the hint and the error, for the attribute `aria-describedby`.
    fn described_by(&self) -> String {
        let name = &self.control.name;
        let help = self.control.help.map(|_| format!("{name}-hint"));
        let error = self.control.error.as_ref().map(|_| format!("{name}-error"));
        let ids: Vec<String> = help.into_iter().chain(error).collect();
        ids.join(" ")
    }

    /// The rows of a text area: a little more than it holds, and never the whole screen.
    fn rows(&self, value: &str, min: usize) -> usize {
        let lines = value.lines().map(|line| 1 + line.len() / 60).sum::<usize>();
        (lines + 1).clamp(min, 14)
    }

    fn has_rare(&self, controls: &[Control]) -> bool {
        controls.iter().any(|control| control.is_rare)
    }

    /// Whether one of the folded controls has something in it.
    fn is_rare_filled(&self, controls: &[Control]) -> bool {
        let mut rare = controls.iter().filter(|control| control.is_rare);
        rare.any(|control| !control.input.is_empty())
    }

    fn has_rare_errors(&self, controls: &[Control]) -> bool {
        let mut found = Vec::new();
        for control in controls.iter().filter(|control| control.is_rare) {
            control.errors(&mut found);
        }
        !found.is_empty()
    }

    fn more_key(&self, items: &[Vec<Control>]) -> &'static str {
        if items.is_empty() {
            "form-first"
        } else {
            "form-another"
        }
    }

    /// A browser shows nothing in a field for days if it cannot read the value.
    fn day_type(&self, value: &str) -> &'static str {
        let is_day =
            value.is_empty() || chrono::NaiveDate::parse_from_str(value, "%Y-%m-%d").is_ok();
        if is_day { "date" } else { "text" }
    }

    fn number(&self, index: &usize) -> String {
        (index + 1).to_string()
    }
}

impl HtmlSafe for ControlView<'_> {}
