//! The columns of a table that can be imported, and the headers that people give them.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    Scheme,
    Id,
    Name,
    SourceTitle,
    Summary,
    Description,
    SourceSection,
    SourceYear,
    SourceUrl,
    Note,
    Place,
    GeonamesId,
    Postcode,
    County,
    Region,
    Address,
    Website,
    Roles,
    Tags,
    When,
    Day,
    Start,
    End,
    Starting,
    Confirm,
}

use Column as C;

/// Each column with its own name first. Earlier headers win over later ones.
pub(super) const COLUMNS_BY_HEADER: [(Column, &[&str]); 25] = [
    (C::Scheme, &["scheme"]),
    (C::Id, &["id", "identifier", "reference", "ref", "osm id"]),
    (
        C::Name,
        &[
            "name",
            "group",
            "group name",
            "title",
            "library name",
            "venue name",
            "service name",
            "organisation name",
            "organization name",
            "organisation",
            "organization",
            "club",
        ],
    ),
    (C::SourceTitle, &["source title", "source"]),
    (C::Summary, &["summary", "what we do", "short description"]),
    (
        C::Description,
        &["description", "details", "about", "about us"],
    ),
    (C::SourceSection, &["source section", "section"]),
    (C::SourceYear, &["source year", "year", "as of"]),
    (C::SourceUrl, &["source url"]),
    (C::Note, &["note", "source note"]),
    (
        C::Place,
        &[
            "place",
            "town",
            "city",
            "town city",
            "city town",
            "locality",
            "settlement",
            "village",
            "post town",
            "community",
            "where",
        ],
    ),
    (C::GeonamesId, &["geonames id", "geonameid"]),
    (
        C::Postcode,
        &["postcode", "post code", "postal code", "zip"],
    ),
    (
        C::County,
        &[
            "county",
            "local authority",
            "local authority name",
            "council",
            "district",
            "borough",
            "area name",
            "authority",
        ],
    ),
    (C::Region, &["region"]),
    (
        C::Address,
        &[
            "address",
            "full address",
            "venue address",
            "street address",
            "address 1",
        ],
    ),
    (
        C::Website,
        &[
            "website",
            "web site",
            "web",
            "url",
            "web address",
            "homepage",
            "home page",
        ],
    ),
    (C::Roles, &["roles", "role"]),
    (C::Tags, &["tags", "tag", "categories", "keywords"]),
    (
        C::When,
        &[
            "when",
            "opening hours",
            "opening times",
            "day and time",
            "meeting times",
            "times",
            "schedule",
            "hours",
        ],
    ),
    (C::Day, &["day", "days", "weekday"]),
    (C::Start, &["start", "start time", "from", "arrival"]),
    (C::End, &["end", "end time", "to", "departure"]),
    (C::Starting, &["starting", "start date", "first date"]),
    (C::Confirm, &["confirm", "confirmed"]),
];

/// Words of headers whose cells are about persons. Such cells are not read.
pub(super) const PERSONAL: [&str; 18] = [
    "email",
    "e mail",
    "mobile",
    "contact name",
    "contact person",
    "contact",
    "contacts",
    "home address",
    "dbs",
    "date of birth",
    "dob",
    "secretary",
    "chair",
    "treasurer",
    "first name",
    "surname",
    "last name",
    "leader",
];
/// Words of headers with an organisation's telephone number, which a catalogued listing may
/// not have.
pub(super) const TELEPHONE: [&str; 4] = ["phone", "telephone", "tel", "fax"];

impl Column {
    /// The name in `--map` and in the documentation.
    pub fn word(self) -> String {
        let (_, headers) = COLUMNS_BY_HEADER
            .iter()
            .find(|(column, _)| *column == self)
            .expect("every column has a row");
        headers[0].replace(' ', "_")
    }

    pub fn from_word(word: &str) -> Option<Self> {
        let all = COLUMNS_BY_HEADER.iter().map(|(column, _)| *column);
        all.into_iter().find(|column| column.word() == word)
    }

    pub fn words() -> Vec<String> {
        COLUMNS_BY_HEADER
            .iter()
            .map(|(column, _)| column.word())
            .collect()
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word())
    }
}

/// The columns, for `hedgerow import csv --help`.
pub const COLUMNS: &str = "\
The table is text with one header line: CSV, semicolons or tabs, in UTF-8, UTF-16 or
Windows-1252. Headers may have capitals and spaces; --map names others. Columns, in any order:

  name            required  what the group or organisation is called
  scheme                    short name of your source, or --scheme leeds-directory-2024
  source_title              the publication's title, never a file name, or --source-title
  source_year               the year, shown as “recorded in …; may no longer exist”; or
                            --year, or a note that the source has no date (--note)
  id                        the entry's own id in the source; it never changes. Without one,
                            it is made from the name and the town
  summary, description      what it does; nothing about any one person
  source_section            the part of the source that names it
  source_url                where the source can be read
  note                      your own note about the entry's source
  place                     a town, such as Leeds, or Newport, Wales
  postcode                  checks the place, or finds it; only the town is published
  county                    a county or council area, as a check of the place
  region                    one of the gazetteer's regions, if no town is known
  address                   used to find the town; never published
  geonames_id               the town's GeoNames id instead, if names are ambiguous
  website                   the only way to get in touch that such a listing may give
  when, or day, start, end  when it meets, in words; starting: the first date
  roles                     support-group, network, host, funder, trainer, partner; several
                            with ; between them (support-group, or --role)
  tags                      terms of the vocabulary, such as community:women; ; between them
  confirm                   reasons that you have checked, such as looks_like_address

Other columns are named and not published. Telephone numbers, e-mail addresses and columns
about persons are not read.";
