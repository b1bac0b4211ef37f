//! Links to the same page in other languages.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::escape::write_escaped;
use crate::words::Words;

/// One link a language. `language.rs` adds the address of the page to each; without it they lead to
/// the first page.
pub struct LanguageLinks(Words);

impl LanguageLinks {
    pub fn new(words: Words) -> Self {
        Self(words)
    }
}

impl fmt::Display for LanguageLinks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let others = self.0.other_languages();
        if others.is_empty() {
            return Ok(());
        }
        f.write_str("<p class=\"quiet\">")?;
        write_escaped(f, &self.0.text("foot-languages"))?;
        f.write_str(":")?;
        for (tag, name) in others {
            write!(f, " <a href=\"/{tag}\" hreflang=\"{tag}\" lang=\"{tag}\">")?;
            write_escaped(f, &name)?;
            f.write_str("</a>")?;
        }
        f.write_str("</p>")
    }
}

impl HtmlSafe for LanguageLinks {}
