//! A time.

use askama::filters::HtmlSafe;

use crate::view::When;
use crate::words::Words;

/// `Tuesday 1 December, 7pm to 9pm`, or that it is on now.
pub struct WhenLine {
    t: Words,
    when: When,
}

impl WhenLine {
    pub fn new(t: Words, when: &When) -> Self {
        Self { t, when: *when }
    }
}

impl std::fmt::Display for WhenLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let When {
            start,
            end,
            is_on_now,
        } = self.when;
        let machine = start.format("%Y-%m-%dT%H:%M");
        let shown = self.t.span(start, end);
        write!(f, "<time datetime=\"{machine}\">")?;
        crate::escape::write_escaped(f, &shown)?;
        f.write_str("</time>")?;
        if is_on_now {
            f.write_str(" <strong>")?;
            crate::escape::write_escaped(f, &self.t.text("on-now"))?;
            f.write_str("</strong>")?;
        }
        Ok(())
    }
}

impl HtmlSafe for WhenLine {}
