//! What other programs of the same user can read of a running process.

use std::collections::BTreeSet;
use std::process::{Child, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fs, thread};

/// Time between two readings of a process that runs.
const INTERVAL: Duration = Duration::from_millis(5);

/// The arguments and the environment of a process, separated by spaces. Empty after it has ended,
/// and on systems without `/proc`.
pub fn arguments_and_environment(pid: u32) -> String {
    ["cmdline", "environ"]
        .map(|file| fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default())
        .map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "))
        .concat()
}

/// Waits until a process exits, and returns everything that could be read of it meanwhile.
///
/// # Panics
/// If the process cannot be waited for.
pub fn watch(child: Child) -> (Output, BTreeSet<String>) {
    let pid = child.id();
    // Before the thread starts: the process may be over by then.
    let first = arguments_and_environment(pid);
    let has_ended = Arc::new(AtomicBool::new(false));
    let watcher = thread::spawn({
        let has_ended = Arc::clone(&has_ended);
        move || {
            let mut seen = BTreeSet::from([first]);
            while !has_ended.load(Ordering::Relaxed) {
                seen.insert(arguments_and_environment(pid));
                thread::sleep(INTERVAL);
            }
            seen
        }
    });
    let output = child.wait_with_output().expect("the program exits");
    has_ended.store(true, Ordering::Relaxed);
    (output, watcher.join().expect("the watcher ends"))
}
