//! Resolves `near` to a circle or an area, with the server's own places alone.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::Arc;

use hedgerow_core::gazetteer::gazetteer;
use hedgerow_core::place::is_in_range;
use hedgerow_core::postcode::Postcode;
use hedgerow_places::{AreaMask, Evidence, Kind, Meaning, Places, PlacesError, Record};
use hedgerow_proto::directory_v1::near::Center;
use hedgerow_proto::directory_v1::{PlaceKind, SearchFilter};
use hedgerow_proto::{directory_v1, v1};
use hedgerow_search::{Circle, PointTest, area_key};
use hedgerow_transport::failure::Failure;
use lru::LruCache;
use parking_lot::Mutex;

use crate::config::Config;

/// 20 miles.
const DEFAULT_DISTANCE_M: u32 = 32_187;
const MAX_DISTANCE_M: u32 = 1_000_000;
/// Other places that are named.
const MAX_OTHERS: usize = 20;
/// Rasters of areas that are kept, of 2 kB each with their related areas. People search in the
/// same few areas.
const CACHED_AREAS: NonZeroUsize = NonZeroUsize::new(256).unwrap();

/// A resolved `near`.
pub(super) struct Geocoded {
    pub(super) circle: Circle,
    /// For an area: whether a point is in it. The circle covers the area.
    pub(super) inside: Option<PointTest>,
    /// For an area: the keys of the areas that contain it, equal it or lie in it, in order.
    pub(super) areas: Vec<u64>,
    pub(super) resolved: directory_v1::ResolvedPlace,
}

/// An area that was searched in.
struct SearchedArea {
    mask: AreaMask,
    /// Keys of the areas that contain it, equal it or lie in it, in order.
    related: Vec<u64>,
}

/// The places of this server, and the area that it is about.
pub(crate) struct Geocoder {
    /// `None` for the embedded places.
    pack: Option<Places>,
    own_area: Option<String>,
    areas: Mutex<LruCache<String, Arc<SearchedArea>>>,
}

impl Geocoder {
    /// Opens the configured place pack. Without one, the embedded places are opened too, and what
    /// they need of the protocol's gazetteer is parsed: the first search would wait otherwise.
    pub(crate) fn open(config: &Config) -> Result<Self, PlacesError> {
        let pack = config.place_pack();
        let pack = pack.map(|file| Places::open(&file)).transpose()?;
        if pack.is_none() {
            let _ = Places::embedded();
            let _ = gazetteer();
        }
        Ok(Self {
            pack,
            own_area: config.places.area.clone(),
            areas: Mutex::new(LruCache::new(CACHED_AREAS)),
        })
    }

    /// Returns what a name means here.
    pub(super) fn resolve(&self, name: &str) -> Result<Meaning, Failure> {
        let meaning = self.places().resolve(name, &self.evidence());
        meaning.map_err(Failure::internal)
    }

    /// The place at the end of a query that names none to search near.
    pub(super) fn offer(&self, filter: &SearchFilter) -> Option<directory_v1::PlaceOffer> {
        if filter.near.is_some() {
            return None;
        }
        let offer = self.places().offer(&filter.query, &self.evidence())?;
        Some(directory_v1::PlaceOffer {
            place: offer.place,
            query: offer.words,
        })
    }

    fn evidence(&self) -> Evidence<'_> {
        Evidence {
            own_area: self.own_area.as_deref(),
            ..Evidence::default()
        }
    }

    fn places(&self) -> &Places {
        self.pack.as_ref().unwrap_or_else(|| Places::embedded())
    }

    /// Resolves the centre and checks the distance.
    pub(super) fn geocode(&self, near: &directory_v1::Near) -> Result<Geocoded, Failure> {
        if near.radius_m > MAX_DISTANCE_M {
            let message =
                format!("at most {MAX_DISTANCE_M} metres; leave `near` out to search everywhere");
            return Err(invalid("radius_m", "distance_too_long", &message));
        }
        match &near.center {
            Some(Center::Place(name)) => self.place(name, near.radius_m),
            Some(Center::District(code)) => self.district(code, near.radius_m),
            Some(Center::Point(point)) => at(*point, near.radius_m),
            None => Err(invalid(
                "center",
                "missing",
                "name a place, a postcode district or a point",
            )),
        }
    }

    fn place(&self, name: &str, radius_m: u32) -> Result<Geocoded, Failure> {
        reject_full_postcode("place", name)?;
        match self.resolve(name)? {
            Meaning::Place(place) => Ok(self.near(&place, &[], false, radius_m)),
            Meaning::Area(area) => Ok(self.near(&area, &[], false, radius_m)),
            Meaning::Ask { likely, others, .. } => Ok(self.near(&likely, &others, true, radius_m)),
            Meaning::Districts { code, districts } => {
                Ok(districts_near(&code, &districts, radius_m))
            }
            Meaning::Unknown { nearest } => Err(unknown_place("place", &nearest)),
        }
    }

    fn district(&self, code: &str, radius_m: u32) -> Result<Geocoded, Failure> {
        reject_full_postcode("district", code)?;
        match self.resolve(code)? {
            Meaning::Districts { code, districts } => {
                Ok(districts_near(&code, &districts, radius_m))
            }
            _ => Err(invalid(
                "district",
                "place_unknown",
                "unknown postcode district: expected the first half of a postcode, such as LS6. \
                 Or name a town",
            )),
        }
    }

    fn near(
        &self,
        place: &Record,
        others: &[Record],
        is_uncertain: bool,
        radius_m: u32,
    ) -> Geocoded {
        let mut geocoded = Geocoded {
            circle: circle(place.point(), radius_m),
            inside: None,
            areas: Vec::new(),
            resolved: directory_v1::ResolvedPlace {
                name: place.full_name(),
                point: Some(place.point()),
                others: others
                    .iter()
                    .take(MAX_OTHERS)
                    .map(Record::full_name)
                    .collect(),
                kind: kind(place.kind).into(),
                is_uncertain,
                is_inside_area: false,
            },
        };
        if place.kind.is_area()
            && let Some(area) = self.searched_area(place)
        {
            geocoded.circle.radius_m = area.mask.reach_m() + f64::from(radius_m);
            geocoded.areas.clone_from(&area.related);
            // With a distance, records around the area match too.
            if radius_m == 0 {
                geocoded.inside = Some(Arc::new(move |point| area.mask.contains(point)));
                geocoded.resolved.is_inside_area = true;
            }
        }
        geocoded
    }

    fn searched_area(&self, area: &Record) -> Option<Arc<SearchedArea>> {
        if let Some(known) = self.areas.lock().get(&area.id) {
            return Some(Arc::clone(known));
        }
        // Without the lock: other searches do not wait for a raster.
        let related = self.places().related_areas(area).ok()?;
        let related: BTreeSet<u64> = related.iter().map(|name| area_key(name)).collect();
        let searched = Arc::new(SearchedArea {
            mask: self.places().mask(area)?,
            related: related.into_iter().collect(),
        });
        let known = Arc::clone(&searched);
        self.areas.lock().put(area.id.clone(), known);
        Some(searched)
    }
}

fn kind(kind: Kind) -> PlaceKind {
    match kind {
        Kind::Postcode => PlaceKind::Postcode,
        kind if kind.is_area() => PlaceKind::Area,
        _ => PlaceKind::Settlement,
    }
}

fn circle(center: v1::Point, radius_m: u32) -> Circle {
    let radius_m = match radius_m {
        0 => DEFAULT_DISTANCE_M,
        radius_m => radius_m,
    };
    Circle {
        center,
        radius_m: radius_m.into(),
    }
}

fn invalid(field: &str, reason: &'static str, message: &str) -> Failure {
    Failure::invalid_field(format!("filter.near.{field}"), reason, message)
}

/// Around the middle of the districts: one, or the parts of a short form such as `W1`.
fn districts_near(code: &str, districts: &[Record], radius_m: u32) -> Geocoded {
    let mean = |of: fn(&Record) -> i32| {
        let sum: i64 = districts.iter().map(|one| i64::from(of(one))).sum();
        (sum / districts.len().max(1) as i64) as i32
    };
    let middle = v1::Point {
        latitude_e7: mean(|one| one.latitude_e7),
        longitude_e7: mean(|one| one.longitude_e7),
    };
    let name = match districts {
        [district] => district.full_name(),
        _ => format!("{code} ({} postcode districts)", districts.len()),
    };
    Geocoded {
        circle: circle(middle, radius_m),
        inside: None,
        areas: Vec::new(),
        resolved: directory_v1::ResolvedPlace {
            name,
            point: Some(middle),
            kind: PlaceKind::Postcode.into(),
            ..directory_v1::ResolvedPlace::default()
        },
    }
}

fn at(point: v1::Point, radius_m: u32) -> Result<Geocoded, Failure> {
    if !is_in_range(&point) {
        return Err(invalid(
            "point",
            "point_out_of_range",
            "expected a point in 10⁻⁷ degrees, within ±90° and ±180°",
        ));
    }
    Ok(Geocoded {
        circle: circle(point, radius_m),
        inside: None,
        areas: Vec::new(),
        resolved: directory_v1::ResolvedPlace {
            point: Some(point),
            ..directory_v1::ResolvedPlace::default()
        },
    })
}

/// A full postcode can name a single house. Clients cut it to its district; rejecting it
/// here as well keeps people from getting used to sending it.
fn reject_full_postcode(field: &str, text: &str) -> Result<(), Failure> {
    if Postcode::parse(text).is_some_and(|postcode| postcode.is_full()) {
        return Err(invalid(
            field,
            "postcode_too_precise",
            "send only the first half of the postcode, such as LS6",
        ));
    }
    Ok(())
}

fn unknown_place(field: &str, nearest: &[Record]) -> Failure {
    let names: Vec<String> = nearest.iter().map(Record::full_name).collect();
    let message = if names.is_empty() {
        "unknown place: try the nearest town".to_owned()
    } else {
        format!("unknown place; did you mean {}?", names.join(", or "))
    };
    invalid(field, "place_unknown", &message).with("suggestions", names.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geocoder(area: Option<&str>) -> Geocoder {
        let mut config = Config::default();
        config.places.area = area.map(str::to_owned);
        Geocoder::open(&config).unwrap()
    }

    fn near_within(place: Center, radius_m: u32) -> Result<Geocoded, Failure> {
        geocoder(None).geocode(&directory_v1::Near {
            center: Some(place),
            radius_m,
        })
    }

    fn near(place: Center) -> Result<Geocoded, Failure> {
        near_within(place, 0)
    }

    fn reason(place: Center) -> &'static str {
        near(place).err().unwrap().reason()
    }

    #[test]
    fn a_name_of_several_places_means_the_likely_one_and_names_the_others() {
        let newport = near(Center::Place("Newport".into())).unwrap().resolved;
        assert!(newport.is_uncertain && !newport.others.is_empty());
        let narrowed = near(Center::Place(newport.others[0].clone()))
            .unwrap()
            .resolved;
        assert_eq!(narrowed.name, newport.others[0]);
        assert!(!narrowed.is_uncertain);
    }

    #[test]
    fn the_servers_own_area_decides_between_places_of_one_name() {
        let near = directory_v1::Near {
            center: Some(Center::Place("Cheadle".into())),
            radius_m: 0,
        };
        let here = geocoder(Some("Greater Manchester")).geocode(&near).unwrap();
        assert_eq!(here.resolved.name, "Cheadle, Stockport, Greater Manchester");
        assert!(!here.resolved.is_uncertain);
        assert!(geocoder(None).geocode(&near).unwrap().resolved.is_uncertain);
    }

    #[test]
    fn the_default_distance_is_twenty_miles() {
        let leeds = near(Center::Place("leeds".into())).unwrap();
        assert!(leeds.resolved.others.is_empty());
        assert_eq!(leeds.resolved.kind(), PlaceKind::Settlement);
        assert!((leeds.circle.radius_m - 32_187.0).abs() < 1.0);
    }

    #[test]
    fn an_area_is_searched_inside_and_with_a_distance_around() {
        let kent = near(Center::Place("Kent".into())).unwrap();
        assert!(kent.resolved.is_inside_area);
        assert_eq!(kent.resolved.kind(), PlaceKind::Area);
        let inside = kent.inside.unwrap();
        let point = |name: &str| {
            let place = near(Center::Place(name.into())).unwrap();
            place.circle.center
        };
        assert!(inside(&point("Canterbury")) && !inside(&point("Hastings")));
        let around = near_within(Center::Place("Kent".into()), 10_000).unwrap();
        assert!(around.inside.is_none() && !around.resolved.is_inside_area);
        assert!(around.circle.radius_m > kent.circle.radius_m + 9_999.0);
    }

    #[test]
    fn a_district_is_accepted_and_a_full_postcode_is_not() {
        for code in ["ls6", "BT7", "W1", "EC1", "IM1"] {
            for center in [Center::District(code.into()), Center::Place(code.into())] {
                let resolved = near(center).unwrap().resolved;
                assert!(
                    resolved.name.starts_with(&code.to_uppercase()),
                    "{resolved:?}"
                );
                assert_eq!(resolved.kind(), PlaceKind::Postcode);
            }
        }
        for postcode in ["LS6 2AB", "ls62ab", " M1 1AE ", "EC1A 1BB", "W1A0AX"] {
            assert_eq!(
                reason(Center::District(postcode.into())),
                "postcode_too_precise"
            );
            assert_eq!(
                reason(Center::Place(postcode.into())),
                "postcode_too_precise"
            );
        }
        for name in ["Leeds", "Ware", "Hove", "Newport, Wales"] {
            assert!(near(Center::Place(name.into())).is_ok());
        }
    }

    #[test]
    fn an_unknown_place_gets_suggestions() {
        let failure = near(Center::Place("Sheffeild".into())).err().unwrap();
        assert_eq!(failure.reason(), "place_unknown");
        assert!(failure.to_string().contains("Sheffield"), "{failure}");
        let failure = near(Center::Place("Clapham, Cornwall".into()))
            .err()
            .unwrap();
        assert!(failure.to_string().contains("Clapham, London"), "{failure}");
        assert_eq!(reason(Center::Place("qqqqqqqq".into())), "place_unknown");
        assert_eq!(reason(Center::District("ZZ99".into())), "place_unknown");
        assert_eq!(reason(Center::District("Leeds".into())), "place_unknown");
    }

    #[test]
    fn a_point_off_the_globe_is_rejected() {
        let point = v1::Point {
            latitude_e7: 910_000_000,
            longitude_e7: 0,
        };
        assert_eq!(reason(Center::Point(point)), "point_out_of_range");
    }
}
