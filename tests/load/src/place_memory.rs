//! `places`: what a place pack costs a node and an aggregator.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use hedgerow_places::{Places, import};

use crate::paths::Paths;
use crate::process::{Memory, mib};
use crate::report::{Report, progress};
use crate::server::{
    ConfigChange, Server, change_node_config, init_aggregator_with_default_limits, init_node,
};
use crate::timing::ms;

#[derive(Debug, Args)]
pub struct PlaceMemory {
    /// Files or folders to build the pack from, as for `hedgerow places import`. Without any, the
    /// places are invented.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    sources: Vec<PathBuf>,
    /// The number of invented places.
    #[arg(long, default_value_t = 50_000)]
    places: u32,
    /// Idle seconds before the memory is measured.
    #[arg(long, default_value_t = 20)]
    idle_seconds: u64,
}

/// A program once it is idle.
struct Idle {
    started_in: Duration,
    memory: Memory,
}

impl PlaceMemory {
    pub async fn run(self, paths: &Paths) -> anyhow::Result<()> {
        let folder = tempfile::tempdir_in(&paths.scratch)?;
        // The programs resolve it from their own folders.
        let folder = folder.path().canonicalize()?;
        let pack = folder.join("gb.places");
        let sources = if self.sources.is_empty() {
            let file = folder.join("invented.csv");
            fs::write(&file, invented(self.places))?;
            vec![file]
        } else {
            self.sources.clone()
        };
        progress("building the place pack …");
        let report = import(&sources, &pack)?;
        let bytes = fs::metadata(&pack)?.len();
        let mut table = self.report(report.manifest.places);
        for (what, pack) in [("without a pack", None), ("with the pack", Some(&pack))] {
            let pack = pack.map(PathBuf::as_path);
            let node = self
                .node(&folder.join(format!("node {what}")), pack)
                .await?;
            let aggregator = self
                .aggregator(&folder.join(format!("aggregator {what}")), pack)
                .await?;
            for (program, idle) in [("node", node), ("aggregator", aggregator)] {
                let Memory {
                    resident,
                    anonymous,
                    peak,
                } = idle.memory;
                table.row([
                    format!("{program} {what}"),
                    ms(idle.started_in),
                    format!("**{}** ({})", mib(resident), mib(anonymous)),
                    mib(peak),
                ]);
            }
        }
        let manifest = Places::embedded().manifest().clone();
        table.note(format!(
            "The pack has {} places and {} names in {}; the embedded places are {} with {}. \
             Both are read in place: a node or aggregator has only a table of their blocks in \
             memory.",
            report.manifest.places,
            report.manifest.names,
            mib(bytes),
            manifest.places,
            manifest.names
        ));
        table.publish(paths)
    }

    async fn node(&self, home: &Path, pack: Option<&Path>) -> anyhow::Result<Idle> {
        init_node(home, None)?;
        if let Some(pack) = pack {
            change_node_config(home, &setting("publishing", "place_pack", pack))?;
        }
        self.idle(Server::node(home).await?).await
    }

    async fn aggregator(&self, home: &Path, pack: Option<&Path>) -> anyhow::Result<Idle> {
        let changes: Vec<ConfigChange> = pack
            .map(|pack| setting("places", "pack", pack))
            .into_iter()
            .collect();
        init_aggregator_with_default_limits(home, &changes)?;
        self.idle(Server::aggregator(home).await?).await
    }

    async fn idle(&self, server: Server) -> anyhow::Result<Idle> {
        tokio::time::sleep(Duration::from_secs(self.idle_seconds)).await;
        let idle = Idle {
            started_in: server.started_in,
            memory: server.process().memory(),
        };
        server.stop()?;
        Ok(idle)
    }

    fn report(&self, places: u32) -> Report {
        let source = if self.sources.is_empty() {
            "invented places and the embedded ones"
        } else {
            "the given sources and the embedded places"
        };
        Report {
            name: "places".into(),
            title: "Memory with and without a place pack".into(),
            command: "tests/load/run places --write".into(),
            method: format!(
                "Each program is started with a new folder, and its memory is read after {} idle \
                 seconds. The pack has {places} places: {source}.",
                self.idle_seconds
            ),
            limit: "Nothing is published or searched. Resident memory includes the program's own \
                    pages."
                .into(),
            columns: vec!["program", "start", "idle: resident (anonymous)", "peak"],
            ..Report::default()
        }
    }
}

/// Sets a path, which the configuration does not show while it is not set.
fn setting(section: &'static str, key: &'static str, path: &Path) -> ConfigChange {
    let path = path.display().to_string();
    Box::new(move |config| {
        let table = config
            .entry(section)
            .or_insert_with(|| toml::Table::new().into());
        let table = table.as_table_mut().context("a section is not a table")?;
        table.insert(key.to_owned(), path.clone().into());
        Ok(())
    })
}

/// Villages all over Britain, as CSV in the plain form.
fn invented(places: u32) -> String {
    let mut text = String::from("id,name,kind,lat,lon\n");
    for number in 0..places {
        // Steps that share no factor with the range spread evenly.
        let north = 50.1 + f64::from(number * 7_919 % 84_000) / 10_000.0;
        let east = -5.0 + f64::from(number * 104_729 % 60_000) / 10_000.0;
        let letters =
            |number: u32| char::from(b'a' + u8::try_from(number % 26).unwrap_or_default());
        let name: String = (0..6)
            .map(|at| letters(number / 26_u32.pow(at) + at))
            .collect();
        let _ = writeln!(
            text,
            "x:{number},Invented {name} {number},village,{north:.5},{east:.5}"
        );
    }
    text
}
