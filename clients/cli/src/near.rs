//! Near where: what a person types, as it may be sent.
//!
//! A full postcode stands for a few homes: it is cut to its district here, and never
//! leaves this process.

use hedgerow_client::ClientError;
use hedgerow_proto::v1::Near;
use hedgerow_proto::v1::Point;
use hedgerow_proto::v1::ResolvedPlace;
use hedgerow_proto::v1::near::Where;

use crate::exit::Usage;
use crate::wording::one_line;

/// A place to search near.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearby {
    /// As it may be sent.
    pub near: Near,
    /// What was cut off, for saying so.
    pub note: Option<String>,
}

/// Reads `--near` and `--within`.
///
/// # Errors
/// Where either is not understood.
pub fn parse(near: &str, within: Option<&str>) -> Result<Nearby, Usage> {
    let near = near.trim();
    let distance_m = within.map_or(Ok(0), distance)?;
    let (place, note) = if let Some((latitude, longitude)) = point(near) {
        // Two decimals are about a kilometre: enough to search by, not to be found by.
        let (latitude, longitude) = (rounded(latitude), rounded(longitude));
        let place = Where::Point(Point {
            latitude_e7: latitude * 100_000,
            longitude_e7: longitude * 100_000,
        });
        let note = "the point was rounded to about a kilometre before it was sent";
        (place, Some(note.to_owned()))
    } else if let Some((district, cut)) = postcode(near) {
        let note = cut.then(|| note(&district));
        (Where::District(district), note)
    } else if let Some(district) = without_postcodes(near).districts.into_iter().next() {
        // "12 High Street, LS6 2AB": the rest would tell the street.
        let note = note(&district);
        (Where::District(district), Some(note))
    } else if near.is_empty() {
        return Err(Usage(
            "--near needs a place, such as Sheffield or LS6".to_owned(),
        ));
    } else {
        (Where::Place(near.to_owned()), None)
    };
    Ok(Nearby {
        near: Near {
            r#where: Some(place),
            distance_m,
        },
        note,
    })
}

fn note(district: &str) -> String {
    format!("only {district} was sent, not the full postcode: that stays with you")
}

/// Which place was meant, and which others have that name.
pub fn resolved(place: &ResolvedPlace) -> String {
    let others = match place.others.as_slice() {
        [] => String::new(),
        others => format!(" (not {}: name one of these for that)", others.join("; ")),
    };
    let name = match place.name.as_str() {
        "" => "that point",
        name => name,
    };
    one_line(&format!("near {name}{others}"))
}

/// Words to find, as they may be sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Words {
    /// The words, each full postcode among them cut to its district.
    pub text: String,
    /// What was cut off, for saying so.
    pub note: Option<String>,
}

/// Reads words to find. A full postcode among them stands for a few homes, as after
/// `--near`.
pub fn words(words: &[String]) -> Words {
    let cut = without_postcodes(&words.join(" "));
    let note = cut.districts.first().map(|district| {
        format!(
            "{}. To find what is nearby, use --near {district}",
            note(&cut.districts.join(", "))
        )
    });
    Words {
        text: cut.text,
        note,
    }
}

/// A text after its full postcodes were cut.
struct Cut {
    text: String,
    /// What is left of each postcode.
    districts: Vec<String>,
}

/// Cuts full postcodes to their districts, written in one word or in two.
fn without_postcodes(text: &str) -> Cut {
    let bare = |word: &str| -> String { word.chars().filter(|c| c.is_alphanumeric()).collect() };
    let mut words: Vec<String> = Vec::new();
    let mut districts = Vec::new();
    let mut rest = text.split_whitespace().peekable();
    while let Some(word) = rest.next() {
        let plain = bare(word);
        let pair = rest.peek().map(|next| format!("{plain} {}", bare(next)));
        let full = |text: &str| postcode(text).filter(|(_, cut)| *cut);
        let district = if let Some((district, _)) = full(&plain) {
            Some(district)
        } else if let Some((district, _)) = pair
            .filter(|_| is_outward(&plain))
            .and_then(|pair| full(&pair))
        {
            rest.next();
            Some(district)
        } else {
            None
        };
        match district {
            Some(district) => {
                words.push(district.clone());
                districts.push(district);
            }
            None => words.push(word.to_owned()),
        }
    }
    Cut {
        text: words.join(" "),
        districts,
    }
}

/// Whether a word can be the first half of a postcode.
fn is_outward(word: &str) -> bool {
    is_district(&word.to_ascii_uppercase())
}

/// A search that was refused for its place, with the place as the person typed it.
pub fn named(error: anyhow::Error, near: Option<&str>) -> anyhow::Error {
    let mut error = match error.downcast::<ClientError>() {
        Ok(error) => error,
        Err(other) => return other,
    };
    if let (ClientError::Refused { failure, .. }, Some(near)) = (&mut error, near) {
        for violation in &mut failure.violations {
            if violation.field.starts_with("near") && violation.field != "near.distance_m" {
                violation.field = format!("--near {near}");
            }
        }
    }
    error.into()
}

/// A distance with its unit, in metres.
///
/// # Errors
/// Where it is not understood, or too long.
pub fn distance(text: &str) -> Result<u32, Usage> {
    let wrong = || {
        Usage(format!(
            "--within {text}: write a distance such as 20mi or 30km"
        ))
    };
    let plain = text.trim().to_ascii_lowercase();
    let digits = plain
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .ok_or_else(wrong)?;
    let (number, unit) = plain.split_at(digits);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let metres = match unit.trim() {
        "m" | "metres" | "meters" => number,
        "km" | "kilometres" | "kilometers" => number * 1_000.0,
        "mi" | "mile" | "miles" => number * 1_609.344,
        _ => return Err(wrong()),
    };
    if !(1.0..=1_000_000.0).contains(&metres) {
        return Err(Usage(format!("--within {text}: at most 620mi, or 1000km")));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and 1,000,000"
    )]
    Ok(metres.round() as u32)
}

fn point(text: &str) -> Option<(f64, f64)> {
    let (latitude, longitude) = text.split_once(',')?;
    let latitude: f64 = latitude.trim().parse().ok()?;
    let longitude: f64 = longitude.trim().parse().ok()?;
    (latitude.abs() <= 90.0 && longitude.abs() <= 180.0).then_some((latitude, longitude))
}

fn rounded(degrees: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "at most 18,000")]
    {
        (degrees * 100.0).round() as i32
    }
}

/// A postcode's district, and whether more than that was written.
fn postcode(text: &str) -> Option<(String, bool)> {
    let plain: String = text
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect::<String>()
        .to_ascii_uppercase();
    if is_district(&plain) && !text.trim().contains(char::is_whitespace) {
        return Some((plain, false));
    }
    let cut = plain.len().checked_sub(3)?;
    let (district, unit) = (plain.get(..cut)?, plain.get(cut..)?);
    let unit = unit.as_bytes();
    let is_unit = unit[0].is_ascii_digit() && unit[1..].iter().all(u8::is_ascii_alphabetic);
    (is_unit && is_district(district)).then(|| (district.to_owned(), true))
}

/// `S1`, `LS6`, `SW1A`: one or two letters, a digit, and perhaps one more.
fn is_district(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = text.as_bytes().get(letters..).unwrap_or_default();
    (1..=2).contains(&letters)
        && match rest {
            [first] => first.is_ascii_digit(),
            [first, second] => first.is_ascii_digit() && second.is_ascii_alphanumeric(),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> (Where, bool) {
        let nearby = parse(text, None).expect("a place");
        (nearby.near.r#where.expect("where"), nearby.note.is_some())
    }

    #[test]
    fn a_full_postcode_never_leaves_whole() {
        for written in ["LS6 2AB", "ls62ab", " LS6  2ab "] {
            assert_eq!(
                sent(written),
                (Where::District("LS6".to_owned()), true),
                "{written}"
            );
        }
        assert_eq!(sent("SW1A 1AA"), (Where::District("SW1A".to_owned()), true));
        assert_eq!(sent("M1 1AE"), (Where::District("M1".to_owned()), true));
        assert_eq!(sent("CR2 6XH"), (Where::District("CR2".to_owned()), true));
    }

    #[test]
    fn an_address_with_a_postcode_is_cut_to_the_district() {
        assert_eq!(
            sent("12 High Street, LS6 2AB"),
            (Where::District("LS6".to_owned()), true)
        );
    }

    #[test]
    fn a_full_postcode_among_the_words_never_leaves_whole() {
        for (typed, text) in [
            ("hearing LS6 2AB", "hearing LS6"),
            ("hearing ls62ab voices", "hearing LS6 voices"),
            ("\"sw1a 1aa\"", "SW1A"),
            ("near m1-1ae, please", "near M1 please"),
            ("LS6 2AB M1 1AE", "LS6 M1"),
        ] {
            let typed: Vec<_> = typed.split(' ').map(str::to_owned).collect();
            let sent = words(&typed);
            assert_eq!(sent.text, text);
            assert!(sent.note.is_some_and(|note| note.contains("--near")));
        }
    }

    #[test]
    fn other_words_go_as_they_are() {
        for typed in [
            "hearing voices",
            "\"south asian\" women's",
            "group LS6",
            "Thursday 2pm",
            "covid-19 help",
            "room 101",
        ] {
            let sent = words(&[typed.to_owned()]);
            assert_eq!(
                sent,
                Words {
                    text: typed.to_owned(),
                    note: None
                }
            );
        }
    }

    #[test]
    fn a_district_and_a_place_go_as_they_are() {
        assert_eq!(sent("ls6"), (Where::District("LS6".to_owned()), false));
        assert_eq!(
            sent("Newport, Wales"),
            (Where::Place("Newport, Wales".to_owned()), false)
        );
        assert_eq!(sent("Hale"), (Where::Place("Hale".to_owned()), false));
    }

    #[test]
    fn a_point_is_rounded_before_it_is_sent() {
        let (place, told) = sent("53.38297, -1.46590");
        let expected = Point {
            latitude_e7: 533_800_000,
            longitude_e7: -14_700_000,
        };
        assert_eq!(place, Where::Point(expected));
        assert!(told);
    }

    #[test]
    fn distances_need_a_unit_and_a_limit() {
        let metres = |text| {
            parse("Leeds", Some(text))
                .map(|nearby| nearby.near.distance_m)
                .ok()
        };
        assert_eq!(metres("20mi"), Some(32_187));
        assert_eq!(metres("30 km"), Some(30_000));
        assert_eq!(metres("1.5km"), Some(1_500));
        for wrong in ["20", "far", "0km", "5000km", "-3km"] {
            assert_eq!(metres(wrong), None, "{wrong}");
        }
    }
}
