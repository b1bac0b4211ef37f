//! The control that a rule's message is about.

use hedgerow_web::components::{Control, FieldGroup, Input};

/// Fields of a schedule, with the controls that show them.
const SCHEDULE: [(&str, &str); 4] = [
    ("start", "day"),
    ("end", "to"),
    ("duration_minutes", "to"),
    ("rrules", "repeat"),
];

/// The name of the control for the path of a field, such as `places[0].name`: that of the field,
/// or of what it is in. `None` if no group has one.
pub fn locate(groups: &[FieldGroup], path: &str) -> Option<String> {
    let mut names = Vec::new();
    for control in groups.iter().flat_map(|group| &group.controls) {
        collect(control, &mut names);
    }
    let path = path.replace('[', ".").replace(']', "");
    let mut parts: Vec<&str> = path.split('.').collect();
    while !parts.is_empty() {
        let name = parts.join(".");
        if names.contains(&name.as_str()) {
            return Some(name);
        }
        let last = parts.pop()?;
        let shown = SCHEDULE.iter().find(|(field, _)| *field == last);
        if let Some((_, shown)) = shown {
            let name = format!("{}.{shown}", parts.join("."));
            if names.contains(&name.as_str()) {
                return Some(name);
            }
        }
    }
    None
}

fn collect<'a>(control: &'a Control, names: &mut Vec<&'a str>) {
    names.push(&control.name);
    match &control.input {
        Input::Part(controls) => controls.iter().for_each(|it| collect(it, names)),
        Input::List { items, .. } => items.iter().flatten().for_each(|it| collect(it, names)),
        _ => {}
    }
}
