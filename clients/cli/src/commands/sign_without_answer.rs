//! `hedgerow sign-without-answer`.

use std::io::BufRead;
use std::io::IsTerminal;
use std::io::stdin;

use clap::Args;
use hedgerow_core::head::peek;

use crate::Context;
use crate::Exit;
use crate::context::style;
use crate::exit::Usage;
use crate::wording;

/// Signs what waits although no aggregator has told what it holds. Only for when none
/// will ever answer again.
#[derive(Debug, Args)]
#[command(after_help = "\
A node that has just started asks an aggregator what it holds before it signs anything:
that is how a node restored from an old backup, or running twice, notices it. Signing
without that answer may make two rival versions of your group, and servers that see both
freeze it until its keys are rotated with its phrase.

An aggregator that is only down for now needs no command: your changes wait and go on by
themselves.")]
pub struct Arguments {
    /// Do not ask; for scripts.
    #[arg(long)]
    yes: bool,
}

/// The one obstacle beside silence that signing anyway gets past.
const CLOCK: &str = "clock_behind";

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let steward = context.steward()?;
    let state = steward.state().await?;
    let stopped = state
        .heads
        .iter()
        .find(|head| !head.stopped.is_empty() && head.stopped_reason != CLOCK);
    if let Some(head) = stopped {
        let bad = style::BAD;
        writeln!(
            context.out,
            "{bad}Stopped:{bad:#} {}\nSigning without an answer does not get past this.",
            head.stopped
        )?;
        return Ok(Exit::Failed);
    }
    let held_up = |head: &hedgerow_proto::v1::HeadState| {
        head.waiting_for_answer || head.stopped_reason == CLOCK
    };
    if !state.heads.iter().any(held_up) {
        writeln!(
            context.out,
            "Nothing waits for an answer: {} signs as it is.",
            state.label
        )?;
        return Ok(Exit::Done);
    }
    warn(&state, context)?;
    if !arguments.yes {
        if !stdin().is_terminal() {
            let message = "nobody is there to confirm it: give --yes if it is meant so";
            return Err(Usage(message.to_owned()).into());
        }
        if !confirmed(&state.label, &mut stdin().lock(), context)? {
            writeln!(context.out, "Nothing was signed.")?;
            return Ok(Exit::Failed);
        }
    }
    steward.sign_without_answer().await?;
    let state = steward.state().await?;
    let good = style::GOOD;
    for head in &state.heads {
        if let Ok(peek) = peek(&head.head) {
            writeln!(
                context.out,
                "{good}Signed:{good:#} head {} of the {} view.",
                peek.position.seq.get(),
                head.view
            )?;
        }
    }
    super::in_force::deliveries(&state, context)?;
    Ok(Exit::Done)
}

fn warn(
    state: &hedgerow_proto::v1::StewardServiceGetGroupResponse,
    context: &mut Context,
) -> anyhow::Result<()> {
    let care = style::CARE;
    for head in state.heads.iter().filter(|head| !head.stopped.is_empty()) {
        writeln!(context.notes, "{care}Stopped:{care:#} {}", head.stopped)?;
    }
    let waiting: usize = state
        .heads
        .iter()
        .map(|head| usize::try_from(head.waiting_records).unwrap_or_default())
        .sum();
    writeln!(
        context.notes,
        "{care}Care:{care:#} no aggregator has told what it holds of {} since its node started. {} \
         to sign.\nIf this node came back from an old backup, or a second copy of it runs, signing \
         now can make two rival versions\nof the group: servers freeze it then, until its keys are \
         rotated with its phrase. Where an aggregator is\nonly down for now, wait: your changes go \
         on by themselves.",
        state.label,
        wording::count(waiting, "change"),
    )?;
    Ok(())
}

/// Whether a person types the group's label.
fn confirmed(label: &str, input: &mut dyn BufRead, context: &mut Context) -> anyhow::Result<bool> {
    write!(
        context.notes,
        "To sign all the same, type {label} and press Enter: "
    )?;
    context.notes.flush()?;
    let mut typed = String::new();
    input.read_line(&mut typed)?;
    Ok(typed.trim() == label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_groups_own_label_confirms() {
        let shared = crate::context::tests::Shared::default();
        let mut context = crate::context::tests::context(&shared);
        for (typed, expected) in [
            ("kettle-room\n", true),
            (" kettle-room \n", true),
            ("yes\n", false),
            ("", false),
        ] {
            let mut input = typed.as_bytes();
            let answer = confirmed("kettle-room", &mut input, &mut context).expect("read");
            assert_eq!(answer, expected, "{typed:?}");
        }
        assert!(shared.text().contains("type kettle-room"));
    }
}
