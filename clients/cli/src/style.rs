//! Styles of the output. They disappear unless the output is a terminal.

use anstyle::{AnsiColor, Style};

pub const TITLE: Style = Style::new().bold();
/// Less important text.
pub const QUIET: Style = Style::new().dimmed();
/// A check that passed, a step that is complete.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// Something that a person should notice.
pub const CARE: Style = AnsiColor::Yellow.on_default();
/// A failure.
pub const BAD: Style = AnsiColor::Red.on_default().bold();

/// All of them: a terminal receives no other escape sequence.
pub const ALL: [Style; 5] = [TITLE, QUIET, GOOD, CARE, BAD];
