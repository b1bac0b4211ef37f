//! The counts as CSV (RFC 4180), for a spreadsheet.

use std::collections::BTreeMap;

use csv::{Terminator, WriterBuilder};
use hedgerow_proto::directory_v1::{EarlierCount, GetCoverageResponse, RegionCoverage};

/// A row for each region, one for listings in none, and one for all. A column for each of the
/// people, with what they are called.
pub(super) fn table(counts: &GetCoverageResponse, people: &[(&str, String)]) -> Vec<u8> {
    let year = counts.source.as_ref().map_or(0, |source| source.year);
    let regions = counts.regions.iter();
    let before = regions.flat_map(|region| &region.counted_before);
    let kinds: BTreeMap<&str, &str> = before
        .chain(&counts.counted_nationally)
        .map(|one| (one.kind.as_str(), one.label.as_str()))
        .collect();
    let mut header = ["region", "listings", "own_listings"]
        .map(str::to_owned)
        .to_vec();
    header.extend(people.iter().map(|(_, label)| format!("for: {label}")));
    header.extend(
        kinds
            .values()
            .map(|label| format!("{label}, counted in {year}")),
    );
    let mut rows = vec![header];
    let mut row = |name: &str, numbers: Vec<String>, earlier: &[EarlierCount]| {
        let mut cells = vec![name.to_owned()];
        cells.extend(numbers);
        // Of listings in no region, these are not counted.
        cells.resize(3 + people.len(), String::new());
        cells.extend(kinds.keys().map(|kind| {
            let one = earlier.iter().find(|one| one.kind == *kind);
            one.map(number).unwrap_or_default()
        }));
        rows.push(cells);
    };
    for region in &counts.regions {
        let of_people = people.iter().map(|(value, _)| count_of(region, value));
        let numbers = [region.listings, region.own_listings];
        let numbers = numbers.into_iter().chain(of_people);
        let numbers = numbers.map(|it| it.to_string()).collect();
        row(&region.region, numbers, &region.counted_before);
    }
    let elsewhere = vec![counts.elsewhere.to_string()];
    row("in none of these regions, or not shown", elsewhere, &[]);
    let total = vec![counts.total.to_string()];
    row("all, each once", total, &counts.counted_nationally);
    written(&rows)
}

fn written(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .from_writer(Vec::new());
    for row in rows {
        // Writing into memory fails only for rows of different lengths, which these are not.
        let _ = writer.write_record(row.iter().map(|cell| guarded(cell)));
    }
    writer.into_inner().unwrap_or_default()
}

/// A cell that no spreadsheet runs as a formula.
fn guarded(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

/// How many groups in a region are for these people.
pub(super) fn count_of(region: &RegionCoverage, people: &str) -> u64 {
    let mut counts = region.facets.iter().flat_map(|facet| &facet.counts);
    let count = counts.find(|count| count.value == people);
    count.map_or(0, |count| count.count)
}

/// A count in the words of its source, if it has any.
pub(super) fn number(count: &EarlierCount) -> String {
    match (count.words.as_str(), count.high) {
        ("", Some(high)) if high != count.low => format!("{}-{high}", count.low),
        ("", Some(_)) => count.low.to_string(),
        ("", None) => format!("at least {}", count.low),
        (words, _) => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::directory_v1::{CountSource, Facet, FacetCount};

    use super::*;

    fn earlier(kind: &str, low: u32, high: Option<u32>, words: &str) -> EarlierCount {
        EarlierCount {
            kind: kind.to_owned(),
            label: format!("groups of {kind}"),
            low,
            high,
            words: words.to_owned(),
        }
    }

    #[test]
    fn counts_of_a_source_keep_its_words() {
        assert_eq!(number(&earlier("a", 3, Some(3), "")), "3");
        assert_eq!(number(&earlier("a", 3, Some(5), "")), "3-5");
        assert_eq!(number(&earlier("a", 7, None, "")), "at least 7");
        assert_eq!(
            number(&earlier("a", 15, Some(16), "15-16 (estimate)")),
            "15-16 (estimate)"
        );
    }

    #[test]
    fn a_table_is_quoted_and_runs_nothing() {
        let names = [
            "=HYPERLINK(\"https://evil.example\")",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "A, b",
        ];
        let regions = names.map(|name| RegionCoverage {
            region: name.to_owned(),
            listings: 2,
            own_listings: 1,
            counted_before: vec![earlier("x", 1, None, "-over 1")],
            facets: vec![Facet {
                counts: vec![FacetCount {
                    value: "community:women".to_owned(),
                    count: 3,
                }],
                ..Facet::default()
            }],
        });
        let counts = GetCoverageResponse {
            regions: regions.into(),
            elsewhere: 4,
            total: 9,
            source: Some(CountSource {
                year: 2013,
                ..CountSource::default()
            }),
            counted_nationally: vec![earlier("y", 8, Some(8), "")],
            ..GetCoverageResponse::default()
        };
        let text = {
            let people = [
                ("community:women", "Women".to_owned()),
                ("community:men", "Men".to_owned()),
            ];
            String::from_utf8(table(&counts, &people)).unwrap()
        };
        let expected = [
            "region,listings,own_listings,for: Women,for: Men,\"groups of x, counted in 2013\",\"groups of y, counted in 2013\"",
            "\"'=HYPERLINK(\"\"https://evil.example\"\")\",2,1,3,0,'-over 1,",
            "'+1,2,1,3,0,'-over 1,",
            "'-1,2,1,3,0,'-over 1,",
            "'@SUM(A1),2,1,3,0,'-over 1,",
            "'\t=1,2,1,3,0,'-over 1,",
            "\"A, b\",2,1,3,0,'-over 1,",
            "\"in none of these regions, or not shown\",4,,,,,",
            "\"all, each once\",9,,,,,8",
            "",
        ];
        assert_eq!(text.split("\r\n").collect::<Vec<_>>(), expected);
    }
}
