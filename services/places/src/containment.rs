//! Whether a place lies in an area that was named behind it.

use hedgerow_core::gazetteer::normalise;
use hedgerow_core::place::distance_m;

use crate::record::{Kind, Record};

/// A place that is named behind another, such as `Leeds` in `Headingley, Leeds`, reaches this far.
const TOWN_REACH_M: f64 = 8_000.0;
const CITY_REACH_M: f64 = 20_000.0;
/// Inhabitants of a place with the longer reach.
const CITY: u64 = 200_000;

/// Returns whether a smaller place is so near to a settlement that it may be named behind it,
/// as in `Totnes, Torquay`, although it does not belong to it.
pub(crate) fn is_beside(inner: &Record, outer: &Record) -> bool {
    outer.kind.is_settlement() && is_smaller(inner, outer) && is_near(inner, outer)
}

/// Returns whether the inner record lies in the outer one: an area, or a suburb's town.
pub(crate) fn is_inside(inner: &Record, outer: &Record) -> bool {
    if inner.id == outer.id {
        return false;
    }
    let is = |field: &str| !field.is_empty() && normalise(field) == normalise(&outer.name);
    let by_postcode = || {
        let shares = |code: &String| outer.outcodes.contains(code);
        // All of it: a county that only shares an edge is not inside.
        !inner.outcodes.is_empty() && inner.outcodes.iter().all(shares)
    };
    match outer.kind {
        Kind::Country => by_postcode() || is_british(inner, outer),
        Kind::Nation => is(&inner.nation) || by_postcode(),
        Kind::Region => is(&inner.region) || by_postcode(),
        Kind::County => {
            let once = |name: &String| normalise(name) == normalise(&inner.district);
            is(&inner.county) || outer.formerly.iter().any(once) || by_postcode()
        }
        Kind::District => is(&inner.district) || by_postcode(),
        Kind::Former | Kind::Usual | Kind::Island => by_postcode() || is(&inner.nation),
        Kind::Postcode => inner.outcodes.contains(&outer.name),
        Kind::City | Kind::Town | Kind::Suburb | Kind::Village | Kind::Hamlet => is(&inner.town),
    }
}

fn is_british(inner: &Record, outer: &Record) -> bool {
    let nation = inner.nation.as_str();
    ["England", "Scotland", "Wales"].contains(&nation)
        || (nation == "Northern Ireland" && outer.name == "United Kingdom")
}

fn is_smaller(inner: &Record, outer: &Record) -> bool {
    inner.kind.is_settlement() && inner.weight() < outer.weight().max(10_000)
}

fn is_near(inner: &Record, outer: &Record) -> bool {
    let reach = if outer.weight() >= CITY {
        CITY_REACH_M
    } else {
        TOWN_REACH_M
    };
    distance_m(&inner.point(), &outer.point()) <= reach
}
