use crate::text::Text;

/// A line of a list, with what the group says about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub text: Text,
    pub words: Option<Text>,
}

impl Line {
    pub fn new(text: Text, words: Text) -> Self {
        Self {
            text,
            words: Some(words).filter(|words| !words.is_empty()),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.words.is_none()
    }
}
