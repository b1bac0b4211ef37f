//! `doctor`: checks of a server's folder, machine and network, each with a way out.
//!
//! It changes nothing, works next to a running server, and prints neither keys nor what groups
//! publish.

use std::error::Error;
use std::path::Path;

use clap::Args;
use hedgerow_core::time::Timestamp;
use hedgerow_transport::checks::{Check, causes, check_clock};
use serde_json::json;

use crate::config::{ConfigError, config_file};
use crate::lock::Holder;
use crate::program::{command, println};

mod backups;
mod certificate;
mod disk;
mod files;
mod listener;
mod remote;

pub use backups::check_backups;
pub use certificate::check_certificate;
pub use disk::check_disk;
pub use files::check_files;
pub use listener::{Reached, check_listener, check_origin, check_public_address};
pub use remote::{Remote, check_clocks, check_remotes};

/// The version of the JSON output, as that of the command `hedgerow`.
const JSON_VERSION: u32 = 1;

/// The arguments of the command.
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Print JSON, for programs.
    #[arg(long)]
    json: bool,
}

impl DoctorArguments {
    /// Prints checks.
    ///
    /// # Errors
    /// If one of them is a fault, so that the exit code is 1, or standard output cannot be written.
    pub fn run(&self, checks: &[Check]) -> anyhow::Result<()> {
        let faults = checks.iter().filter(|check| check.is_fault()).count();
        if self.json {
            let report = json!({
                "version": JSON_VERSION, "kind": "doctor", "healthy": faults == 0, "checks": checks,
            });
            println(serde_json::to_string_pretty(&report)?)?;
        } else {
            for check in checks {
                println(line(check))?;
            }
        }
        match faults {
            0 => Ok(()),
            1 => anyhow::bail!("one fault"),
            _ => anyhow::bail!("{faults} faults"),
        }
    }
}

fn line(check: &Check) -> String {
    let mark = check.outcome.mark();
    let way_out = match check.way_out.as_str() {
        "" => String::new(),
        text => format!("\n    {text}"),
    };
    format!("{mark} {}: {}{way_out}", check.name, check.detail)
}

/// Begins the checks of a server: the version of the program, its clock, and its configuration,
/// with the error of loading that.
#[must_use]
pub fn begin(
    (program, data_dir): (&str, &Path),
    invalid: Option<&ConfigError>,
    now: Timestamp,
) -> Vec<Check> {
    vec![
        check_version(program, data_dir),
        check_clock(now),
        check_configuration((program, data_dir), invalid),
    ]
}

fn check_configuration((program, dir): (&str, &Path), invalid: Option<&ConfigError>) -> Check {
    const NAME: &str = "configuration";
    let file = config_file(program, dir);
    let file = file.display();
    match invalid {
        None => Check::good(NAME, file.to_string()),
        Some(error) => {
            let init = command(program, dir);
            let way_out = format!("Correct {file}, or make it: `{init} init`.");
            Check::fault(NAME, causes(error), way_out)
        }
    }
}

/// The fault of a database that a server cannot read; `is_newer` if a later version of the program
/// wrote it.
#[must_use]
pub fn database_fault(error: &(dyn Error + 'static), is_newer: bool) -> Check {
    let way_out = if is_newer {
        "Install the version of this program that wrote it, or a later one."
    } else {
        "If the disk is good, bring the folder back from a backup: `backup restore`, in a new folder."
    };
    Check::fault("database", causes(error), way_out)
}

/// Compares the version of this program with that of the server that runs.
fn check_version(program: &str, data_dir: &Path) -> Check {
    const NAME: &str = "version";
    let own = env!("CARGO_PKG_VERSION");
    let Some(holder) = Holder::find(data_dir) else {
        return Check::good(NAME, format!("{own}; the server does not run"));
    };
    match holder.version.as_deref() {
        Some(running) if running != own => Check::notice(
            NAME,
            format!("this program is {own}, and the server that runs is {running}"),
            format!("Restart the server, such as with `sudo systemctl restart {program}`."),
        ),
        _ => Check::good(NAME, format!("{own}; the server runs")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::DataDirLock;

    #[test]
    fn a_server_of_another_version_is_to_be_restarted() {
        let folder = tempfile::tempdir().unwrap();
        let detail = || check_version("hedgerow-node", folder.path());
        assert!(detail().detail.contains("does not run"));
        let _lock = DataDirLock::acquire(folder.path()).unwrap();
        assert!(detail().detail.ends_with("the server runs"));
        std::fs::write(folder.path().join("lock"), "0.0.1\n").unwrap();
        let check = detail();
        assert!(check.detail.contains("0.0.1"), "{check:?}");
        assert!(check.way_out.contains("systemctl restart hedgerow-node"));
    }

    #[test]
    fn a_line_has_the_way_out_below() {
        let check = Check::fault("disk", "it is full", "Make room.");
        assert_eq!(line(&check), "✗ disk: it is full\n    Make room.");
        assert_eq!(line(&Check::good("disk", "room")), "✓ disk: room");
    }
}
