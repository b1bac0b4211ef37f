//! What an import did, would do, and left out.

use std::collections::BTreeMap;

use hedgerow_input::labels::{count, one_line};
use serde_json::{Value, json};

use super::existing::Comparison;
use super::options::Options;
use super::source::Import;
use crate::catalogue::{Notes, Position, Unmapped};
use crate::context::Context;
use crate::style;

/// Problems, and records to take back, that are printed; --json has all of them.
const MAX_PRINTED: usize = 200;
/// Rows that are named in one line.
const MAX_ROWS_IN_LINE: usize = 8;

/// Why nothing was published, and the ways out.
pub(super) fn rejection(import: &Import) -> String {
    let wrong = import.wrong_rows();
    let others = match import.rows.len() {
        0 => String::new(),
        right => format!(", or publish the other {right} with --skip-wrong"),
    };
    format!(
        "{} cannot be published as it is: correct the table{others}",
        count(wrong, "row")
    )
}

pub(super) fn print(
    import: &Import,
    comparison: Option<&Comparison>,
    waiting: usize,
    publishes: bool,
    options: &Options,
    context: &mut Context,
) -> anyhow::Result<()> {
    if options.json {
        let json = to_json(import, comparison, waiting, publishes, options);
        return context.print_json("import", &json);
    }
    let quiet = style::QUIET;
    for line in &import.about {
        writeln!(context.out, "{quiet}{line}{quiet:#}")?;
    }
    for (text, rows) in &import.notes {
        writeln!(context.out, "  {}: {text}", named(rows))?;
    }
    print_questions(import, context)?;
    print_count(import, waiting, publishes, context)?;
    if let Some(comparison) = comparison {
        writeln!(
            context.out,
            "New: {}; changed: {}; the same as before: {}.",
            comparison.new, comparison.changed, comparison.same
        )?;
        print_missing(comparison, publishes, options, context)?;
    }
    print_problems(import, context)?;
    print_unmapped(&import.unmapped, context)
}

/// Questions whose answers would publish more than the words.
fn print_questions(import: &Import, context: &mut Context) -> anyhow::Result<()> {
    if import.questions.is_empty() {
        return Ok(());
    }
    let care = style::CARE;
    writeln!(
        context.out,
        "{care}Unclear:{care:#} published in words as typed, and not found by day until it is clear"
    )?;
    for (text, rows) in import.questions.iter().take(MAX_PRINTED) {
        writeln!(context.out, "  {}: {}", named(rows), one_line(text))?;
    }
    print_rest(import.questions.len(), context)
}

fn print_count(
    import: &Import,
    waiting: usize,
    publishes: bool,
    context: &mut Context,
) -> anyhow::Result<()> {
    let (style, what) = if !publishes {
        (style::GOOD, "Would publish")
    } else if waiting > 0 {
        (style::CARE, "Saved, and waiting to be signed:")
    } else {
        (style::GOOD, "Signed")
    };
    let in_a_town = import.in_a_town();
    writeln!(
        context.out,
        "{style}{what}{style:#} {}: {in_a_town} in a town of the gazetteer, {} in a region or \
         without a place.",
        count(import.rows.len(), "catalogued listing"),
        import.rows.len() - in_a_town
    )?;
    Ok(())
}

fn print_missing(
    comparison: &Comparison,
    publishes: bool,
    options: &Options,
    context: &mut Context,
) -> anyhow::Result<()> {
    let missing = &comparison.missing;
    if missing.is_empty() {
        return Ok(());
    }
    let care = style::CARE;
    let records = count(missing.len(), "record");
    let what = match (options.replace, publishes) {
        (true, true) => format!("Taken back: {records} that the table no longer has:"),
        (true, false) => format!("Would take back {records} that the table no longer has:"),
        (false, _) => format!(
            "Your group has {records} from this source that the table no longer has; --replace \
             takes them back:"
        ),
    };
    writeln!(context.out, "{care}{what}{care:#}")?;
    for one in missing.iter().take(MAX_PRINTED) {
        writeln!(context.out, "  {}  {}", one.id, one_line(&one.title))?;
    }
    print_rest(missing.len(), context)
}

fn print_problems(import: &Import, context: &mut Context) -> anyhow::Result<()> {
    if import.problems.is_empty() {
        return Ok(());
    }
    let bad = style::BAD;
    writeln!(
        context.out,
        "{bad}Left out:{bad:#} {}",
        count(import.wrong_rows(), "row")
    )?;
    for problem in import.problems.iter().take(MAX_PRINTED) {
        writeln!(context.out, "  {}", one_line(&problem.to_string()))?;
    }
    print_rest(import.problems.len(), context)
}

fn print_rest(total: usize, context: &mut Context) -> anyhow::Result<()> {
    if total > MAX_PRINTED {
        writeln!(
            context.out,
            "  and {} more: --json lists all",
            total - MAX_PRINTED
        )?;
    }
    Ok(())
}

fn print_unmapped(unmapped: &Unmapped, context: &mut Context) -> anyhow::Result<()> {
    if unmapped.is_empty() {
        return Ok(());
    }
    let quiet = style::QUIET;
    let uses: usize = unmapped.values().sum();
    writeln!(
        context.out,
        "{} of the source ({} in all) have no term in the vocabulary and were left out:",
        count(unmapped.len(), "word"),
        count(uses, "use")
    )?;
    let mut field = None;
    for ((of, word), uses) in unmapped {
        if field != Some(*of) {
            field = Some(*of);
            writeln!(context.out, "  {of}")?;
        }
        writeln!(context.out, "    {word} {quiet}×{uses}{quiet:#}")?;
    }
    Ok(())
}

/// `row 5`, or `rows 2, 3 and 40 more`.
fn named(rows: &[Position]) -> String {
    let first: Vec<_> = rows
        .iter()
        .take(MAX_ROWS_IN_LINE)
        .map(|at| at.row.to_string())
        .collect();
    let first = first.join(", ");
    match rows.len() {
        1 => format!("row {first}"),
        many if many > MAX_ROWS_IN_LINE => {
            format!("rows {first} and {} more", many - MAX_ROWS_IN_LINE)
        }
        _ => format!("rows {first}"),
    }
}

fn to_json(
    import: &Import,
    comparison: Option<&Comparison>,
    waiting: usize,
    publishes: bool,
    options: &Options,
) -> BTreeMap<&'static str, Value> {
    let words: Vec<_> = import
        .unmapped
        .iter()
        .map(
            |((field, word), uses)| json!({"field": field.to_string(), "word": word, "uses": uses}),
        )
        .collect();
    let with_rows = |texts: &Notes| -> Vec<_> {
        let texts = texts.iter();
        texts
            .map(|(text, rows)| {
                let rows: Vec<_> = rows.iter().map(|at| at.row).collect();
                json!({"text": text, "rows": rows})
            })
            .collect()
    };
    let problems: Vec<_> = import
        .problems
        .iter()
        .map(|one| json!({"row": one.position.row, "line": one.position.line, "text": one.text}))
        .collect();
    let mut fields = BTreeMap::from([
        ("listings", json!(import.rows.len())),
        ("in_a_town", json!(import.in_a_town())),
        ("published", json!(publishes && waiting == 0)),
        ("waiting", json!(waiting)),
        ("unmapped", json!(words)),
        ("about", json!(import.about)),
        ("notes", json!(with_rows(&import.notes))),
        ("questions", json!(with_rows(&import.questions))),
        ("problems", json!(problems)),
    ]);
    if let Some(comparison) = comparison {
        let missing: Vec<_> = comparison
            .missing
            .iter()
            .map(|one| json!({"id": one.id, "name": one.title}))
            .collect();
        fields.insert("new", json!(comparison.new));
        fields.insert("changed", json!(comparison.changed));
        fields.insert("same", json!(comparison.same));
        fields.insert("missing", json!(missing));
        fields.insert("taken_back", json!(publishes && options.replace));
    }
    fields
}
