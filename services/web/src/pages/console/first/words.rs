//! The recovery words: made, written down, confirmed.

use askama::Template;

use crate::components::{ErrorSummary, Errors, Qr, TextField};
use crate::pages::console::Frame;
use crate::text::Text;
use crate::words::Words;

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WordsStage {
    /// Nothing is made yet.
    Explain,
    /// The words, to write down.
    Show {
        words: Vec<String>,
        /// The same for the camera of a phone.
        code: Option<Qr>,
    },
    /// Which words to repeat, counted from 1.
    Confirm { asked: Vec<u64> },
}

#[derive(Clone, Debug)]
pub struct FirstWordsView {
    pub stage: WordsStage,
    pub name: Text,
    /// Whether this browser is on the machine that makes the words.
    pub is_own_machine: bool,
    pub errors: Errors,
}

#[derive(Template)]
#[template(path = "pages/console/first/words.html")]
pub struct FirstWords {
    t: Words,
    frame: Frame,
    view: FirstWordsView,
}

impl FirstWords {
    pub fn new(frame: Frame, view: FirstWordsView) -> Self {
        Self {
            t: frame.words,
            frame,
            view,
        }
    }

    /// Whether the browser may make the words itself.
    fn can_make(&self) -> bool {
        self.view.stage == WordsStage::Explain
    }

    fn script(&self) -> &'static str {
        crate::assets::words_script_path()
    }

    /// The fields of the words to repeat, each with its name.
    fn names(asked: &[u64]) -> Vec<(String, u64)> {
        let name = |number: &u64| (format!("word-{number}"), *number);
        asked.iter().map(name).collect()
    }
}
