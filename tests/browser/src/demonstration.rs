//! The demonstration, with the addresses that it prints for a browser.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

use hedgerow_testkit::program;

/// A running demonstration, ended when it is dropped.
pub struct Demonstration {
    child: Child,
    /// The address of the directory, without a slash at its end.
    pub directory: String,
    /// A group's own page.
    pub group: String,
    /// The link that opens the console once.
    pub console: String,
    /// Kept until the end: the demonstration could not print its other lines if they were closed.
    _lines: Lines<BufReader<ChildStdout>>,
}

impl Demonstration {
    pub fn start() -> Self {
        let mut child = Command::new(program::path("hedgerow-demo"))
            .args(["demo", "--no-open"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut addresses = lines.by_ref().map_while(Result::ok).filter_map(|line| {
            let at = line.find("http://127.0.0.1:")?;
            let address = line[at..].split_whitespace().next()?;
            Some(address.trim_end_matches('/').to_owned())
        });
        let [directory, group, console] =
            std::array::from_fn(|_| addresses.next().expect("an address of pages"));
        assert!(group.contains("/g/"), "{group}");
        assert!(console.contains("/console/link/"), "{console}");
        Self {
            child,
            directory,
            group,
            console,
            _lines: lines,
        }
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
