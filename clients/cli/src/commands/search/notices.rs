//! How a search was understood: the place, words that were searched as well, guesses at
//! misspelt words, words left out, and services for a person in a crisis.

use hedgerow_core::crisis::{CrisisService, crisis_services};
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_input::labels::one_line;
use hedgerow_input::place;
use hedgerow_proto::directory_v1::{Expansion, ExpansionKind, SearchRecordsResponse};
use serde_json::{Value, json};

use crate::context::Context;
use crate::results::{print_unknown_values, quoted};
use crate::style;
use crate::wrap::wrap;

/// How the alternatives of a word were found, for programs.
pub(super) fn how(expansion: &Expansion) -> &'static str {
    match expansion.kind() {
        ExpansionKind::Unspecified | ExpansionKind::Meaning => "meaning",
        ExpansionKind::Completion => "completion",
        ExpansionKind::Correction => "guess",
        ExpansionKind::Spelling => "spelling",
    }
}

/// The words that no record has.
pub(super) fn left_out(query: &str, first: &SearchRecordsResponse) -> Vec<String> {
    typed(query, &first.left_out_words)
}

/// The words for what the person does not want.
pub(super) fn refused(query: &str, first: &SearchRecordsResponse) -> Vec<String> {
    typed(query, &first.refused_words)
}

/// Words as far as the person typed them: a server could send others.
fn typed(query: &str, words: &[String]) -> Vec<String> {
    words
        .iter()
        .filter(|word| query.contains(word.as_str()))
        .map(|word| one_line(word))
        .collect()
}

/// Prints the place that was searched near, and how the words were read.
pub(super) fn print_interpretation(
    query: &str,
    first: &SearchRecordsResponse,
    context: &mut Context,
) -> anyhow::Result<()> {
    let (quiet, care) = (style::QUIET, style::CARE);
    if let Some(place) = &first.near {
        writeln!(context.notes, "{quiet}{}{quiet:#}", place::resolved(place))?;
    }
    if let Some(offer) = &first.place_offer
        && query.starts_with(&offer.query)
    {
        let line = format!(
            "{quiet}To search near that place: hedgerow search {} --near \"{}\"{quiet:#}",
            one_line(&offer.query),
            one_line(&offer.place).replace('"', "")
        );
        writeln!(context.notes, "{line}")?;
    }
    let left_out = left_out(query, first);
    if !left_out.is_empty() {
        let (words, it, was) = match left_out.as_slice() {
            [_] => (quoted(&left_out, "and"), "it", "was"),
            _ => (quoted(&left_out, "or"), "they", "were"),
        };
        let line = format!("{care}No record has {words}{care:#}, so {it} {was} left out.");
        writeln!(context.notes, "{}", wrap(&line, context.width))?;
    }
    let refused = refused(query, first);
    if !refused.is_empty() {
        let words = quoted(&refused, "or");
        let line =
            format!("{quiet}Left out what is about {words}, as you do not want it.{quiet:#}");
        writeln!(context.notes, "{}", wrap(&line, context.width))?;
    }
    print_unknown_values(&first.unknown_values, context)?;
    for expansion in &first.expansions {
        let term = one_line(vocabulary().label(&expansion.term));
        let line = match expansion.kind() {
            ExpansionKind::Correction => {
                let guesses = quoted(&expansion.alternatives, "or");
                format!(
                    "{care}Did you mean {guesses}?{care:#} Hardly any record has “{term}”, so \
                     these are for {guesses}."
                )
            }
            ExpansionKind::Completion => format!(
                "{quiet}Also searched for words that begin with “{term}”: {}{quiet:#}",
                one_line(&expansion.alternatives.join(", "))
            ),
            ExpansionKind::Spelling => format!(
                "{quiet}Read “{term}” as {}{quiet:#}",
                quoted(&expansion.alternatives, "or")
            ),
            ExpansionKind::Meaning | ExpansionKind::Unspecified => format!(
                "{quiet}Also searched for “{term}”: {}{quiet:#}",
                one_line(&expansion.alternatives.join(", "))
            ),
        };
        writeln!(context.notes, "{line}")?;
    }
    Ok(())
}

/// Prints the services for a person in a crisis, if the words are those of one. They come from
/// a list in this program, so they are there even if no server responds.
pub(super) fn print_crisis_services(query: &str, context: &mut Context) -> anyhow::Result<()> {
    let services = crisis_services(query);
    let mut country = "";
    for service in &services {
        if service.country != country {
            country = service.country;
            let care = style::CARE;
            match country {
                "GB" => writeln!(context.out, "{care}If you need somebody now:{care:#}")?,
                "IE" => writeln!(context.out, "{care}In Ireland:{care:#}")?,
                other => writeln!(context.out, "{care}{other}:{care:#}")?,
            }
        }
        let line = format!("  {}: {} ({})", ways(service), service.name, service.words);
        writeln!(context.out, "{}", wrap(&line, context.width))?;
    }
    if !services.is_empty() {
        writeln!(context.out)?;
    }
    Ok(())
}

/// The services for a person in a crisis, for programs.
pub(super) fn crisis_services_to_json(query: &str) -> Vec<Value> {
    let services = crisis_services(query).into_iter();
    services
        .map(|service| {
            json!({
                "country": service.country,
                "name": service.name,
                "phone": service.phone,
                "text": service.text,
                "words": service.words,
            })
        })
        .collect()
}

fn ways(service: &CrisisService) -> String {
    match (service.phone, service.text) {
        (phone, "") => format!("call {phone}"),
        ("", text) => format!("text {text}"),
        (phone, text) => format!("call {phone} or text {text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::tests as context;

    fn interpretation(query: &str, first: &SearchRecordsResponse) -> String {
        let shared = context::Shared::default();
        print_interpretation(query, first, &mut context::context(&shared)).expect("printed");
        shared.text()
    }

    fn expansion(kind: ExpansionKind) -> SearchRecordsResponse {
        SearchRecordsResponse {
            expansions: vec![Expansion {
                term: "depresion".to_owned(),
                alternatives: vec!["depression".to_owned()],
                kind: kind.into(),
            }],
            ..SearchRecordsResponse::default()
        }
    }

    #[test]
    fn a_guess_is_said_to_be_one() {
        let text = interpretation("depresion", &expansion(ExpansionKind::Correction));
        assert!(text.contains("Did you mean “depression”?"), "{text}");
        let text = interpretation("depresion", &expansion(ExpansionKind::Meaning));
        assert!(!text.contains("Did you mean"), "{text}");
        assert_eq!(
            how(&expansion(ExpansionKind::Correction).expansions[0]),
            "guess"
        );
    }

    #[test]
    fn what_is_not_wanted_is_named() {
        let response = SearchRecordsResponse {
            refused_words: vec!["AA".to_owned(), "forged".to_owned()],
            ..SearchRecordsResponse::default()
        };
        let text = interpretation("cut down drinking, not AA", &response);
        assert!(text.contains("Left out what is about “AA”"), "{text}");
        assert!(!text.contains("forged"), "{text}");
    }

    #[test]
    fn words_left_out_are_named_if_the_person_typed_them() {
        let response = SearchRecordsResponse {
            left_out_words: vec!["xylophone".to_owned(), "forged\n3 found".to_owned()],
            ..SearchRecordsResponse::default()
        };
        let text = interpretation("dementia xylophone", &response);
        assert!(text.contains("No record has “xylophone”"), "{text}");
        assert!(text.contains("so it was left out"), "{text}");
        assert!(!text.contains("forged"), "{text}");
    }

    #[test]
    fn words_of_a_crisis_show_services_of_both_countries() {
        let shared = context::Shared::default();
        print_crisis_services("suicidal", &mut context::context(&shared)).expect("printed");
        let text = shared.text();
        for part in [
            "call 999",
            "116 123",
            "SHOUT to 85258",
            "0800 1111",
            "In Ireland:",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let shared = context::Shared::default();
        print_crisis_services("knitting", &mut context::context(&shared)).expect("printed");
        assert_eq!(shared.text(), "");
    }
}
