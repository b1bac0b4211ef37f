//! Catalogued listings from a CSV table.

use std::io::Read;

use hedgerow_core::gazetteer::{Resolution, gazetteer};
use hedgerow_proto::v1;
use hedgerow_proto::words::from_word;
use serde::Deserialize;

use super::listing::CataloguedListing;
use super::places::{GAZETTEER_REGIONS, of_town, region_name};
use super::tags::add_tag;

/// The columns, for `hedgerow import csv --help`.
pub const COLUMNS: &str = "\
The table is UTF-8 with one header line. Columns, in any order:

  scheme          required  short name of your source, such as leeds-directory-2024
  id              required  the entry's own id there; it never changes. a-z 0-9 . -
  name            required  what the group or organisation is called
  source_title    required  the publication's title, never a file name
  summary                   one or two sentences; nothing about any one person
  source_section            the part of the source that names it
  source_year               the year, shown as “recorded in …; may no longer exist”
  source_url                where the source can be read
  place                     a town, such as Leeds, or Newport, Wales if there are several
  geonames_id               the town's GeoNames id instead, if names are ambiguous
  region                    one of the gazetteer's regions, if no town is known
  website                   the only way to get in touch that such a listing may give
  roles                     support-group, network, host, funder, trainer, partner; several
                            with ; between them (support-group if empty)
  tags                      terms of the vocabulary, such as community:women; ; between them";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    scheme: String,
    id: String,
    name: String,
    source_title: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    source_section: String,
    #[serde(default)]
    source_year: Option<u32>,
    #[serde(default)]
    source_url: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    geonames_id: Option<u64>,
    #[serde(default)]
    region: String,
    #[serde(default)]
    website: String,
    #[serde(default)]
    roles: String,
    #[serde(default)]
    tags: String,
}

/// Reads a whole table.
///
/// # Errors
/// Every error with its line. A table with one wrong line is not imported at all.
pub fn read_csv(table: impl Read) -> Result<Vec<CataloguedListing>, Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(table);
    let (mut read, mut wrong) = (Vec::new(), Vec::new());
    let headers = match reader.headers() {
        Ok(headers) => headers.clone(),
        Err(error) => return Err(vec![error.to_string()]),
    };
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                wrong.push(error.to_string());
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let row = record
            .deserialize(Some(&headers))
            .map_err(|error| plain(&error))
            .and_then(catalogued);
        match row {
            Ok(row) => read.push(row),
            Err(problem) => wrong.push(format!("line {line}: {problem}")),
        }
    }
    if wrong.is_empty() {
        Ok(read)
    } else {
        Err(wrong)
    }
}

fn plain(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.kind().to_string(),
        _ => error.to_string(),
    }
}

fn catalogued(row: Row) -> Result<CataloguedListing, String> {
    for (column, value) in [
        ("scheme", &row.scheme),
        ("id", &row.id),
        ("name", &row.name),
        ("source_title", &row.source_title),
    ] {
        if value.is_empty() {
            return Err(format!("`{column}` is empty"));
        }
    }
    let places = place(&row)?.into_iter().collect();
    let mut listing = v1::Listing {
        name: row.name.clone(),
        summary: row.summary,
        voice: v1::Voice::Catalogued.into(),
        roles: roles(&row.roles)?,
        website: row.website,
        places,
        source: Some(v1::Source {
            title: row.source_title,
            section: row.source_section,
            recorded_year: row.source_year.unwrap_or_default(),
            date: row
                .source_year
                .map(|year| year.to_string())
                .unwrap_or_default(),
            url: row.source_url,
            note: String::new(),
        }),
        ..Default::default()
    };
    for tag in parts(&row.tags) {
        add_tag(&mut listing, tag);
    }
    Ok(CataloguedListing {
        subject: v1::Subject {
            scheme: row.scheme,
            id: row.id,
            name: row.name,
            group_id: None,
        },
        listing,
        confirmed: Vec::new(),
    })
}

fn parts(list: &str) -> impl Iterator<Item = &str> {
    list.split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

fn roles(list: &str) -> Result<Vec<i32>, String> {
    let mut roles = Vec::new();
    for name in parts(list) {
        match from_word::<v1::Role>(name) {
            // A table has no column to describe another role.
            None | Some(v1::Role::Other) => {
                return Err(format!(
                    "“{name}” is not a role: write support-group, network, host, funder, trainer \
                     or partner"
                ));
            }
            Some(role) => roles.push(role.into()),
        }
    }
    if roles.is_empty() {
        roles.push(v1::Role::SupportGroup.into());
    }
    Ok(roles)
}

fn place(row: &Row) -> Result<Option<v1::Place>, String> {
    if let Some(id) = row.geonames_id {
        let town = gazetteer()
            .by_id(id)
            .ok_or_else(|| format!("no place in the gazetteer has the GeoNames id {id}"))?;
        return Ok(Some(of_town(town, None)));
    }
    if !row.place.is_empty() {
        return match gazetteer().resolve(&row.place) {
            Resolution::One(town) => Ok(Some(of_town(town, None))),
            Resolution::Several(towns) => {
                let names: Vec<_> = towns
                    .iter()
                    .take(5)
                    .map(|town| format!("{} ({})", town.full_name(), town.geonames_id))
                    .collect();
                Err(format!(
                    "there are several places called {}: write one of these, or its id under \
                     geonames_id: {}",
                    row.place,
                    names.join("; ")
                ))
            }
            Resolution::None => Err(format!(
                "the gazetteer has no place called {}: write a town, or use `region`",
                row.place
            )),
        };
    }
    if row.region.is_empty() {
        return Ok(None);
    }
    let region = gazetteer().region(&row.region).ok_or_else(|| {
        let all: Vec<_> = gazetteer().regions().collect();
        format!(
            "there is no region {}: write one of {}",
            row.region,
            all.join(", ")
        )
    })?;
    Ok(Some(v1::Place {
        precision: v1::Precision::Region.into(),
        name: region.to_owned(),
        regions: vec![region_name(GAZETTEER_REGIONS, region)],
        country: "GB".to_owned(),
        ..Default::default()
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "scheme,id,name,source_title,source_year,place,roles,tags\n";

    #[test]
    fn a_row_becomes_a_catalogued_listing() {
        let table = format!(
            "{HEADER}dir-2024,a-1,A group,A directory,2024,Leeds,network; support-group,\
             community:women; walking\n"
        );
        let read = read_csv(table.as_bytes()).expect("a row");
        let listing = &read[0].listing;
        assert_eq!(read[0].subject.scheme, "dir-2024");
        assert_eq!(listing.places[0].geonames_id, 2_644_688);
        assert_eq!(listing.who_for[0].communities, ["community:women"]);
        assert_eq!(listing.tags, ["walking"]);
        assert_eq!(listing.roles.len(), 2);
        assert_eq!(
            listing.source.as_ref().expect("a source").recorded_year,
            2024
        );
    }

    #[test]
    fn every_wrong_line_is_reported() {
        let table = format!(
            "{HEADER}dir,a,,T,2024,Leeds,,\ndir,b,B,T,2024,Atlantis,,\ndir,c,C,T,2024,,king,\n"
        );
        let wrong = read_csv(table.as_bytes()).expect_err("three");
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(wrong[0].starts_with("line 2: `name` is empty"), "{wrong:?}");
        assert!(wrong[1].contains("no place called Atlantis"), "{wrong:?}");
        assert!(wrong[2].contains("not a role"), "{wrong:?}");
    }

    #[test]
    fn an_unknown_column_is_rejected() {
        let table = "scheme,id,name,source_title,phone\nd,a,A,T,1\n";
        let wrong = read_csv(table.as_bytes()).expect_err("a column too many");
        assert!(wrong[0].contains("phone"), "{wrong:?}");
    }
}
