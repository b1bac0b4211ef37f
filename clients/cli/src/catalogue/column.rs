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
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
    Latitude,
    Longitude,
    Easting,
    Northing,
    Location,
    OtherNames,
    CharityNumber,
    WhoFor,
    Activities,
    Languages,
    Price,
    Access,
    Rooms,
    Capacity,
    Confirm,
}

use Column as C;

/// Each column with its own name first. Earlier headers win over later ones.
pub(super) const COLUMNS_BY_HEADER: [(Column, &[&str]); 46] = [
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
            "stop name",
        ],
    ),
    (C::SourceTitle, &["source title", "source"]),
    (
        C::Summary,
        &[
            "summary",
            "what we do",
            "what they do",
            "what it does",
            "what you do",
            "short description",
            "what is it",
            "purpose",
        ],
    ),
    (
        C::Description,
        &[
            "description",
            "details",
            "about",
            "about us",
            "service description",
        ],
    ),
    (C::SourceSection, &["source section", "section"]),
    (
        C::SourceYear,
        &[
            "source year",
            "year",
            "as of",
            "last updated",
            "date updated",
            "updated",
            "last checked",
            "date checked",
        ],
    ),
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
            "locality name",
            "nearest town",
            "town or village",
            "suburb",
            "neighbourhood",
        ],
    ),
    (C::GeonamesId, &["geonames id", "geonameid"]),
    (
        C::Postcode,
        &[
            "postcode",
            "post code",
            "postal code",
            "postcode 1",
            "zip",
            "zip code",
        ],
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
            "organisation label",
            "state province",
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
            "address line 1",
            "location text",
            "meeting point",
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
            "website url",
            "link",
            "more information",
        ],
    ),
    (C::Roles, &["roles", "role"]),
    (
        C::Tags,
        &[
            "tags",
            "tag",
            "categories",
            "category",
            "keywords",
            "taxonomy terms",
        ],
    ),
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
            "regular schedule",
            "session times",
        ],
    ),
    (C::Day, &["day", "days", "weekday", "byday"]),
    (
        C::Start,
        // `start` last: next to `arrival` it is the first date. `time` may hold both times.
        &[
            "start time",
            "time",
            "session time",
            "meeting time",
            "arrival",
            "opens at",
            "opens",
            "start",
            "from",
        ],
    ),
    (
        C::End,
        &["end time", "departure", "closes at", "closes", "end", "to"],
    ),
    (
        C::Starting,
        &[
            "starting",
            "start date",
            "first date",
            "valid from",
            "start",
        ],
    ),
    (C::Monday, &["monday", "mon"]),
    (C::Tuesday, &["tuesday", "tue", "tues"]),
    (C::Wednesday, &["wednesday", "wed", "weds"]),
    (C::Thursday, &["thursday", "thu", "thur", "thurs"]),
    (C::Friday, &["friday", "fri"]),
    (C::Saturday, &["saturday", "sat"]),
    (C::Sunday, &["sunday", "sun"]),
    (C::Latitude, &["latitude", "lat", "geo y", "geoy", "y"]),
    (
        C::Longitude,
        &["longitude", "lon", "long", "lng", "geo x", "geox", "x"],
    ),
    (
        C::Easting,
        &["easting", "eastings", "os easting", "x coordinate"],
    ),
    (
        C::Northing,
        &["northing", "northings", "os northing", "y coordinate"],
    ),
    (
        C::Location,
        &[
            "location",
            "position",
            "coordinates",
            "lat long",
            "latlong",
            "lat lng",
            "lat lon",
            "geolocation",
            "geo point",
            "geo point 2d",
        ],
    ),
    (
        C::OtherNames,
        &[
            "other names",
            "other name",
            "alternate name",
            "alternative name",
            "also known as",
            "aka",
            "former name",
        ],
    ),
    (
        C::CharityNumber,
        &[
            "charity number",
            "charity no",
            "registered charity number",
            "registered charity no",
            "charity registration number",
            "reg charity number",
        ],
    ),
    (
        C::WhoFor,
        &[
            "who for",
            "who is it for",
            "who its for",
            "eligibility",
            "eligibility description",
            "target group",
            "target audience",
            "audience",
        ],
    ),
    (
        C::Activities,
        &["activities", "activity", "key activities", "what happens"],
    ),
    (
        C::Languages,
        &["languages", "language", "languages spoken", "language s"],
    ),
    (
        C::Price,
        &[
            "price",
            "cost",
            "costs",
            "fee",
            "fees",
            "charge",
            "charges",
            "fees description",
            "cost options",
            "how much",
        ],
    ),
    (
        C::Access,
        &[
            "access",
            "accessibility",
            "disabled access",
            "wheelchair access",
            "wheelchair accessible",
            "wheelchair",
            "step free access",
            "step free",
            "accessibility for disabilities",
            "accessibility support",
            "accessibility information",
        ],
    ),
    (
        C::Rooms,
        &[
            "rooms",
            "room",
            "rooms for hire",
            "spaces",
            "facilities",
            "amenities",
        ],
    ),
    (
        C::Capacity,
        &[
            "capacity",
            "max capacity",
            "maximum capacity",
            "maximum attendee capacity",
            "seats",
            "number of places",
        ],
    ),
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
  address                   used to find the town, with address 2, 3 …; never published
  geonames_id               the town's GeoNames id instead, if names are ambiguous
  website                   the only way to get in touch that such a listing may give
  when, or day, start, end  when it meets, in words (time may hold both times); starting: the
                            first date
  monday … sunday           opening hours of each day instead
  latitude, longitude,      finds or checks the town if no postcode is given; never published
  or location               (55.95,-3.20); or easting and northing of the National Grid
  other_names               separated by ;
  charity_number            1044763, SC012345 or NIC101234
  who_for, activities       in words
  languages                 by name or tag; separated by commas
  price                     Free, donation, £2, or in words
  access                    in words, or yes or no
  rooms, capacity           published in words: bookable rooms are offers of their own
  roles                     support-group, network, host, funder, trainer, partner; several
                            with ; between them (support-group, or --role)
  tags                      terms of the vocabulary, such as community:women; ; between them
  confirm                   reasons that you have checked, such as looks_like_address

Other columns are named once and not published; --skip-column leaves one out silently. Telephone numbers, e-mail addresses and columns
about persons are not read.";
