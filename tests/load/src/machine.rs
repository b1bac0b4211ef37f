//! On what, and when, something was measured.

use std::fs;
use std::process::Command;

use hedgerow_core::time::Clock as _;
use hedgerow_rpc::clock::SystemClock;

/// One line: date, processor, cores, memory, system and commit.
pub fn describe() -> String {
    let date = SystemClock.now().to_string();
    let day = date.get(..10).unwrap_or_default();
    let cpu = field("/proc/cpuinfo", "model name");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = field("/proc/meminfo", "MemTotal")
        .split_whitespace()
        .next()
        .and_then(|kib| kib.parse::<u64>().ok())
        .map_or_else(String::new, |kib| format!("{} GiB", kib.div_ceil(1 << 20)));
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let commit = Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .output()
        .ok()
        .and_then(|output| String::from_utf8(output.stdout).ok())
        .unwrap_or_default();
    format!(
        "{day}, {cores} cores of {cpu}, {memory}, Linux {}, commit {}",
        kernel.trim(),
        commit.trim()
    )
}

/// The value of the first line that begins with this name.
fn field(file: &str, name: &str) -> String {
    fs::read_to_string(file)
        .unwrap_or_default()
        .lines()
        .find_map(|line| {
            let (key, value) = line.split_once(':')?;
            (key.trim() == name).then(|| value.trim().to_owned())
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_told_in_one_line() {
        let line = describe();
        assert!(line.starts_with("20"), "{line}");
        assert!(line.contains("cores") && line.contains("GiB"), "{line}");
        assert!(!line.contains('\n'));
    }
}
