//! Memory and processor time of a process, as Linux reports them.

use std::time::Duration;

use procfs::process;

/// A running process by its id.
#[derive(Debug, Clone, Copy)]
pub struct Process(pub u32);

/// Memory in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// All resident pages, those of files too.
    pub resident: u64,
    /// Resident pages that belong to no file. The system can drop and reread the others.
    pub anonymous: u64,
    /// The highest `resident` so far.
    pub peak: u64,
}

impl Process {
    pub fn own() -> Self {
        Self(std::process::id())
    }

    fn open(self) -> procfs::ProcResult<process::Process> {
        process::Process::new(i32::try_from(self.0).unwrap_or(i32::MAX))
    }

    /// The memory now; zeros if the process has exited.
    pub fn memory(self) -> Memory {
        let status = self.open().and_then(|process| process.status()).ok();
        let bytes = |field: fn(&process::Status) -> Option<u64>| {
            let kib = status.as_ref().and_then(field);
            kib.unwrap_or_default() * 1024
        };
        Memory {
            resident: bytes(|status| status.vmrss),
            anonymous: bytes(|status| status.rssanon),
            peak: bytes(|status| status.vmhwm),
        }
    }

    /// The processor time so far, of all threads; zero if the process has exited.
    pub fn cpu(self) -> Duration {
        let stat = self.open().and_then(|process| process.stat());
        let ticks = stat.map_or(0, |stat| stat.utime + stat.stime);
        Duration::from_millis(ticks * 1000 / procfs::ticks_per_second())
    }
}

/// Bytes that the loopback interface carried so far, with all headers.
pub fn loopback_bytes() -> u64 {
    let devices = procfs::net::dev_status().unwrap_or_default();
    devices.get("lo").map_or(0, |device| device.recv_bytes)
}

/// Formats bytes as MiB: `8.5 MiB`, `123 MiB`.
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
    fn this_process_has_memory_and_processor_time() {
        let memory = Process::own().memory();
        assert!(memory.resident > memory.anonymous && memory.anonymous > 0);
        assert!(memory.peak >= memory.resident);
        let before = Process::own().cpu();
        let mut sum = 0_u64;
        while Process::own().cpu() == before {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert_eq!(mib(3 << 20), "3.0 MiB");
    }
}
