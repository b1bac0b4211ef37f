//! `hedgerow new`: a document by questions in plain words, one at a time.

mod answers;
mod kind;
mod questions;

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde_yaml_ng::Value;

use self::kind::Kind;
use super::publish::{PublishOptions, publish};
use crate::context::Context;
use crate::document::{Document, parse_text};
use crate::exit::Exit;
use crate::usage::Usage;
use crate::{ask, style};

/// Asks in plain words, shows the result, checks it, and publishes it if you say yes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  hedgerow new listing
  hedgerow new event --save event.yaml

The questions cover what most groups need. `hedgerow edit` adds the rest later, and
`hedgerow template` shows every field.")]
pub struct Arguments {
    /// What to publish.
    kind: Kind,
    /// Write the document to this new file too.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// How long to wait for the aggregators, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u64,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    if context.answers.is_none() {
        let kind = match arguments.kind {
            Kind::Listing => "listing",
            Kind::Event => "event",
            Kind::Room => "space",
            Kind::Need => "need",
        };
        let message = format!(
            "cannot ask questions, as this is not a terminal: in a script, start from `hedgerow \
             template {kind}` and use `hedgerow publish FILE`"
        );
        return Err(Usage(message).into());
    }
    // Before the questions: without a group the answers would be lost.
    context.steward()?;
    let (document, text) = compose(arguments.kind, context)?;
    if let Some(file) = &arguments.save {
        let what = || format!("cannot write {}", file.display());
        let mut new = fs::OpenOptions::new();
        let mut new = new
            .write(true)
            .create_new(true)
            .open(file)
            .with_context(what)?;
        std::io::Write::write_all(&mut new, text.as_bytes()).with_context(what)?;
    }
    if !ask::yes("Publish this?", context)? {
        writeln!(context.out, "Nothing was published.")?;
        return Ok(Exit::Done);
    }
    let options = PublishOptions {
        keep_keys: arguments.save.is_some(),
        names_file: arguments.save.is_some(),
        wait: arguments.wait,
        json: false,
    };
    let exit = publish(vec![document], options, context).await?;
    let quiet = style::QUIET;
    writeln!(
        context.notes,
        "{quiet}To change it: hedgerow edit TITLE. To take it back: hedgerow take-back TITLE.{quiet:#}"
    )?;
    Ok(exit)
}

/// Asks everything and shows the result. The text is the document as a file would have it.
fn compose(kind: Kind, context: &mut Context) -> anyhow::Result<(Document, String)> {
    let (title, quiet) = (style::TITLE, style::QUIET);
    writeln!(
        context.notes,
        "{quiet}One question at a time. Press Enter to leave out what is optional; Ctrl-C stops, and \
         nothing is published before you say yes.{quiet:#}"
    )?;
    let fields = Value::Mapping(questions::ask_all(kind, context)?);
    let text = serde_yaml_ng::to_string(&fields)?;
    writeln!(
        context.out,
        "\n{title}This is what people will see:{title:#}"
    )?;
    for line in text.lines() {
        writeln!(context.out, "  {line}")?;
    }
    writeln!(context.out)?;
    let file = match kind {
        Kind::Listing => "your listing",
        Kind::Event => "your event",
        Kind::Room => "your room",
        Kind::Need => "your need",
    };
    Ok((parse_text(file, &text)?.remove(0), text))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use hedgerow_core::id::GroupId;
    use hedgerow_core::time::{Clock, Timestamp};

    use super::*;
    use crate::context::tests as context;
    use crate::draft::prepare;
    use crate::guards;

    /// 1 January 2026.
    struct Fixed;

    impl Clock for Fixed {
        fn now(&self) -> Timestamp {
            Timestamp::from_seconds(1_767_225_600)
        }
    }

    fn composed(kind: Kind, typed: &'static str) -> (Document, String) {
        let shared = context::Shared::default();
        let mut context = context::context(&shared);
        context.clock = Arc::new(Fixed);
        context.answers = Some(Box::new(typed.as_bytes()));
        let composed = compose(kind, &mut context);
        let (document, _) = composed.unwrap_or_else(|error| panic!("{error:#}: {}", shared.text()));
        let now = context.now();
        let group = GroupId::from_bytes([1; 32]);
        if let Err(violations) = prepare(&document.kind, &document.to_draft(), &group, now) {
            panic!("{violations:#?}");
        }
        let found = guards::check(&document, &guards::Surroundings::default(), now);
        assert!(found.is_empty(), "{found:#?}");
        (document, shared.text())
    }

    #[test]
    fn a_listing_takes_a_few_answers_and_a_wrong_one_is_asked_again() {
        let (document, text) = composed(
            Kind::Listing,
            "Kettle Room\nA cup of tea and a listening ear.\nn\nNowhereville\nSheffield\n1\n\
             Tuesdays at half past six\nyes\nhttps://kettle.org.uk\nhello@kettle.org.uk\nyes\n",
        );
        assert_eq!(document.kind, "listing");
        assert_eq!(document.title().as_deref(), Some("Kettle Room"));
        assert!(text.contains("not found"), "{text}");
        let question = "That sounds like “every week on Tuesday, 18:30”";
        assert!(text.contains(question), "{text}");
        assert!(text.contains("2026-01-06T18:30"), "{text}");
    }

    #[test]
    fn an_event_repeats_as_people_say_it() {
        let (document, text) = composed(
            Kind::Event,
            "Tuesday table\n\n2026-01-06\nsoon\n18:30\n90\nevery two weeks\nLeeds\n1\nyes\n",
        );
        assert_eq!(document.kind, "event");
        assert!(text.contains("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"), "{text}");
        assert!(text.contains("a time such as 19:00"), "{text}");
    }

    #[test]
    fn a_room_and_a_need_are_offers_and_needs() {
        let (room, _) = composed(
            Kind::Room,
            "Upstairs room\nQuiet.\n12\nLeeds\n1\nweekday evenings\nyes\nyes\nrooms@library.org.uk\n",
        );
        assert_eq!(room.kind, "offer");
        let (need, _) = composed(
            Kind::Need,
            "A warm room\nFor ten people on Thursdays.\n1\nLeeds\n1\nhello@kettle.org.uk\n",
        );
        assert_eq!(need.kind, "need");
    }
}
