//! Validates JSON output against `docs/json/hedgerow-1.schema.json`.
//!
//! It implements the keywords that the schema uses, and rejects a schema with others: an
//! ignored keyword would be a check that cannot fail.

use std::collections::BTreeSet;

use serde_json::Value;

const SCHEMA: &str = include_str!("../../docs/json/hedgerow-1.schema.json");
/// Keywords without an effect on validity.
const ANNOTATIONS: [&str; 4] = ["$schema", "$id", "title", "$defs"];

/// Checks an object against the schema of its kind.
///
/// # Panics
/// If it does not fit, with every reason.
pub fn check(object: &Value) {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let kind = object["kind"].as_str().expect("a kind");
    let of_kind = &schema["$defs"][format!("kind-{kind}")];
    assert!(of_kind.is_object(), "the schema has no kind {kind}");
    let errors = validate(object, of_kind, &schema, kind);
    assert!(errors.is_empty(), "{errors:#?} in {object:#}");
}

/// The kinds of object that the schema documents.
///
/// # Panics
/// If the schema is invalid.
pub fn kinds() -> BTreeSet<String> {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let definitions = schema["$defs"].as_object().expect("definitions");
    definitions
        .keys()
        .filter_map(|name| name.strip_prefix("kind-"))
        .map(str::to_owned)
        .collect()
}

fn validate(value: &Value, schema: &Value, root: &Value, path: &str) -> Vec<String> {
    let mut errors = Vec::new();
    for (keyword, rule) in schema.as_object().expect("a schema is an object") {
        match keyword.as_str() {
            "$ref" => {
                let name = rule.as_str().and_then(|it| it.strip_prefix("#/$defs/"));
                let target = &root["$defs"][name.expect("a definition")];
                errors.extend(validate(value, target, root, path));
            }
            "const" if value != rule => {
                errors.push(format!("{path}: {value} is not {rule}"));
            }
            "enum" if !rule.as_array().expect("a list").contains(value) => {
                errors.push(format!("{path}: {value} is not one of {rule}"));
            }
            "type" if !has_type(value, rule) => {
                errors.push(format!("{path}: {value} is not {rule}"));
            }
            "anyOf" => {
                let mut choices = rule.as_array().expect("a list").iter();
                if !choices.any(|it| validate(value, it, root, path).is_empty()) {
                    errors.push(format!("{path}: fits none of {rule}"));
                }
            }
            "required" if value.is_object() => {
                let names = rule.as_array().expect("a list").iter();
                let missing =
                    names.filter(|name| value.get(name.as_str().expect("a name")).is_none());
                errors.extend(missing.map(|name| format!("{path}: {name} is missing")));
            }
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    errors.extend(validate(item, rule, root, &format!("{path}[{index}]")));
                }
            }
            "additionalProperties" => errors.extend(others(value, schema, rule, root, path)),
            "properties" => {
                for (name, rule) in rule.as_object().expect("an object") {
                    if let Some(inner) = value.get(name) {
                        errors.extend(validate(inner, rule, root, &format!("{path}.{name}")));
                    }
                }
            }
            "const" | "enum" | "type" | "required" => {}
            known if ANNOTATIONS.contains(&known) => {}
            other => panic!("the validator does not implement `{other}`"),
        }
    }
    errors
}

/// Errors of the properties that the schema does not name.
fn others(value: &Value, schema: &Value, rule: &Value, root: &Value, path: &str) -> Vec<String> {
    let named = |name: &String| schema["properties"].get(name).is_some();
    let others = value.as_object().into_iter().flatten();
    others
        .filter(|(name, _)| !named(name))
        .flat_map(|(name, inner)| match rule {
            Value::Bool(true) => Vec::new(),
            Value::Bool(false) => vec![format!("{path}: `{name}` is not documented")],
            rule => validate(inner, rule, root, &format!("{path}.{name}")),
        })
        .collect()
}

fn has_type(value: &Value, rule: &Value) -> bool {
    let is = |name: &Value| match name.as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        other => panic!("there is no type {other}"),
    };
    match rule {
        Value::Array(names) => names.iter().any(is),
        one => is(one),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_undocumented_or_missing_field_is_found() {
        let good = json!({"version": 1, "kind": "take-back", "records": [{"collection": "event", "key": "a"}]});
        check(&good);
        for wrong in [
            json!({"version": 2, "kind": "take-back", "records": []}),
            json!({"version": 1, "kind": "take-back"}),
            json!({"version": 1, "kind": "take-back", "records": [], "extra": 1}),
            json!({"version": 1, "kind": "take-back", "records": [{"collection": "event"}]}),
            json!({"version": 1, "kind": "take-back", "records": [{"collection": 1, "key": "a"}]}),
        ] {
            assert!(
                std::panic::catch_unwind(|| check(&wrong)).is_err(),
                "{wrong}"
            );
        }
    }
}
