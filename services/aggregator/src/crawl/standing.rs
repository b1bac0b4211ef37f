//! How many sources answer, for the operator.

use hedgerow_rpc::connector::Trust;
use hedgerow_rpc::metrics::Family;
use hedgerow_rpc::metrics::Gauge;
use hedgerow_rpc::metrics::Label;
use hedgerow_rpc::metrics::Metrics;

/// How the sources are now. Clones share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Standings(Family<[Label; 2], Gauge>);

/// How one source is, for as long as it is followed.
#[derive(Debug)]
pub(super) struct Standing {
    all: Standings,
    kind: &'static str,
    state: &'static str,
}

impl Standings {
    /// Adds it to what is told.
    pub(super) fn tell(&self, metrics: &mut Metrics) {
        metrics.add(
            "sources",
            "Servers that are followed, configured or announced, and whether they answer",
            &self.0,
        );
    }

    /// A source is followed from now on.
    pub(super) fn begin(&self, trust: Trust) -> Standing {
        let kind = match trust {
            Trust::Configured => "configured",
            Trust::Announced => "announced",
        };
        let standing = Standing {
            all: self.clone(),
            kind,
            state: "answering",
        };
        standing.gauge().inc();
        standing
    }
}

impl Standing {
    /// It answered, or failed.
    pub(super) fn is(&mut self, answering: bool) {
        self.gauge().dec();
        self.state = if answering { "answering" } else { "failing" };
        self.gauge().inc();
    }

    fn gauge(&self) -> Gauge {
        let labels = [("kind", self.kind), ("state", self.state)];
        self.all.0.get_or_create_owned(&labels)
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        self.gauge().dec();
    }
}
