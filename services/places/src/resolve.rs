//! From a typed name and evidence to a meaning.

use hedgerow_core::place::distance_m;
use hedgerow_core::postcode::Postcode;

use crate::containment::{is_beside, is_inside};
use crate::decide::{Doubt, decide};
use crate::error::PlacesError;
use crate::evidence::Evidence;
use crate::meaning::{Because, Meaning};
use crate::nearest::{by_spelling, by_weight};
use crate::pack::NameKind;
use crate::places::{Candidate, Places};
use crate::record::Record;
use crate::typed::{MAX_TYPED, city_of_part, parts, word_splits};

/// People name the sides of a town as large as this.
const CITY: u64 = 100_000;

impl Places {
    /// Returns what a typed name means. A full postcode counts as its district.
    ///
    /// # Errors
    /// If the place pack cannot be read any more.
    pub fn resolve(&self, typed: &str, evidence: &Evidence<'_>) -> Result<Meaning, PlacesError> {
        self.resolve_or(typed, evidence, |name| by_spelling(self, name))
    }

    /// Resolves a name like [`resolve`](Self::resolve), without similar names if it is unknown:
    /// finding them compares it with every name, and most words of a search are no places.
    pub(crate) fn resolve_known(
        &self,
        typed: &str,
        evidence: &Evidence<'_>,
    ) -> Result<Meaning, PlacesError> {
        self.resolve_or(typed, evidence, |_| Ok(Vec::new()))
    }

    fn resolve_or(
        &self,
        typed: &str,
        evidence: &Evidence<'_>,
        nearest: impl Fn(&str) -> Result<Vec<Record>, PlacesError>,
    ) -> Result<Meaning, PlacesError> {
        let unknown = Meaning::Unknown {
            nearest: Vec::new(),
        };
        if typed.chars().count() > MAX_TYPED {
            return Ok(unknown);
        }
        if let Some(postcode) = Postcode::parse(typed) {
            let code = postcode.district().to_owned();
            let districts = self.parts_of(&code)?;
            return Ok(if districts.is_empty() {
                unknown
            } else {
                Meaning::Districts { code, districts }
            });
        }
        if typed.contains(',')
            && let Some(area) = self.area_with_commas(typed)?
        {
            return Ok(area);
        }
        let parts = parts(typed);
        let Some((name, behind)) = parts.split_first() else {
            return Ok(unknown);
        };
        let behind: Vec<&str> = behind
            .iter()
            .map(String::as_str)
            .chain(evidence.within)
            .filter(|text| !text.trim().is_empty())
            .collect();
        let found = self.candidates(name)?;
        // `Leeds West Yorkshire` is not a name.
        if found.is_empty() && behind.is_empty() {
            for (name, behind) in word_splits(name) {
                let found = self.candidates(&name)?;
                if found.is_empty() {
                    continue;
                }
                let meaning = self.narrowed(found, &[&behind], evidence)?;
                if !matches!(meaning, Meaning::Unknown { .. }) {
                    return Ok(meaning);
                }
            }
        }
        if found.is_empty() {
            if let Some(city) = self.city_of_part(name)? {
                return Ok(city);
            }
            return Ok(Meaning::Unknown {
                nearest: nearest(name)?,
            });
        }
        self.narrowed(found, &behind, evidence)
    }

    /// The area whose own name has commas: `Newry, Mourne and Down`.
    fn area_with_commas(&self, typed: &str) -> Result<Option<Meaning>, PlacesError> {
        let found = self.candidates(typed)?.into_iter();
        let mut areas = found.map(|one| one.record).filter(|it| it.kind.is_area());
        let area = areas.next().filter(|_| areas.next().is_none());
        Ok(area.map(|area| Meaning::Area(Box::new(area))))
    }

    /// The city of `south Bristol`: likely, but there may be a village of that name.
    fn city_of_part(&self, name: &str) -> Result<Option<Meaning>, PlacesError> {
        let Some(city) = city_of_part(name) else {
            return Ok(None);
        };
        let found = self.candidates(&city)?.into_iter();
        let cities = found.filter(|one| {
            let is_city = one.record.kind.is_settlement() && one.record.weight() >= CITY;
            is_city && one.name_kind <= NameKind::Usual
        });
        let city = cities.map(|one| one.record).max_by_key(Record::weight);
        Ok(city.map(|city| Meaning::Ask {
            likely: Box::new(city),
            others: Vec::new(),
            because: Because::Doubtful,
        }))
    }

    /// Keeps the candidates that lie in everything named behind them, and decides.
    fn narrowed(
        &self,
        found: Vec<Candidate>,
        behind: &[&str],
        evidence: &Evidence<'_>,
    ) -> Result<Meaning, PlacesError> {
        let mut inside = found.clone();
        let mut rest = behind;
        while let Some((name, after)) = rest.split_first() {
            // `Bournemouth, Christchurch and Poole` is one council area.
            let joined = after.first().map(|next| format!("{name} {next}"));
            let joined = joined.map_or_else(|| Ok(Vec::new()), |name| self.containers(&name))?;
            let (containers, after) = match after.split_first() {
                Some((_, after)) if !joined.is_empty() => (joined, after),
                _ => (self.containers(name)?, after),
            };
            inside = keep_inside(inside, &containers);
            rest = after;
        }
        if inside.is_empty() {
            // The name exists, but not there: each that does exist can be offered.
            let nearest = by_weight(found.into_iter().map(|one| one.record));
            return Ok(Meaning::Unknown { nearest });
        }
        let mut settled = !behind.is_empty();
        if let Some(code) = evidence.postcode.and_then(Postcode::parse)
            && let Some(code) = self.parts_of(code.district())?.first()
        {
            match by_postcode(inside.clone(), code) {
                Some(near) => {
                    inside = near;
                    settled = true;
                }
                None => {
                    let mut all = by_weight(inside.into_iter().map(|one| one.record));
                    let likely = Box::new(all.remove(0));
                    return Ok(Meaning::Ask {
                        likely,
                        others: all,
                        because: Because::Elsewhere,
                    });
                }
            }
        }
        let own_area = match evidence.own_area {
            Some(area) => self.containers(area)?,
            None => Vec::new(),
        };
        let doubt = Doubt {
            own_area: &own_area,
            settled,
            places: self,
        };
        decide(inside, &doubt)
    }
}

/// Keeps the candidates in any of the areas; if there are none, those next to a town of that name.
fn keep_inside(found: Vec<Candidate>, containers: &[Record]) -> Vec<Candidate> {
    let is_in = |one: &Candidate| {
        let fits = |outer: &Record| {
            // A place named twice, as in `York, York`, is its own evidence.
            let itself = outer.id == one.record.id && outer.kind.is_settlement();
            itself || is_inside(&one.record, outer)
        };
        containers.iter().any(fits)
    };
    if found.iter().any(is_in) {
        return found.into_iter().filter(is_in).collect();
    }
    let is_next_to = |one: &Candidate| containers.iter().any(|it| is_beside(&one.record, it));
    found.into_iter().filter(is_next_to).collect()
}

/// Keeps the candidates at a postcode district; if several are there, the nearest ones.
fn by_postcode(found: Vec<Candidate>, code: &Record) -> Option<Vec<Candidate>> {
    /// Districts of the countryside reach as far.
    const REACH_M: f64 = 15_000.0;
    let distance = |one: &Candidate| {
        if one.record.kind.is_area() {
            let contains = one.record.outcodes.contains(&code.name);
            return if contains { 0.0 } else { f64::INFINITY };
        }
        distance_m(&one.record.point(), &code.point())
    };
    let mut near: Vec<(f64, Candidate)> = found
        .into_iter()
        .map(|one| (distance(&one), one))
        .filter(|(distance, _)| *distance <= REACH_M)
        .collect();
    near.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let nearest = near.first()?.0;
    // Twice as far is another place, unless both are at the middle of the district.
    near.retain(|(distance, _)| *distance <= (2.0 * nearest).max(3_000.0));
    Some(near.into_iter().map(|(_, one)| one).collect())
}
