//! Options of filters, independent of how they are typed.

/// An option that people type: `--who` on a command line, `who` in a form.
#[derive(Debug)]
pub struct FilterOption {
    /// The name without dashes.
    pub name: &'static str,
    pub value: Value,
    /// Whether it may be typed more than once.
    pub is_repeatable: bool,
    /// One or two sentences, for a command's help.
    pub help: &'static str,
    /// An option without which this one means nothing.
    pub requires: Option<&'static str>,
    /// Options that contradict this one.
    pub conflicts: &'static [&'static str],
    /// Whether it only refines another option of its filter, so that messages name the
    /// other.
    pub is_refinement: bool,
}

/// The value that an option takes.
#[derive(Debug)]
pub enum Value {
    /// None: a flag is typed or not.
    Flag,
    /// Any text, with its placeholder in a command's help: `PLACE`.
    Text(&'static str),
    /// One of the words, with its placeholder.
    Choice(&'static str, fn() -> Vec<String>),
}

impl FilterOption {
    pub(super) const fn flag(name: &'static str, help: &'static str) -> Self {
        Self::new(name, Value::Flag, help)
    }

    pub(super) const fn text(
        name: &'static str,
        placeholder: &'static str,
        help: &'static str,
    ) -> Self {
        Self::new(name, Value::Text(placeholder), help)
    }

    pub(super) const fn choice(
        name: &'static str,
        placeholder: &'static str,
        words: fn() -> Vec<String>,
        help: &'static str,
    ) -> Self {
        Self::new(name, Value::Choice(placeholder, words), help)
    }

    const fn new(name: &'static str, value: Value, help: &'static str) -> Self {
        Self {
            name,
            value,
            is_repeatable: false,
            help,
            requires: None,
            conflicts: &[],
            is_refinement: false,
        }
    }

    pub(super) const fn repeatable(mut self) -> Self {
        self.is_repeatable = true;
        self
    }

    pub(super) const fn requires(mut self, option: &'static str) -> Self {
        self.requires = Some(option);
        self
    }

    pub(super) const fn conflicts(mut self, options: &'static [&'static str]) -> Self {
        self.conflicts = options;
        self
    }

    pub(super) const fn refining(mut self) -> Self {
        self.is_refinement = true;
        self
    }
}
