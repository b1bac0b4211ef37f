//! Collects the embedded places: those of the protocol's gazetteer, which core holds, and those of
//! the tables of other names, areas and suburbs.

use std::collections::HashMap;

use hedgerow_core::gazetteer::{Place, gazetteer, normalise};
use hedgerow_core::place::{distance_m, parse_degrees};

use super::areas::Areas;
use super::{AREAS, MORE_PLACES, NAMES, POSTCODES, USUAL, rows, suburbs};
use crate::built_up::Towns;
use crate::collection::{Collection, SUBURB_ID};
use crate::pack::{Manifest, NameKind};
use crate::postcodes::Postcodes;
use crate::record::{Bounds, Kind, Record};

const NOTICES: [&str; 2] = [
    "Place names, positions and populations: GeoNames (geonames.org), CC BY 4.0; changed.",
    "Postcode districts: contains OS data © Crown copyright and database right; contains Royal \
     Mail data © Royal Mail copyright and database right; contains National Statistics data © \
     Crown copyright and database right. Open Government Licence v3.0.",
];
/// A name stands for a town without its county if the town is this many times larger than any
/// other of the same name.
const MIN_RATIO: u64 = 8;
const MAX_SAME_M: f64 = 5_000.0;
/// An area reaches about this far beyond the middles of its postcode districts, in 10⁻⁷ degrees.
const MARGIN_E7: i32 = 300_000;

/// Collects the embedded places. `None` if a table is malformed.
pub(super) fn collect(towns: &Towns) -> Option<(Collection, Manifest)> {
    let areas = Areas::parse(AREAS)?;
    let more_places = more_places()?;
    let postcodes = postcodes(&areas, &more_places, towns)?;
    let mut collection = Collection::default();
    add_areas(&mut collection, &areas, &postcodes, &more_places);
    let without_authority = |mut code: Record| {
        code.formerly.clear();
        code
    };
    let postcodes = Postcodes::new(postcodes.into_iter().map(without_authority).collect());
    for code in postcodes.records() {
        collection.add(code.clone());
    }
    let mut counties = HashMap::new();
    for place in gazetteer().places() {
        // Normalising a county for each of its places would take half of the time.
        let county = counties
            .entry(place.county.as_str())
            .or_insert_with(|| known_county(&place.county, &areas));
        collection.add(settlement(place, county, &areas, &postcodes));
    }
    for place in more_places {
        collection.add(place);
    }
    add_suburbs(&mut collection, &postcodes)?;
    add_names(&mut collection)?;
    let manifest = Manifest {
        sources: vec!["embedded tables".to_owned()],
        notices: NOTICES.map(str::to_owned).to_vec(),
        ..Manifest::default()
    };
    Some((collection, manifest))
}

/// Settlements outside the United Kingdom, which are not in the protocol's gazetteer.
fn more_places() -> Option<Vec<Record>> {
    let mut places = Vec::new();
    for [id, name, nation, latitude, longitude, population] in rows(MORE_PLACES)? {
        let mut place = Record::new(format!("geonames:{id}"), &name, Kind::Town);
        place.nation = nation;
        place.latitude_e7 = parse_degrees(&latitude)?;
        place.longitude_e7 = parse_degrees(&longitude)?;
        place.population = population.parse().ok();
        places.push(place);
    }
    Some(places)
}

/// Postcode districts with their chains. `formerly` has the authority of 2013, by which former
/// districts are found.
fn postcodes(areas: &Areas, more_places: &[Record], towns: &Towns) -> Option<Vec<Record>> {
    let mut postcodes = Vec::new();
    for district in gazetteer().districts() {
        let id = format!("postcode:{}", district.code);
        let mut record = Record::new(id, &district.code, Kind::Postcode);
        let town = towns.at(&district.point(), 0).map(|town| &town.name);
        record
            .town
            .clone_from(town.unwrap_or(&district.nearest_place));
        record.latitude_e7 = district.latitude_e7;
        record.longitude_e7 = district.longitude_e7;
        record.formerly = vec![district.local_authority.clone()];
        if let Some(area) = areas.district_of(&district.code, &district.local_authority) {
            areas.set_chain(&mut record, area);
        }
        postcodes.push(record);
    }
    for [code, place] in rows(POSTCODES)? {
        let mut record = Record::new(format!("postcode:{code}"), &code, Kind::Postcode);
        if let Some(area) = areas.district_of(&code, "") {
            areas.set_chain(&mut record, area);
            let towns = gazetteer().places().iter();
            let town = towns
                .filter(|town| town.name == place && town.country == record.nation)
                .max_by_key(|town| town.population)?;
            (record.latitude_e7, record.longitude_e7) = (town.latitude_e7, town.longitude_e7);
        } else {
            record.nation = match &code[..2] {
                "IM" => "Isle of Man",
                "JE" => "Jersey",
                _ => "Guernsey",
            }
            .to_owned();
            let town = more_places
                .iter()
                .find(|town| town.name == place && town.nation == record.nation)?;
            (record.latitude_e7, record.longitude_e7) = (town.latitude_e7, town.longitude_e7);
        }
        record.town = place;
        postcodes.push(record);
    }
    Some(postcodes)
}

fn add_areas(
    collection: &mut Collection,
    areas: &Areas,
    postcodes: &[Record],
    more_places: &[Record],
) {
    let extents = areas.extents(postcodes);
    for (row, extent) in areas.rows.iter().zip(extents) {
        let Some(kind) = row.kind else { continue };
        let id = format!("{}:{}", kind.word(), normalise(&row.name).replace(' ', "-"));
        let mut record = Record::new(id, &row.name, kind);
        areas.set_chain(&mut record, row);
        // An area does not lie in itself.
        for field in [&mut record.district, &mut record.county] {
            if kind != Kind::District && *field == row.name {
                field.clear();
            }
        }
        let codes: Vec<&Record> = extent.iter().map(|index| &postcodes[*index]).collect();
        // Ireland has no postcode districts here, only places.
        let inside = if codes.is_empty() {
            let places = more_places.iter();
            places.filter(|place| place.nation == row.name).collect()
        } else {
            codes.clone()
        };
        if let Some(bounds) = bounds(&inside) {
            record.bounds = Some(bounds);
            let count = inside.len() as i64;
            let mean = |of: fn(&Record) -> i32| {
                (inside.iter().map(|code| i64::from(of(code))).sum::<i64>() / count) as i32
            };
            record.latitude_e7 = mean(|code| code.latitude_e7);
            record.longitude_e7 = mean(|code| code.longitude_e7);
        }
        record.outcodes = codes.iter().map(|code| code.name.clone()).collect();
        record.outcodes.sort_unstable();
        record.formerly.clone_from(&row.formerly);
        let index = collection.add(record);
        for name in &row.also {
            collection.add_name(index, name, NameKind::Usual);
        }
    }
}

fn bounds(inside: &[&Record]) -> Option<Bounds> {
    let latitudes = || inside.iter().map(|code| code.latitude_e7);
    let longitudes = || inside.iter().map(|code| code.longitude_e7);
    // A degree of longitude is shorter here.
    Some(Bounds {
        south_e7: latitudes().min()? - MARGIN_E7,
        north_e7: latitudes().max()? + MARGIN_E7,
        west_e7: longitudes().min()? - MARGIN_E7 * 5 / 3,
        east_e7: longitudes().max()? + MARGIN_E7 * 5 / 3,
    })
}

/// A place of the protocol's gazetteer, with the council area of the nearest postcode district.
fn settlement(place: &Place, county: &str, areas: &Areas, postcodes: &Postcodes) -> Record {
    let mut record = Record::new(
        format!("geonames:{}", place.geonames_id),
        &place.name,
        Kind::Town,
    );
    record.latitude_e7 = place.latitude_e7;
    record.longitude_e7 = place.longitude_e7;
    record.population = place.population;
    record.nation.clone_from(&place.country);
    // The gazetteer names the county or council; a postcode district of another one that is
    // nearer lies across the border.
    let point = record.point();
    let nearest = |fits: &dyn Fn(&Record) -> bool| {
        postcodes.nearest(&point, |code| code.nation == place.country && fits(code))
    };
    let in_county = || {
        // Gwynedd is a council area, and a county with Anglesey in it. Where no code can match, a
        // search reads all of them.
        let is_district = areas.district(county).is_some();
        let in_district = is_district.then(|| nearest(&|code| code.district == county));
        in_district
            .flatten()
            .or_else(|| nearest(&|code| code.county == county))
    };
    let found = (!county.is_empty())
        .then(in_county)
        .flatten()
        .or_else(|| nearest(&|_| true));
    if let Some((code, _)) = found {
        record.outcodes = vec![code.name.clone()];
        if let Some(area) = areas.district(&code.district) {
            areas.set_chain(&mut record, area);
        }
    }
    record
}

/// The council area or county that the gazetteer means; empty if the table has none of its name.
fn known_county(county: &str, areas: &Areas) -> String {
    let plain = plain_county(county);
    let as_county = || {
        let mut counties = areas
            .rows
            .iter()
            .filter(|row| row.kind == Some(Kind::County));
        counties.find(|row| normalise(&row.name) == plain)
    };
    let row = areas.district_like(&plain).or_else(as_county);
    row.map_or_else(String::new, |row| row.name.clone())
}

/// `City and Borough of Leeds` as `leeds`.
fn plain_county(county: &str) -> String {
    let county = normalise(county);
    let mut plain = county.as_str();
    for prefix in [
        "city and borough of ",
        "city and county of ",
        "metropolitan borough of ",
        "royal borough of ",
        "borough of ",
        "county of ",
        "district of ",
        "the ",
        "sir ",
    ] {
        plain = plain.strip_prefix(prefix).unwrap_or(plain);
    }
    for suffix in [" county borough", " council"] {
        plain = plain.strip_suffix(suffix).unwrap_or(plain);
    }
    match plain {
        "anglesey" => "isle of anglesey".to_owned(),
        "city of belfast" => "belfast".to_owned(),
        "city of kingston upon hull" => "kingston upon hull".to_owned(),
        "city of leicester" => "leicester".to_owned(),
        "city of york" => "york".to_owned(),
        "eilean siar" => "na h eileanan siar".to_owned(),
        _ => plain.to_owned(),
    }
}

fn add_suburbs(collection: &mut Collection, postcodes: &Postcodes) -> Option<()> {
    let by_code: HashMap<&str, &Record> = postcodes
        .records()
        .iter()
        .map(|code| (code.name.as_str(), code))
        .collect();
    for [name, town, code] in suburbs()? {
        let code = by_code.get(code.as_str())?;
        let mut suburb = Record {
            formerly: Vec::new(),
            outcodes: vec![code.name.clone()],
            kind: Kind::Suburb,
            name: name.clone(),
            town,
            ..(*code).clone()
        };
        suburb.id = format!(
            "{SUBURB_ID}{}/{}",
            code.name,
            normalise(&name).replace(' ', "-")
        );
        collection.add(suburb);
    }
    Some(())
}

fn add_names(collection: &mut Collection) -> Option<()> {
    for [id, names] in rows(NAMES)? {
        let index = collection.by_id(&format!("geonames:{id}"))?;
        for name in names.split('|') {
            collection.add_name(index, name, NameKind::Foreign);
        }
    }
    for [name, means] in rows(USUAL)? {
        let index = settlement_called(collection, &means)?;
        collection.add_name(index, &name, NameKind::Usual);
    }
    Some(())
}

/// The settlement of this name: `Neath`, or `Holywell, Flintshire` where others have it too.
fn settlement_called(collection: &Collection, means: &str) -> Option<usize> {
    let (name, within) = means.split_once(", ").unwrap_or((means, ""));
    let places = collection.named(name).iter().copied();
    let mut found: Vec<usize> = places
        .filter(|index| {
            let record = collection.record(*index);
            let lies_in = [&record.district, &record.county, &record.nation];
            let is_there = within.is_empty() || lies_in.iter().any(|area| *area == within);
            record.kind.is_settlement() && is_there
        })
        .collect();
    let weight = |index: &usize| collection.record(*index).weight();
    found.sort_by_key(|index| std::cmp::Reverse(weight(index)));
    let first = *found.first()?;
    let is_certain = found.iter().skip(1).all(|other| {
        let (point, other_point) = (
            collection.record(first).point(),
            collection.record(*other).point(),
        );
        // A town may be in the table of suburbs too.
        let is_same = distance_m(&point, &other_point) <= MAX_SAME_M;
        is_same || weight(&first) >= weight(other).saturating_mul(MIN_RATIO)
    });
    is_certain.then_some(first)
}
