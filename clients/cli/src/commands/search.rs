//! `hedgerow search`.

use clap::{Args, ValueEnum};
use hedgerow_client::Directory;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::v1;
use serde_json::json;

use crate::{
    Context, Exit,
    context::style,
    exit::Usage,
    filters::{People, Things, option_of},
    found::{Finding, sources, table},
    near, progress,
    when::When,
    wording::{count, length},
};

/// Finds what groups publish. Every hit is fetched and checked.
///
/// Without --in and --role it finds support groups, and events, offers and needs.
#[derive(Debug, Args)]
#[command(after_help = "\
  hedgerow search hearing voices --near Manchester --within 10mi
  hedgerow search --in event --near \"Newport, Wales\" --order distance
  hedgerow search depression --who women --near Sheffield --within 20mi \
    --on weekday --between evening
  hedgerow search --room-for 12 --step-free --free --free-at \"thursday 19:00\" \
    --near Leeds
  hedgerow search room --in offer --near LS6 --json

Nobody logs or keeps what you search for. A full postcode is cut to its district
before it is sent, among the words too.")]
pub struct Arguments {
    /// Words to find.
    words: Vec<String>,
    /// Near a town, a postcode or a point: Sheffield, LS6, 53.38,-1.47.
    #[arg(long, value_name = "PLACE")]
    near: Option<String>,
    /// How near: 20mi or 30km (20 miles where not given).
    #[arg(long, value_name = "DISTANCE", requires = "near")]
    within: Option<String>,
    /// Only these kinds. Repeatable.
    #[arg(long = "in", value_name = "KIND")]
    kinds: Vec<Kind>,
    /// Of listings, only those with this role. Repeatable.
    #[arg(long, value_name = "ROLE", conflicts_with = "any_role")]
    role: Vec<Role>,
    /// Listings of every role, not only support groups.
    #[arg(long)]
    any_role: bool,
    #[command(flatten)]
    when: When,
    #[command(flatten)]
    people: People,
    #[command(flatten)]
    things: Things,
    /// Count what is found by these: community, experience, approach, region, weekday, …
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        help_heading = "Answer"
    )]
    facets: Vec<String>,
    /// What comes first.
    #[arg(long, value_name = "ORDER", default_value = "relevance")]
    order: Order,
    /// How many, at most.
    #[arg(long, value_name = "NUMBER", default_value_t = 20,
        value_parser = clap::value_parser!(u32).range(1..=1_000))]
    limit: u32,
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
    /// Do not check: faster, and everything is then the aggregator's word alone.
    #[arg(long)]
    no_check: bool,
    /// Print how each hit is named, for `hedgerow show`.
    #[arg(long, conflicts_with = "json")]
    ids: bool,
    /// Show this hit in full, by its number in the table.
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["json", "no_check"])]
    open: Option<usize>,
}

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Listing,
    Event,
    Offer,
    Need,
    Story,
    Commitment,
    Vouch,
}

/// What part a group plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    SupportGroup,
    Network,
    Host,
    Funder,
    Trainer,
    Partner,
    Other,
}

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Order {
    Relevance,
    Distance,
    NextTime,
}

impl Kind {
    fn collection(self) -> &'static str {
        match self {
            Self::Listing => "listing",
            Self::Event => "event",
            Self::Offer => "offer",
            Self::Need => "need",
            Self::Story => "story",
            Self::Commitment => "commitment",
            Self::Vouch => "vouch",
        }
    }
}

impl From<Role> for v1::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::SupportGroup => Self::SupportGroup,
            Role::Network => Self::Network,
            Role::Host => Self::Host,
            Role::Funder => Self::Funder,
            Role::Trainer => Self::Trainer,
            Role::Partner => Self::Partner,
            Role::Other => Self::Other,
        }
    }
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let directory = context.directory()?;
    let answer = ask(&arguments, &directory, context).await?;

    if arguments.json {
        print_json(&arguments, &answer, context)?;
    } else {
        people(&arguments, &answer, context)?;
    }
    if let Some(number) = arguments.open {
        let finding = number
            .checked_sub(1)
            .and_then(|index| answer.findings.get(index))
            .ok_or_else(|| Usage(format!("there is no hit number {number}")))?;
        if let Some(record) = &finding.record {
            writeln!(context.out)?;
            super::show::print_record(record, finding.identity_of(), context)?;
        }
    }
    Ok(if answer.findings.iter().any(Finding::has_failed) {
        Exit::CheckFailed
    } else if answer.findings.is_empty() {
        Exit::NothingFound
    } else {
        Exit::Done
    })
}

/// Searches as the command line says, and checks what it says to check.
///
/// # Errors
/// Where the command line is wrong or the search fails.
pub async fn ask(
    arguments: &Arguments,
    directory: &Directory,
    context: &mut Context,
) -> anyhow::Result<Answer> {
    let nearby = arguments
        .near
        .as_deref()
        .map(|place| near::parse(place, arguments.within.as_deref()))
        .transpose()?;
    if let Some(note) = nearby.as_ref().and_then(|nearby| nearby.note.as_ref()) {
        writeln!(context.notes, "{}{note}{:#}", style::QUIET, style::QUIET)?;
    }
    let words = near::words(&arguments.words);
    if let Some(note) = &words.note {
        writeln!(context.notes, "{}{note}{:#}", style::QUIET, style::QUIET)?;
    }
    if arguments.order == Order::Distance && nearby.is_none() {
        let message = "--order distance needs to know from where: add --near PLACE";
        return Err(Usage(message.to_owned()).into());
    }
    let mut request = request(arguments, words.text, nearby.map(|nearby| nearby.near));
    narrow(arguments, &mut request, context)?;
    let spinner = progress::spinner(context, "searching and checking");
    let answer = search(
        directory,
        request,
        arguments.limit as usize,
        !arguments.no_check,
        context,
    )
    .await;
    spinner.finish_and_clear();
    let answer = answer.map_err(|error| near::named(error, arguments.near.as_deref()))?;
    sources::tell_silent(sources::evidence_of(&answer.findings), context)?;
    Ok(answer)
}

fn request(arguments: &Arguments, query: String, near: Option<v1::Near>) -> v1::SearchRequest {
    v1::SearchRequest {
        query,
        collections: arguments
            .kinds
            .iter()
            .map(|kind| kind.collection().to_owned())
            .collect(),
        roles: arguments
            .role
            .iter()
            .map(|role| v1::Role::from(*role).into())
            .collect(),
        any_role: arguments.any_role,
        near,
        order: match arguments.order {
            Order::Relevance => v1::SearchOrder::Relevance,
            Order::Distance => v1::SearchOrder::Distance,
            Order::NextTime => v1::SearchOrder::NextTime,
        }
        .into(),
        facets: arguments.facets.clone(),
        ..Default::default()
    }
}

/// Adds the filters.
fn narrow(
    arguments: &Arguments,
    request: &mut v1::SearchRequest,
    context: &Context,
) -> Result<(), Usage> {
    let (when, now) = (&arguments.when, context.now());
    arguments.people.narrow(request)?;
    arguments.things.narrow(when, now, request)?;
    request.window = when.window(now)?;
    request.weekdays = when.weekdays()?;
    request.time_of_day = when.time_of_day()?;
    let is_about_rooms = arguments.things.room_for.is_some() && request.window.is_none();
    if is_about_rooms && request.collections.is_empty() && request.resource_kinds.is_empty() {
        // Events have places too, but nobody asks them for a room.
        request.collections = vec![Kind::Offer.collection().to_owned()];
        request.resource_kinds = vec![v1::ResourceKind::Space.into()];
    }
    Ok(())
}

/// The hits as a list; with counts, where those were asked for, as an object.
fn print_json(arguments: &Arguments, answer: &Answer, context: &mut Context) -> anyhow::Result<()> {
    if arguments.facets.is_empty() {
        serde_json::to_writer_pretty(&mut context.out, &answer.findings)?;
    } else {
        let facets: serde_json::Map<_, _> = answer
            .first
            .facets
            .iter()
            .map(|facet| {
                let counts = facet.counts.iter();
                let counts: serde_json::Map<_, _> = counts
                    .map(|one| (one.value.clone(), one.count.into()))
                    .collect();
                (facet.name.clone(), counts.into())
            })
            .collect();
        let all = json!({"hits": answer.findings, "total": answer.first.total, "facets": facets});
        serde_json::to_writer_pretty(&mut context.out, &all)?;
    }
    writeln!(context.out)?;
    Ok(())
}

/// What a search gave.
pub struct Answer {
    /// What was found, in order.
    pub findings: Vec<Finding>,
    /// The first page without its hits.
    pub first: v1::SearchResponse,
    /// How many were taken back between the search and the check.
    pub gone: usize,
}

/// Searches, page after page, up to a limit.
async fn search(
    directory: &Directory,
    mut request: v1::SearchRequest,
    limit: usize,
    check: bool,
    context: &Context,
) -> anyhow::Result<Answer> {
    let now = context.now();
    let mut answer: Option<Answer> = None;
    loop {
        let held = answer.as_ref().map_or(0, |answer| answer.findings.len());
        request.page_size = u32::try_from((limit - held).min(100)).unwrap_or(100);
        let (response, findings, gone) = if check {
            let page = directory.search(request.clone()).await?;
            let found = page.hits.len();
            let findings: Vec<_> = page
                .hits
                .into_iter()
                .filter_map(|found| Finding::checked(found, now))
                .collect();
            let gone = found - findings.len();
            (page.answer.take_the_servers_word(), findings, gone)
        } else {
            let mut response = directory
                .search_unchecked(request.clone())
                .await?
                .take_the_servers_word();
            let hits = std::mem::take(&mut response.hits);
            let findings = hits
                .into_iter()
                .map(|hit| Finding::unchecked(&hit, now))
                .collect();
            (response, findings, 0)
        };
        request.page_token.clone_from(&response.next_page_token);
        let answer = answer.get_or_insert_with(|| Answer {
            findings: Vec::new(),
            first: response,
            gone: 0,
        });
        answer.gone += gone;
        answer.findings.extend(findings);
        answer.findings.truncate(limit);
        if request.page_token.is_empty() || answer.findings.len() >= limit {
            break;
        }
    }
    answer.ok_or_else(|| anyhow::anyhow!("the search gave no page"))
}

fn people(arguments: &Arguments, answer: &Answer, context: &mut Context) -> anyhow::Result<()> {
    let Answer {
        findings,
        first,
        gone,
    } = answer;
    if let Some(near) = &first.near {
        let quiet = style::QUIET;
        let others = match near.others.as_slice() {
            [] => String::new(),
            others => format!(" (not {}: name one of these for that)", others.join("; ")),
        };
        let name = match near.name.as_str() {
            "" => "that point",
            name => name,
        };
        writeln!(context.notes, "{quiet}near {name}{others}{quiet:#}")?;
    }
    for widening in &first.widenings {
        let quiet = style::QUIET;
        let asked = vocabulary().label(&widening.asked);
        let also = widening.also.join(", ");
        writeln!(
            context.notes,
            "{quiet}“{asked}” finds these too: {also}{quiet:#}"
        )?;
    }
    if findings.is_empty() {
        return nothing(arguments, first, context);
    }
    let width = context.width;
    writeln!(context.out, "{}", table(findings, width))?;
    if arguments.ids {
        for (index, finding) in findings.iter().enumerate() {
            writeln!(context.out, "{:>3}  {}", index + 1, finding.address())?;
        }
    }
    for facet in &first.facets {
        let counts: Vec<String> = facet
            .counts
            .iter()
            .map(|one| format!("{} {}", vocabulary().label(&one.value), one.count))
            .collect();
        writeln!(context.out, "{}: {}", facet.name, counts.join(", "))?;
    }
    writeln!(
        context.out,
        "{}",
        summary(findings, first.total, arguments.no_check)
    )?;
    if *gone > 0 {
        writeln!(
            context.out,
            "{} changed while you searched, and left out.",
            count(*gone, "hit")
        )?;
    }
    for finding in findings.iter().filter(|finding| finding.has_failed()) {
        let (bad, reason) = (
            style::BAD,
            finding.check_error.as_deref().unwrap_or_default(),
        );
        writeln!(
            context.out,
            "{bad}Not as published:{bad:#} {} ({reason}). Do not rely on it.",
            finding.title
        )?;
    }
    if arguments.open.is_none() {
        let quiet = style::QUIET;
        writeln!(
            context.notes,
            "{quiet}To read one in full, add --open and its number.{quiet:#}"
        )?;
    }
    Ok(())
}

fn summary(findings: &[Finding], total: u64, no_check: bool) -> String {
    let shown = match findings.len() {
        shown if shown as u64 >= total => format!("{shown} found."),
        shown => format!("{shown} of {total} found."),
    };
    if no_check {
        let care = style::CARE;
        return format!("{shown} {care}Not checked:{care:#} all of this is the aggregator's word.");
    }
    let good = style::GOOD;
    let unaltered = findings
        .iter()
        .filter(|finding| finding.unaltered == Some(true))
        .count();
    let oldest = findings
        .iter()
        .filter_map(|finding| finding.head_age_s)
        .max()
        .map(|seconds| {
            let age = length(std::time::Duration::from_secs(seconds));
            format!(" The oldest signature is from {age} ago.")
        })
        .unwrap_or_default();
    let unaltered = match findings.len() {
        1 if unaltered == 1 => "it is".to_owned(),
        all if unaltered == all => "all are".to_owned(),
        _ => format!("{unaltered} are"),
    };
    let agreement = sources::sentence(findings);
    format!(
        "{shown} {good}Unaltered:{good:#} {unaltered} as the publisher's key signed.{oldest} \
         {agreement}"
    )
    .trim_end()
    .to_owned()
}

fn nothing(
    arguments: &Arguments,
    first: &v1::SearchResponse,
    context: &mut Context,
) -> anyhow::Result<()> {
    writeln!(context.notes, "Nothing found.")?;
    for loosening in &first.loosenings {
        writeln!(
            context.notes,
            "  Without {}: {} found.",
            option_of(&loosening.filter),
            loosening.count
        )?;
    }
    if arguments.near.is_some() && first.loosenings.is_empty() {
        writeln!(
            context.notes,
            "  Try a greater distance, such as --within 50mi."
        )?;
    }
    let only_groups = arguments.role.is_empty() && !arguments.any_role;
    let rooms = arguments.things.room_for.is_some() || arguments.things.free_at.is_some();
    let listings = match arguments.kinds.as_slice() {
        [] => !rooms,
        kinds => kinds.contains(&Kind::Listing),
    };
    if only_groups && listings {
        writeln!(
            context.notes,
            "  Only support groups were looked for among listings: --any-role finds networks, \
             funders and partners too."
        )?;
    }
    Ok(())
}
