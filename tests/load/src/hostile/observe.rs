//! What happens in a period: honest figures, and the server's memory and processor time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::attack::Victim;
use super::honest::Honest;
use super::series::Figures;
use super::servers::Servers;

/// The use of resources by a server.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// The highest resident memory in bytes.
    pub resident: u64,
    /// Cores in use, on average.
    pub cores: f64,
}

impl Usage {
    /// The memory of an idle server.
    pub fn idle(servers: &Servers, victim: Victim) -> Self {
        Self {
            resident: servers.process(victim).memory().resident,
            cores: 0.0,
        }
    }
}

/// The figures of a period.
#[derive(Debug, Clone)]
pub struct Period {
    pub figures: Arc<Figures>,
    pub usage: Usage,
}

impl Period {
    /// Lets honest clients work for a time.
    pub async fn measure(
        servers: &Servers,
        victim: Victim,
        honest: &mut Honest,
        length: Duration,
    ) -> anyhow::Result<Self> {
        let process = servers.process(victim);
        let (began, cpu) = (Instant::now(), process.cpu());
        let mut resident = 0;
        let mut work = std::pin::pin!(honest.measure(length));
        let figures = loop {
            tokio::select! {
                figures = &mut work => break figures?,
                () = tokio::time::sleep(Duration::from_millis(100)) => {
                    resident = resident.max(process.memory().resident);
                }
            }
        };
        let used = process.cpu().saturating_sub(cpu);
        Ok(Self {
            figures: Arc::new(figures),
            usage: Usage {
                resident: resident.max(process.memory().resident),
                cores: used.as_secs_f64() / began.elapsed().as_secs_f64(),
            },
        })
    }
}
