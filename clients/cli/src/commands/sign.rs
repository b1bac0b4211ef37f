//! `hedgerow sign --force`.

use std::io::{BufRead, IsTerminal, stdin};

use clap::Args;
use hedgerow_core::head::peek;
use hedgerow_input::labels::count;
use hedgerow_proto::steward_v1::{GetGroupResponse, HeadState, StopReason};

use super::publish_status::print_deliveries;
use crate::context::Context;
use crate::exit::Exit;
use crate::style;
use crate::usage::Usage;

/// Signs waiting changes although no aggregator has responded. Only for when none will
/// ever respond again.
#[derive(Debug, Args)]
#[command(after_help = "\
A node that has just started fetches its newest head from an aggregator before it signs
anything: that is how it detects that it was restored from an old backup, or that a
second copy of it runs. Signing without that check may make two rival versions of your
group, and servers that see both freeze it until its keys are rotated with its phrase.

An aggregator that is only down for now needs no command: your node signs your changes
by itself when one responds.")]
pub struct Arguments {
    /// Sign although no aggregator responds.
    #[arg(long)]
    force: bool,
    /// Do not ask for confirmation; for scripts.
    #[arg(long)]
    yes: bool,
}

pub async fn run(arguments: Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    if !arguments.force {
        let message = "your node signs by itself: `hedgerow status` shows what waits. To sign \
                       although no aggregator responds, add --force";
        return Err(Usage(message.to_owned()).into());
    }
    let steward = context.steward()?;
    let state = steward.get_state().await?;
    if let Some(head) = state.heads.iter().find(|head| is_blocked(head)) {
        let bad = style::BAD;
        writeln!(
            context.out,
            "{bad}Stopped:{bad:#} {}\n--force does not override this.",
            head.stop_detail
        )?;
        return Ok(Exit::Failed);
    }
    if !state.heads.iter().any(is_overridable) {
        writeln!(
            context.out,
            "No change waits for an aggregator: {} signs without --force.",
            state.label
        )?;
        return Ok(Exit::Done);
    }
    warn(&state, context)?;
    if !arguments.yes {
        if !stdin().is_terminal() {
            let message = "cannot ask for confirmation, as this is not a terminal: give --yes if \
                           you mean it";
            return Err(Usage(message.to_owned()).into());
        }
        if !confirm(&state.label, &mut stdin().lock(), context)? {
            writeln!(context.out, "Nothing was signed.")?;
            return Ok(Exit::Failed);
        }
    }
    steward.force_sign().await?;
    let state = steward.get_state().await?;
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
    print_deliveries(&state, context)?;
    Ok(Exit::Done)
}

/// Whether the node is stopped for a reason that would make rival heads certain. A clock
/// that is behind only makes them possible.
fn is_blocked(head: &HeadState) -> bool {
    !head.stop_detail.is_empty() && head.stop_reason() != StopReason::ClockBehind
}

fn is_overridable(head: &HeadState) -> bool {
    head.waiting_for_aggregator || head.stop_reason() == StopReason::ClockBehind
}

fn warn(state: &GetGroupResponse, context: &mut Context) -> anyhow::Result<()> {
    let care = style::CARE;
    for head in state
        .heads
        .iter()
        .filter(|head| !head.stop_detail.is_empty())
    {
        writeln!(context.notes, "{care}Stopped:{care:#} {}", head.stop_detail)?;
    }
    let waiting: usize = state
        .heads
        .iter()
        .map(|head| usize::try_from(head.waiting_records).unwrap_or_default())
        .sum();
    writeln!(
        context.notes,
        "{care}Care:{care:#} since its node started, no aggregator has responded with the head that \
         it has of {}. {} to sign.\nIf this node came back from an old backup, or a second copy of \
         it runs, signing now can make two rival versions\nof the group: servers freeze it then, \
         until its keys are rotated with its phrase. If an aggregator is only\ndown for now, wait: \
         your node signs your changes by itself when it responds.",
        state.label,
        count(waiting, "change"),
    )?;
    Ok(())
}

/// Whether a person types the group's label.
fn confirm(label: &str, input: &mut dyn BufRead, context: &mut Context) -> anyhow::Result<bool> {
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
    use crate::context::tests as context;

    #[test]
    fn only_the_groups_own_label_confirms() {
        let shared = context::Shared::default();
        let mut context = context::context(&shared);
        for (typed, expected) in [
            ("kettle-room\n", true),
            (" kettle-room \n", true),
            ("yes\n", false),
            ("", false),
        ] {
            let mut input = typed.as_bytes();
            let confirmed = confirm("kettle-room", &mut input, &mut context).expect("read");
            assert_eq!(confirmed, expected, "{typed:?}");
        }
        assert!(shared.text().contains("type kettle-room"));
    }
}
