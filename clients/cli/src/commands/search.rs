//! `hedgerow search`.

mod told;

use clap::Args;
use clap::ValueEnum;
use hedgerow_client::Directory;
use hedgerow_proto::v1;

use crate::Context;
use crate::Exit;
use crate::answer::ANSWER;
use crate::answer::AnswerOptions;
use crate::context::style;
use crate::exit::Usage;
use crate::filters::People;
use crate::filters::Things;
use crate::found::Finding;
use crate::found::sources;
use crate::near;
use crate::progress;
use crate::when::When;
use crate::wording::count;

/// Finds what groups publish. Every hit is fetched and checked.
///
/// Without --in and --role it finds support groups, and events, offers and needs.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hedgerow search hearing voices --near Manchester --within 10mi
  hedgerow search --in event --near \"Newport, Wales\" --order distance
  hedgerow search depression --who women --near Sheffield --on weekday --between evening
  hedgerow search --room-for 12 --step-free --free-at \"thursday 19:00\" --near Leeds
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
    /// What comes first.
    #[arg(
        long,
        value_name = "ORDER",
        default_value = "relevance",
        help_heading = ANSWER
    )]
    order: Order,
    /// Count what is found by these, separated by commas: collection, role, community,
    /// experience, approach, region, activity, language, resource_kind, accessibility, weekday.
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        help_heading = ANSWER
    )]
    facets: Vec<String>,
    #[command(flatten)]
    answer: AnswerOptions,
    /// Show this hit in full, by its number in the table.
    #[arg(
        long,
        value_name = "NUMBER",
        conflicts_with_all = ["json", "no_check"],
        help_heading = ANSWER
    )]
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

    if arguments.answer.json {
        told::to_programs(&arguments, &answer, context)?;
    } else {
        told::to_people(&arguments, &answer, context)?;
    }
    if let Some(number) = arguments.open {
        let finding = number
            .checked_sub(1)
            .and_then(|index| answer.findings.get(index))
            .ok_or_else(|| {
                let found = count(answer.findings.len(), "hit");
                Usage(format!("--open {number}: there is {found} in the table"))
            })?;
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
        arguments.answer.limit as usize,
        !arguments.answer.no_check,
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
