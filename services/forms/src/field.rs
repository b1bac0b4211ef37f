//! Rows of the tables.

/// An answer to choose from: its value in the protocol, empty for none, and the key of its words.
pub type Choice = (&'static str, &'static str);

/// A field of a message, and how it is filled in.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its path from the message, with dots: `resource.title`.
    pub path: &'static str,
    /// The key of its label.
    pub label: &'static str,
    /// The key of its hint.
    pub help: Option<&'static str>,
    pub kind: Kind,
    pub fold: Fold,
}

/// Whether a field is folded away within its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    Never,
    /// While nothing is filled in.
    Empty,
    Always,
}

/// How a field is shown and read.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Line,
    Text,
    /// Texts, one a line.
    Lines,
    /// BCP 47 tags, shown by the names of the languages.
    Languages,
    /// A whole number; 0 is empty unless the field has presence.
    Number,
    Decimal,
    Flag,
    /// A flag that may be absent.
    Answer,
    /// An enum, or a text from a list.
    Choice(&'static [Choice]),
    /// Several enums or numbers.
    Choices(&'static [Choice]),
    /// Terms of a group of the vocabulary, and own words.
    Tags(&'static str),
    /// One term, or own words.
    Tag(&'static str),
    Day,
    /// A timestamp of which only the day is shown.
    Moment,
    /// Local times of a schedule, one a line.
    Moments,
    /// A time of the day.
    Time,
    Money,
    Point,
    /// Bytes in hexadecimal digits.
    Id,
    /// A message.
    Part(&'static [Field]),
    /// Messages, with the key of the heading of each.
    Parts {
        fields: &'static [Field],
        item: &'static str,
        /// Whether an empty one waits to be filled in if there is none.
        starts_blank: bool,
    },
}

/// Fields under one heading.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    pub heading: &'static str,
    /// Whether it is open although it is empty. Others are folded away.
    pub is_open: bool,
    pub fields: &'static [Field],
}

/// Groups that are filled in together. Only a listing has several.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// For its address.
    pub name: &'static str,
    /// The key of its title; empty if it is the only one.
    pub title: &'static str,
    pub groups: &'static [Group],
}

impl Field {
    pub(crate) const fn new(path: &'static str, label: &'static str, kind: Kind) -> Self {
        Self {
            path,
            label,
            help: None,
            kind,
            fold: Fold::Never,
        }
    }

    pub(crate) const fn rare(self) -> Self {
        Self {
            fold: Fold::Always,
            ..self
        }
    }

    /// Folds the field away while it is empty.
    pub(crate) const fn seldom(self) -> Self {
        Self {
            fold: Fold::Empty,
            ..self
        }
    }

    pub(crate) const fn help(self, help: &'static str) -> Self {
        Self {
            help: Some(help),
            ..self
        }
    }
}

impl Group {
    pub(crate) const fn new(
        heading: &'static str,
        is_open: bool,
        fields: &'static [Field],
    ) -> Self {
        Self {
            heading,
            is_open,
            fields,
        }
    }
}

impl Page {
    pub(crate) const fn new(
        name: &'static str,
        title: &'static str,
        groups: &'static [Group],
    ) -> Self {
        Self {
            name,
            title,
            groups,
        }
    }
}
