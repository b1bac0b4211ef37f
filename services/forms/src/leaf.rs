//! Single values: as shown, and as typed.

use hedgerow_core::language::{language_by_name, languages};
use hedgerow_core::time::Timestamp;
use hedgerow_input::day::parse_day;
use hedgerow_input::money::{money, money_text};
use hedgerow_input::time::clock_time;
use hedgerow_web::components::{Caption, ChoiceOption, Input};
use prost_reflect::{DynamicMessage, FieldDescriptor, Kind as Type, Value};

use crate::field::{Choice, Kind};
use crate::posted::normal;
use crate::{path, tags};

/// The control of a value.
pub(crate) fn input(kind: &Kind, value: Option<&Value>) -> Input {
    let text = || normal(value.and_then(Value::as_str).unwrap_or_default());
    let texts = || texts(value);
    match kind {
        // A browser would take the line ends out of a line.
        Kind::Line | Kind::Time if text().contains('\n') => Input::Text(text()),
        Kind::Line | Kind::Time => Input::Line(text()),
        Kind::Text => Input::Text(text()),
        Kind::Lines => Input::Lines(normal(&texts().join("\n"))),
        Kind::Languages => {
            let names: Vec<String> = texts().iter().map(|tag| language_name(tag)).collect();
            Input::Lines(normal(&names.join("\n")))
        }
        Kind::Moments => {
            let times: Vec<String> = texts().iter().map(|time| time.replace('T', " ")).collect();
            Input::Lines(normal(&times.join("\n")))
        }
        Kind::Number => Input::Number(value.map_or_else(String::new, number_text)),
        Kind::Decimal => Input::Number(match value {
            Some(Value::F64(number)) => number.to_string(),
            _ => String::new(),
        }),
        Kind::Flag => Input::Flag(value.and_then(Value::as_bool).unwrap_or_default()),
        Kind::Answer => answer(value.and_then(Value::as_bool)),
        Kind::Choice(choices) => Input::Choice {
            options: options(
                choices,
                &|it| value.map_or_else(String::new, enum_text) == it,
                value,
            ),
            own: None,
        },
        Kind::Choices(choices) => Input::Choices {
            options: chosen_options(choices, value),
            own: None,
        },
        Kind::Tags(group) => tags::choices(group, &texts()),
        Kind::Tag(group) => tags::choice(group, &text()),
        Kind::Day => Input::Day(text()),
        Kind::Moment => Input::Day(value.map_or_else(String::new, day_of_moment)),
        Kind::Money => Input::Line(normal(&value.map_or_else(String::new, amount))),
        Kind::Point => Input::Line(value.map_or_else(String::new, point_text)),
        Kind::Id => Input::Line(match value {
            Some(Value::Bytes(bytes)) => hex::encode(bytes),
            _ => String::new(),
        }),
        Kind::Part(_) | Kind::Parts { .. } => Input::Part(Vec::new()),
    }
}

/// The value of a control that differs from what was shown; `None` clears the field.
///
/// # Errors
/// The key of what is wrong.
pub(crate) fn read(
    kind: &Kind,
    typed: &Input,
    before: Option<&Value>,
    field: &FieldDescriptor,
) -> Result<Option<Value>, &'static str> {
    let text = match typed {
        Input::Line(text)
        | Input::Text(text)
        | Input::Lines(text)
        | Input::Number(text)
        | Input::Day(text) => text.trim(),
        _ => "",
    };
    let string = |text: String| Ok((!text.is_empty()).then_some(Value::String(text)));
    match kind {
        Kind::Line | Kind::Text => string(text.to_owned()),
        Kind::Lines => Ok(list(lines(text).map(str::to_owned))),
        Kind::Languages => Ok(list(lines(text).map(language_tag))),
        Kind::Moments => {
            let times: Result<Vec<_>, _> = lines(text).map(read_moment).collect();
            Ok(list(times?))
        }
        Kind::Number => read_number(text, field),
        Kind::Decimal => match text.replace(',', "").parse::<f64>() {
            _ if text.is_empty() => Ok(None),
            Ok(number) if number.is_finite() => Ok(Some(Value::F64(number))),
            _ => Err("form-error-number"),
        },
        Kind::Flag => Ok(Some(Value::Bool(*typed == Input::Flag(true)))),
        Kind::Answer => Ok(match chosen(typed) {
            "yes" => Some(Value::Bool(true)),
            "no" => Some(Value::Bool(false)),
            _ => None,
        }),
        Kind::Choice(_) => match (chosen(typed), field.kind()) {
            ("", _) => Ok(None),
            (value, Type::Enum(_)) => match value.parse() {
                Ok(number) => Ok(Some(Value::EnumNumber(number))),
                Err(_) => Err("form-error-choice"),
            },
            (value, _) => string(value.to_owned()),
        },
        Kind::Choices(_) => Ok(read_choices(typed, before, field)),
        Kind::Tags(group) => Ok(list(tags::read_choices(group, typed, &texts(before)))),
        Kind::Tag(group) => {
            let before = before.and_then(Value::as_str).unwrap_or_default();
            string(tags::read_choice(group, typed, before))
        }
        Kind::Day => match parse_day(text) {
            _ if text.is_empty() => Ok(None),
            Some(day) => string(day.to_string()),
            None => Err("form-error-day"),
        },
        Kind::Time => match clock_time(text) {
            _ if text.is_empty() => Ok(None),
            Some(time) => string(time),
            None => Err("form-error-time"),
        },
        Kind::Moment => read_day_of_moment(text, field),
        Kind::Money => read_amount(text, field),
        Kind::Point => read_point(text, field),
        Kind::Id => match hex::decode(text) {
            _ if text.is_empty() => Ok(None),
            Ok(bytes) if bytes.len() == 32 => Ok(Some(Value::Bytes(bytes.into()))),
            _ => Err("form-error-id"),
        },
        Kind::Part(_) | Kind::Parts { .. } => Ok(before.cloned()),
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn list(texts: impl IntoIterator<Item = String>) -> Option<Value> {
    let texts: Vec<Value> = texts.into_iter().map(Value::String).collect();
    (!texts.is_empty()).then_some(Value::List(texts))
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_list).unwrap_or_default();
    let texts = items.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn language_name(tag: &str) -> String {
    let named =
        languages().find(|(known, name)| *known == tag && language_by_name(name) == Some(tag));
    named.map_or(tag, |(_, name)| name).to_owned()
}

fn language_tag(name: &str) -> String {
    language_by_name(name).unwrap_or(name).to_owned()
}

fn read_moment(line: &str) -> Result<String, &'static str> {
    let (day, time) = line.rsplit_once([' ', 'T']).ok_or("form-error-moment")?;
    let day = parse_day(day).ok_or("form-error-moment")?;
    let time = clock_time(time).ok_or("form-error-moment")?;
    Ok(format!("{day}T{time}"))
}

fn number_text(value: &Value) -> String {
    match value {
        Value::U32(number) => number.to_string(),
        Value::I32(number) => number.to_string(),
        _ => String::new(),
    }
}

fn read_number(text: &str, field: &FieldDescriptor) -> Result<Option<Value>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let number: u32 = text
        .replace(',', "")
        .parse()
        .map_err(|_| "form-error-whole")?;
    let is_absent = number == 0 && !field.supports_presence();
    Ok((!is_absent).then_some(Value::U32(number)))
}

fn answer(value: Option<bool>) -> Input {
    let option = |text: &str, key, is_chosen| ChoiceOption {
        value: text.to_owned(),
        label: Caption::Key(key),
        is_chosen,
    };
    Input::Choice {
        options: vec![
            option("", "form-not-stated", value.is_none()),
            option("yes", "form-yes", value == Some(true)),
            option("no", "form-no", value == Some(false)),
        ],
        own: None,
    }
}

/// An enum or a text as the value of an option.
fn enum_text(value: &Value) -> String {
    match value {
        Value::EnumNumber(0) => String::new(),
        Value::EnumNumber(number) | Value::I32(number) => number.to_string(),
        Value::String(text) => normal(text),
        _ => String::new(),
    }
}

/// The options, and the present value if it is none of them.
fn options(
    choices: &[Choice],
    is_chosen: &dyn Fn(&str) -> bool,
    value: Option<&Value>,
) -> Vec<ChoiceOption> {
    let mut options: Vec<ChoiceOption> = choices
        .iter()
        .map(|(value, key)| ChoiceOption {
            value: (*value).to_owned(),
            label: Caption::Key(key),
            is_chosen: is_chosen(value),
        })
        .collect();
    let value = value.map_or_else(String::new, enum_text);
    if !value.is_empty() && !options.iter().any(|answer| answer.is_chosen) {
        options.push(kept(value));
    }
    options
}

/// A value that this build has no words for.
fn kept(value: String) -> ChoiceOption {
    ChoiceOption {
        value,
        label: Caption::Key("form-as-it-is"),
        is_chosen: true,
    }
}

fn chosen_options(choices: &[Choice], value: Option<&Value>) -> Vec<ChoiceOption> {
    let items = value.and_then(Value::as_list).unwrap_or_default();
    let set: Vec<String> = items.iter().map(enum_text).collect();
    let mut options = options(choices, &|it| set.iter().any(|value| value == it), None);
    for value in set {
        if !options.iter().any(|answer| answer.value == value) {
            options.push(kept(value));
        }
    }
    options
}

fn chosen(typed: &Input) -> &str {
    match typed {
        Input::Choice { options, .. } => options
            .iter()
            .find(|answer| answer.is_chosen)
            .map_or("", |answer| &answer.value),
        _ => "",
    }
}

/// The ticked values. Those that were there keep their order.
fn read_choices(typed: &Input, before: Option<&Value>, field: &FieldDescriptor) -> Option<Value> {
    let Input::Choices { options, .. } = typed else {
        return before.cloned();
    };
    let to_value = |text: &str| {
        let number: i32 = text.parse().ok()?;
        Some(match field.kind() {
            Type::Enum(_) => Value::EnumNumber(number),
            _ => Value::I32(number),
        })
    };
    let ticked = options.iter().filter(|answer| answer.is_chosen);
    let wanted: Vec<Value> = ticked
        .filter_map(|answer| to_value(&answer.value))
        .collect();
    let before = before.and_then(Value::as_list).unwrap_or_default();
    let mut items: Vec<Value> = before
        .iter()
        .filter(|item| wanted.contains(item))
        .cloned()
        .collect();
    for item in wanted {
        if !items.contains(&item) {
            items.push(item);
        }
    }
    (!items.is_empty()).then_some(Value::List(items))
}

fn integer(message: &DynamicMessage, name: &str) -> i64 {
    let value = path::value(message, name);
    value.map_or(0, |value| {
        value
            .as_i64()
            .or_else(|| value.as_i32().map(i64::from))
            .unwrap_or_default()
    })
}

fn day_of_moment(value: &Value) -> String {
    let Value::Message(moment) = value else {
        return String::new();
    };
    let time = Timestamp::from_seconds(integer(moment, "seconds"));
    time.to_string().chars().take(10).collect()
}

fn read_day_of_moment(text: &str, field: &FieldDescriptor) -> Result<Option<Value>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = parse_day(text).ok_or("form-error-day")?;
    let mut moment = path::blank(field).ok_or("form-error-day")?;
    let seconds = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp();
    moment.set_field_by_name("seconds", Value::I64(seconds));
    Ok(Some(Value::Message(moment)))
}

fn amount(value: &Value) -> String {
    let Value::Message(amount) = value else {
        return String::new();
    };
    let text = money_text(
        &path::text(amount, "currency"),
        integer(amount, "minor_units"),
    );
    text.strip_suffix(" GBP").map_or_else(
        || text.trim().to_owned(),
        |pounds| format!("£{}", pounds.strip_suffix(".00").unwrap_or(pounds)),
    )
}

fn read_amount(text: &str, field: &FieldDescriptor) -> Result<Option<Value>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let plain = text.replace(',', "");
    let (currency, minor_units) = money(&plain)
        .or_else(|_| money(&format!("£{plain}")))
        .map_err(|_| "form-error-money")?;
    let mut amount = path::blank(field).ok_or("form-error-money")?;
    amount.set_field_by_name("currency", Value::String(currency));
    amount.set_field_by_name("minor_units", Value::I64(minor_units));
    Ok(Some(Value::Message(amount)))
}

fn point_text(value: &Value) -> String {
    let Value::Message(point) = value else {
        return String::new();
    };
    let degrees = |name| {
        let number = integer(point, name);
        let sign = if number < 0 { "-" } else { "" };
        let number = number.unsigned_abs();
        let text = format!("{sign}{}.{:07}", number / 10_000_000, number % 10_000_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    format!("{}, {}", degrees("latitude_e7"), degrees("longitude_e7"))
}

fn read_point(text: &str, field: &FieldDescriptor) -> Result<Option<Value>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = "form-error-point";
    let (north, east) = text.split_once(',').ok_or(wrong)?;
    let mut point = path::blank(field).ok_or(wrong)?;
    for (name, typed, max) in [("latitude_e7", north, 90.0), ("longitude_e7", east, 180.0)] {
        let degrees: f64 = typed.trim().parse().map_err(|_| wrong)?;
        if !degrees.is_finite() || degrees.abs() > max {
            return Err(wrong);
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 180 × 10⁷")]
        let number = (degrees * 1e7).round() as i32;
        point.set_field_by_name(name, Value::I32(number));
    }
    Ok(Some(Value::Message(point)))
}
