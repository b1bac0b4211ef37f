//! GeoJSON (RFC 7946): the polygons of a FeatureCollection, one feature at a time.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::outline::{Position, Ring};

const MAX_PROPERTIES: usize = 200;
/// Bytes of a property that is kept; longer texts describe, and name nothing.
const MAX_PROPERTY_BYTES: usize = 200;
/// Lists around a position in a MultiPolygon.
const MAX_DEPTH: u8 = 3;

/// A feature with at least one ring.
#[derive(Debug)]
pub(super) struct Feature {
    /// Texts and numbers by the names of the properties in capitals.
    pub(super) properties: BTreeMap<String, String>,
    pub(super) rings: Vec<Ring>,
}

/// How much of a file is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) features: usize,
    pub(super) positions: usize,
}

/// Calls a function with each polygon of a collection, and counts those that it takes. A feature
/// without a geometry is left out.
pub(super) fn for_each_feature(
    text: &str,
    limits: Limits,
    mut take: impl FnMut(Feature) -> Result<bool, String>,
) -> Result<usize, String> {
    let mut state = State {
        take: &mut take,
        limits,
        features: 0,
        positions: 0,
        is_in_feature: false,
        taken: 0,
    };
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = CollectionSeed(&mut state).deserialize(&mut reader);
    let read = read.and_then(|()| reader.end());
    match read {
        Ok(()) => Ok(state.taken),
        Err(error) if state.is_in_feature => Err(format!("feature {}: {error}", state.features)),
        Err(error) => Err(error.to_string()),
    }
}

struct State<'a> {
    take: &'a mut dyn FnMut(Feature) -> Result<bool, String>,
    limits: Limits,
    /// The number of the feature that is being read, from 1.
    features: usize,
    positions: usize,
    is_in_feature: bool,
    taken: usize,
}

struct CollectionSeed<'a, 'b>(&'a mut State<'b>);

impl<'de> DeserializeSeed<'de> for CollectionSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for CollectionSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON FeatureCollection")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut has_features = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => {
                    let kind: String = map.next_value()?;
                    if kind != "FeatureCollection" {
                        return Err(A::Error::custom(format_args!(
                            "expected a GeoJSON FeatureCollection, found {}: download the \
                             boundaries as GeoJSON",
                            shown(&kind)
                        )));
                    }
                }
                "features" => {
                    map.next_value_seed(FeaturesSeed(self.0))?;
                    has_features = true;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if has_features {
            return Ok(());
        }
        Err(A::Error::custom(
            "expected a GeoJSON FeatureCollection, found no list of features",
        ))
    }
}

struct FeaturesSeed<'a, 'b>(&'a mut State<'b>);

impl<'de> DeserializeSeed<'de> for FeaturesSeed<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for FeaturesSeed<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let state = self.0;
        loop {
            state.features += 1;
            state.is_in_feature = true;
            let Some(feature) = list.next_element_seed(FeatureSeed(state))? else {
                state.is_in_feature = false;
                return Ok(());
            };
            if state.features > state.limits.features {
                return Err(A::Error::custom(
                    "too many features: import the boundaries of councils, counties, regions \
                     and nations only",
                ));
            }
            if !feature.rings.is_empty() {
                let taken = (state.take)(feature).map_err(A::Error::custom)?;
                state.taken += usize::from(taken);
            }
        }
    }
}

struct FeatureSeed<'a, 'b>(&'a mut State<'b>);

impl<'de> DeserializeSeed<'de> for FeatureSeed<'_, '_> {
    type Value = Feature;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Feature, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for FeatureSeed<'_, '_> {
    type Value = Feature;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a feature")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Feature, A::Error> {
        let mut feature = Feature {
            properties: BTreeMap::new(),
            rings: Vec::new(),
        };
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "properties" => feature.properties = map.next_value::<Properties>()?.0,
                "geometry" => feature.rings = map.next_value_seed(GeometrySeed(self.0))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(feature)
    }
}

/// The short texts and the numbers among the properties of a feature.
struct Properties(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct PropertiesVisitor;
        impl<'de> Visitor<'de> for PropertiesVisitor {
            type Value = Properties;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of properties")
            }

            fn visit_unit<E: Error>(self) -> Result<Properties, E> {
                Ok(Properties(BTreeMap::new()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Properties, A::Error> {
                let mut kept = BTreeMap::new();
                while let Some(key) = map.next_key::<String>()? {
                    let text = match map.next_value()? {
                        serde_json::Value::String(text) => text.trim().to_owned(),
                        serde_json::Value::Number(number) => number.to_string(),
                        _ => continue,
                    };
                    let is_short = key.len().max(text.len()) <= MAX_PROPERTY_BYTES;
                    if is_short && kept.len() < MAX_PROPERTIES {
                        kept.insert(key.to_uppercase(), text);
                    }
                }
                Ok(Properties(kept))
            }
        }
        reader.deserialize_any(PropertiesVisitor)
    }
}

struct GeometrySeed<'a, 'b>(&'a mut State<'b>);

impl<'de> DeserializeSeed<'de> for GeometrySeed<'_, '_> {
    type Value = Vec<Ring>;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Vec<Ring>, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for GeometrySeed<'_, '_> {
    type Value = Vec<Ring>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a geometry")
    }

    fn visit_unit<E: Error>(self) -> Result<Vec<Ring>, E> {
        Ok(Vec::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<Ring>, A::Error> {
        let (mut expected_depth, mut coordinates) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" => {
                    let kind: String = map.next_value()?;
                    expected_depth = Some(match kind.as_str() {
                        "Polygon" => 2,
                        "MultiPolygon" => 3,
                        other => {
                            return Err(A::Error::custom(format_args!(
                                "the geometry is invalid: expected Polygon or MultiPolygon, \
                                 found {}",
                                shown(other)
                            )));
                        }
                    });
                }
                "coordinates" => coordinates = Some(map.next_value_seed(NodeSeed(self.0))?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        match (expected_depth, coordinates) {
            // The RFC allows a geometry without coordinates.
            (Some(_), Some(Node::Empty)) => Ok(Vec::new()),
            (Some(expected), Some(Node::Rings(depth, rings))) if depth == expected => Ok(rings),
            (Some(_), Some(_)) => Err(A::Error::custom(
                "the coordinates are not nested as the type of the geometry requires",
            )),
            _ => Err(A::Error::custom(
                "the geometry is invalid: expected type and coordinates",
            )),
        }
    }
}

/// A part of nested coordinates. Their type may come after them, so each list is read by what
/// it contains.
enum Node {
    Empty,
    Number(f64),
    Position(Position),
    /// Rings, and how many lists are around a position.
    Rings(u8, Vec<Ring>),
}

struct NodeSeed<'a, 'b>(&'a mut State<'b>);

impl<'de> DeserializeSeed<'de> for NodeSeed<'_, '_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Node, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NodeSeed<'_, '_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("coordinates")
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Number(number))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number as f64))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number as f64))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let state = self.0;
        let uneven = || A::Error::custom("the coordinates are nested unevenly");
        match list.next_element_seed(NodeSeed(state))? {
            None | Some(Node::Empty) => match list.next_element::<IgnoredAny>()? {
                None => Ok(Node::Empty),
                Some(_) => Err(uneven()),
            },
            Some(Node::Number(longitude)) => {
                let Some(latitude) = list.next_element::<f64>()? else {
                    return Err(A::Error::custom("a position has only one coordinate"));
                };
                // A height may follow.
                while list.next_element::<IgnoredAny>()?.is_some() {}
                state.positions += 1;
                if state.positions > state.limits.positions {
                    return Err(A::Error::custom(
                        "too many positions: download the generalised boundaries (BGC, BSC or \
                         BUC)",
                    ));
                }
                position(longitude, latitude).map(Node::Position)
            }
            Some(Node::Position(first)) => {
                let mut ring = vec![first];
                while let Some(node) = list.next_element_seed(NodeSeed(state))? {
                    let Node::Position(next) = node else {
                        return Err(uneven());
                    };
                    ring.push(next);
                }
                if ring.len() < 4 || ring.first() != ring.last() {
                    return Err(A::Error::custom(
                        "a ring is invalid: expected at least four positions, the last one \
                         equal to the first one",
                    ));
                }
                ring.shrink_to_fit();
                Ok(Node::Rings(1, vec![ring]))
            }
            Some(Node::Rings(depth, mut rings)) => {
                while let Some(node) = list.next_element_seed(NodeSeed(state))? {
                    match node {
                        Node::Rings(other, mut more) if other == depth => rings.append(&mut more),
                        _ => return Err(uneven()),
                    }
                }
                if depth == MAX_DEPTH {
                    return Err(A::Error::custom("the coordinates are nested too deeply"));
                }
                Ok(Node::Rings(depth + 1, rings))
            }
        }
    }
}

fn position<E: Error>(longitude: f64, latitude: f64) -> Result<Position, E> {
    if !(-180.0..=180.0).contains(&longitude) || !(-90.0..=90.0).contains(&latitude) {
        return Err(E::custom(format_args!(
            "the position {longitude}, {latitude} is invalid: expected longitude and latitude in \
             degrees (WGS 84), not metres on a grid"
        )));
    }
    Ok([longitude, latitude].map(|degrees| (degrees * 1e7).round() as i32))
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"type": "FeatureCollection", "bbox": [0, 0, 1, 1], "features": [
        {"type": "Feature", "properties": {"a": 1, "b": [{}], "c": " x ", "d": null},
         "geometry": {"type": "Polygon", "coordinates":
            [[[0, 0], [1.00000004, 0, 99], [1, 1.5], [0, 0]]]}},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": []}}]}"#;

    fn read(limits: Limits) -> Result<Vec<Feature>, String> {
        let mut features = Vec::new();
        for_each_feature(TEXT, limits, |feature| {
            features.push(feature);
            Ok(true)
        })?;
        Ok(features)
    }

    #[test]
    fn positions_are_read_without_heights_and_properties_as_text() {
        let limits = Limits {
            features: 2,
            positions: 4,
        };
        let features = read(limits).unwrap_or_default();
        assert_eq!(features.len(), 1);
        let ring = [[0, 0], [10_000_000, 0], [10_000_000, 15_000_000], [0, 0]];
        assert_eq!(features[0].rings, [ring.to_vec()]);
        let texts: Vec<_> = features[0].properties.iter().collect();
        let [(a, one), (c, x)] = texts.as_slice() else {
            panic!("{texts:?}");
        };
        assert_eq!(
            [a, one, c, x].map(|text| text.as_str()),
            ["A", "1", "C", "x"]
        );
    }

    #[test]
    fn positions_and_features_beyond_the_limits_are_errors() {
        for (features, positions, expected) in [
            (2, 3, "feature 1: too many positions"),
            (1, 4, "feature 2: too many features"),
        ] {
            let read = read(Limits {
                features,
                positions,
            });
            let error = read.err().unwrap_or_default();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
