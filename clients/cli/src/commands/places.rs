//! `hedgerow places`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use hedgerow_input::labels;
use hedgerow_places::{Because, Evidence, Manifest, Meaning, Places, PlacesError, Record, import};

use crate::context::Context;
use crate::exit::Exit;
use crate::installed_places::{InstalledPlaces, usual_file};
use crate::style;
use crate::usage::Usage;

/// Shows which places this program knows, and their notices.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build a place pack from open data: more suburbs, villages, areas and names.
    Import(ImportArguments),
    /// Show what a place's name means here.
    Find(FindArguments),
}

/// Builds one file from downloaded gazetteers. These forms are recognised by their first line:
/// OS Open Names (CSV files), the National Public Transport Gazetteer (Localities.csv), a
/// GeoNames dump (GB.txt), boundaries of councils, counties, regions and nations (GeoJSON with
/// properties such as LAD24CD and LAD24NM), and CSV files with the columns id,name,kind,lat,lon.
#[derive(Debug, Args)]
struct ImportArguments {
    /// Files, or folders with files.
    #[arg(required = true, value_name = "FILE")]
    sources: Vec<PathBuf>,
    /// The file to write [default: the one that this program uses]. An aggregator uses the
    /// file that `places.pack` in its configuration names.
    #[arg(long, value_name = "FILE")]
    into: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct FindArguments {
    /// The name, such as "Bolton, Lancs".
    #[arg(required = true)]
    name: Vec<String>,
    /// A postcode of the same place.
    #[arg(long)]
    postcode: Option<String>,
    /// The area that the names of your source are about.
    #[arg(long)]
    area: Option<String>,
}

pub fn run(arguments: &Arguments, context: &mut Context) -> anyhow::Result<Exit> {
    match &arguments.command {
        None => show(context),
        Some(Command::Import(arguments)) => run_import(arguments, context),
        Some(Command::Find(arguments)) => find(arguments, context),
    }
}

fn show(context: &mut Context) -> anyhow::Result<Exit> {
    let installed = InstalledPlaces::open()?;
    let manifest = installed.places().manifest();
    match &installed.file {
        Some(file) => writeln!(context.out, "Place pack {}", file.display())?,
        None => writeln!(
            context.out,
            "Embedded places: no place pack is installed. `hedgerow places import` builds one."
        )?,
    }
    print_contents(manifest, context)?;
    for notice in &manifest.notices {
        writeln!(context.out, "{notice}")?;
    }
    Ok(Exit::Done)
}

fn print_contents(manifest: &Manifest, context: &mut Context) -> anyhow::Result<()> {
    writeln!(
        context.out,
        "Version {}: {}, {}, {}, {}",
        manifest.version,
        labels::count(manifest.places, "place"),
        labels::count(manifest.areas, "area"),
        labels::count(manifest.postcodes, "postcode district"),
        labels::count(manifest.names, "name")
    )?;
    for source in &manifest.sources {
        writeln!(context.out, "  {source}")?;
    }
    Ok(())
}

fn run_import(arguments: &ImportArguments, context: &mut Context) -> anyhow::Result<Exit> {
    let into = arguments.into.clone().or_else(usual_file);
    let into = into.context(
        "cannot find this account's folder for settings: name the file to write with --into",
    )?;
    let report = import(&arguments.sources, &into).map_err(|error| match error {
        PlacesError::Source { .. } => anyhow::Error::new(Usage(error.to_string())),
        error => error.into(),
    })?;
    for file in &report.skipped {
        let care = style::CARE;
        writeln!(
            context.notes,
            "{care}Skipped{care:#} {}: not in a known form",
            file.display()
        )?;
    }
    writeln!(context.out, "Written: {}", into.display())?;
    print_contents(&report.manifest, context)?;
    Ok(Exit::Done)
}

fn find(arguments: &FindArguments, context: &mut Context) -> anyhow::Result<Exit> {
    let installed = InstalledPlaces::open()?;
    let places = installed.places();
    let name = arguments.name.join(" ");
    let evidence = Evidence {
        postcode: arguments.postcode.as_deref(),
        own_area: arguments.area.as_deref(),
        ..Evidence::default()
    };
    let (line, others) = match places.resolve(&name, &evidence)? {
        Meaning::Place(place) => (described(places, &place), Vec::new()),
        Meaning::Area(area) => (described(places, &area), Vec::new()),
        Meaning::Districts { districts, .. } => {
            let mut names = districts.iter().map(Record::full_name);
            let first = names.next().unwrap_or_default();
            (format!("postcode district {first}"), names.collect())
        }
        Meaning::Ask {
            likely,
            others,
            because,
        } => {
            let why = match because {
                Because::Several => "several places have this name; likely",
                Because::Elsewhere => "the name and the postcode point to different places; known",
                Because::Doubtful => "this may be another place of that name; known",
            };
            let line = format!("{why}: {}", described(places, &likely));
            (line, others.iter().map(Record::full_name).collect())
        }
        Meaning::Unknown { nearest } => {
            writeln!(context.out, "No known place is called {name}.")?;
            for place in nearest {
                writeln!(context.out, "  nearly: {}", place.full_name())?;
            }
            return Ok(Exit::NothingFound);
        }
    };
    writeln!(context.out, "{line}")?;
    for other in others {
        writeln!(context.out, "  or: {other}")?;
    }
    Ok(Exit::Done)
}

/// A place with its kind, and the town under which it is published if that is another.
fn described(places: &Places, record: &Record) -> String {
    let name = format!("{} {}", record.kind.word(), record.full_name());
    if !record.kind.is_settlement() {
        return name;
    }
    match places.town(record) {
        Some(town) if town.name == record.name => name,
        Some(town) => format!("{name} (published as {})", town.full_name()),
        None => format!("{name} (no town to publish within ten miles)"),
    }
}
