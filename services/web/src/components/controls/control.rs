//! A field of a record, and those in it.

use chrono::NaiveDate;

use crate::text::Text;

/// One field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// The name in the form and the id on the page: `places.0.name`.
    pub name: String,
    pub label: Caption,
    /// The key of a hint.
    pub help: Option<&'static str>,
    pub error: Option<Caption>,
    /// Whether it is folded away among those that it belongs to, until a person wants it.
    pub is_rare: bool,
    pub input: Input,
}

/// Words next to a control: of this program, or somebody else's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caption {
    Key(&'static str),
    Words(Text),
    /// A term of the vocabulary, by its id.
    Term(&'static str),
    Day(NaiveDate),
    /// Recurrence rules. A site that can says them in words before the page is drawn; others say
    /// that the times stay as they are.
    Rules(Vec<String>),
}

/// How a value is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Line(String),
    /// Several lines.
    Text(String),
    /// One value a line.
    Lines(String),
    Number(String),
    /// A day in ISO 8601, or what was typed instead.
    Day(String),
    /// One of several.
    Choice {
        options: Vec<ChoiceOption>,
        /// Own words instead of an option.
        own: Option<String>,
    },
    /// Any of several.
    Choices {
        options: Vec<ChoiceOption>,
        /// Own words besides the options, one a line.
        own: Option<String>,
    },
    Flag(bool),
    /// Fields that belong together.
    Part(Vec<Control>),
    /// Such parts, as many as are needed.
    List {
        items: Vec<Vec<Control>>,
        /// The key of the heading of each, with its `number`.
        item: &'static str,
    },
}

/// One answer that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceOption {
    pub value: String,
    pub label: Caption,
    pub is_chosen: bool,
}

/// Fields under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldGroup {
    /// The key of the heading.
    pub heading: &'static str,
    /// Whether it is shown at once. Others open when a person wants them.
    pub is_open: bool,
    pub controls: Vec<Control>,
}

impl Input {
    /// Whether nothing is filled in.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Line(value)
            | Self::Text(value)
            | Self::Lines(value)
            | Self::Number(value)
            | Self::Day(value) => value.trim().is_empty(),
            Self::Choice { options, own } | Self::Choices { options, own } => {
                let chosen = |answer: &ChoiceOption| answer.is_chosen && !answer.value.is_empty();
                !options.iter().any(chosen)
                    && own.as_ref().is_none_or(|words| words.trim().is_empty())
            }
            Self::Flag(is_set) => !is_set,
            Self::Part(controls) => controls.iter().all(|control| control.input.is_empty()),
            Self::List { items, .. } => items
                .iter()
                .flatten()
                .all(|control| control.input.is_empty()),
        }
    }
}

impl Control {
    /// The first controls with an error, in the order of the page, with the errors.
    pub fn errors<'a>(&'a self, found: &mut Vec<(&'a str, &'a Caption)>) {
        found.extend(self.error.iter().map(|error| (self.name.as_str(), error)));
        let inner: Vec<&Control> = match &self.input {
            Input::Part(controls) => controls.iter().collect(),
            Input::List { items, .. } => items.iter().flatten().collect(),
            _ => Vec::new(),
        };
        for control in inner {
            control.errors(found);
        }
    }
}

impl Control {
    /// Changes the captions of what can be chosen, also in the controls that are in this one.
    pub fn change_captions(&mut self, change: &impl Fn(&mut Caption)) {
        let inner: Vec<&mut Self> = match &mut self.input {
            Input::Choice { options, .. } | Input::Choices { options, .. } => {
                options
                    .iter_mut()
                    .for_each(|option| change(&mut option.label));
                return;
            }
            Input::Part(controls) => controls.iter_mut().collect(),
            Input::List { items, .. } => items.iter_mut().flatten().collect(),
            _ => return,
        };
        for control in inner {
            control.change_captions(change);
        }
    }

    /// Sets the error of the control of a name, or of what it is in. Returns whether this one has
    /// that control.
    pub fn set_error(&mut self, name: &str, error: &Caption) -> bool {
        let is_inside = |control: &str| {
            let rest = name.strip_prefix(control);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if !is_inside(&self.name) {
            return false;
        }
        let inner: Vec<&mut Self> = match &mut self.input {
            Input::Part(controls) => controls.iter_mut().collect(),
            Input::List { items, .. } => items.iter_mut().flatten().collect(),
            _ => Vec::new(),
        };
        for control in inner {
            if control.set_error(name, error) {
                return true;
            }
        }
        self.error = Some(error.clone());
        true
    }
}

impl FieldGroup {
    pub fn has_errors(&self) -> bool {
        let mut found = Vec::new();
        for control in &self.controls {
            control.errors(&mut found);
        }
        !found.is_empty()
    }

    pub fn is_empty(&self) -> bool {
        self.controls.iter().all(|control| control.input.is_empty())
    }

    /// The controls that are folded away within the group.
    pub(crate) fn rare(&self) -> impl Iterator<Item = &Control> {
        self.controls.iter().filter(|control| control.is_rare)
    }

    pub(crate) fn has_rare(&self) -> bool {
        self.rare().next().is_some()
    }

    pub(crate) fn has_rare_errors(&self) -> bool {
        let mut found = Vec::new();
        self.rare().for_each(|control| control.errors(&mut found));
        !found.is_empty()
    }

    pub(crate) fn is_rare_filled(&self) -> bool {
        self.rare().any(|control| !control.input.is_empty())
    }
}

impl Caption {
    /// The words without markup, for an option or an attribute.
    pub fn plain(&self, t: crate::words::Words) -> String {
        match self {
            Self::Key(key) => t.text(key),
            Self::Words(words) => words.as_str().to_owned(),
            Self::Term(id) => t.term(id).unwrap_or_else(|| (*id).to_owned()),
            Self::Day(day) => t.day(*day),
            Self::Rules(_) => t.text("form-as-it-is"),
        }
    }
}
