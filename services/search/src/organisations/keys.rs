//! Keys of organisations. Two listings with a common key are of the same organisation.

use hedgerow_core::gazetteer::normalise;
use hedgerow_core::id::GroupId;
use hedgerow_core::summary::{Summary, SummaryPlace};
use hedgerow_proto::v1;
use sha2::{Digest, Sha256};

/// Keys of one listing. A national body may name hundreds of towns.
const MAX_KEYS: usize = 24;
/// Words at either end of a name that say nothing about which organisation it is.
const FIRST_WORDS: [&str; 1] = ["the"];
const LAST_WORDS: [&str; 9] = [
    "ltd", "limited", "cic", "cio", "scio", "plc", "llp", "charity", "uk",
];

/// The bit of a [`lister`] that is set if the listing is the group's own.
const OWN: u64 = 1;

/// The keys of a listing: each of its numbers in public registers, and its name with each of its
/// towns and with its website. Never the name alone: every town may have a group of that name.
pub fn organisation_keys(summary: &Summary) -> Vec<u64> {
    let mut keys: Vec<u64> = Vec::new();
    for number in summary.identifiers.iter().filter_map(register_number) {
        keys.push(hash(&["register", &number]));
    }
    let name = plain_name(&summary.title);
    if !name.is_empty() {
        if let Some(website) = summary.website.as_deref().map(plain_website) {
            keys.push(hash(&["website", &name, &website]));
        }
        for town in summary.places.iter().flat_map(towns) {
            keys.push(hash(&["town", &name, &town]));
        }
    }
    keys.truncate(MAX_KEYS);
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Who lists it: a number for each publisher, and for each source of a catalogued listing.
pub fn lister(group: &GroupId, summary: &Summary) -> u64 {
    let own = match summary.voice {
        Some(v1::Voice::Itself | v1::Voice::OnBehalf) => OWN,
        Some(v1::Voice::Catalogued | v1::Voice::Unspecified) | None => 0,
    };
    let source = summary.source.as_ref();
    let source = source.map_or("", |source| source.title.as_str());
    hash(&[&group.to_string(), source]) & !OWN | own
}

/// Whether a listing is the group's own, by its [`lister`].
pub fn is_own(lister: u64) -> bool {
    lister & OWN != 0
}

/// A number in a public register, with the register's code by org-id.guide, such as `GB-CHC`.
/// Numbers under a publisher's own scheme are not of any register.
fn register_number(identifier: &v1::Identifier) -> Option<String> {
    let scheme = identifier.scheme.trim();
    let (country, register) = scheme.split_once('-')?;
    let is_code = country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && !register.is_empty()
        && register.bytes().all(|byte| byte.is_ascii_uppercase());
    let digits = identifier.id.chars().filter(|it| it.is_alphanumeric());
    let number = digits.collect::<String>().to_uppercase();
    let number = number.trim_start_matches('0');
    (is_code && !number.is_empty()).then(|| format!("{scheme} {number}"))
}

/// A name without case, accents, punctuation, article and legal form.
fn plain_name(name: &str) -> String {
    let normalised = normalise(name);
    let mut words: Vec<&str> = normalised.split(' ').collect();
    while words.len() > 1 && FIRST_WORDS.contains(&words[0]) {
        words.remove(0);
    }
    while words.len() > 1 && LAST_WORDS.contains(&words[words.len() - 1]) {
        words.pop();
    }
    words.join(" ")
}

fn plain_website(website: &str) -> String {
    let lower = website.trim().to_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, it)| it);
    let rest = rest.strip_prefix("www.").unwrap_or(rest);
    rest.trim_end_matches('/').to_owned()
}

/// The town of a place: as its point, which is the gazetteer's own at town precision, and by its
/// name with its region, for places that state a finer point.
fn towns(place: &SummaryPlace) -> impl Iterator<Item = String> {
    let is_town = place.precision == v1::Precision::Town;
    let point = place.point.filter(|_| is_town);
    let point = point.map(|it| format!("{} {}", it.latitude_e7, it.longitude_e7));
    let is_in_town = match place.precision {
        v1::Precision::Exact | v1::Precision::Neighbourhood | v1::Precision::Town => true,
        v1::Precision::Region | v1::Precision::Hidden | v1::Precision::Unspecified => false,
    };
    let name = place.region.as_ref().filter(|_| is_in_town);
    let name = name.and_then(|region| {
        let town = normalise(place.name.split(',').next()?);
        (!town.is_empty()).then(|| format!("{town}, {}", normalise(region)))
    });
    point.into_iter().chain(name)
}

fn hash(parts: &[&str]) -> u64 {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
        digest.update([0]);
    }
    let digest = digest.finalize();
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    u64::from_be_bytes(first)
}

#[cfg(test)]
mod tests {
    use hedgerow_testkit::samples::listing;

    use super::*;

    fn keys(name: &str, place: Option<&str>, website: &str) -> Vec<u64> {
        let mut body = listing(name, "", place);
        body.website = website.to_owned();
        summarised(body)
    }

    fn summarised(body: v1::Listing) -> Vec<u64> {
        let body = hedgerow_core::rules::RecordBody::Listing(Box::new(body));
        organisation_keys(&Summary::from_body(&body).unwrap())
    }

    fn is_same(one: &[u64], other: &[u64]) -> bool {
        one.iter().any(|key| other.contains(key))
    }

    #[test]
    fn a_name_is_the_same_in_one_town_or_with_one_website() {
        let sale = keys("Trafford Carers Centre", Some("Sale"), "");
        assert!(is_same(
            &sale,
            &keys("The Trafford Carers’ Centre CIO", Some("Sale"), "")
        ));
        assert!(!is_same(
            &sale,
            &keys("Trafford Carers Centre", Some("Leeds"), "")
        ));
        assert!(!is_same(&sale, &keys("Trafford Carers", Some("Sale"), "")));
        assert!(keys("Trafford Carers Centre", None, "").is_empty());
        let site = keys("Carers", None, "https://www.carers.example.org/");
        assert!(is_same(
            &site,
            &keys("Carers", Some("Leeds"), "http://carers.example.org")
        ));
        assert!(!is_same(
            &site,
            &keys("Walkers", None, "https://carers.example.org")
        ));
    }

    #[test]
    fn a_number_in_a_public_register_is_enough() {
        let numbered = |name: &str, scheme: &str, id: &str| {
            let mut body = listing(name, "", None);
            body.identifiers = vec![v1::Identifier {
                scheme: scheme.to_owned(),
                id: id.to_owned(),
            }];
            summarised(body)
        };
        let one = numbered("One", "GB-CHC", "1044763");
        assert!(is_same(&one, &numbered("Two", "GB-CHC", " 0104 4763")));
        assert!(!is_same(&one, &numbered("One", "GB-COH", "1044763")));
        assert!(numbered("One", "my-list", "1044763").is_empty());
    }
}
