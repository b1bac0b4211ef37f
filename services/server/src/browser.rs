//! Opens pages in a browser of the person who started a program.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::process::{Command, Stdio};
use std::{env, thread};

/// Opens an address, if a person at a terminal can see a browser here. Returns whether it tried.
pub fn open(address: &str) -> bool {
    std::io::stdout().is_terminal() && open_on_screen(address)
}

/// Opens an address, if there is a screen: also for a program that was started by its icon.
pub fn open_on_screen(address: &str) -> bool {
    let Some((program, arguments)) = opener(env::consts::OS, |name| env::var_os(name)) else {
        return false;
    };
    let mut command = Command::new(program);
    command.args(arguments).arg(address);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let Ok(mut child) = command.spawn() else {
        return false;
    };
    // Some of these programs run as long as the browser does.
    thread::spawn(move || child.wait());
    true
}

/// The program that opens addresses, and its arguments. `None` on a machine that runs tests, over
/// SSH, or without a screen.
fn opener(
    system: &str,
    variable: impl Fn(&str) -> Option<OsString>,
) -> Option<(&'static str, &'static [&'static str])> {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    if ["CI", "SSH_CONNECTION", "SSH_TTY"].into_iter().any(is_set) {
        return None;
    }
    match system {
        "macos" => Some(("open", &[])),
        // `start` takes its first argument in quotes as a title.
        "windows" => Some(("cmd", &["/C", "start", ""])),
        _ if is_set("DISPLAY") || is_set("WAYLAND_DISPLAY") => Some(("xdg-open", &[])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(system: &str, set: &[&str]) -> Option<&'static str> {
        let variable = |name: &str| set.contains(&name).then(|| OsString::from("1"));
        opener(system, variable).map(|(program, _)| program)
    }

    #[test]
    fn a_browser_is_opened_only_where_a_person_sees_it() {
        assert_eq!(program("linux", &["DISPLAY"]), Some("xdg-open"));
        assert_eq!(program("linux", &["WAYLAND_DISPLAY"]), Some("xdg-open"));
        assert_eq!(program("linux", &[]), None);
        assert_eq!(program("linux", &["DISPLAY", "CI"]), None);
        assert_eq!(program("macos", &[]), Some("open"));
        assert_eq!(program("macos", &["SSH_CONNECTION"]), None);
        assert_eq!(program("windows", &[]), Some("cmd"));
    }
}
