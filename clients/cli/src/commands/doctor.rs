//! `hedgerow doctor`.

use std::time::Duration;

use clap::Args;
use hedgerow_client::{ClientError, Directory};
use hedgerow_core::head::peek;
use hedgerow_core::time::Timestamp;
use hedgerow_input::labels::{count, duration};
use hedgerow_proto::directory_v1::SearchRecordsRequest;
use hedgerow_transport::checks::{Check, Outcome, check_clock};
use serde_json::json;

use super::publish_status::{is_stopped, plain_address};
use crate::context::Context;
use crate::exit::{Exit, way_out};
use crate::settings::file;
use crate::{style, wrap};

/// Checks the settings, the clock, and whether the servers respond, and prints a way out of
/// each fault.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

fn failed(name: &'static str, error: &ClientError) -> Check {
    Check::fault(name, error.to_string(), way_out(error))
}

pub async fn run(arguments: &Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    let mut checks = vec![
        Check::good("version", env!("CARGO_PKG_VERSION")),
        check_settings(context),
        check_clock(context.now()),
    ];
    check_aggregator(&mut checks, context).await;
    check_node(&mut checks, context).await;
    let has_fault = checks.iter().any(Check::is_fault);
    if arguments.json {
        let json = json!({"healthy": !has_fault, "checks": checks});
        context.print_json("doctor", &json)?;
    } else {
        print(&checks, context)?;
    }
    Ok(if has_fault { Exit::Failed } else { Exit::Done })
}

fn print(checks: &[Check], context: &mut Context) -> anyhow::Result<()> {
    for check in checks {
        let mark = check.outcome.mark();
        let style = match check.outcome {
            Outcome::Good => style::GOOD,
            Outcome::Notice => style::CARE,
            Outcome::Fault => style::BAD,
        };
        let line = format!("{style}{mark}{style:#} {}: {}", check.name, check.detail);
        writeln!(context.out, "{}", wrap::wrap(&line, context.width))?;
        if !check.way_out.is_empty() {
            let way_out = format!("    {}", check.way_out);
            writeln!(context.out, "{}", wrap::wrap(&way_out, context.width))?;
        }
    }
    Ok(())
}

fn check_settings(context: &Context) -> Check {
    const NAME: &str = "settings";
    match (&context.settings, file()) {
        (Err(error), _) => Check::fault(NAME, error.clone(), "Then run `hedgerow login` again."),
        (Ok(_), None) => Check::notice(
            NAME,
            "this account has no folder for settings",
            "Set HEDGEROW_SETTINGS to the path of a file, or give options each time.",
        ),
        (Ok(_), Some(file)) if file.exists() => Check::good(NAME, file.display().to_string()),
        (Ok(_), Some(_)) => Check::notice(
            NAME,
            "nothing is remembered yet",
            "`hedgerow login FILE` or `hedgerow login ADDRESS` remembers your group or an aggregator.",
        ),
    }
}

async fn check_aggregator(checks: &mut Vec<Check>, context: &Context) {
    const NAME: &str = "aggregator";
    let Some(address) = &context.aggregator else {
        checks.push(Check::notice(
            NAME,
            "none is set",
            "`hedgerow login ADDRESS` remembers one. You need one to search.",
        ));
        return;
    };
    let options = match context.options() {
        Ok(options) => options,
        Err(error) => {
            checks.push(Check::fault(
                NAME,
                error.to_string(),
                "Correct the option --also.",
            ));
            return;
        }
    };
    if !address.contains('#') {
        checks.push(Check::notice(
            "certificate",
            "the address has no #sha256=…, so the server needs a certificate from a public authority",
            "If it has none, use the address that the server prints, with its end.",
        ));
    }
    let directory = match Directory::new(address, options) {
        Ok(directory) => directory,
        Err(error) => {
            checks.push(failed(NAME, &error));
            return;
        }
    };
    let request = SearchRecordsRequest {
        page_size: 1,
        ..SearchRecordsRequest::default()
    };
    match directory.search_unverified(request).await {
        Ok(response) => {
            let response = response.into_claimed();
            let detail = format!(
                "{} responds, with {}",
                plain_address(address),
                count(response.total_size, "record")
            );
            checks.push(Check::good(NAME, detail));
            let newest = response.hits.iter().filter_map(|hit| hit.head_issue_time);
            let newest = newest
                .filter_map(|time| Timestamp::try_from(time).ok())
                .max();
            checks.extend(newest.and_then(|newest| ahead(newest, context.now())));
        }
        Err(error) => checks.push(failed(NAME, &error)),
    }
}

/// A signature from the future: this clock is behind, or the signer's is ahead.
fn ahead(newest: Timestamp, now: Timestamp) -> Option<Check> {
    let difference = newest.since(now);
    (difference > Duration::from_secs(120)).then(|| {
        Check::notice(
            "clock",
            format!(
                "a head was signed {} after this computer's time",
                duration(difference)
            ),
            "Compare this computer's clock with the time on a telephone.",
        )
    })
}

async fn check_node(checks: &mut Vec<Check>, context: &Context) {
    const NAME: &str = "node";
    if context.steward.is_none() {
        checks.push(Check::notice(
            NAME,
            "no steward file is set",
            "`hedgerow login FILE` remembers one. You need one to publish.",
        ));
        return;
    }
    let steward = match context.steward() {
        Ok(steward) => steward,
        Err(error) => {
            let way_out = "Ask the host of your node for the file, or name another path.";
            checks.push(Check::fault(NAME, format!("{error:#}"), way_out));
            return;
        }
    };
    let state = match steward.get_state().await {
        Ok(state) => state,
        Err(error) => {
            checks.push(failed(NAME, &error));
            return;
        }
    };
    checks.push(Check::good(
        NAME,
        format!("it responds, and serves `{}`", state.label),
    ));
    let newest = state.heads.iter().filter_map(|head| peek(&head.head).ok());
    let newest = newest.map(|head| head.position.seq.get()).max();
    if is_stopped(&state) {
        let details = state.heads.iter().map(|head| head.stop_detail.as_str());
        let detail = details.filter(|text| !text.is_empty()).collect::<Vec<_>>();
        checks.push(Check::fault(
            "signing",
            detail.join(" "),
            "`hedgerow status` shows more.",
        ));
    } else if let Some(newest) = newest {
        checks.push(Check::good(
            "signing",
            format!("head {newest} is the newest"),
        ));
    }
    if state.deliveries.is_empty() {
        checks.push(Check::fault(
            "delivery",
            "the node has no aggregator, so nobody finds your group",
            "Its host adds one to `aggregators` in hedgerow-node.toml.",
        ));
    }
    for delivery in &state.deliveries {
        let name = plain_address(&delivery.aggregator);
        checks.push(if delivery.last_error.is_empty() {
            Check::good("delivery", format!("{name} responds"))
        } else {
            Check::fault(
                "delivery",
                format!("{name}: {}", delivery.last_error),
                "The node tries again by itself. If it lasts, ask the people who run that server.",
            )
        });
    }
}
