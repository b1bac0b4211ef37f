//! `hedgerow events`.

use clap::Args;
use clap::ValueEnum;
use comfy_table::Cell;
use comfy_table::CellAlignment;
use comfy_table::ContentArrangement;
use comfy_table::Table;
use comfy_table::presets;
use hedgerow_client::Directory;
use hedgerow_client::FoundOccurrence;
use hedgerow_proto::v1;
use serde::Serialize;

use crate::Context;
use crate::Exit;
use crate::answer::AnswerOptions;
use crate::context::style;
use crate::filters::People;
use crate::found::Finding;
use crate::found::in_words;
use crate::found::sources;
use crate::near;
use crate::progress;
use crate::when::When;
use crate::wording::count;

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
    /// Words to find. None: everything that takes place.
    words: Vec<String>,
    /// Near a town, a postcode or a point: Sheffield, LS6, 53.38,-1.47.
    #[arg(long, value_name = "PLACE")]
    near: Option<String>,
    /// How near: 20mi or 30km (20 miles where not given).
    #[arg(long, value_name = "DISTANCE", requires = "near")]
    within: Option<String>,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    people: People,
    /// Who may come. Repeatable: any of them.
    #[arg(long, value_name = "WHO")]
    may_come: Vec<Openness>,
    #[command(flatten)]
    answer: AnswerOptions,
}

/// Who may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Openness {
    Anyone,
    OtherGroups,
    Members,
}

/// One row. Serialised, it is an object of `events --json`.
#[derive(Debug, Serialize)]
struct Row {
    /// When it begins, in UTC.
    start: String,
    /// When it ends, in UTC.
    end: String,
    /// When it begins on the clock there.
    local_start: String,
    /// The time zone of that clock.
    time_zone: String,
    /// Whether the event's own schedule has it. `null` where that was not checked.
    in_schedule: Option<bool>,
    #[serde(flatten)]
    finding: Finding,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let directory = context.directory()?;
    let request = request(&arguments, context)?;
    let spinner = progress::spinner(context, "looking and checking");
    let listed = list(&arguments, &directory, request, context).await;
    spinner.finish_and_clear();
    let (rows, place) = listed.map_err(|error| near::named(error, arguments.near.as_deref()))?;
    sources::tell_silent(
        sources::evidence_of(rows.iter().map(|row| &row.finding)),
        context,
    )?;
    if let Some(place) = place.filter(|_| !arguments.answer.json) {
        let quiet = style::QUIET;
        writeln!(context.notes, "{quiet}{}{quiet:#}", near::resolved(&place))?;
    }
    if arguments.answer.json {
        serde_json::to_writer_pretty(&mut context.out, &rows)?;
        writeln!(context.out)?;
    } else if rows.is_empty() {
        writeln!(
            context.notes,
            "Nothing takes place then, as far as is published."
        )?;
    } else {
        people(&arguments, &rows, context)?;
    }
    let failed = |row: &Row| row.finding.has_failed() || row.in_schedule == Some(false);
    Ok(if rows.iter().any(failed) {
        Exit::CheckFailed
    } else if rows.is_empty() {
        Exit::NothingFound
    } else {
        Exit::Done
    })
}

fn request(arguments: &Arguments, context: &mut Context) -> anyhow::Result<v1::ListEventsRequest> {
    let mut quiet = |note: Option<&String>| {
        note.map_or(Ok(()), |note| {
            writeln!(context.notes, "{}{note}{:#}", style::QUIET, style::QUIET)
        })
    };
    let within = arguments.within.as_deref();
    let nearby = arguments
        .near
        .as_deref()
        .map(|place| near::parse(place, within));
    let nearby = nearby.transpose()?;
    quiet(nearby.as_ref().and_then(|nearby| nearby.note.as_ref()))?;
    let words = near::words(&arguments.words);
    quiet(words.note.as_ref())?;
    let mut search = v1::SearchRequest::default();
    arguments.people.narrow(&mut search)?;
    let when = &arguments.when;
    Ok(v1::ListEventsRequest {
        window: when.window(context.now())?,
        near: nearby.map(|nearby| nearby.near),
        region: search.region,
        query: words.text,
        tags: search.tags,
        who_for: search.who_for,
        emphasis: search.emphasis,
        age: search.age,
        accessibility: search.accessibility,
        languages: search.languages,
        free_of_charge: search.free_of_charge,
        online: search.online,
        openness: arguments.may_come.iter().map(|it| it.number()).collect(),
        group_id: search.group_id,
        weekdays: when.weekdays()?,
        time_of_day: when.time_of_day()?,
        ..v1::ListEventsRequest::default()
    })
}

/// Lists, page after page, up to the limit. With the place that `--near` was taken for.
async fn list(
    arguments: &Arguments,
    directory: &Directory,
    mut request: v1::ListEventsRequest,
    context: &Context,
) -> anyhow::Result<(Vec<Row>, Option<v1::ResolvedPlace>)> {
    let limit = arguments.answer.limit as usize;
    let now = context.now();
    let mut rows: Vec<Row> = Vec::new();
    loop {
        request.page_size = u32::try_from((limit - rows.len()).min(100)).unwrap_or(100);
        let answer = if arguments.answer.no_check {
            let answer = directory.list_events_unchecked(request.clone()).await?;
            let mut answer = answer.take_the_servers_word();
            let occurrences = std::mem::take(&mut answer.occurrences).into_iter();
            rows.extend(occurrences.filter_map(|row| {
                let finding = Finding::unchecked(row.hit.as_ref()?, now);
                Some(Row::new(&row, None, finding))
            }));
            answer
        } else {
            let page = directory.list_events(request.clone()).await?;
            let occurrences = page.occurrences.into_iter();
            rows.extend(occurrences.filter_map(|one| {
                let FoundOccurrence {
                    found,
                    row,
                    is_in_schedule,
                } = one;
                let finding = Finding::checked(found, now)?;
                Some(Row::new(row.on_the_servers_word(), is_in_schedule, finding))
            }));
            page.answer.take_the_servers_word()
        };
        request.page_token = answer.next_page_token;
        if request.page_token.is_empty() || rows.len() >= limit {
            rows.truncate(limit);
            return Ok((rows, answer.near));
        }
    }
}

impl Row {
    fn new(row: &v1::EventOccurrence, in_schedule: Option<bool>, finding: Finding) -> Self {
        let text = |time: Option<prost_types::Timestamp>| {
            let time = time.and_then(|time| hedgerow_core::time::Timestamp::try_from(time).ok());
            time.map(|time| time.to_string()).unwrap_or_default()
        };
        Self {
            start: text(row.start),
            end: text(row.end),
            local_start: row.local_start.clone(),
            time_zone: row.time_zone.clone(),
            in_schedule,
            finding,
        }
    }
}

fn people(arguments: &Arguments, rows: &[Row], context: &mut Context) -> anyhow::Result<()> {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(context.width)
        .set_header(["", "When", "What", "Where", "Whose word"]);
    for (index, row) in rows.iter().enumerate() {
        let finding = &row.finding;
        let zone = match row.time_zone.as_str() {
            zone if zone == arguments.when.zone => String::new(),
            zone => format!("\n({zone})"),
        };
        table.add_row([
            Cell::new(index + 1).set_alignment(CellAlignment::Right),
            Cell::new(format!("{}{zone}", in_words(&row.local_start))),
            Cell::new(format!("{}\nby {}", finding.title, finding.publisher_name)),
            Cell::new(finding.place_and_distance()),
            Cell::new(finding.whose_word()),
        ]);
    }
    writeln!(context.out, "{}", table.trim_fmt())?;
    if arguments.answer.ids {
        for (index, row) in rows.iter().enumerate() {
            writeln!(context.out, "{:>3}  {}", index + 1, row.finding.address())?;
        }
    }
    let listed = count(rows.len(), "occurrence");
    if arguments.answer.no_check {
        let care = style::CARE;
        writeln!(
            context.out,
            "{listed}. {care}Not checked:{care:#} all of this is the aggregator's word."
        )?;
        return Ok(());
    }
    let unaltered = rows
        .iter()
        .filter(|row| row.finding.unaltered == Some(true) && row.in_schedule == Some(true));
    let (good, unaltered) = (style::GOOD, unaltered.count());
    writeln!(
        context.out,
        "{listed}. {good}Unaltered:{good:#} {unaltered} as the publishers' keys signed them. {}",
        sources::sentence(rows.iter().map(|row| &row.finding))
    )?;
    for row in rows {
        let bad = style::BAD;
        let title = &row.finding.title;
        if let Some(reason) = &row.finding.check_error {
            writeln!(
                context.out,
                "{bad}Not as published:{bad:#} {title} ({reason}). Do not rely on it."
            )?;
        } else if row.in_schedule == Some(false) {
            writeln!(
                context.out,
                "{bad}Not as published:{bad:#} {title} does not take place at {}.",
                row.local_start
            )?;
        }
    }
    Ok(())
}

impl Openness {
    fn number(self) -> i32 {
        match self {
            Self::Anyone => v1::EventOpenness::Anyone,
            Self::OtherGroups => v1::EventOpenness::OtherGroups,
            Self::Members => v1::EventOpenness::Members,
        }
        .into()
    }
}
