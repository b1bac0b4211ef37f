//! One thing to do, what it means, and what must be confirmed.

use askama::Template;

use crate::pages::console::Frame;
use crate::text::Text;
use crate::words::Words;

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct AskView {
    /// The key of the heading.
    pub heading: &'static str,
    /// What it is about.
    pub title: Text,
    pub sentences: Vec<Sentence>,
    /// Sentences of the rules that keep it from being done.
    pub problems: Vec<Text>,
    pub questions: Vec<Question>,
    /// A tick to add something: its name in the form, and the key of its words.
    pub option: Option<(&'static str, &'static str)>,
    /// A word to type, so that nothing happens by chance: the key of what it is for.
    pub typed: Option<&'static str>,
    /// Fields that the person does not see.
    pub hidden: Vec<(&'static str, String)>,
    /// The key of the button.
    pub button: &'static str,
    pub action: String,
    pub back: String,
    pub request: String,
}

/// A sentence of this program, or of the node.
#[derive(Clone, Debug)]
pub enum Sentence {
    Key(&'static str),
    Counted(&'static str, u64),
    Words(Text),
}

/// A question of the rules that a person confirms by name.
#[derive(Clone, Debug)]
pub struct Question {
    /// The stable name of the question, with that of the record that it is about.
    pub reason: String,
    pub sentence: Text,
    pub is_confirmed: bool,
}

#[derive(Template)]
#[template(path = "pages/console/edit/ask.html")]
pub struct Ask {
    t: Words,
    frame: Frame,
    view: AskView,
}

impl Ask {
    pub fn new(frame: Frame, view: AskView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }
}
