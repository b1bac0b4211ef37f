//! Hits as a list for people: at most five lines each.

use std::time::Duration;

use hedgerow_core::gazetteer::normalise;
use hedgerow_core::name::collection;
use hedgerow_core::time::Timestamp;
use hedgerow_input::labels;
use hedgerow_input::labels::one_line;
use hedgerow_proto::v1::Source;

use super::hit::Hit;
use super::snippet;
use crate::style;
use crate::wrap::{columns, shorten, wrap_line};

/// Lines of one hit, at most.
const MAX_LINES: usize = 5;
/// A shorter title of a source says nothing.
const MIN_SOURCE_COLUMNS: usize = 12;
/// Columns of the number in front of each hit.
const INDENT: usize = 4;

/// A numbered entry for each hit, with an empty line between them.
pub fn hit_list(hits: &[Hit], width: u16, now: Timestamp) -> String {
    entries(hits.iter().map(|hit| (None, hit)), width, now)
}

/// A numbered entry for each hit, some with a text before the title, such as a time.
pub fn entries<'a>(
    hits: impl Iterator<Item = (Option<String>, &'a Hit)>,
    width: u16,
    now: Timestamp,
) -> String {
    let entries = hits.enumerate().map(|(index, (before, hit))| {
        let lines = lines(before.as_deref(), hit, usize::from(width) - INDENT, now);
        let indented = lines.iter().enumerate().map(|(line, text)| match line {
            0 => format!("{:>2}  {text}", index + 1),
            _ => format!("{:INDENT$}{text}", ""),
        });
        indented.collect::<Vec<_>>().join("\n")
    });
    entries.collect::<Vec<_>>().join("\n\n")
}

fn lines(before: Option<&str>, hit: &Hit, width: usize, now: Timestamp) -> Vec<String> {
    // The lines around the snippet, which gets what they leave.
    let mut first = title_lines(before, hit, width);
    let place = place_line(before.is_some(), hit, now);
    first.push(shorten(&plain(&place), width));
    let (quiet, care) = (style::QUIET, style::CARE);
    let mut last = Vec::new();
    let reach: Vec<&str> = [&hit.website, &hit.contact]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    if !reach.is_empty() {
        last.push(shorten(&plain(&reach.join(" · ")), width));
    }
    let (source, is_warning) = source_line(hit, width);
    let source = shorten(&plain(&source), width);
    last.push(if is_warning {
        format!("{care}{source}{care:#}")
    } else {
        format!("{quiet}{source}{quiet:#}")
    });
    if let Some(listers) = listers(hit) {
        let line = shorten(&plain(&listers), width);
        last.push(format!("{quiet}{line}{quiet:#}"));
    }
    let room = MAX_LINES.saturating_sub(first.len() + last.len());
    if let Some(text) = &hit.marked_snippet {
        let mut snippet = wrap_line(&format!("“{}”", one_line(text)), width);
        if snippet.len() > room {
            let rest = snippet.split_off(room.saturating_sub(1)).join(" ");
            if room > 0 {
                snippet.push(shortened_snippet(&rest, width));
            }
        }
        first.extend(snippet.iter().map(|line| snippet::style(line)));
    }
    first.extend(last);
    first
}

/// A quoted text that ends in an ellipsis, with its marks in pairs.
fn shortened_snippet(text: &str, width: usize) -> String {
    let mut short = shorten(text, width - 1);
    if !short.ends_with('”') {
        short.push('”');
    }
    snippet::closed(&short)
}

fn plain(text: &str) -> String {
    snippet::without_marks(&one_line(text))
}

/// The title, on a second line if it is long, and whose it is.
fn title_lines(before: Option<&str>, hit: &Hit, width: usize) -> Vec<String> {
    let title_style = style::TITLE;
    let title = plain(&hit.title);
    let title = match before {
        Some(before) => format!("{before}  {title}"),
        None => title,
    };
    let by = if hit.collection == collection::LISTING {
        String::new()
    } else {
        // The space is added after `plain`, which takes it away.
        let by = plain(&format!("{} by {}", hit.collection, hit.publisher_name));
        format!(" – {by}")
    };
    if columns(&title) + columns(&by) <= width {
        return vec![format!("{title_style}{title}{title_style:#}{by}")];
    }
    let title = shorten(&title, width);
    let mut lines = vec![format!("{title_style}{title}{title_style:#}")];
    if !by.is_empty() {
        lines.push(shorten(by.trim_start_matches([' ', '–']), width));
    }
    lines
}

fn place_line(has_time: bool, hit: &Hit, now: Timestamp) -> String {
    let place = hit.place_words();
    let place = place.as_deref().unwrap_or("place not stated");
    let mut parts = vec![match hit.distance_km {
        Some(kilometres) => format!("{place}, {}", labels::miles(kilometres * 1_000.0)),
        None => place.to_owned(),
    }];
    if let Some(state) = hit.state {
        parts.push(state.to_owned());
    }
    let over: Option<Timestamp> = hit.over_since.as_ref().and_then(|text| text.parse().ok());
    match (&hit.last_local, &hit.next_local, &hit.next_start) {
        _ if has_time => {}
        (Some(last), ..) => parts.push(format!("over since {}", labels::local_time(last))),
        (None, Some(next), _) => parts.push(next_time(hit, next, now)),
        (None, None, Some(start)) => parts.push(format!("next: {start}")),
        (None, None, None) => parts.extend(over.map(|over| {
            // A last day ends at midnight after it.
            let last = over.minus(Duration::from_secs(1));
            format!("over since {}", labels::day(last))
        })),
    }
    match hit.use_state {
        Some("free") => parts.push("free then, as far as is published".to_owned()),
        Some(_) => {
            let conditions = hit.use_conditions.iter();
            let conditions: Vec<&str> = conditions.map(|it| labels::use_condition(*it)).collect();
            parts.push(format!("ask them: {}", conditions.join("; ")));
        }
        None => {}
    }
    parts.join(" · ")
}

/// `next: …`, or `now, until …`.
fn next_time(hit: &Hit, next: &str, now: Timestamp) -> String {
    let start = hit.next_start.as_ref().and_then(|text| text.parse().ok());
    let is_on = start.is_some_and(|start: Timestamp| start <= now);
    match &hit.next_local_end {
        Some(end) if is_on => format!("now, until {}", labels::local_time_after(next, end)),
        None if is_on => format!("now, since {}", labels::local_time(next)),
        _ => format!("next: {}", labels::local_time(next)),
    }
}

/// Who else lists the same organisation: `listed by A (2013) and by B (2024)`.
fn listers(hit: &Hit) -> Option<String> {
    let others = hit.same_organisation.iter();
    let all: Vec<&Hit> = match hit.voice.as_str() {
        "catalogued" => std::iter::once(hit).chain(others).collect(),
        _ => others.collect(),
    };
    let listers: Vec<String> = all.iter().map(|one| lister(one, hit)).collect();
    let (last, before) = listers.split_last()?;
    if hit.same_organisation.is_empty() {
        return None;
    }
    let also = if all.len() == hit.same_organisation.len() {
        "also "
    } else {
        ""
    };
    Some(match before {
        [] => format!("{also}listed {last}"),
        before => format!("{also}listed {} and {last}", before.join(", ")),
    })
}

/// One who lists the organisation of a hit, with its name there if it is another.
fn lister(one: &Hit, hit: &Hit) -> String {
    let plain_title = |hit: &Hit| {
        let plain = normalise(&hit.title);
        plain.strip_prefix("the ").unwrap_or(&plain).to_owned()
    };
    let name = match plain_title(one) == plain_title(hit) {
        true => String::new(),
        false => format!(" as “{}”", one_line(&one.title)),
    };
    match one.voice.as_str() {
        "itself" => format!("by the group itself (not verified){name}"),
        "on-behalf" => format!("by {}, which speaks for it{name}", one.publisher_name),
        _ => {
            let by = match one.publisher_name.as_str() {
                "" => one.source.as_deref().unwrap_or("a cataloguer"),
                publisher => publisher,
            };
            let date = one.source_date.as_deref().unwrap_or("undated");
            format!("by {by} ({date}){name}")
        }
    }
}

/// The warning, the source and the cataloguer. Only the source is shortened, if all fits then.
fn catalogued_line(hit: &Hit, source: &Source, width: usize) -> String {
    let recorded = labels::recorded(source);
    let by = match hit.publisher_name.as_str() {
        // Named on the line of all who list it.
        _ if !hit.same_organisation.is_empty() => String::new(),
        "" => String::new(),
        name => format!(" · listed by {name}"),
    };
    let title = labels::source(source);
    let room = width.saturating_sub(columns(&recorded) + columns(&by) + 3);
    let title = if room < MIN_SOURCE_COLUMNS {
        title
    } else {
        shorten(&one_line(&title), room)
    };
    format!("{recorded} · {title}{by}")
}

/// Who says so, and whether that is a warning.
fn source_line(hit: &Hit, width: usize) -> (String, bool) {
    let (text, is_warning) = match (hit.voice.as_str(), &hit.listed_source) {
        ("catalogued", Some(source)) => (catalogued_line(hit, source, width), true),
        ("catalogued", None) => ("catalogued; may no longer exist".to_owned(), true),
        ("on-behalf", _) => (format!("{} speaks for it", hit.publisher_name), false),
        _ if hit.is_old => (
            format!(
                "{}; not confirmed for more than a year",
                labels::identity(hit.publisher_identity)
            ),
            true,
        ),
        _ => (labels::identity(hit.publisher_identity).to_owned(), false),
    };
    match hit.head_age_s {
        Some(age) if hit.is_stale => {
            let age = labels::duration(Duration::from_secs(age));
            (format!("its node signed nothing for {age} · {text}"), true)
        }
        _ => (text, is_warning),
    }
}
