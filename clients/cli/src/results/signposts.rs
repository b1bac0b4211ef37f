//! Services for a person in a crisis, as the listings found name them.

use hedgerow_input::labels::one_line;
use hedgerow_proto::v1::Listing;

use super::hit::Hit;

/// Printed signposts.
const MAX_SIGNPOSTS: usize = 3;
/// Parts of the words of a person who may need help now.
const WORDS: [&str; 16] = [
    "suicid",
    "self-harm",
    "self harm",
    "selfharm",
    "harm myself",
    "hurt myself",
    "hurting myself",
    "kill myself",
    "killing myself",
    "end my life",
    "want to die",
    "can't go on",
    "cannot go on",
    "overdose",
    "crisis",
    "emergency",
];

/// The signposts of checked hits, if the search has words of a crisis.
pub fn signposts(query: &str, hits: &[Hit]) -> Vec<String> {
    let query = query.to_lowercase().replace('’', "'");
    if !WORDS.iter().any(|word| query.contains(word)) {
        return Vec::new();
    }
    let mut lines: Vec<String> = Vec::new();
    let listings = hits.iter().filter_map(|hit| {
        let record = hit.record.as_ref()?;
        Some((hit, record.value().body::<Listing>()?))
    });
    for (hit, listing) in listings {
        for signpost in &listing.crisis_signposts {
            let words = match signpost.words.as_str() {
                "" => String::new(),
                words => format!(" ({words})"),
            };
            let text = Some(&signpost.text_number).filter(|number| !number.is_empty());
            let reach = [
                signpost.phone.clone(),
                text.map_or_else(String::new, |number| format!("text {number}")),
                signpost.url.clone(),
            ];
            let reach: Vec<_> = reach.into_iter().filter(|it| !it.is_empty()).collect();
            let line = format!("{}: {}{words}", signpost.name, reach.join(" or "));
            let line = one_line(&line);
            if !lines.iter().any(|known| known.starts_with(&line)) {
                lines.push(format!("{line} – named by {}", one_line(&hit.title)));
            }
        }
    }
    lines.truncate(MAX_SIGNPOSTS);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_added_to_other_searches_or_without_a_listing_that_names_a_service() {
        assert!(signposts("knitting", &[]).is_empty());
        assert!(signposts("suicidal", &[]).is_empty());
    }
}
