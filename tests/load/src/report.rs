//! Results as a table, on the terminal and in the document.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use crate::arguments::Place;
use crate::machine;

/// One benchmark's result.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// The name by which a later run replaces it.
    pub name: String,
    /// Its heading.
    pub title: String,
    /// The command that measured it.
    pub command: String,
    /// How it was measured.
    pub method: String,
    /// What the figures do not say.
    pub limit: String,
    /// The heads of the columns.
    pub columns: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// What else there is to say.
    pub notes: Vec<String>,
}

impl Report {
    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(Vec::from(cells));
    }

    /// Adds a note, and tells it at once.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        say(&note);
        self.notes.push(note);
    }

    /// Shows it, and writes it where that was asked for.
    pub fn publish(&self, place: &Place) -> anyhow::Result<()> {
        let text = self.render(&machine::describe());
        print(&text);
        if let Some(file) = &place.write {
            self.write(file, &text)
                .with_context(|| format!("{} cannot be written", file.display()))?;
        }
        Ok(())
    }

    fn render(&self, measured_on: &str) -> String {
        let mut text = format!("### {}\n\n`{}`\n\n", self.title, self.command);
        text += &format!("Measured {measured_on}.\n\n");
        text += &format!(
            "**Method.** {}\n\n**Limit.** {}\n\n",
            self.method, self.limit
        );
        text += &format!("| {} |\n", self.columns.join(" | "));
        text += &format!("|{}\n", "---|".repeat(self.columns.len()));
        for row in &self.rows {
            text += &format!("| {} |\n", row.join(" | "));
        }
        for note in &self.notes {
            text += &format!("\n{note}\n");
        }
        text
    }

    fn write(&self, file: &Path, text: &str) -> std::io::Result<()> {
        let old = fs::read_to_string(file).unwrap_or_default();
        fs::write(file, replaced(&old, &self.name, text))
    }
}

/// The document with one section put in the place of the one before.
fn replaced(document: &str, name: &str, text: &str) -> String {
    let (begin, end) = (
        format!("<!-- begin {name} -->\n"),
        format!("<!-- end {name} -->\n"),
    );
    let section = format!("{begin}{text}{end}");
    let old = document.find(&begin).and_then(|from| {
        let to = document[from..].find(&end)?;
        Some((from, from + to + end.len()))
    });
    match old {
        Some((from, to)) => format!("{}{section}{}", &document[..from], &document[to..]),
        None => format!("{document}\n{section}"),
    }
}

/// Tells how far it is, on standard error.
#[expect(clippy::print_stderr, reason = "progress, for whoever waits")]
pub fn say(text: &str) {
    eprintln!("{text}");
}

#[expect(clippy::print_stdout, reason = "the result of the command")]
fn print(text: &str) {
    print!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_run_takes_the_place_of_an_earlier_one() {
        let first = replaced("# Title\n", "a", "one\n");
        let second = replaced(&first, "b", "two\n");
        let third = replaced(&second, "a", "three\n");
        assert_eq!(
            third,
            "# Title\n\n<!-- begin a -->\nthree\n<!-- end a -->\n\n<!-- begin b -->\ntwo\n<!-- end b -->\n"
        );
    }

    #[test]
    fn a_report_is_a_table_with_its_method() {
        let mut report = Report {
            title: "Things".to_owned(),
            columns: vec!["what", "figure"],
            ..Report::default()
        };
        report.row(["one".to_owned(), "1".to_owned()]);
        let text = report.render("today");
        assert!(
            text.contains("| what | figure |\n|---|---|\n| one | 1 |\n"),
            "{text}"
        );
    }
}
