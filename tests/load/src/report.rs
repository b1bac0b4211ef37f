//! Results as tables, on the terminal and in a document.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use crate::machine;
use crate::paths::Paths;

/// The result of one benchmark.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Identifies the section of the document that the next run replaces.
    pub name: String,
    pub title: String,
    /// The command that repeats the measurement.
    pub command: String,
    pub method: String,
    /// Conditions under which the figures hold.
    pub limit: String,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
    /// Paragraphs below the table.
    pub notes: Vec<String>,
}

impl Report {
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(Vec::from(cells));
    }

    /// Adds a note, and prints it at once.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        progress(&note);
        self.notes.push(note);
    }

    /// Prints the report, and writes it to the file of `--write`.
    pub fn publish(&self, paths: &Paths) -> anyhow::Result<()> {
        let text = self.render(&machine::describe()?);
        print(&text);
        if let Some(file) = &paths.write {
            self.write(file, &text)
                .with_context(|| format!("cannot write {}", file.display()))?;
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
        fs::write(file, with_section(&old, &self.name, text))
    }
}

/// The document with the section `name` replaced, or appended if it is new.
fn with_section(document: &str, name: &str, text: &str) -> String {
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

/// Prints a line on standard error.
#[expect(clippy::print_stderr, reason = "progress of the command")]
pub fn progress(text: &str) {
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
    fn a_later_run_replaces_the_section_of_an_earlier_one() {
        let first = with_section("# Title\n", "a", "one\n");
        let second = with_section(&first, "b", "two\n");
        let third = with_section(&second, "a", "three\n");
        assert_eq!(
            third,
            "# Title\n\n<!-- begin a -->\nthree\n<!-- end a -->\n\n<!-- begin b -->\ntwo\n<!-- end b -->\n"
        );
    }

    #[test]
    fn a_report_contains_its_table() {
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
