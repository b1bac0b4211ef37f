//! One form for places, areas and postcode districts, and its encoding as a line of text.

use hedgerow_core::gazetteer::{Place, gazetteer, normalise};
use hedgerow_core::place::is_in_range;
use hedgerow_proto::v1;

/// Bytes of an encoded record: the United Kingdom lists all its postcode districts.
pub(crate) const MAX_RECORD_BYTES: usize = 64 * 1024;
const COLUMNS: usize = 14;

/// The kind of a place or area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A city, by the source's own word.
    City,
    /// A town, or a place whose kind the source does not give.
    Town,
    /// A part of a town.
    Suburb,
    /// A village.
    Village,
    /// A hamlet, or a named spot with a few houses.
    Hamlet,
    /// The first half of a postcode.
    Postcode,
    /// The area of a council: district, borough, unitary or council area.
    District,
    /// A county as people use it, of today.
    County,
    /// A county or district that was abolished.
    Former,
    /// An area by its usual name, such as the Midlands.
    Usual,
    /// An island or a group of islands.
    Island,
    /// A region of England.
    Region,
    /// England, Scotland, Wales, Northern Ireland, or Ireland.
    Nation,
    /// The United Kingdom or Great Britain.
    Country,
}

const KINDS: [(Kind, &str); 14] = [
    (Kind::City, "city"),
    (Kind::Town, "town"),
    (Kind::Suburb, "suburb"),
    (Kind::Village, "village"),
    (Kind::Hamlet, "hamlet"),
    (Kind::Postcode, "postcode"),
    (Kind::District, "district"),
    (Kind::County, "county"),
    (Kind::Former, "former"),
    (Kind::Usual, "usual"),
    (Kind::Island, "island"),
    (Kind::Region, "region"),
    (Kind::Nation, "nation"),
    (Kind::Country, "country"),
];

impl Kind {
    /// Returns the stable word for this kind, as files and responses have it.
    #[must_use]
    pub fn word(self) -> &'static str {
        let found = KINDS.iter().find(|(kind, _)| *kind == self);
        found.map_or("", |(_, word)| word)
    }

    pub(crate) fn from_word(word: &str) -> Option<Self> {
        let found = KINDS.iter().find(|(_, known)| *known == word);
        found.map(|(kind, _)| *kind)
    }

    /// Returns whether this is an area rather than a settlement or postcode district.
    #[must_use]
    pub fn is_area(self) -> bool {
        self > Self::Postcode
    }

    /// Returns whether people live in this as a settlement.
    #[must_use]
    pub fn is_settlement(self) -> bool {
        self < Self::Postcode
    }
}

/// The least and greatest coordinates of an area, in 10⁻⁷ degrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Degrees north × 10⁷ of the southern edge.
    pub south_e7: i32,
    /// Degrees north × 10⁷ of the northern edge.
    pub north_e7: i32,
    /// Degrees east × 10⁷ of the western edge.
    pub west_e7: i32,
    /// Degrees east × 10⁷ of the eastern edge.
    pub east_e7: i32,
}

impl Bounds {
    /// Returns whether the point is inside or on the edge.
    #[must_use]
    pub fn contains(&self, point: &v1::Point) -> bool {
        (self.south_e7..=self.north_e7).contains(&point.latitude_e7)
            && (self.west_e7..=self.east_e7).contains(&point.longitude_e7)
    }

    /// Returns the least bounds around both.
    pub(crate) fn union(&self, other: &Self) -> Self {
        Self {
            south_e7: self.south_e7.min(other.south_e7),
            north_e7: self.north_e7.max(other.north_e7),
            west_e7: self.west_e7.min(other.west_e7),
            east_e7: self.east_e7.max(other.east_e7),
        }
    }

    /// Returns bounds that reach farther on all sides.
    pub(crate) fn widened(&self, margin_e7: i32) -> Self {
        // A degree of longitude is shorter in Britain.
        let across_e7 = margin_e7 * 5 / 3;
        Self {
            south_e7: self.south_e7.saturating_sub(margin_e7).max(-900_000_000),
            north_e7: self.north_e7.saturating_add(margin_e7).min(900_000_000),
            west_e7: self.west_e7.saturating_sub(across_e7).max(-1_800_000_000),
            east_e7: self.east_e7.saturating_add(across_e7).min(1_800_000_000),
        }
    }
}

/// What the protocol's gazetteer has of a record, which the embedded pack does not repeat.
struct Known<'a> {
    name: &'a str,
    latitude_e7: i32,
    longitude_e7: i32,
    population: Option<u32>,
}

impl<'a> Known<'a> {
    fn of(id: &'a str) -> Option<Self> {
        if let Some(code) = id.strip_prefix("postcode:") {
            let district = gazetteer().district(code)?;
            return Some(Self {
                name: code,
                latitude_e7: district.latitude_e7,
                longitude_e7: district.longitude_e7,
                population: None,
            });
        }
        let place = gazetteer().by_id(id.strip_prefix("geonames:")?.parse().ok()?)?;
        Some(Self {
            name: &place.name,
            latitude_e7: place.latitude_e7,
            longitude_e7: place.longitude_e7,
            population: place.population,
        })
    }

    #[cfg(test)]
    fn is_in(&self, record: &Record) -> bool {
        self.name == record.name
            && self.latitude_e7 == record.latitude_e7
            && self.longitude_e7 == record.longitude_e7
            && self.population == record.population
    }
}

/// A place, an area or a postcode district.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Unique in its pack: `geonames:2644688`, an ONS code, `suburb:SW4/clapham`, `postcode:LS6`.
    pub id: String,
    /// Its usual name, without what it lies in.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// The town that a suburb belongs to; empty otherwise.
    pub town: String,
    /// The council area of today.
    pub district: String,
    /// The county of today as people use it; empty in Scotland.
    pub county: String,
    /// The region of England as the ONS names it; empty elsewhere.
    pub region: String,
    /// England, Scotland, Wales, Northern Ireland, Ireland, or a crown dependency.
    pub nation: String,
    /// Degrees north × 10⁷ of its middle.
    pub latitude_e7: i32,
    /// Degrees east × 10⁷ of its middle.
    pub longitude_e7: i32,
    /// Inhabitants, if the source gives a number.
    pub population: Option<u32>,
    /// The edges of an area.
    pub bounds: Option<Bounds>,
    /// Of a settlement: its postcode district. Of an area: those whose middle lies in it.
    pub outcodes: Vec<String>,
    /// Districts that were in a county when people learnt its name.
    pub formerly: Vec<String>,
}

impl Record {
    pub(crate) fn new(id: String, name: &str, kind: Kind) -> Self {
        Self {
            id,
            name: name.to_owned(),
            kind,
            town: String::new(),
            district: String::new(),
            county: String::new(),
            region: String::new(),
            nation: String::new(),
            latitude_e7: 0,
            longitude_e7: 0,
            population: None,
            bounds: None,
            outcodes: Vec::new(),
            formerly: Vec::new(),
        }
    }

    /// Returns the place of the protocol's gazetteer that this is.
    #[must_use]
    pub fn in_gazetteer(&self) -> Option<&'static Place> {
        let id = self.id.strip_prefix("geonames:")?.parse().ok()?;
        gazetteer().by_id(id)
    }

    /// Returns its middle.
    #[must_use]
    pub fn point(&self) -> v1::Point {
        v1::Point {
            latitude_e7: self.latitude_e7,
            longitude_e7: self.longitude_e7,
        }
    }

    /// Returns its name with what it lies in, which resolves to it again:
    /// `Clapham, London, Lambeth`; `Totnes, South Hams, Devon`.
    #[must_use]
    pub fn full_name(&self) -> String {
        if self.kind == Kind::Postcode {
            return match self.town.as_str() {
                "" => self.name.clone(),
                town => format!("{}, {town}", self.name),
            };
        }
        let wider = match (self.county.as_str(), self.region.as_str()) {
            ("", "") => &self.nation,
            ("", region) => region,
            // The county is the region there.
            ("Greater London", _) => "London",
            (county, _) => county,
        };
        let mut parts = vec![self.name.as_str()];
        for part in [self.town.as_str(), self.district.as_str(), wider] {
            let repeats = |known: &&str| normalise(known) == normalise(part);
            if !part.is_empty() && !parts.iter().any(repeats) {
                parts.push(part);
            }
        }
        parts.join(", ")
    }

    /// A weight for comparing places of one name: the inhabitants, or a usual number of its kind.
    pub(crate) fn weight(&self) -> u64 {
        if let (true, Some(people)) = (self.kind.is_settlement(), self.population) {
            return u64::from(people);
        }
        match self.kind {
            Kind::City => 100_000,
            Kind::Town => 3_000,
            Kind::Suburb => 5_000,
            Kind::Village => 800,
            Kind::Hamlet => 100,
            Kind::Postcode => 20_000,
            Kind::District | Kind::Island => 100_000,
            Kind::Former => 300_000,
            Kind::Usual => 1_000_000,
            Kind::County => 2_000_000,
            Kind::Region => 5_000_000,
            Kind::Nation | Kind::Country => 20_000_000,
        }
    }

    pub(crate) fn encode(&self) -> String {
        self.line(false)
    }

    /// Encodes a record of the embedded pack: what the protocol's gazetteer has of a town or a
    /// postcode district is left out.
    #[cfg(test)]
    pub(crate) fn encode_embedded(&self) -> String {
        let known = Known::of(&self.id);
        self.line(known.is_some_and(|known| known.is_in(self)))
    }

    fn line(&self, is_in_gazetteer: bool) -> String {
        let bounds = self.bounds.map_or_else(String::new, |b| {
            format!("{} {} {} {}", b.south_e7, b.north_e7, b.west_e7, b.east_e7)
        });
        let population = self.population.map_or_else(String::new, |p| p.to_string());
        let (latitude, longitude) = (self.latitude_e7.to_string(), self.longitude_e7.to_string());
        let known = |field| if is_in_gazetteer { "" } else { field };
        [
            self.id.as_str(),
            known(&self.name),
            self.kind.word(),
            &self.town,
            &self.district,
            &self.county,
            &self.region,
            &self.nation,
            known(&latitude),
            known(&longitude),
            known(&population),
            &bounds,
            &self.outcodes.join(" "),
            &self.formerly.join("|"),
        ]
        .map(|field| field.replace(['\t', '\n', '\r'], " "))
        .join("\t")
    }

    pub(crate) fn decode(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split('\t').collect();
        let fields: &[&str; COLUMNS] = fields.as_slice().try_into().ok()?;
        let numbers = |text: &str| -> Option<Vec<i32>> {
            text.split(' ').map(|one| one.parse().ok()).collect()
        };
        let bounds = match fields[11] {
            "" => None,
            text => match numbers(text)?.as_slice() {
                &[south_e7, north_e7, west_e7, east_e7] => Some(Bounds {
                    south_e7,
                    north_e7,
                    west_e7,
                    east_e7,
                }),
                _ => return None,
            },
        };
        let list = |text: &str, by: char| -> Vec<String> {
            let parts = text.split(by).filter(|part| !part.is_empty());
            parts.map(str::to_owned).collect()
        };
        let known = match fields[1] {
            "" => Known::of(fields[0])?,
            name => Known {
                name,
                latitude_e7: fields[8].parse().ok()?,
                longitude_e7: fields[9].parse().ok()?,
                population: match fields[10] {
                    "" => None,
                    number => Some(number.parse().ok()?),
                },
            },
        };
        let record = Self {
            id: fields[0].to_owned(),
            name: known.name.to_owned(),
            kind: Kind::from_word(fields[2])?,
            town: fields[3].to_owned(),
            district: fields[4].to_owned(),
            county: fields[5].to_owned(),
            region: fields[6].to_owned(),
            nation: fields[7].to_owned(),
            latitude_e7: known.latitude_e7,
            longitude_e7: known.longitude_e7,
            population: known.population,
            bounds,
            outcodes: list(fields[12], ' '),
            formerly: list(fields[13], '|'),
        };
        is_in_range(&record.point()).then_some(record)
    }
}
