//! `hedgerow vocabulary`.

use clap::Args;
use hedgerow_core::gazetteer::{gazetteer, normalise};
use hedgerow_core::language::{languages, other_names};
use hedgerow_core::vocabulary::{Term, TermGroup, vocabulary};
use hedgerow_input::labels::one_line;
use hedgerow_proto::v1::Role;
use hedgerow_proto::words::words;

use crate::context::Context;
use crate::exit::Exit;
use crate::style;
use crate::wrap::wrap;

/// Terms shown for a word that none of them has.
const MAX_NEAREST: usize = 8;

/// Lists the words that filters and records know: tags, languages, regions and roles.
///
/// Tags are suggestions: a group may use words of its own.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hedgerow vocabulary
  hedgerow vocabulary accessibility
  hedgerow vocabulary wheelchair
  hedgerow vocabulary polish")]
pub struct Arguments {
    /// A word, the id of a tag, or a group of tags; all groups without it.
    word: Vec<String>,
}

pub fn run(arguments: &Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let word = arguments.word.join(" ");
    let word = word.trim();
    if word.is_empty() {
        print_overview(context)?;
        return Ok(Exit::Done);
    }
    let form = normalise(word);
    let groups = vocabulary().groups().iter();
    let group =
        groups.filter(|group| normalise(&group.id) == form || normalise(&group.label) == form);
    let mut has_any = false;
    for group in group {
        has_any = true;
        print_group(group, context)?;
    }
    has_any |= print_lists(&form, context)?;
    has_any |= print_terms(word, &form, context)?;
    if !has_any {
        let word = one_line(word);
        writeln!(
            context.notes,
            "No word is like “{word}”. All groups: hedgerow vocabulary"
        )?;
    }
    Ok(Exit::of_results(has_any, false))
}

fn print_overview(context: &mut Context) -> anyhow::Result<()> {
    let title = style::TITLE;
    for group in vocabulary().groups() {
        let terms = vocabulary().terms().iter();
        let count = terms.filter(|term| term.group == group.id).count();
        writeln!(
            context.out,
            "{title}{}{title:#}  {} ({count} tags)",
            group.id, group.label
        )?;
    }
    for list in ["languages", "regions", "roles"] {
        writeln!(context.out, "{title}{list}{title:#}")?;
    }
    writeln!(
        context.out,
        "\nThe tags of a group: hedgerow vocabulary accessibility"
    )?;
    Ok(())
}

fn print_group(group: &TermGroup, context: &mut Context) -> anyhow::Result<()> {
    let title = style::TITLE;
    writeln!(context.out, "{title}{}{title:#}", group.label)?;
    for term in vocabulary()
        .terms()
        .iter()
        .filter(|term| term.group == group.id)
    {
        print_term(term, context)?;
    }
    Ok(())
}

/// Prints the lists outside the tags: whole by their name, or the entries that have the word.
fn print_lists(form: &str, context: &mut Context) -> anyhow::Result<bool> {
    let mut has_any = false;
    let mut print = |is_whole: bool, line: String, names: &[&str]| -> anyhow::Result<()> {
        if is_whole || names.iter().any(|name| normalise(name) == form) {
            has_any = true;
            writeln!(context.out, "  {line}")?;
        }
        Ok(())
    };
    for (tag, name) in languages() {
        let mut names = vec![tag, name];
        names.extend(other_names(tag));
        print(
            form == "languages",
            format!("--language {tag}: {name}"),
            &names,
        )?;
    }
    for region in gazetteer().regions() {
        print(
            form == "regions",
            format!("--region \"{region}\""),
            &[region],
        )?;
    }
    for role in words::<Role>() {
        print(form == "roles", format!("--role {role}"), &[role.as_str()])?;
    }
    Ok(has_any)
}

/// Prints the terms that have the word, or else those that are most like it.
fn print_terms(word: &str, form: &str, context: &mut Context) -> anyhow::Result<bool> {
    let has_word = |term: &&Term| {
        let names = [&term.id, &term.label].into_iter();
        let covered = term.synonyms.iter().chain(&term.narrower);
        names
            .chain(covered)
            .chain(&term.examples)
            .any(|name| normalise(name) == form)
    };
    let mut terms: Vec<&Term> = vocabulary().terms().iter().filter(has_word).collect();
    let is_exact = !terms.is_empty();
    if !is_exact {
        terms = vocabulary().nearest(word, None, MAX_NEAREST);
    }
    if !is_exact && !terms.is_empty() {
        writeln!(context.out, "Most like “{}”:", one_line(word))?;
    }
    for term in &terms {
        print_term(term, context)?;
    }
    Ok(!terms.is_empty())
}

fn print_term(term: &Term, context: &mut Context) -> anyhow::Result<()> {
    let mut line = format!("  {}: {}", term.id, term.label);
    for (words, name) in [
        (&term.synonyms, "also"),
        (&term.narrower, "includes"),
        (&term.examples, "such as"),
    ] {
        if !words.is_empty() {
            line += &format!("; {name} {}", words.join(", "));
        }
    }
    writeln!(context.out, "{}", wrap(&line, context.width))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::tests as context;

    fn printed(word: &str) -> String {
        let shared = context::Shared::default();
        let arguments = Arguments {
            word: word.split_whitespace().map(str::to_owned).collect(),
        };
        run(&arguments, &mut context::context(&shared)).expect("printed");
        shared.text()
    }

    #[test]
    fn without_a_word_all_groups_are_listed() {
        let text = printed("");
        for part in [
            "accessibility",
            "community",
            "languages",
            "regions",
            "roles",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn a_group_and_a_list_are_printed_whole() {
        assert!(printed("accessibility").contains("accessibility:hearing-loop"));
        assert!(printed("regions").contains("--region \"North West\""));
        assert!(printed("languages").contains("--language ur: Urdu"));
        assert!(printed("roles").contains("--role support-group"));
    }

    #[test]
    fn a_word_shows_its_terms_or_the_nearest_ones() {
        let polish = printed("Polish");
        assert!(polish.contains("--language pl") && polish.contains("community:polish"));
        assert!(printed("library").contains("setting:community-venue"));
        assert!(printed("wheelchair").contains("accessibility:step-free-entrance"));
        assert!(printed("qqqqq").contains("No word is like"));
    }
}
