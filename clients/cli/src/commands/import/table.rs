//! `hedgerow import csv`: options of a table, and reading it.

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use hedgerow_core::time::Timestamp;
use hedgerow_input::time::{DEFAULT_ZONE, LocalClock};

use super::source::Import;
use crate::catalogue::{
    Choice, DateChoice, Defaults, Encoding, HalfChoice, MAX_FILE_BYTES, PlaceFinder, TableOptions,
    read_table,
};
use crate::installed_places::InstalledPlaces;
use crate::usage::Usage;

#[derive(Debug, Args)]
pub(super) struct TableArguments {
    /// The table; - for the standard input.
    pub(super) file: PathBuf,
    /// A short name of the source, for rows without `scheme`, such as leeds-directory-2024.
    #[arg(long, value_name = "NAME")]
    scheme: Option<String>,
    /// The title of the publication, for rows without `source_title`.
    #[arg(long, value_name = "TITLE")]
    source_title: Option<String>,
    /// Where the source can be read, for rows without `source_url`.
    #[arg(long, value_name = "URL")]
    source_url: Option<String>,
    /// The year of the source, for rows without `source_year`.
    #[arg(long, value_name = "YEAR")]
    year: Option<u32>,
    /// A note about the source, for rows without `note`. A source without a year needs one.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// The part that entries without `roles` play.
    #[arg(long, value_name = "ROLE", default_value = "support-group")]
    role: String,
    /// The area that the whole table is about, such as "Greater Manchester". Names of places
    /// are looked for there first.
    #[arg(long, value_name = "NAME")]
    area: Option<String>,
    /// The header of a column, if it is not recognised: `--map name=Title`. Without a header
    /// (`--map website=`), the column is left out. Repeatable.
    #[arg(long, value_name = "COLUMN=HEADER", value_parser = Choice::parse)]
    map: Vec<Choice>,
    /// Leave out the column with this header, without naming it. Repeatable.
    #[arg(long, value_name = "HEADER")]
    skip_column: Vec<String>,
    /// The half of the day of times such as 7-9, which could be either.
    #[arg(long, value_name = "HALF")]
    unclear_times: Option<HalfChoice>,
    /// The order of dates in numbers, such as 4/12/2026.
    #[arg(long, value_name = "ORDER")]
    dates: Option<DateChoice>,
    /// The encoding, if it is detected wrongly.
    #[arg(long)]
    encoding: Option<Encoding>,
    /// Publish times in words as dates too, if they leave nothing open: “Tuesdays 7pm”.
    #[arg(long)]
    read_times: bool,
}

impl TableArguments {
    /// Reads the whole table.
    ///
    /// # Errors
    /// If it cannot be read, or what every row needs is missing.
    pub(super) fn read(self, now: Timestamp) -> anyhow::Result<Import> {
        let name = self.file.display().to_string();
        let bytes = self.bytes()?;
        let installed = InstalledPlaces::open()?;
        let places = PlaceFinder::new(installed.places(), self.area.as_deref())
            .map_err(|error| Usage(format!("--area: {error}")))?;
        let options = TableOptions {
            encoding: self.encoding,
            choices: self.map,
            skipped: self.skip_column,
            defaults: Defaults {
                scheme: self.scheme,
                source_title: self.source_title,
                source_url: self.source_url,
                year: self.year,
                note: self.note,
                roles: self.role,
                reads_times: self.read_times,
                half: self.unclear_times.map(Into::into),
                order: self.dates.map(Into::into),
                today: LocalClock::new(DEFAULT_ZONE, now)
                    .map_err(|error| Usage(error.to_string()))?
                    .today(),
            },
        };
        let table = read_table(&bytes, &options, &places).map_err(|wrong| {
            Usage(format!(
                "{name} cannot be imported as it is:\n  {}\n`hedgerow import csv --help` lists the \
                 columns and options.",
                wrong.join("\n  ")
            ))
        })?;
        Ok(Import::of_table(table))
    }

    /// The file's bytes; one more than allowed if it is too large, so that the reader says so.
    fn bytes(&self) -> Result<Vec<u8>, Usage> {
        let failed = |error| Usage(format!("cannot read {}: {error}", self.file.display()));
        let table: Box<dyn Read> = if self.file.as_os_str() == "-" {
            Box::new(std::io::stdin())
        } else {
            Box::new(File::open(&self.file).map_err(failed)?)
        };
        let mut bytes = Vec::new();
        let limit = MAX_FILE_BYTES as u64 + 1;
        table.take(limit).read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }
}
