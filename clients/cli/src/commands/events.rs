//! `hedgerow events`.

use std::collections::HashMap;

use clap::Args;
use hedgerow_client::{Directory, OccurrenceResult};
use hedgerow_core::gazetteer::normalise;
use hedgerow_core::recurrence::Occurrence;
use hedgerow_core::time::Timestamp;
use hedgerow_input::labels::{count, local_time, local_time_after, one_line};
use hedgerow_input::next_times::local_end;
use hedgerow_input::place;
use hedgerow_proto::directory_v1::{
    EventOccurrence, ListEventsRequest, ResolvedPlace, SearchFilter, UnknownValue,
};
use serde::Serialize;
use serde_json::json;

use crate::context::Context;
use crate::exit::Exit;
use crate::filter_options::EventFilters;
use crate::output_options::{OutputOptions, page_size};
use crate::results::{
    Hit, entries, failures, print_failures, print_names, print_unknown_values, sources, to_text,
    unknown_values_to_json,
};
use crate::{progress, style};

/// Lists what takes place, soonest first, each occurrence in a row of its own.
///
/// Without --from and --to it lists the next two weeks. Every event is fetched and
/// checked, and its schedule is checked to have the occurrence.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hedgerow events --near Leeds --on weekday --between evening
  hedgerow events walking --from saturday --to sunday --near LS6 --within 10mi
  hedgerow events --who women --free --from 2026-12-01 --to 2026-12-31 --json")]
pub struct Arguments {
    /// Words to find. Without any, everything that takes place.
    words: Vec<String>,
    #[command(flatten)]
    filters: EventFilters,
    #[command(flatten)]
    output: OutputOptions,
}

/// One occurrence of an event. Serialised, it is an object of `events --json`.
#[derive(Debug, Serialize)]
struct Row {
    /// In UTC.
    start: String,
    /// In UTC.
    end: String,
    /// In the event's time zone.
    local_start: String,
    /// In the event's time zone, if it has an end.
    #[serde(skip)]
    local_end: Option<String>,
    time_zone: String,
    /// Whether the event's own schedule has the occurrence. `null` if that was not checked.
    in_schedule: Option<bool>,
    /// The position among the rows of an earlier one with this title, time and place.
    #[serde(skip_serializing_if = "Option::is_none")]
    same_as: Option<usize>,
    #[serde(flatten)]
    hit: Hit,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let directory = context.directory()?;
    let filters = &arguments.filters;
    let request = ListEventsRequest {
        filter: Some(filters.parse(&arguments.words, context)?),
        ..ListEventsRequest::default()
    };
    let spinner = progress::spinner(context, "searching and checking");
    let fetched = fetch(
        &arguments.output,
        &directory,
        request.clone(),
        context.now(),
    )
    .await;
    spinner.finish_and_clear();
    let Fetched {
        mut rows,
        place,
        unknown_values,
        has_more,
    } = fetched.map_err(|error| filters.with_typed_place(error))?;
    mark_alike(&mut rows);
    let has_online = has_online(&directory, &request, has_more).await?;
    sources::warn_of_unresponsive(
        sources::evidence_of(rows.iter().map(|row| &row.hit)),
        context,
    )?;
    let quiet = style::QUIET;
    if let Some(place) = place.as_ref().filter(|_| !arguments.output.json) {
        writeln!(context.notes, "{quiet}{}{quiet:#}", place::resolved(place))?;
    }
    if !arguments.output.json {
        print_unknown_values(&unknown_values, context)?;
    }
    if arguments.output.json {
        let failures = failures(rows.iter().map(|row| &row.hit));
        let json = json!({
            "shown": rows.len(),
            "more": has_more,
            "near": place.as_ref().map(place::resolved),
            "more_online": has_online,
            "unknown_values": unknown_values_to_json(&unknown_values),
            "failures": failures,
            "events": rows,
        });
        context.print_json("events", &json)?;
    } else if rows.is_empty() {
        writeln!(
            context.notes,
            "Nothing takes place then, as far as is published."
        )?;
    } else {
        print_table(&arguments, &rows, context)?;
    }
    if has_online && !arguments.output.json {
        writeln!(
            context.notes,
            "{quiet}Other events take place online, wherever you are: --online without --near \
             lists them.{quiet:#}"
        )?;
    }
    let has_failed = |row: &Row| row.hit.has_failed() || row.in_schedule == Some(false);
    Ok(Exit::of_results(
        !rows.is_empty(),
        rows.iter().any(has_failed),
    ))
}

/// What was found.
struct Fetched {
    rows: Vec<Row>,
    /// The place that was searched near.
    place: Option<ResolvedPlace>,
    /// Values of filters that no record has.
    unknown_values: Vec<UnknownValue>,
    has_more: bool,
}

/// Fetches page after page up to the limit.
async fn fetch(
    options: &OutputOptions,
    directory: &Directory,
    mut request: ListEventsRequest,
    now: Timestamp,
) -> anyhow::Result<Fetched> {
    let limit = options.limit as usize;
    let mut rows: Vec<Row> = Vec::new();
    // Only the first page has them.
    let mut unknown_values = Vec::new();
    loop {
        request.page_size = page_size(limit - rows.len());
        let response = if options.no_check {
            let response = directory.list_events_unverified(request.clone()).await?;
            let mut response = response.into_claimed();
            let occurrences = std::mem::take(&mut response.occurrences).into_iter();
            rows.extend(occurrences.filter_map(|row| {
                let hit = Hit::unchecked(row.hit.as_ref()?, now);
                Some(Row::new(&row, None, hit))
            }));
            response
        } else {
            let page = directory.list_events(request.clone()).await?;
            let occurrences = page.occurrences.into_iter();
            rows.extend(occurrences.filter_map(|one| {
                let OccurrenceResult {
                    result,
                    occurrence,
                    is_in_schedule,
                } = one;
                let hit = Hit::checked(result, now)?;
                Some(Row::new(occurrence.as_claimed(), is_in_schedule, hit))
            }));
            page.response.into_claimed()
        };
        unknown_values.extend(response.unknown_values);
        request.page_token = response.next_page_token;
        if request.page_token.is_empty() || rows.len() >= limit {
            let has_more = rows.len() > limit || !request.page_token.is_empty();
            rows.truncate(limit);
            return Ok(Fetched {
                rows,
                place: response.near,
                unknown_values,
                has_more,
            });
        }
    }
}

impl Row {
    fn new(row: &EventOccurrence, in_schedule: Option<bool>, hit: Hit) -> Self {
        let text = |time: Option<_>| time.and_then(to_text).unwrap_or_default();
        let instant = |time: Option<_>| Timestamp::try_from(time?).ok();
        let local_end =
            instant(row.start_time)
                .zip(instant(row.end_time))
                .and_then(|(start, end)| {
                    let occurrence = Occurrence {
                        start,
                        end,
                        local_start: row.local_start.clone(),
                    };
                    local_end(&occurrence, &row.time_zone)
                });
        Self {
            start: text(row.start_time),
            end: text(row.end_time),
            local_start: row.local_start.clone(),
            local_end,
            time_zone: row.time_zone.clone(),
            in_schedule,
            same_as: None,
            hit,
        }
    }

    /// What a person recognises an event by.
    fn looks(&self) -> (String, &str, String) {
        let place = self.hit.place.as_deref().unwrap_or_default();
        (normalise(&self.hit.title), &self.start, normalise(place))
    }
}

/// Marks rows that look like an earlier one: the venue and the organiser publish one event, or a
/// file was published twice.
fn mark_alike(rows: &mut [Row]) {
    let mut first = HashMap::new();
    let same_as: Vec<Option<usize>> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| Some(*first.entry(row.looks()).or_insert(at)).filter(|it| *it != at))
        .collect();
    for (row, same_as) in rows.iter_mut().zip(same_as) {
        row.same_as = same_as;
    }
}

/// The rows without those that look like an earlier one, whose publishers are named there.
fn without_alike(rows: &[Row]) -> Vec<(&Row, Hit)> {
    let firsts = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.same_as.is_none());
    let with_publishers = firsts.map(|(at, row)| {
        let mut hit = row.hit.clone();
        let mut publishers = vec![hit.publisher_name.as_str()];
        for alike in rows.iter().filter(|other| other.same_as == Some(at)) {
            let publisher = alike.hit.publisher_name.as_str();
            if !publishers.contains(&publisher) {
                publishers.push(publisher);
            }
        }
        hit.publisher_name = publishers.join(" and by ");
        (row, hit)
    });
    with_publishers.collect()
}

/// Whether events take place online then, where none takes place near.
async fn has_online(
    directory: &Directory,
    request: &ListEventsRequest,
    has_more: bool,
) -> anyhow::Result<bool> {
    let filter = request.filter.clone().unwrap_or_default();
    if has_more || filter.near.is_none() || filter.online == Some(false) {
        return Ok(false);
    }
    let online = ListEventsRequest {
        filter: Some(SearchFilter {
            near: None,
            online: Some(true),
            ..filter
        }),
        page_size: 1,
        ..ListEventsRequest::default()
    };
    let response = directory.list_events_unverified(online).await?;
    Ok(!response.into_claimed().occurrences.is_empty())
}

fn print_table(arguments: &Arguments, rows: &[Row], context: &mut Context) -> anyhow::Result<()> {
    let now = context.now();
    let shown = without_alike(rows);
    let rows_with_times = shown.iter().map(|(row, hit)| {
        let zone = match row.time_zone.as_str() {
            zone if zone == arguments.filters.zone => String::new(),
            zone => format!(" ({})", one_line(zone)),
        };
        let is_on = row.start.parse().is_ok_and(|start: Timestamp| start <= now);
        let when = match &row.local_end {
            Some(end) if is_on => {
                format!(
                    "now, until {}{zone}",
                    local_time_after(&row.local_start, end)
                )
            }
            _ if is_on => format!("now{zone}"),
            _ => format!("{}{zone}", one_line(&local_time(&row.local_start))),
        };
        (Some(when), hit)
    });
    let list = entries(rows_with_times, context.width, now);
    writeln!(context.out, "{list}\n")?;
    if arguments.output.ids {
        print_names(rows.iter().map(|row| &row.hit), context)?;
    }
    print_summary(arguments, rows, context)?;
    print_wrong_rows(rows, context)
}

fn print_summary(arguments: &Arguments, rows: &[Row], context: &mut Context) -> anyhow::Result<()> {
    let listed = count(rows.len(), "occurrence");
    if arguments.output.no_check {
        let care = style::CARE;
        writeln!(
            context.out,
            "{listed}. {care}Not checked:{care:#} these are the aggregator's own texts."
        )?;
        return Ok(());
    }
    let unaltered = rows
        .iter()
        .filter(|row| row.hit.unaltered == Some(true) && row.in_schedule == Some(true));
    let (good, unaltered) = (style::GOOD, unaltered.count());
    writeln!(
        context.out,
        "{listed}. {good}Checked:{good:#} {unaltered} exactly as published. {}",
        sources::summary(rows.iter().map(|row| &row.hit))
    )?;
    Ok(())
}

fn print_wrong_rows(rows: &[Row], context: &mut Context) -> anyhow::Result<()> {
    let bad = style::BAD;
    print_failures(rows.iter().map(|row| &row.hit), context)?;
    for row in rows.iter().filter(|row| row.in_schedule == Some(false)) {
        writeln!(
            context.out,
            "{bad}Not as published:{bad:#} {} does not take place at {}.",
            one_line(&row.hit.title),
            row.local_start
        )?;
    }
    Ok(())
}
