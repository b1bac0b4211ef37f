//! A control's value as text, to check it or to compare two versions.

use std::fmt;

use askama::filters::HtmlSafe;

use super::control::{Control, Input};
use crate::text::Text;
use crate::words::Words;

/// What a control says. Nothing if it is empty.
pub struct AnswerView<'a> {
    t: Words,
    control: &'a Control,
}

impl<'a> AnswerView<'a> {
    pub fn new(t: Words, control: &'a Control) -> Self {
        Self { t, control }
    }
}

impl fmt::Display for AnswerView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = self.t;
        if self.control.input.is_empty() {
            return Ok(());
        }
        match &self.control.input {
            Input::Line(value) | Input::Number(value) => Text::plain(value).fmt(f),
            Input::Text(value) | Input::Lines(value) => Text::plain(value).prose().fmt(f),
            Input::Day(value) => match chrono::NaiveDate::parse_from_str(value, "%Y-%m-%d") {
                Ok(day) => Text::plain(&t.date(day)).fmt(f),
                Err(_) => Text::plain(value).fmt(f),
            },
            Input::Flag(_) => Text::plain(&t.text("form-yes")).fmt(f),
            Input::Choice { options, own } => {
                let chosen = options.iter().find(|answer| answer.is_chosen);
                let chosen = chosen.filter(|answer| !answer.value.is_empty());
                let own = own.as_deref().map(str::trim).filter(|own| !own.is_empty());
                let words = own.map_or_else(
                    || chosen.map_or_else(String::new, |answer| answer.label.plain(t)),
                    str::to_owned,
                );
                Text::plain(&words).fmt(f)
            }
            Input::Choices { options, own } => {
                let chosen = options
                    .iter()
                    .filter(|answer| answer.is_chosen && !answer.value.is_empty());
                let chosen = chosen.map(|answer| answer.label.plain(t));
                let own = own.iter().flat_map(|words| words.lines());
                let own = own.map(str::trim).filter(|words| !words.is_empty());
                f.write_str("<ul class=\"tags\">")?;
                for words in chosen.chain(own.map(str::to_owned)) {
                    write!(f, "<li>{}</li>", Text::plain(&words))?;
                }
                f.write_str("</ul>")
            }
            Input::Part(controls) => write_all(f, t, controls),
            Input::List { items, .. } => {
                f.write_str("<ol>")?;
                for controls in items {
                    f.write_str("<li>")?;
                    write_all(f, t, controls)?;
                    f.write_str("</li>")?;
                }
                f.write_str("</ol>")
            }
        }
    }
}

/// The parts that are filled in, each after its label.
fn write_all(f: &mut fmt::Formatter<'_>, t: Words, controls: &[Control]) -> fmt::Result {
    for control in controls.iter().filter(|control| !control.input.is_empty()) {
        let label = Text::plain(&control.label.plain(t));
        write!(
            f,
            "<div><span class=\"quiet\">{label}</span> {}</div>",
            AnswerView::new(t, control)
        )?;
    }
    Ok(())
}

impl HtmlSafe for AnswerView<'_> {}
