//! What the cells of a row state about a place, and the town or area that they mean.

use std::cell::RefCell;
use std::collections::HashMap;

use hedgerow_core::gazetteer::gazetteer;
use hedgerow_core::postcode::{Postcode, find_in_text};
use hedgerow_places::{Because, Evidence, Meaning, Places, Record};
use hedgerow_proto::v1;

use super::places::{GAZETTEER_REGIONS, of_town, region_name};
use super::position;

/// Choices in one message.
const MAX_CHOICES: usize = 5;
/// Parts at the end of an address that are one name: town, county and country.
const MAX_ADDRESS_ENDS: usize = 3;
/// Degrees × 10⁷ by which a postcode may lie outside the box of its county: districts of
/// postcodes cross borders.
const BORDER_E7: i32 = 3_000_000;
/// Cells of the place column that name no place.
const NO_PLACE: [&str; 9] = [
    "-",
    "–",
    "n/a",
    "none",
    "online",
    "zoom",
    "virtual",
    "telephone",
    "various",
];

/// Cells as typed; empty if the table has no such column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct PlaceCells {
    pub(super) place: String,
    pub(super) postcode: String,
    pub(super) county: String,
    pub(super) region: String,
    pub(super) address: String,
    pub(super) geonames_id: String,
    /// Degrees, or empty.
    pub(super) latitude: String,
    pub(super) longitude: String,
    /// Metres on the National Grid, or empty.
    pub(super) easting: String,
    pub(super) northing: String,
    /// Degrees with a comma between them, or words about the place.
    pub(super) location: String,
    /// The rounded position, if the postcode is only that of its district.
    pub(super) point: Option<(i32, i32)>,
}

impl PlaceCells {
    /// What the district in `postcode` is, in words before it.
    fn evidence(&self) -> &'static str {
        match self.point {
            Some(_) => "position near",
            None => "postcode",
        }
    }
}

/// The place to publish, if there is one, and what a person should know about it.
#[derive(Debug, Clone, Default)]
pub(super) struct Placed {
    pub(super) place: Option<v1::Place>,
    pub(super) notes: Vec<String>,
}

/// Finds places for rows by the installed places.
pub struct PlaceFinder<'a> {
    places: &'a Places,
    /// The area that the whole source is about.
    area: Option<&'a str>,
    /// Tables repeat their places, and a search for the nearest town reads all of them.
    found: RefCell<HashMap<PlaceCells, Result<Placed, String>>>,
}

impl<'a> PlaceFinder<'a> {
    /// # Errors
    /// If no area has that name.
    pub fn new(places: &'a Places, area: Option<&'a str>) -> Result<Self, String> {
        if let Some(name) = area
            && let Ok(Meaning::Unknown { nearest }) = places.resolve(name, &Evidence::default())
        {
            return Err(format!("area {name} is unknown{}", similar(&nearest)));
        }
        Ok(Self {
            places,
            area,
            found: RefCell::default(),
        })
    }

    pub(super) fn find(&self, cells: &PlaceCells) -> Result<Placed, String> {
        let mut key = cells.clone();
        let mut notes = Vec::new();
        use_position(&mut key, &mut notes);
        if NO_PLACE.contains(&key.place.to_lowercase().as_str()) {
            key.place.clear();
        }
        if key.postcode.is_empty()
            && let Some(postcode) = find_in_text(&key.address)
        {
            key.postcode = postcode.to_owned();
        }
        mend_postcode(&mut key.postcode, &mut notes);
        if let Some(postcode) = Postcode::parse(&key.postcode) {
            // Nothing below depends on more, and neighbours share what was found.
            postcode.district().clone_into(&mut key.postcode);
        }
        if !key.postcode.is_empty() || !key.place.is_empty() {
            key.address.clear();
        }
        let known = self.found.borrow().get(&key).cloned();
        let found = known.unwrap_or_else(|| {
            let found = self.resolve(&key);
            self.found.borrow_mut().insert(key, found.clone());
            found
        });
        found.map(|mut placed| {
            placed.notes.extend(notes);
            placed
        })
    }

    fn resolve(&self, cells: &PlaceCells) -> Result<Placed, String> {
        if !cells.geonames_id.is_empty() {
            let id = cells.geonames_id.parse().ok();
            let town = id.and_then(|id| gazetteer().by_id(id)).ok_or_else(|| {
                format!(
                    "no place in the gazetteer has the GeoNames id {}: use `place` instead",
                    cells.geonames_id
                )
            })?;
            return Ok(Placed {
                place: Some(of_town(town, None)),
                notes: Vec::new(),
            });
        }
        let mut notes = Vec::new();
        let mut district = self.district(&cells.postcode, &mut notes);
        if let (Some(district), Some(point)) = (&mut district, cells.point) {
            (district.latitude_e7, district.longitude_e7) = point;
        }
        let within = self.within(cells, &mut notes);
        if let (Some(district), Some(area)) = (&district, &within) {
            check_border(cells.evidence(), district, area)?;
        }
        let named = if cells.place.is_empty() {
            None
        } else {
            self.named(cells, district.as_ref(), within.as_ref(), &mut notes)?
        };
        let place = named
            .or_else(|| district.as_ref().and_then(|district| self.town(district)))
            .or_else(|| self.town_of_address(cells, within.as_ref(), &mut notes))
            .or_else(|| within.as_ref().map(of_area));
        Ok(Placed { place, notes })
    }

    fn district(&self, typed: &str, notes: &mut Vec<String>) -> Option<Record> {
        if typed.is_empty() {
            return None;
        }
        // Whether a postcode exists is only known for its district.
        let postcode = Postcode::parse(typed).map(|known| known.district().to_owned());
        let meaning =
            postcode.and_then(|code| self.places.resolve(&code, &Evidence::default()).ok());
        match meaning {
            Some(Meaning::Districts { districts, .. }) => districts.into_iter().next(),
            _ => {
                notes.push(format!(
                    "“{typed}” is not a known postcode: it was not used"
                ));
                None
            }
        }
    }

    /// The county, or else the region, or else the area of the whole source.
    fn within(&self, cells: &PlaceCells, notes: &mut Vec<String>) -> Option<Record> {
        for name in [&cells.county, &cells.region] {
            if name.is_empty() {
                continue;
            }
            match self.area_called(name) {
                Some(area) => return Some(area),
                None => notes.push(format!("“{name}” is not a known area: it was not used")),
            }
        }
        self.area.and_then(|name| self.area_called(name))
    }

    fn area_called(&self, name: &str) -> Option<Record> {
        let council = format!("{name} council");
        let resolve = |name: &str| self.places.resolve(name, &Evidence::default()).ok();
        let area = |meaning: Option<Meaning>| match meaning {
            Some(Meaning::Area(area)) => Some(*area),
            Some(Meaning::Ask { likely, others, .. }) => std::iter::once(*likely)
                .chain(others)
                .find(|it| it.kind.is_area()),
            _ => None,
        };
        // A town and the area of its council often share a name.
        area(resolve(&council))
            .or_else(|| area(resolve(name)))
            .or_else(|| match resolve(name) {
                Some(Meaning::Place(place)) => Some(*place),
                _ => None,
            })
    }

    /// The town or area that the place column means.
    fn named(
        &self,
        cells: &PlaceCells,
        district: Option<&Record>,
        within: Option<&Record>,
        notes: &mut Vec<String>,
    ) -> Result<Option<v1::Place>, String> {
        let name = &cells.place;
        let within_name = within.map(|area| area.name.clone());
        let evidence = Evidence {
            postcode: district.map(|district| district.name.as_str()),
            within: within_name.as_deref().filter(|_| district.is_none()),
            own_area: self.area,
        };
        let meaning = self
            .places
            .resolve(name, &evidence)
            .map_err(|error| error.to_string())?;
        match meaning {
            Meaning::Place(place) => match self.town(&place) {
                Some(town) => Ok(Some(town)),
                None => Ok(within.map(of_area)),
            },
            Meaning::Area(area) => Ok(district.is_none().then(|| of_area(&area))),
            Meaning::Districts { districts, .. } => {
                Ok(districts.first().and_then(|district| self.town(district)))
            }
            // Positions are measured, and the known places are incomplete.
            Meaning::Ask {
                because: Because::Elsewhere,
                likely,
                ..
            } if district.is_some() && cells.point.is_none() => Err(format!(
                "{name} and the postcode {} are not in one place: {} is known. Correct one of them",
                cells.postcode,
                likely.full_name()
            )),
            Meaning::Ask { .. } | Meaning::Unknown { .. } if district.is_some() => {
                let evidence = match cells.point {
                    Some(_) => "position",
                    None => "postcode",
                };
                notes.push(format!("“{name}” was placed by its {evidence}"));
                Ok(None)
            }
            Meaning::Unknown { nearest } => match within {
                Some(area) => {
                    notes.push(format!(
                        "“{name}” is not a known place: placed in {}",
                        area.name
                    ));
                    Ok(Some(of_area(area)))
                }
                None => Err(format!(
                    "no known place is called {name}{}. Write a larger town, a postcode or a county",
                    similar(&nearest)
                )),
            },
            Meaning::Ask { likely, others, .. } => {
                let all = std::iter::once(*likely).chain(others);
                let names: Vec<_> = all
                    .take(MAX_CHOICES)
                    .map(|place| place.full_name())
                    .collect();
                Err(format!(
                    "{name} may be several places: write one of these, or add a postcode or \
                     county: {}",
                    names.join("; ")
                ))
            }
        }
    }

    /// The town at the end of an address, if it is certain.
    fn town_of_address(
        &self,
        cells: &PlaceCells,
        within: Option<&Record>,
        notes: &mut Vec<String>,
    ) -> Option<v1::Place> {
        let parts: Vec<&str> = cells.address.split([',', '\n']).map(str::trim).collect();
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let within_name = within.map(|area| area.name.clone());
        let evidence = Evidence {
            postcode: None,
            within: within_name.as_deref(),
            own_area: self.area,
        };
        let place = |name: &str| match self.places.resolve(name, &evidence).ok()? {
            Meaning::Place(place) => self.town(&place),
            _ => None,
        };
        let last = parts.last()?;
        // `Failand, Somerset, UK`: the county is evidence for the village before it.
        let ends = (1..=MAX_ADDRESS_ENDS.min(parts.len()))
            .map(|count| parts[parts.len() - count..].join(", "));
        if let Some(town) = ends.filter_map(|end| place(&end)).next() {
            notes.push("the town was taken from the address".to_owned());
            return Some(town);
        }
        match self.places.resolve(last, &evidence) {
            Ok(Meaning::Area(area)) => {
                notes.push("the area was taken from the address".to_owned());
                Some(of_area(&area))
            }
            Ok(Meaning::Ask { likely, others, .. }) if within.is_none() => {
                let names = std::iter::once(likely.full_name());
                let names = names.chain(others.iter().map(Record::full_name));
                let names: Vec<_> = names.take(MAX_CHOICES).collect();
                notes.push(format!(
                    "“{last}” in the address may be several places, so none is published: write one \
                     of these into a column `place`, or add a postcode: {}",
                    names.join("; ")
                ));
                None
            }
            _ => {
                if within.is_none() {
                    notes.push(
                        "no town was found in the address: no place is published; add a column \
                         `place` or `postcode`"
                            .to_owned(),
                    );
                }
                None
            }
        }
    }

    fn town(&self, place: &Record) -> Option<v1::Place> {
        self.places.town(place).map(|town| of_town(town, None))
    }
}

/// Takes the postcode out of a cell that holds more, or is written in another way: `LS6-2AB`,
/// `LS6 2AB / LS1 1AA`, `LSI 3AB`. Of half of one, the district stays.
fn mend_postcode(cell: &mut String, notes: &mut Vec<String>) {
    if cell.is_empty() || Postcode::parse(cell).is_some() {
        return;
    }
    let district = match find_in_text(&cell.to_uppercase()) {
        Some(found) => {
            let letters = found.chars().filter(char::is_ascii_alphanumeric);
            let compact: String = letters.collect();
            digits_in_place(&compact)
        }
        None => cell.split_whitespace().next().map(str::to_owned),
    };
    let district = district
        .and_then(|text| Postcode::parse(&text))
        .map(|known| known.district().to_owned());
    // A word such as B12 in other words is a room.
    if let Some(district) = district.filter(|code| gazetteer().district(code).is_some()) {
        notes.push(format!(
            "the postcode “{cell}” was read as one in {district}"
        ));
        *cell = district;
    }
}

/// `LS13AB` of `LSI3AB`: the letters that look like digits, where a postcode has digits.
fn digits_in_place(compact: &str) -> Option<String> {
    let middle = compact.len().checked_sub(3)?;
    let area = compact
        .char_indices()
        .take_while(|(at, letter)| *at < 2 && letter.is_ascii_alphabetic())
        .count();
    let digit = |letter: char| match letter {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let tries = (1..=area).rev().map(|area| {
        let letters = compact.char_indices().map(|(at, letter)| {
            let is_digit = at == area || at == middle;
            if is_digit { digit(letter) } else { letter }
        });
        letters.collect::<String>()
    });
    tries.into_iter().find(|text| {
        Postcode::parse(text).is_some_and(|known| gazetteer().district(known.district()).is_some())
    })
}

/// Puts the district at a position in the place of an absent postcode. Positions differ from row
/// to row; districts are shared.
fn use_position(cells: &mut PlaceCells, notes: &mut Vec<String>) {
    let location = std::mem::take(&mut cells.location);
    let (latitude, longitude) = (
        std::mem::take(&mut cells.latitude),
        std::mem::take(&mut cells.longitude),
    );
    let (easting, northing) = (
        std::mem::take(&mut cells.easting),
        std::mem::take(&mut cells.northing),
    );
    let has_degrees = !latitude.is_empty() || !longitude.is_empty();
    let is_on_grid = !has_degrees && (!easting.is_empty() || !northing.is_empty());
    let point = match position::read_pair(&location) {
        Some(point) => point,
        None => {
            // `Location` is also what people call a place or an address.
            let is_address = location.contains([',', '\n']);
            let cell = if is_address {
                &mut cells.address
            } else {
                &mut cells.place
            };
            if cell.is_empty() {
                *cell = location;
            }
            if is_on_grid {
                position::read_grid(&easting, &northing)
            } else if has_degrees {
                position::read(&latitude, &longitude)
            } else {
                return;
            }
        }
    };
    if !cells.postcode.is_empty() || find_in_text(&cells.address).is_some() {
        return;
    }
    match point {
        Ok(point) => {
            let Some(district) = position::district(&point) else {
                notes.push("the position is far from every postcode: it was not used".to_owned());
                return;
            };
            notes.push("the town was found by the position, which is not published".to_owned());
            cells.postcode = district;
            cells.point = Some(position::rounded(&point));
        }
        Err(problem) => notes.push(problem.to_owned()),
    }
}

/// Rejects a postcode far outside of the county next to it.
fn check_border(evidence: &str, district: &Record, area: &Record) -> Result<(), String> {
    let Some(mut bounds) = area.bounds else {
        return Ok(());
    };
    bounds.south_e7 -= BORDER_E7;
    bounds.north_e7 += BORDER_E7;
    bounds.west_e7 -= BORDER_E7;
    bounds.east_e7 += BORDER_E7;
    if bounds.contains(&district.point()) {
        return Ok(());
    }
    Err(format!(
        "the {evidence} {} is not in {}: correct one of them",
        district.name, area.name
    ))
}

/// An area without a point.
fn of_area(area: &Record) -> v1::Place {
    let regions = area
        .gazetteer_region()
        .map(|region| region_name(GAZETTEER_REGIONS, region));
    let country = match area.nation.as_str() {
        "Ireland" => "IE",
        "Isle of Man" => "IM",
        "Jersey" => "JE",
        "Guernsey" => "GG",
        _ => "GB",
    };
    v1::Place {
        precision: v1::Precision::Region.into(),
        name: area.name.clone(),
        regions: regions.into_iter().collect(),
        country: country.to_owned(),
        ..Default::default()
    }
}

fn similar(nearest: &[Record]) -> String {
    if nearest.is_empty() {
        return String::new();
    }
    let names: Vec<_> = nearest
        .iter()
        .take(MAX_CHOICES)
        .map(Record::full_name)
        .collect();
    format!("; similar: {}", names.join("; "))
}
