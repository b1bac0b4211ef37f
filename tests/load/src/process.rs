//! What the system tells of a process.

use std::fs;
use std::time::Duration;

/// Clock ticks a second that /proc counts in; 100 on every Linux that this runs on.
const TICKS_PER_SECOND: u64 = 100;

/// A process that was started here.
#[derive(Debug, Clone, Copy)]
pub struct Process(pub u32);

/// Memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// All that is resident, pages of files too.
    pub resident: u64,
    /// What is the process's own: the rest the system may drop and read again.
    pub anonymous: u64,
    /// The most that ever was resident.
    pub peak: u64,
}

impl Process {
    /// This process itself.
    pub fn own() -> Self {
        Self(std::process::id())
    }

    /// Its memory now.
    pub fn memory(self) -> Memory {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0)).unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kib = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
            kib.unwrap_or_default() * 1024
        };
        Memory {
            resident: field("VmRSS:"),
            anonymous: field("RssAnon:"),
            peak: field("VmHWM:"),
        }
    }

    /// The time for which it used a core so far.
    pub fn cpu(self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0)).unwrap_or_default();
        // The name in brackets may hold anything; what follows it is numbers.
        let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let field = |at: usize| {
            let word = rest.split_whitespace().nth(at);
            word.and_then(|word| word.parse::<u64>().ok())
                .unwrap_or_default()
        };
        Duration::from_millis((field(11) + field(12)) * 1000 / TICKS_PER_SECOND)
    }
}

/// Bytes that went over the loopback interface so far, with all headers.
pub fn loopback_bytes() -> u64 {
    let devices = fs::read_to_string("/proc/net/dev").unwrap_or_default();
    devices
        .lines()
        .find_map(|line| line.trim().strip_prefix("lo:"))
        .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or_default()
}

/// Bytes as MiB.
pub fn mib(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let value = bytes as f64 / f64::from(1 << 20);
    if value < 100.0 {
        format!("{value:.1} MiB")
    } else {
        format!("{value:.0} MiB")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_used_time() {
        let memory = Process::own().memory();
        assert!(memory.resident > memory.anonymous && memory.anonymous > 0);
        let before = Process::own().cpu();
        let mut sum = 0_u64;
        while Process::own().cpu() == before {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert_eq!(mib(3 << 20), "3.0 MiB");
    }
}
