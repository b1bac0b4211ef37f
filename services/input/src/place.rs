//! Places as people type them, made coarse before they are sent.
//!
//! A full postcode identifies a few homes. It is cut to its district here and never
//! leaves the process.

use hedgerow_core::postcode::Postcode;
use hedgerow_proto::directory_v1::near::Center;
use hedgerow_proto::directory_v1::{Near, ResolvedPlace};
use hedgerow_proto::v1::Point;

use crate::InputError;
use crate::labels::{METRES_A_MILE, one_line};

const MAX_DISTANCE_M: f64 = 1_000_000.0;

/// A place to search near, as it may be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Nearby {
    /// The place and the distance.
    pub near: Near,
    /// A sentence on what was cut off, to be shown. `None` if nothing was.
    pub note: Option<String>,
}

/// Reads a town, a postcode, a point or an address, and a distance.
///
/// # Errors
/// If the place is empty or the distance cannot be read.
pub fn parse(near: &str, within: Option<&str>) -> Result<Nearby, InputError> {
    let near = near.trim();
    let radius_m = within.map_or(Ok(0), distance)?;
    let (center, note) = if let Some(point) = parse_point(near) {
        let note = "the point was rounded to about a kilometre before it was sent";
        (Center::Point(point), Some(note.to_owned()))
    } else if let Some(postcode) = Postcode::parse(near) {
        let district = postcode.district().to_owned();
        let note = postcode.is_full().then(|| cut_note(&district));
        (Center::District(district), note)
    } else if let Some(district) = cut_postcodes(near).districts.into_iter().next() {
        // "12 High Street, LS6 2AB": the street is left out as well.
        let note = cut_note(&district);
        (Center::District(district), Some(note))
    } else if near.is_empty() {
        let advice = "name a place, such as Sheffield or LS6";
        return Err(InputError::new("near", near, advice));
    } else {
        (Center::Place(near.to_owned()), None)
    };
    Ok(Nearby {
        near: Near {
            center: Some(center),
            radius_m,
        },
        note,
    })
}

fn cut_note(districts: &str) -> String {
    format!("only {districts} was sent, not the full postcode: that stays with you")
}

/// Other places that are named in one line.
const MAX_OTHERS: usize = 4;

/// Which place a server took the name for, and which others have that name.
pub fn resolved(place: &ResolvedPlace) -> String {
    let named = place.others.len().min(MAX_OTHERS);
    let more = match place.others.len() - named {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let others = match &place.others[..named] {
        [] if place.is_uncertain => {
            " (there may be others of that name: name its county if it is not this one)".to_owned()
        }
        [] => String::new(),
        others => format!(
            " (not {}{more}: name one of these for that)",
            others.join("; ")
        ),
    };
    let preposition = if place.is_inside_area { "in" } else { "near" };
    let name = match place.name.as_str() {
        "" => "that point",
        name => name,
    };
    one_line(&format!("{preposition} {name}{others}"))
}

/// Words to search for, as they may be sent.
#[derive(Debug, PartialEq, Eq)]
pub struct QueryText {
    /// The words, each full postcode among them cut to its district.
    pub text: String,
    /// A sentence on what was cut off, to be shown. `None` if nothing was.
    pub note: Option<String>,
}

/// Reads the words to search for. A full postcode is cut here too: people type their own
/// among the words.
pub fn query_text(words: &[String]) -> QueryText {
    let cut = cut_postcodes(&words.join(" "));
    let note = cut.districts.first().map(|district| {
        format!(
            "{}. To find what is nearby, use --near {district}",
            cut_note(&cut.districts.join(", "))
        )
    });
    QueryText {
        text: cut.text,
        note,
    }
}

/// A text with its full postcodes cut.
struct CutText {
    text: String,
    /// The district of each postcode, in order.
    districts: Vec<String>,
}

/// Cuts full postcodes to their districts, whether written as one word or as two.
fn cut_postcodes(text: &str) -> CutText {
    let bare = |word: &str| -> String { word.chars().filter(|c| c.is_alphanumeric()).collect() };
    let full = |text: &str| Postcode::parse(text).filter(Postcode::is_full);
    let mut words: Vec<String> = Vec::new();
    let mut districts = Vec::new();
    let mut rest = text.split_whitespace().peekable();
    while let Some(word) = rest.next() {
        let plain = bare(word);
        let postcode = full(&plain).or_else(|| {
            // Only a district can be a first half: "a" and "b1 2cd" are not "AB1 2CD".
            Postcode::parse(&plain)?;
            let next = rest.peek()?;
            let postcode = full(&format!("{plain} {}", bare(next)))?;
            rest.next();
            Some(postcode)
        });
        match postcode {
            Some(postcode) => {
                words.push(postcode.district().to_owned());
                districts.push(postcode.district().to_owned());
            }
            None => words.push(word.to_owned()),
        }
    }
    CutText {
        text: words.join(" "),
        districts,
    }
}

/// Reads a distance with its unit, in metres.
///
/// # Errors
/// If it cannot be read, or is longer than 1,000 km.
pub fn distance(text: &str) -> Result<u32, InputError> {
    let metres = parse_distance(text)
        .ok_or_else(|| InputError::new("within", text, "write a distance such as 20mi or 30km"))?;
    if !(1.0..=MAX_DISTANCE_M).contains(&metres) {
        return Err(InputError::new("within", text, "at most 620mi, or 1000km"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and 1,000,000"
    )]
    Ok(metres.round() as u32)
}

fn parse_distance(text: &str) -> Option<f64> {
    let plain = text.trim().to_ascii_lowercase();
    let digits = plain.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = plain.split_at(digits);
    let number: f64 = number.parse().ok()?;
    match unit.trim() {
        "m" | "metres" | "meters" => Some(number),
        "km" | "kilometres" | "kilometers" => Some(number * 1_000.0),
        "mi" | "mile" | "miles" => Some(number * METRES_A_MILE),
        _ => None,
    }
}

/// Reads `53.38,-1.47`, rounded to two decimals: about a kilometre is enough to search
/// by, and too coarse to find a home.
fn parse_point(text: &str) -> Option<Point> {
    let (latitude, longitude) = text.split_once(',')?;
    let latitude: f64 = latitude.trim().parse().ok()?;
    let longitude: f64 = longitude.trim().parse().ok()?;
    (latitude.abs() <= 90.0 && longitude.abs() <= 180.0).then(|| Point {
        latitude_e7: rounded_e7(latitude),
        longitude_e7: rounded_e7(longitude),
    })
}

fn rounded_e7(degrees: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "at most 18,000")]
    let hundredths = (degrees * 100.0).round() as i32;
    hundredths * 100_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> (Center, bool) {
        let nearby = parse(text, None).expect("a place");
        (nearby.near.center.expect("a center"), nearby.note.is_some())
    }

    fn district(code: &str) -> Center {
        Center::District(code.to_owned())
    }

    #[test]
    fn a_full_postcode_is_never_sent() {
        for written in ["LS6 2AB", "ls62ab", " LS6  2ab "] {
            assert_eq!(sent(written), (district("LS6"), true), "{written}");
        }
        assert_eq!(sent("SW1A 1AA"), (district("SW1A"), true));
        assert_eq!(sent("M1 1AE"), (district("M1"), true));
        assert_eq!(sent("CR2 6XH"), (district("CR2"), true));
    }

    #[test]
    fn an_address_with_a_postcode_is_cut_to_the_district() {
        assert_eq!(sent("12 High Street, LS6 2AB"), (district("LS6"), true));
    }

    #[test]
    fn a_full_postcode_among_the_words_is_never_sent() {
        for (typed, text) in [
            ("hearing LS6 2AB", "hearing LS6"),
            ("hearing ls62ab voices", "hearing LS6 voices"),
            ("\"sw1a 1aa\"", "SW1A"),
            ("near m1-1ae, please", "near M1 please"),
            ("LS6 2AB M1 1AE", "LS6 M1"),
        ] {
            let typed: Vec<_> = typed.split(' ').map(str::to_owned).collect();
            let sent = query_text(&typed);
            assert_eq!(sent.text, text);
            assert!(sent.note.is_some_and(|note| note.contains("--near")));
        }
    }

    #[test]
    fn other_words_are_sent_as_they_are() {
        for typed in [
            "hearing voices",
            "\"south asian\" women's",
            "group LS6",
            "Thursday 2pm",
            "covid-19 help",
            "room 101",
        ] {
            let sent = query_text(&[typed.to_owned()]);
            let text = typed.to_owned();
            assert_eq!(sent, QueryText { text, note: None });
        }
    }

    #[test]
    fn a_district_and_a_place_are_sent_as_they_are() {
        let place = |name: &str| Center::Place(name.to_owned());
        assert_eq!(sent("ls6"), (district("LS6"), false));
        assert_eq!(sent("Newport, Wales"), (place("Newport, Wales"), false));
        assert_eq!(sent("Hale"), (place("Hale"), false));
        assert!(parse("  ", None).is_err());
    }

    #[test]
    fn a_point_is_rounded_before_it_is_sent() {
        let (center, has_note) = sent("53.38297, -1.46590");
        let expected = Point {
            latitude_e7: 533_800_000,
            longitude_e7: -14_700_000,
        };
        assert_eq!(center, Center::Point(expected));
        assert!(has_note);
    }

    #[test]
    fn a_distance_needs_a_unit_and_has_a_maximum() {
        let metres = |text| {
            let nearby = parse("Leeds", Some(text)).ok()?;
            Some(nearby.near.radius_m)
        };
        assert_eq!(metres("20mi"), Some(32_187));
        assert_eq!(metres("30 km"), Some(30_000));
        assert_eq!(metres("1.5km"), Some(1_500));
        for wrong in ["20", "far", "0km", "5000km", "-3km"] {
            assert_eq!(metres(wrong), None, "{wrong}");
        }
    }
}
