//! Cells about price, access, languages and the like, as fields of a listing.

use std::collections::BTreeMap;

use hedgerow_core::language::{language_by_name, may_be_language};
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::v1;
use hedgerow_proto::v1::{Accessibility, Identifier, Listing, Money, Price, PriceKind};

use super::column::Column;

/// Minor units of the largest amount that is read from a cell: £1,000. Larger ones are not the
/// price of taking part.
const MAX_MINOR_UNITS: i64 = 100_000;

/// Adds what the cells state, and notes what they hold that cannot be published.
pub(super) fn add(
    listing: &mut Listing,
    cells: &BTreeMap<Column, String>,
    labels: &BTreeMap<Column, String>,
    notes: &mut Vec<String>,
) {
    let cell = |column: Column| cells.get(&column).map_or("", String::as_str);
    listing.other_names = parts(cell(Column::OtherNames), &[';', '\n']).collect();
    listing.activity_words = cell(Column::Activities).to_owned();
    let price_words = cell(Column::Price);
    listing.price = price(price_words);
    listing.identifiers = identifiers(cell(Column::CharityNumber), notes);
    listing.languages = languages(cell(Column::Languages), notes);
    if !cell(Column::WhoFor).is_empty() {
        listing.who_for.push(v1::WhoFor {
            // The column does not state how strictly it is meant.
            emphasis: v1::Emphasis::Welcome.into(),
            own_words: cell(Column::WhoFor).to_owned(),
            ..v1::WhoFor::default()
        });
    }
    let label = labels.get(&Column::Access).map_or("", String::as_str);
    add_access(listing, cell(Column::Access), label);
    listing.anything_else = rooms(cell(Column::Rooms), cell(Column::Capacity), notes);
    if listing.price.is_none() && !price_words.is_empty() {
        // Words that state no amount and do not state that it is free.
        let sentence = format!("Price: {price_words}");
        let before = std::mem::take(&mut listing.anything_else);
        let sentences = [sentence, before];
        let sentences = sentences.into_iter().filter(|it| !it.is_empty());
        listing.anything_else = sentences.collect::<Vec<_>>().join("\n");
        notes.push("the price states no amount: it was published in words".to_owned());
    }
}

fn parts<'a>(list: &'a str, separators: &'static [char]) -> impl Iterator<Item = String> + 'a {
    let parts = list.split(separators).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned)
}

/// Words that state one price without a condition become a kind and an amount. Others stay next
/// to the first amount that they state, so that nobody reads a concession as the price. `None` if
/// they state neither.
fn price(typed: &str) -> Option<Price> {
    let plain = typed.trim().trim_end_matches(['.', '!']).to_lowercase();
    let of_kind = |kind: PriceKind| Price {
        kind: kind.into(),
        ..Price::default()
    };
    Some(match plain.as_str() {
        "free" | "no" | "none" | "nil" | "no charge" | "free of charge" | "free entry"
        | "free to attend" => of_kind(PriceKind::Free),
        "donation" | "donations" | "by donation" | "voluntary donation" | "donations welcome"
        | "pay what you can" | "pay as you feel" => of_kind(PriceKind::PayWhatYouCan),
        _ => match pounds(&plain) {
            Some(0) => of_kind(PriceKind::Free),
            Some(minor_units) => Price {
                amount: Some(gbp(minor_units)),
                ..of_kind(PriceKind::Rate)
            },
            None => Price {
                words: typed.to_owned(),
                ..in_words(&plain)?
            },
        },
    })
}

/// Words of conditions: `free for members` is not free.
const CONDITIONS: [&str; 12] = [
    "member", "first", "under", "child", "kids", "if ", "for ", "some", "unless", "except", "but",
    "may ",
];

/// The kind and the amount of words that state more.
fn in_words(plain: &str) -> Option<Price> {
    let has_digit = plain.contains(|letter: char| letter.is_ascii_digit());
    let kind = if plain.contains("donation") || plain.contains("what you can") {
        PriceKind::PayWhatYouCan
    } else if has_digit {
        PriceKind::Rate
    } else if plain.starts_with("free") && !CONDITIONS.iter().any(|it| plain.contains(it)) {
        PriceKind::Free
    } else {
        return None;
    };
    let words = plain.split([' ', '-', '–', '(', ')', '/', ',', ';']);
    let amount = words
        .filter(|word| word.starts_with('£') || word.ends_with('p'))
        .find_map(pounds)
        .filter(|minor_units| *minor_units > 0);
    if kind == PriceKind::Rate && amount.is_none() {
        return None;
    }
    Some(Price {
        kind: kind.into(),
        amount: amount.filter(|_| kind == PriceKind::Rate).map(gbp),
        ..Price::default()
    })
}

fn gbp(minor_units: i64) -> Money {
    Money {
        currency: "GBP".to_owned(),
        minor_units,
    }
}

/// `£2`, `2.50`, `£2,50` or `50p`, in pence.
fn pounds(plain: &str) -> Option<i64> {
    if let Some(pence) = plain.strip_suffix('p') {
        return pence.trim().parse().ok().filter(|pence| *pence < 100);
    }
    let number = plain.strip_prefix('£').unwrap_or(plain).trim();
    let (pounds, pence) = number.split_once(['.', ',']).unwrap_or((number, "00"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if !is_number(pounds) || !is_number(pence) || pence.len() != 2 {
        return None;
    }
    let pounds: i64 = pounds.parse().ok()?;
    let minor = pounds.checked_mul(100)? + pence.parse::<i64>().ok()?;
    (minor <= MAX_MINOR_UNITS).then_some(minor)
}

/// Numbers of the charity registers: of England and Wales, Scotland (`SC`) and Northern Ireland
/// (`NIC`).
fn identifiers(typed: &str, notes: &mut Vec<String>) -> Vec<Identifier> {
    let mut identifiers = Vec::new();
    for part in parts(typed, &[';', ',', '/', '\n']) {
        let plain: String = part.split_whitespace().collect::<String>().to_uppercase();
        let (scheme, digits) = match (plain.strip_prefix("SC"), plain.strip_prefix("NIC")) {
            (Some(digits), _) => ("GB-SC", digits),
            (_, Some(digits)) => ("GB-NIC", digits),
            _ => ("GB-CHC", plain.split('-').next().unwrap_or_default()),
        };
        let is_number =
            (5..=7).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit());
        if is_number {
            identifiers.push(Identifier {
                scheme: scheme.to_owned(),
                id: plain,
            });
        } else {
            notes.push(format!(
                "“{part}” is not a charity number such as 1044763 or SC012345: it was left out"
            ));
        }
    }
    identifiers
}

/// Tags of languages by name or tag.
fn languages(typed: &str, notes: &mut Vec<String>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let list = typed.replace(" and ", ",").replace(" & ", ",");
    for name in list.split([',', ';', '/', '\n']).map(str::trim) {
        if name.is_empty() {
            continue;
        }
        let by_tag = || {
            let is_tag = name.len() <= 11 && may_be_language(name) && name.is_ascii();
            is_tag.then(|| name.to_lowercase())
        };
        match language_by_name(name).map(str::to_owned).or_else(by_tag) {
            Some(tag) if tags.contains(&tag) => {}
            Some(tag) => tags.push(tag),
            None => notes.push(format!(
                "“{name}” is not a known language: it was left out; write its BCP 47 tag, such as pl"
            )),
        }
    }
    tags
}

/// Adds the words, and the terms of the vocabulary that they or the header of a `yes` name.
fn add_access(listing: &mut Listing, typed: &str, label: &str) {
    if typed.is_empty() {
        return;
    }
    let mut access = Accessibility::default();
    let is_yes = ["yes", "y", "true", "1"].contains(&typed.to_lowercase().as_str());
    let is_no = ["no", "n", "false", "0"].contains(&typed.to_lowercase().as_str());
    let named: Vec<String> = if is_yes {
        vec![label.to_owned()]
    } else {
        parts(typed, &[';', ',', '\n']).collect()
    };
    for word in named {
        let terms = vocabulary().by_word(&word.to_lowercase()).into_iter();
        let mut terms = terms.filter(|term| term.id.starts_with("accessibility:"));
        if let Some(term) = terms.next() {
            access.tags.push(term.id.clone());
        }
    }
    access.text = match (is_yes, is_no) {
        (true, _) => format!("{label}: yes"),
        (_, true) => format!("{label}: no"),
        _ => typed.to_owned(),
    };
    listing.accessibility = Some(access);
}

/// Rooms of a catalogued listing are words: the organisation that lets them publishes the offer.
fn rooms(rooms: &str, capacity: &str, notes: &mut Vec<String>) -> String {
    let mut sentences = Vec::new();
    if !rooms.is_empty() {
        sentences.push(format!("Rooms and facilities: {rooms}"));
    }
    if !capacity.is_empty() {
        if capacity.parse() == Ok(0_u32) {
            notes.push("the capacity 0 was left out: is it full, or not known?".to_owned());
        } else {
            sentences.push(format!("Capacity: {capacity}"));
        }
    }
    sentences.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(cells: &[(Column, &str)], access: &str) -> (Listing, Vec<String>) {
        let cells = cells
            .iter()
            .map(|(column, text)| (*column, (*text).to_owned()));
        let labels = BTreeMap::from([(Column::Access, access.to_owned())]);
        let (mut listing, mut notes) = (Listing::default(), Vec::new());
        add(&mut listing, &cells.collect(), &labels, &mut notes);
        (listing, notes)
    }

    #[test]
    fn prices_are_a_kind_and_amount_or_stay_words() {
        let read = |text: &str| {
            let price = price(text).expect("a price");
            let amount = price.amount.as_ref().map(|amount| amount.minor_units);
            (price.kind(), amount, price.words)
        };
        let none = String::new;
        assert_eq!(read("Free"), (PriceKind::Free, None, none()));
        assert_eq!(read("0"), (PriceKind::Free, None, none()));
        assert_eq!(read("Donation"), (PriceKind::PayWhatYouCan, None, none()));
        for (typed, pence) in [("£2", 200), ("2,50", 250), ("£2.50", 250), ("50p", 50)] {
            assert_eq!(
                read(typed),
                (PriceKind::Rate, Some(pence), none()),
                "{typed}"
            );
        }
        assert_eq!(read("FREE!"), (PriceKind::Free, None, none()));
        for (words, kind, pence) in [
            ("£2 (free if unwaged)", PriceKind::Rate, Some(200)),
            ("£1 (50p conc)", PriceKind::Rate, Some(100)),
            ("£3-£5", PriceKind::Rate, Some(300)),
            ("Adults £4.50, children free", PriceKind::Rate, Some(450)),
            ("Suggested donation £2", PriceKind::PayWhatYouCan, None),
            ("Free, just turn up", PriceKind::Free, None),
        ] {
            assert_eq!(read(words), (kind, pence, words.to_owned()), "{words}");
        }
        for words in ["2.5.1", "£99999", "ask", "free for members", ""] {
            assert_eq!(price(words), None, "{words}");
        }
    }

    #[test]
    fn a_price_without_an_amount_is_published_in_words() {
        let cells = [(Column::Price, "Ask at the desk"), (Column::Rooms, "Hall")];
        let (listing, notes) = listing(&cells, "");
        assert_eq!(listing.price, None);
        assert_eq!(
            listing.anything_else,
            "Price: Ask at the desk\nRooms and facilities: Hall"
        );
        assert_eq!(notes.len(), 1, "{notes:?}");
    }

    #[test]
    fn languages_have_names_or_tags() {
        let (listing, notes) = listing(
            &[(Column::Languages, "বাংলা, English / Polish, pl, Elvish")],
            "",
        );
        assert_eq!(listing.languages, ["bn", "en", "pl"]);
        assert_eq!(notes.len(), 1);
        assert!(notes[0].contains("“Elvish”"), "{notes:?}");
    }

    #[test]
    fn access_is_words_with_the_terms_that_they_name() {
        let access = |typed: &str, label: &str| {
            let access = listing(&[(Column::Access, typed)], label).0.accessibility;
            let access = access.expect("access");
            (access.text, access.tags)
        };
        assert_eq!(
            access("Yes", "Step-free entrance"),
            (
                "Step-free entrance: yes".to_owned(),
                vec!["accessibility:step-free-entrance".to_owned()]
            )
        );
        assert_eq!(access("No", "Lift"), ("Lift: no".to_owned(), vec![]));
        assert_eq!(
            access("Hearing loop, ring the bell", "Access").1,
            ["accessibility:hearing-loop"]
        );
    }

    #[test]
    fn rooms_and_numbers_of_registers_are_kept() {
        let (listing, notes) = listing(
            &[
                (Column::Rooms, "Small meeting room"),
                (Column::Capacity, "30"),
                (Column::CharityNumber, "1044763; SC012345, NIC101234, none"),
                (Column::OtherNames, "Hub; The Hub"),
            ],
            "",
        );
        assert_eq!(
            listing.anything_else,
            "Rooms and facilities: Small meeting room\nCapacity: 30"
        );
        let schemes: Vec<_> = listing
            .identifiers
            .iter()
            .map(|it| it.scheme.as_str())
            .collect();
        assert_eq!(schemes, ["GB-CHC", "GB-SC", "GB-NIC"]);
        assert_eq!(listing.identifiers[1].id, "SC012345");
        assert_eq!(listing.other_names, ["Hub", "The Hub"]);
        assert_eq!(notes.len(), 1, "{notes:?}");
    }
}
