//! Services for a person in a crisis, as the listings found name them.

use hedgerow_core::crisis::crisis_services;
use hedgerow_input::labels::one_line;
use hedgerow_proto::v1::{CrisisSignpost, Listing};

use super::hit::Hit;

/// Printed signposts.
const MAX_SIGNPOSTS: usize = 3;
/// The signposts of checked hits, if the search has words of a crisis.
pub fn signposts(query: &str, hits: &[Hit]) -> Vec<String> {
    let listings = hits.iter().filter_map(|hit| {
        let listing = hit.record.as_ref()?.value().body::<Listing>()?;
        Some((hit.title.as_str(), listing))
    });
    lines(query, listings)
}

fn lines<'a>(query: &str, listings: impl Iterator<Item = (&'a str, Listing)>) -> Vec<String> {
    if crisis_services(query).is_empty() {
        return Vec::new();
    }
    let mut lines: Vec<String> = Vec::new();
    for (title, listing) in listings {
        for signpost in &listing.crisis_signposts {
            let line = line(signpost);
            // Many listings name the same service.
            if !lines.iter().any(|known| known.starts_with(&line)) {
                lines.push(format!("{line} – named by {}", one_line(title)));
            }
        }
    }
    lines.truncate(MAX_SIGNPOSTS);
    lines
}

fn line(signpost: &CrisisSignpost) -> String {
    let text = match signpost.text_number.as_str() {
        "" => String::new(),
        number => format!("text {number}"),
    };
    let ways = [signpost.phone.as_str(), &text, &signpost.url];
    let ways: Vec<_> = ways.into_iter().filter(|it| !it.is_empty()).collect();
    let words = match signpost.words.as_str() {
        "" => String::new(),
        words => format!(" ({words})"),
    };
    one_line(&format!("{}: {}{words}", signpost.name, ways.join(" or ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing() -> Listing {
        Listing {
            crisis_signposts: vec![CrisisSignpost {
                name: "Samaritans".to_owned(),
                phone: "116 123".to_owned(),
                words: "day and night,\nfree".to_owned(),
                ..CrisisSignpost::default()
            }],
            ..Listing::default()
        }
    }

    #[test]
    fn words_of_a_crisis_show_the_services_that_listings_name_once_each() {
        let listings = || ["Kettle Room", "Another"].map(|title| (title, listing()));
        for query in ["suicidal thoughts", "I can’t go on", "self-harm"] {
            assert_eq!(
                lines(query, listings().into_iter()),
                ["Samaritans: 116 123 (day and night, free) – named by Kettle Room"],
                "{query}"
            );
        }
        assert!(lines("knitting", listings().into_iter()).is_empty());
        assert!(lines("suicidal", std::iter::empty()).is_empty());
    }
}
