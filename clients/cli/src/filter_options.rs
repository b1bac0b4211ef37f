//! The table of filters as options of the command line.

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use hedgerow_client::ClientError;
use hedgerow_core::time::Timestamp;
use hedgerow_input::filters::{
    Filter, FilterOption, ParsedFilter, SearchKind, Typed, Value, filters_of,
};
use hedgerow_input::time::{DEFAULT_ZONE, LocalClock};
use hedgerow_input::{InputError, filters};
use hedgerow_proto::directory_v1::SearchFilter;

use crate::context::Context;
use crate::style;
use crate::usage::Usage;

/// The filters of `hedgerow search`.
pub type SearchFilters = FilterOptions<false>;
/// The filters of `hedgerow events`.
pub type EventFilters = FilterOptions<true>;

/// Filters as typed, with the time zone in which to read their days and times.
#[derive(Debug, Clone)]
pub struct FilterOptions<const FOR_EVENTS: bool> {
    typed: Typed,
    pub zone: String,
}

impl<const FOR_EVENTS: bool> FilterOptions<FOR_EVENTS> {
    const KIND: SearchKind = if FOR_EVENTS {
        SearchKind::Events
    } else {
        SearchKind::Records
    };

    /// Whether an option was typed, by its name without dashes.
    pub fn is_set(&self, option: &str) -> bool {
        self.typed.is_set(option)
    }

    /// The values of an option.
    pub fn all(&self, option: &str) -> &[String] {
        self.typed.all(option)
    }

    /// Reads words and filters, and prints what was cut off from them.
    ///
    /// # Errors
    /// If an option cannot be read, or the output cannot be written.
    pub fn parse(&self, words: &[String], context: &mut Context) -> anyhow::Result<SearchFilter> {
        let parsed = self.parse_at(words, context.now()).map_err(Usage::from)?;
        let quiet = style::QUIET;
        for note in &parsed.notes {
            writeln!(context.notes, "{quiet}{note}{quiet:#}")?;
        }
        Ok(parsed.filter)
    }

    fn parse_at(&self, words: &[String], now: Timestamp) -> Result<ParsedFilter, InputError> {
        let clock = LocalClock::new(&self.zone, now)?;
        filters::parse(Self::KIND, words, &self.typed, &clock)
    }

    /// A server's refusal of the place, with the place as it was typed.
    pub fn with_typed_place(&self, error: anyhow::Error) -> anyhow::Error {
        let mut error = match error.downcast::<ClientError>() {
            Ok(error) => error,
            Err(other) => return other,
        };
        if let (ClientError::Refused { failure, .. }, Some(near)) =
            (&mut error, self.typed.get("near"))
        {
            for violation in &mut failure.violations {
                let is_place = violation.field.starts_with("filter.near");
                if is_place && violation.field != "filter.near.radius_m" {
                    violation.field = format!("--near {near}");
                }
            }
        }
        error.into()
    }

    fn table() -> impl Iterator<Item = (&'static Filter, &'static FilterOption)> {
        filters_of(Self::KIND)
            .flat_map(|filter| filter.options.iter().map(move |option| (filter, option)))
    }
}

impl<const FOR_EVENTS: bool> Args for FilterOptions<FOR_EVENTS> {
    fn augment_args(command: Command) -> Command {
        let zone = Arg::new("zone")
            .long("zone")
            .value_name("ZONE")
            .default_value(DEFAULT_ZONE)
            .help("The time zone of these days and times");
        Self::table()
            .map(|(filter, option)| argument(filter, option))
            .chain([zone])
            .fold(command, Command::arg)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<const FOR_EVENTS: bool> FromArgMatches for FilterOptions<FOR_EVENTS> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut typed = Typed::default();
        for (_, option) in Self::table() {
            if let Value::Flag = option.value {
                if matches.get_flag(option.name) {
                    typed.push(option.name, "");
                }
                continue;
            }
            for value in matches.get_many::<String>(option.name).unwrap_or_default() {
                typed.push(option.name, value);
            }
        }
        let zone = matches.get_one::<String>("zone").cloned();
        Ok(Self {
            typed,
            zone: zone.unwrap_or_else(|| DEFAULT_ZONE.to_owned()),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

fn argument(filter: &'static Filter, option: &'static FilterOption) -> Arg {
    let argument = Arg::new(option.name)
        .long(option.name)
        .help(option.help)
        .help_heading(filter.heading)
        .requires_all(option.requires)
        .conflicts_with_all(option.conflicts);
    // Texts are read later, by the same code as the text of a form.
    let argument = match &option.value {
        Value::Flag => return argument.action(ArgAction::SetTrue),
        Value::Text(placeholder) => argument.value_name(*placeholder),
        Value::Choice(placeholder, words) => argument
            .value_name(*placeholder)
            .value_parser(PossibleValuesParser::new(words())),
    };
    argument.action(if option.is_repeatable {
        ArgAction::Append
    } else {
        ArgAction::Set
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Search {
        #[command(flatten)]
        filters: SearchFilters,
    }

    #[derive(Debug, Parser)]
    struct Events {
        #[command(flatten)]
        filters: EventFilters,
    }

    #[test]
    fn typed_values_are_read_when_the_command_runs() {
        let typed = "search --who women --emphasis only --free --free-at 2027-02-03T --age 30";
        let parsed = Search::try_parse_from(typed.split(' ')).expect("a command line");
        assert!(parsed.filters.is_set("free"));
        let now = Timestamp::from_seconds(1_800_000_000);
        let error = parsed.filters.parse_at(&[], now).expect_err("no time");
        assert_eq!(error.option, "free-at");
    }

    #[test]
    fn relations_and_choices_are_checked_by_the_grammar() {
        for wrong in [
            "search --emphasis only",
            "search --within 5mi",
            "search --online --in-person",
            "search --free-at tomorrow --from today",
            "search --voice choir",
        ] {
            assert!(Search::try_parse_from(wrong.split(' ')).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_list_of_events_has_no_options_of_offers() {
        assert!(Events::try_parse_from(["events", "--who", "women"]).is_ok());
        assert!(Events::try_parse_from(["events", "--room-for", "5"]).is_ok());
        assert!(Events::try_parse_from(["events", "--resource", "space"]).is_err());
    }
}
