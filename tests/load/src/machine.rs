//! The machine and time of a measurement.

use std::fs;
use std::process::Command;

use hedgerow_core::time::Clock as _;
use hedgerow_transport::clock::SystemClock;
use procfs::{CpuInfo, Current as _, Meminfo};

/// Describes date, processor, memory, system and commit in one line.
pub fn describe() -> anyhow::Result<String> {
    let date = SystemClock.now().to_string();
    let cores = std::thread::available_parallelism()?;
    let cpu = CpuInfo::current()?;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let commit = Command::new("git")
        .args(["rev-parse", "--short", "HEAD"])
        .output()?;
    Ok(format!(
        "{}, {cores} cores of {}, {} GiB, Linux {}, commit {}",
        date.get(..10).unwrap_or_default(),
        cpu.model_name(0).unwrap_or("an unknown processor"),
        Meminfo::current()?.mem_total.div_ceil(1 << 30),
        kernel.trim(),
        String::from_utf8_lossy(&commit.stdout).trim()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_described_in_one_line() {
        let line = describe().unwrap();
        assert!(line.starts_with("20"), "{line}");
        assert!(line.contains("cores") && line.contains("GiB"), "{line}");
        assert!(!line.contains('\n'));
    }
}
