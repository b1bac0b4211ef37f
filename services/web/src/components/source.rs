//! Whose voice a record is, how fresh it is, and what to know first.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::icon::Icon;
use crate::view::{Confirmed, Freshness, State, Voice};
use crate::words::Words;

/// Whose voice it is. The three differ in colour, icon and words, so that they do not look alike
/// to anyone, on paper and without colours either.
#[derive(Template)]
#[template(path = "components/voice_badge.html")]
pub struct VoiceBadge<'a> {
    t: Words,
    voice: &'a Voice,
}

impl<'a> VoiceBadge<'a> {
    pub fn new(t: Words, voice: &'a Voice) -> Self {
        Self { t, voice }
    }

    fn class(&self) -> &'static str {
        match self.voice {
            Voice::Itself(Confirmed::No) => "voice voice-itself",
            Voice::Itself(_) => "voice voice-confirmed",
            Voice::OnBehalf { .. } => "voice voice-behalf",
            Voice::Catalogued { .. } => "voice voice-catalogued",
        }
    }

    fn icon(&self) -> Icon {
        match self.voice {
            Voice::Itself(Confirmed::No) | Voice::OnBehalf { .. } => Icon::Voice,
            Voice::Itself(_) => Icon::Seal,
            Voice::Catalogued { .. } => Icon::Archive,
        }
    }
}

impl HtmlSafe for VoiceBadge<'_> {}

/// How fresh it is, as a sentence.
pub struct FreshnessLine {
    t: Words,
    freshness: Freshness,
}

impl FreshnessLine {
    pub fn new(t: Words, freshness: &Freshness) -> Self {
        Self {
            t,
            freshness: *freshness,
        }
    }
}

impl std::fmt::Display for FreshnessLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let t = self.t;
        let (text, is_warning) = match self.freshness {
            Freshness::Unknown => return Ok(()),
            Freshness::Silent { days } => (t.count("fresh-silent", days), true),
            Freshness::Old { confirmed } => {
                let date = t.month_and_year(confirmed);
                (t.with("fresh-old", &[("date", &date)]), true)
            }
            Freshness::Confirmed { on } => {
                let date = t.month_and_year(on);
                (t.with("fresh-confirmed", &[("date", &date)]), false)
            }
            Freshness::Signed { on } => {
                let date = t.date(on);
                (t.with("fresh-signed", &[("date", &date)]), false)
            }
        };
        let class = if is_warning { "fresh stale" } else { "fresh" };
        write!(f, "<span class=\"{class}\">")?;
        crate::escape::write_escaped(f, &text)?;
        f.write_str("</span>")
    }
}

impl HtmlSafe for FreshnessLine {}

/// That it is cancelled, paused, closed or over.
pub struct StateBadge {
    t: Words,
    state: State,
}

impl StateBadge {
    pub fn new(t: Words, state: &State) -> Self {
        Self { t, state: *state }
    }
}

impl std::fmt::Display for StateBadge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let t = self.t;
        let text = match self.state {
            State::Paused => t.text("state-paused"),
            State::Closed => t.text("state-closed"),
            State::Cancelled => t.text("state-cancelled"),
            State::Postponed => t.text("state-postponed"),
            State::Over { since } => t.with("state-over", &[("date", &t.date(since))]),
        };
        f.write_str("<strong class=\"state\">")?;
        crate::escape::write_escaped(f, &text)?;
        f.write_str("</strong>")
    }
}

impl HtmlSafe for StateBadge {}
