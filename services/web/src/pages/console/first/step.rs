//! One of the five pages: one question a page.

use askama::Template;

use crate::components::{
    Choices, Control, ControlView, DraftStatus, ErrorSummary, Errors, FieldChoice, TextArea,
    TextField,
};
use crate::form::Form;
use crate::pages::console::Frame;
use crate::text::Text;
use crate::view::Times;
use crate::words::Words;

/// The pages in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstStep {
    About,
    Who,
    Where,
    When,
    Join,
}

impl FirstStep {
    pub const ALL: [Self; 5] = [Self::About, Self::Who, Self::Where, Self::When, Self::Join];

    /// The last part of the page's address.
    pub fn name(self) -> &'static str {
        match self {
            Self::About => "about",
            Self::Who => "who",
            Self::Where => "where",
            Self::When => "when",
            Self::Join => "join",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    /// The address of the page.
    pub fn path(self) -> String {
        format!("/console/first/{}", self.name())
    }

    pub fn next(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|step| *step == self)?;
        Self::ALL.get(at + 1).copied()
    }

    fn before(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|step| *step == self)?;
        Self::ALL.get(at.checked_sub(1)?).copied()
    }

    fn key(self) -> &'static str {
        match self {
            Self::About => "first-about",
            Self::Who => "first-who",
            Self::Where => "first-where",
            Self::When => "first-when",
            Self::Join => "first-join",
        }
    }
}

/// What the words on when the group meets were read as.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FirstReading {
    /// What this is the reading of; a form that comes back with it has seen it.
    pub seen: String,
    /// The rule in plain words. `None` while something is open.
    pub rule: Option<Text>,
    pub times: Option<Times>,
    /// What the words leave open, with what was answered.
    pub questions: Vec<Control>,
    /// Whether the words are wanted without days.
    pub only_words: bool,
}

#[derive(Clone, Debug)]
pub struct FirstStepView {
    pub step: FirstStep,
    /// What was written so far.
    pub form: Form,
    /// The number of times that the page was sent.
    pub revision: i64,
    /// Whether it shows what was typed and not sent.
    pub is_typed: bool,
    pub errors: Errors,
    /// To choose from, on the page on who it is for.
    pub communities: Vec<FieldChoice>,
    pub experiences: Vec<FieldChoice>,
    /// On the page on when it meets.
    pub reading: Option<FirstReading>,
}

#[derive(Template)]
#[template(path = "pages/console/first/step.html")]
pub struct FirstPage {
    t: Words,
    frame: Frame,
    view: FirstStepView,
}

impl FirstPage {
    pub fn new(frame: Frame, view: FirstStepView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }

    fn script(&self) -> &'static str {
        crate::assets::draft_script_path()
    }

    fn number(&self) -> u64 {
        let at = FirstStep::ALL
            .iter()
            .position(|step| *step == self.view.step);
        at.and_then(|at| u64::try_from(at + 1).ok()).unwrap_or(1)
    }

    fn heading(&self) -> String {
        self.t.text(self.view.step.key())
    }

    fn back(&self) -> Option<String> {
        self.view.step.before().map(FirstStep::path)
    }

    /// What was written into a field.
    fn value(&self, name: &str) -> &str {
        self.view.form.get(name)
    }

    fn line(&self, name: &'static str, key: &str) -> TextField<'_> {
        TextField::new(name, self.t.text(key))
            .value(self.value(name))
            .errors(&self.view.errors)
    }

    fn area(&self, name: &'static str, key: &str) -> TextArea<'_> {
        TextArea::new(name, self.t.text(key))
            .value(self.value(name))
            .errors(&self.view.errors)
    }

    /// Radios; the first is chosen before anything is.
    fn one_of(&self, name: &'static str, key: &str, options: &[(&str, &str)]) -> Choices<'_> {
        let chosen = self.value(name);
        let choices = options.iter().enumerate().map(|(index, (value, label))| {
            let is_chosen = chosen == *value || (chosen.is_empty() && index == 0);
            FieldChoice::new(value, Text::plain(&self.t.text(label)), is_chosen)
        });
        Choices::one(name, self.t.text(key), choices.collect()).errors(&self.view.errors)
    }

    fn any_chosen(choices: &[FieldChoice]) -> bool {
        choices.iter().any(|choice| choice.is_chosen)
    }

    fn emphasis(&self) -> Choices<'_> {
        let options = [
            ("welcome", "first-who-welcome"),
            ("mainly", "first-who-mainly"),
            ("only", "first-who-only"),
        ];
        self.one_of("emphasis", "first-who-emphasis", &options)
    }

    fn together(&self) -> Choices<'_> {
        let options = [("any", "first-who-any"), ("all", "first-who-all")];
        self.one_of("together", "first-who-together", &options)
    }

    fn place(&self) -> Choices<'_> {
        let options = [
            ("town", "first-where-town"),
            ("district", "first-where-district"),
            ("online", "first-where-online"),
            ("exact", "first-where-exact"),
            ("hidden", "first-where-hidden"),
        ];
        self.one_of("place", "first-where-choose", &options)
    }

    fn nation(&self) -> Choices<'_> {
        let options = [
            ("GB-ENG", "first-when-england"),
            ("GB-SCT", "first-when-scotland"),
            ("GB-NIR", "first-when-northern-ireland"),
        ];
        self.one_of("nation", "first-when-nation", &options)
    }

    fn openness(&self) -> Choices<'_> {
        let options = [
            ("open", "first-join-open"),
            ("contact-first", "first-join-contact-first"),
            ("waiting-list", "first-join-waiting-list"),
            ("closed", "first-join-closed"),
        ];
        self.one_of("openness", "first-join-openness", &options)
    }
}
