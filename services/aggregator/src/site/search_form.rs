//! The fields of a search. They have the names of the command line's options.

use hedgerow_input::InputError;
use hedgerow_input::filters::{
    FilterOption, ParsedFilter, SearchKind, Typed, Value, filters_of, parse,
};
use hedgerow_input::time::{DEFAULT_ZONE, LocalClock};
use hedgerow_web::form::Form;

use super::facets::TIMES;
use super::visit::Visit;

/// Longest value of a field that is not words to search for, in bytes.
const MAX_VALUE_BYTES: usize = 400;

/// Applies what the buttons of the page post: a field to remove or to set.
pub(super) fn apply_buttons(posted: &Form) -> Form {
    apply_buttons_with(posted, &[])
}

/// The same with fields that are no options of a search.
pub(super) fn apply_buttons_with(posted: &Form, own: &[&str]) -> Form {
    let mut form = Form::default();
    for (name, value) in posted.fields() {
        let is_known = is_search_field(name) || own.contains(&name);
        if is_known && !value.trim().is_empty() && value.len() <= MAX_VALUE_BYTES {
            form.push(name, value.trim());
        }
    }
    for removed in posted.all("without") {
        if let Some((name, value)) = removed.split_once('=') {
            form.remove(name, Some(value));
        }
    }
    for names in posted.all("without-fields") {
        for name in names.split_whitespace() {
            form.remove(name, None);
        }
    }
    let mut set = |name: &str, value: &str| {
        form.remove(name, None);
        if !value.is_empty() {
            form.push(name, value);
        }
    };
    if let Some(near) = posted.all("set-near").next() {
        set("near", near);
    }
    if let Some(within) = posted.all("set-within").next() {
        set("within", within);
    }
    if let Some(day) = posted.all("set-on").next() {
        for other in TIMES {
            set(other, "");
        }
        set("on", day);
    }
    if let Some((place, query)) = posted
        .all("set-place")
        .next()
        .and_then(|it| it.split_once('\n'))
    {
        set("near", place.trim());
        set("q", query.trim());
    }
    form
}

fn is_search_field(name: &str) -> bool {
    name == "q" || option(name).is_some()
}

/// The option of a field.
pub(super) fn option(name: &str) -> Option<&'static FilterOption> {
    let mut options = filters_of(SearchKind::Records).flat_map(|filter| filter.options);
    options.find(|option| option.name == name)
}

/// Reads the fields as a filter.
pub(super) fn parse_form(form: &Form, visit: &Visit) -> Result<ParsedFilter, InputError> {
    let clock = LocalClock::new(DEFAULT_ZONE, visit.now)?;
    parse(
        SearchKind::Records,
        &[form.get("q").to_owned()],
        &typed(form),
        &clock,
    )
}

/// The fields as options. A distance without a place means nothing: the form always has one.
pub(super) fn typed(form: &Form) -> Typed {
    let mut typed = Typed::default();
    for (name, value) in form.fields() {
        let Some(option) = option(name) else { continue };
        let is_set = typed.is_set(name);
        let needs = option
            .requires
            .is_some_and(|other| form.get(other).is_empty());
        let contradicts = option.conflicts.iter().any(|other| typed.is_set(other));
        if value.trim().is_empty() || needs || contradicts || is_set && !option.is_repeatable {
            continue;
        }
        match option.value {
            Value::Flag => typed.push(option.name, ""),
            Value::Text(_) | Value::Choice(..) => typed.push(option.name, value.trim()),
        }
    }
    typed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(posted: &str) -> Vec<(String, String)> {
        let form = apply_buttons(&Form::parse(posted.as_bytes()));
        let fields = form.fields();
        fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn fields(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        expected.iter().map(owned).collect()
    }

    #[test]
    fn buttons_remove_and_set_fields_and_other_fields_are_dropped() {
        let form = "q=grief&near=Leeds&within=20mi&who=women&who=men&page=x&evil=1&on=";
        let all = [
            ("q", "grief"),
            ("near", "Leeds"),
            ("within", "20mi"),
            ("who", "women"),
            ("who", "men"),
        ];
        assert_eq!(applied(form), fields(&all));
        assert_eq!(
            applied(&format!("{form}&without=who%3Dmen")),
            fields(&all[..4])
        );
        assert_eq!(
            applied(&format!("{form}&without-fields=near+within+who")),
            fields(&all[..1])
        );
        assert_eq!(
            applied("q=x&from=1+dec&on=sunday&set-on=today"),
            fields(&[("q", "x"), ("on", "today")])
        );
        assert_eq!(
            applied("q=grief+leeds&set-place=Leeds%0D%0Agrief&set-within=50mi"),
            fields(&[("within", "50mi"), ("near", "Leeds"), ("q", "grief")])
        );
        let long = format!("q=x&who={}", "x".repeat(500));
        assert_eq!(applied(&long), fields(&[("q", "x")]));
    }

    #[test]
    fn a_form_always_has_a_distance_and_options_that_contradict_are_dropped() {
        let typed = typed(&Form::parse(
            b"within=20mi&online=1&in-person=1&near=&free=1",
        ));
        assert!(!typed.is_set("within") && !typed.is_set("near") && !typed.is_set("in-person"));
        assert!(typed.is_set("online") && typed.is_set("free"));
    }
}
