//! `hedgerow-aggregator objections`: what people ask of the operator about entries.

use anyhow::ensure;
use hedgerow_core::time::Clock as _;
use hedgerow_input::labels::one_line;
use hedgerow_server::program::println;
use hedgerow_store::Wish;
use hedgerow_transport::clock::SystemClock;

use super::open::open_store;
use crate::Config;

/// Prints the requests, the first one first.
pub(super) async fn list(config: &Config) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    let objections = store.list_objections().await?;
    store.close().await;
    if objections.is_empty() {
        return println("no request is waiting");
    }
    for (number, one) in objections {
        let wish = match one.wish {
            Wish::Remove => "take out",
            Wish::Correct => "correct",
        };
        println(format_args!(
            "{number}  {}  {wish}  {}/{}",
            one.at, one.group, one.name
        ))?;
        for (label, text) in [("says", &one.words), ("reach", &one.reply)] {
            if !text.is_empty() {
                println(format_args!("    {label}: {}", printable(text)))?;
            }
        }
    }
    Ok(())
}

/// Hides the entry that a request is about, and deletes the request.
pub(super) async fn accept(config: &Config, number: u64) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    let objections = store.list_objections().await?;
    let found = objections.into_iter().find(|(other, _)| *other == number);
    let Some((_, one)) = found else {
        store.close().await;
        anyhow::bail!("{}", unknown(number));
    };
    store
        .hide_entry(&one.group, &one.name, SystemClock.now())
        .await?;
    store.delete_objection(number).await?;
    store.close().await;
    println(format_args!(
        "hidden: {}/{}; `hidden-entries show` brings it back",
        one.group, one.name
    ))
}

/// Deletes a request that was dealt with.
pub(super) async fn delete(config: &Config, number: u64) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    let was_there = store.delete_objection(number).await?;
    store.close().await;
    ensure!(was_there, "{}", unknown(number));
    println("deleted")
}

fn unknown(number: u64) -> String {
    format!("no request has the number {number}: `objections list` prints those that wait")
}

/// A stranger's text in one line, without letters that control a terminal.
fn printable(text: &str) -> String {
    let is_harmless = |letter: &char| {
        !letter.is_control() && !matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    one_line(text).chars().filter(is_harmless).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_text_controls_no_terminal() {
        let hostile = "a\n7  b\u{1b}[2J\u{7}\u{202e}c\r";
        assert_eq!(printable(hostile), "a 7 b[2Jc");
    }
}
