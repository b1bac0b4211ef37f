//! Rows of CSV files by the names of their columns.

use hedgerow_core::place::{is_in_range, parse_degrees};
use hedgerow_proto::v1;

/// A CSV text with a header line.
pub(super) struct Rows<'a> {
    columns: Vec<String>,
    reader: csv::Reader<&'a [u8]>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self, String> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| error.to_string())?;
        let columns = header.iter().map(|name| name.trim().to_lowercase());
        Ok(Self {
            columns: columns.collect(),
            reader,
        })
    }

    /// Calls a function with each row, as a lookup from column to text.
    pub(super) fn for_each(
        mut self,
        mut f: impl FnMut(&dyn Fn(&str) -> String) -> Option<()>,
    ) -> Result<usize, String> {
        let mut count = 0;
        let columns = self.columns;
        for row in self.reader.records() {
            let row = row.map_err(|error| error.to_string())?;
            let get = |name: &str| {
                let at = columns.iter().position(|column| column == name);
                let text = at.and_then(|at| row.get(at)).unwrap_or_default();
                text.trim().to_owned()
            };
            // A row without a name or a position is of no use and harms nothing.
            count += usize::from(f(&get).is_some());
        }
        Ok(count)
    }
}

/// Reads degrees; further decimals than the protocol has are cut off.
pub(super) fn point(latitude: &str, longitude: &str) -> Option<v1::Point> {
    let degrees = |text: &str| {
        let cut = match text.split_once('.') {
            Some((whole, decimals)) => {
                let decimals: String = decimals.chars().take(7).collect();
                format!("{whole}.{decimals}")
            }
            None => text.to_owned(),
        };
        parse_degrees(&cut)
    };
    let point = v1::Point {
        latitude_e7: degrees(latitude)?,
        longitude_e7: degrees(longitude)?,
    };
    is_in_range(&point).then_some(point)
}
