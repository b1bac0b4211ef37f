//! Places at town precision: only the town's own name, id and point.

use hedgerow_proto::v1;

use super::region::check_regions;
use crate::gazetteer;
use crate::gazetteer::gazetteer;
use crate::rules::violations::Violations;

pub(super) fn apply(path: &str, place: &mut v1::Place, violations: &mut Violations) {
    let (point, name) = (place.point, place.name.clone());
    let Some(named) = resolve(path, place, violations) else {
        return;
    };
    let town = gazetteer().town_of(named);
    set_town(place, town);
    if town != named {
        violations.add_adjustment(format!(
            "{path}: {} has few people, or their number is unknown, so its point could show a \
             house; it is shown as {}.",
            named.name,
            town.full_name()
        ));
        check_regions(path, place, violations);
        return;
    }
    if point.is_some_and(|point| point != town.point()) {
        violations.add_adjustment(format!(
            "{path}: the point was replaced by that of {}, since its precision is town.",
            town.name
        ));
    } else if !name.is_empty() && name != place.name {
        violations.add_adjustment(format!(
            "{path}: `{name}` is shown as {}.",
            town.full_name()
        ));
    }
    check_regions(path, place, violations);
}

/// Replaces name, id and point of a place by those of a town.
pub(super) fn set_town(place: &mut v1::Place, town: &gazetteer::Place) {
    place.geonames_id = u32::try_from(town.geonames_id).unwrap_or_default();
    place.point = Some(town.point());
    place.name.clone_from(&town.name);
}

/// Returns the town that a place names by its id: names have got theirs before the rules apply.
/// Never by its point: the steward must see which town is shown.
fn resolve(
    path: &str,
    place: &v1::Place,
    violations: &mut Violations,
) -> Option<&'static gazetteer::Place> {
    let id = u64::from(place.geonames_id);
    let town = gazetteer().by_id(id);
    if town.is_none() {
        let (field, message) = if id != 0 {
            let message = "There is no known town with this id. Name the town instead, or choose \
                           region.";
            ("geonames_id", message.to_owned())
        } else if place.name.is_empty() {
            ("name", "Name the town.".to_owned())
        } else {
            let message = format!(
                "There is no known town called `{}`. Name a larger town near it, or choose region.",
                place.name
            );
            ("name", message)
        };
        violations.add(format!("{path}.{field}"), "town_unknown", message);
    }
    town
}
