//! Reads a name as it was typed: parts, and forms under which it may be known.

use hedgerow_core::gazetteer::normalise;

/// Characters of a name with what it lies in.
pub(crate) const MAX_TYPED: usize = 200;
const MAX_PARTS: usize = 6;

/// Words before a name that add nothing.
const PREFIXES: [&str; 18] = [
    "the ",
    "near ",
    "nr ",
    "around ",
    "in ",
    "close to ",
    "city and borough of ",
    "sir ",
    "city and county of ",
    "city of ",
    "royal borough of ",
    "london borough of ",
    "metropolitan borough of ",
    "borough of ",
    "district of ",
    "county of ",
    "town of ",
    "greater ",
];
/// Titles that registers put behind a name.
const TITLES: [&str; 9] = [
    "city of",
    "city and county of",
    "city and borough of",
    "county of",
    "borough of",
    "royal borough of",
    "london borough of",
    "metropolitan borough of",
    "district of",
];
/// Words after a name that add nothing.
const SUFFIXES: [&str; 18] = [
    " county borough",
    " city centre",
    " town centre",
    " centre",
    " metropolitan borough council",
    " london borough council",
    " county borough council",
    " district council",
    " borough council",
    " city council",
    " county council",
    " council",
    " borough",
    " district",
    " region",
    " county",
    " city",
    " area",
];
/// Words that people shorten, and names that change them.
const WORDS: [(&str, &str); 16] = [
    ("n", "north"),
    ("s", "south"),
    ("e", "east"),
    ("w", "west"),
    ("nth", "north"),
    ("sth", "south"),
    ("ne", "north east"),
    ("nw", "north west"),
    ("se", "south east"),
    ("sw", "south west"),
    ("gt", "great"),
    ("gtr", "greater"),
    ("lwr", "lower"),
    ("lt", "little"),
    ("mkt", "market"),
    ("co", "county"),
];
/// Words before a city that name a part of it.
const PARTS_OF_CITIES: [&str; 7] = [
    "north ", "south ", "east ", "west ", "central ", "inner ", "outer ",
];
/// Joints that people mix up.
const JOINTS: [(&str, &str); 4] = [
    (" on ", " upon "),
    (" upon ", " on "),
    (" on ", " on the "),
    (" under ", " on "),
];

/// Splits a name from what it lies in: `Leeds, West Yorkshire`, `Richmond (Surrey)`,
/// `Newport - Isle of Wight`. The first part is the name.
pub(crate) fn parts(typed: &str) -> Vec<String> {
    let spaced = typed.replace(" - ", ",").replace(" – ", ",");
    let parts = spaced.split([',', ';', '(', ')', '\n', '/', '|']);
    let parts = parts
        .map(str::trim)
        .filter(|part| !normalise(part).is_empty());
    let mut parts: Vec<String> = parts.take(MAX_PARTS).map(str::to_owned).collect();
    // As registers sort them: `Bristol, City of` is the City of Bristol.
    let is_title = |part: &String| TITLES.contains(&normalise(part).as_str());
    if let Some(at) = parts.iter().skip(1).position(is_title) {
        let title = parts.remove(at + 1);
        parts[at] = format!("{title} {}", parts[at]);
    }
    parts
}

/// The normalised forms under which a name may be known, best first.
pub(crate) fn forms(name: &str) -> Vec<String> {
    let plain = normalise(name);
    let mut forms = vec![plain.clone()];
    let mut add = |form: String| {
        if form.len() > 1 && !forms.contains(&form) {
            forms.push(form);
        }
    };
    let words: Vec<&str> = plain.split(' ').collect();
    let longer = words.iter().map(|word| {
        let known = WORDS.iter().find(|(short, _)| short == word);
        known.map_or(*word, |(_, long)| *long)
    });
    add(longer.collect::<Vec<_>>().join(" "));
    for (typed, known) in JOINTS {
        if plain.contains(typed) {
            add(plain.replacen(typed, known, 1));
        }
    }
    let without_prefix = PREFIXES.iter().find_map(|it| plain.strip_prefix(it));
    let stem = without_prefix.unwrap_or(&plain);
    add(stem.to_owned());
    if let Some(stem) = SUFFIXES.iter().find_map(|it| stem.strip_suffix(it)) {
        add(stem.to_owned());
    }
    forms
}

/// The city of `south Bristol`, which the places do not have.
pub(crate) fn city_of_part(name: &str) -> Option<String> {
    let plain = normalise(name);
    let part = PARTS_OF_CITIES.iter();
    let mut cities = part.filter_map(|part| plain.strip_prefix(part));
    cities.next().map(str::to_owned)
}

/// Ways to split words into a name and what it lies in: `Leeds West Yorkshire`,
/// `Easton in Bristol`. The longest name first.
pub(crate) fn word_splits(name: &str) -> Vec<(String, String)> {
    let plain = normalise(name);
    let words: Vec<&str> = plain.split(' ').collect();
    // A name of five words with a county of four is the longest that exists.
    if words.len() > 10 {
        return Vec::new();
    }
    (1..words.len())
        .rev()
        .map(|at| {
            let mut before = &words[..at];
            if let [rest @ .., "in" | "near" | "nr"] = before {
                before = rest;
            }
            (before.join(" "), words[at..].join(" "))
        })
        .filter(|(before, _)| !before.is_empty())
        .collect()
}

/// Returns the part of a normalised name that people use alone: `newcastle` of
/// `newcastle upon tyne`.
pub(crate) fn short_form(normalised: &str) -> Option<&str> {
    [
        " upon ", " on ", " under ", " in ", " by ", " le ", " next ",
    ]
    .iter()
    .filter_map(|joint| normalised.find(joint))
    .min()
    .map(|end| &normalised[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_split_from_what_it_lies_in() {
        assert_eq!(parts("Leeds, West Yorkshire"), ["Leeds", "West Yorkshire"]);
        assert_eq!(parts("Richmond (Surrey)"), ["Richmond", "Surrey"]);
        assert_eq!(
            parts("Newport - Isle of Wight"),
            ["Newport", "Isle of Wight"]
        );
        assert_eq!(parts("Stoke-on-Trent"), ["Stoke-on-Trent"]);
        assert_eq!(parts(" ,, "), Vec::<String>::new());
        assert_eq!(parts("Bristol, City of"), ["City of Bristol"]);
        assert_eq!(
            parts("Headingley, Leeds, City of"),
            ["Headingley", "City of Leeds"]
        );
    }

    #[test]
    fn forms_leave_out_what_adds_nothing() {
        assert!(
            forms("the City of Leeds").contains(&"leeds".to_owned())
                || forms("City of Leeds").contains(&"leeds".to_owned())
        );
        assert!(forms("N Yorks").contains(&"north yorks".to_owned()));
        assert!(forms("Tameside Council").contains(&"tameside".to_owned()));
        assert!(forms("Newcastle-on-Tyne").contains(&"newcastle upon tyne".to_owned()));
    }

    #[test]
    fn words_are_split_at_every_gap() {
        let splits = word_splits("Easton in Bristol");
        assert!(splits.contains(&("easton".to_owned(), "bristol".to_owned())));
        assert!(word_splits("Leeds").is_empty());
    }

    #[test]
    fn the_short_form_ends_before_the_river() {
        assert_eq!(short_form("newcastle upon tyne"), Some("newcastle"));
        assert_eq!(short_form("stockton on tees"), Some("stockton"));
        assert_eq!(short_form("leeds"), None);
    }
}
