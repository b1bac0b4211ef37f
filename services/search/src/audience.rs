//! Audiences of a record as numbers: one number for the emphasis and ages of each audience,
//! followed by one for each of its tags.
//!
//! All tags of an audience apply to the same person. So a filter for several tags is evaluated
//! for each audience, and not for all tags of a record together.

use hedgerow_core::vocabulary::{CARERS, vocabulary};
use hedgerow_proto::v1;
use sha2::{Digest, Sha256};

use crate::entry::tag_term;
use crate::schema::enum_term;
use crate::times::encoding::sorted_distinct;

/// Set in the first number of an audience.
const AUDIENCE_BIT: u64 = 1 << 40;
/// Set in the number of a tag that says who people are: with the emphasis *only*, such a tag
/// excludes other people.
const COMMUNITY_BIT: u64 = 1 << 32;
const EMPHASIS_SHIFT: u32 = 16;
const OLDEST_SHIFT: u32 = 8;
/// An open end of an age range.
const NO_AGE: u64 = 0xff;
/// Maximum number of indexed audiences of a record.
const MAX_AUDIENCES: usize = 20;

/// Encodes the audiences of a record.
pub fn encode_audiences(audiences: &[v1::WhoFor]) -> Vec<u64> {
    let mut numbers = Vec::new();
    for audience in audiences.iter().take(MAX_AUDIENCES) {
        numbers.push(encode_emphasis_and_ages(audience));
        let carers = audience.carers.then_some(CARERS);
        let people = audience.communities.iter().chain(&audience.genders);
        let people = people.map(String::as_str).chain(carers);
        numbers.extend(people.map(|tag| tag_number(tag) | COMMUNITY_BIT));
        let experiences = audience.experiences.iter().map(String::as_str);
        let own_words = Some(audience.own_words.as_str()).filter(|words| !words.is_empty());
        numbers.extend(experiences.chain(own_words).map(tag_number));
    }
    numbers
}

fn encode_emphasis_and_ages(audience: &v1::WhoFor) -> u64 {
    // An audience without an emphasis is welcome.
    let emphasis = match audience.emphasis() {
        v1::Emphasis::Unspecified => v1::Emphasis::Welcome,
        specified => specified,
    };
    let age = |age: Option<u32>| age.map_or(NO_AGE, |age| u64::from(age).min(NO_AGE - 1));
    let ages = audience.ages.unwrap_or_default();
    AUDIENCE_BIT
        | enum_term(emphasis as i32) << EMPHASIS_SHIFT
        | age(ages.oldest) << OLDEST_SHIFT
        | age(ages.youngest)
}

/// The first 32 bits of a tag's digest.
fn tag_number(tag: &str) -> u64 {
    let digest = Sha256::digest(tag_term(tag).as_bytes());
    let [a, b, c, d, ..] = <[u8; 32]>::from(digest);
    u64::from(u32::from_be_bytes([a, b, c, d]))
}

/// The people that a record has to serve.
///
/// It contains a seeker's words, so it has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AudienceFilter {
    /// All of these.
    pub tags: Vec<AudienceTag>,
    /// Any of these; any at all if empty.
    pub emphasis: Vec<v1::Emphasis>,
    /// In years.
    pub age: Option<u32>,
}

/// A requested tag of an [`AudienceFilter`].
#[derive(Clone, PartialEq, Eq)]
pub struct AudienceTag {
    /// The tag as requested.
    pub tag: String,
    /// The numbers of the tag, of its synonyms and of narrower tags.
    matching: Vec<u64>,
    /// The numbers of broader tags, which apply to everyone with this tag.
    broader: Vec<u64>,
}

impl AudienceTag {
    /// Looks up a tag in the vocabulary; `None` for a blank tag.
    pub fn new(tag: &str) -> Option<Self> {
        let term = tag_term(tag);
        if term.is_empty() {
            return None;
        }
        let matching = vocabulary().matching_tags(&term);
        let broader = vocabulary().broader(&term);
        Some(Self {
            tag: tag.to_owned(),
            matching: sorted_distinct(matching.iter().map(|tag| tag_number(tag))),
            broader: sorted_distinct(broader.into_iter().map(tag_number)),
        })
    }
}

impl AudienceTag {
    /// Whether the vocabulary has the tag, as an id or a word.
    pub(crate) fn is_in_vocabulary(&self) -> bool {
        let term = tag_term(&self.tag);
        vocabulary().by_id(&term).is_some() || vocabulary().has_word(&term)
    }

    /// The numbers of which a document with the tag has one.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        let numbers = self.matching.iter();
        numbers.flat_map(|&number| [number, number | COMMUNITY_BIT])
    }
}

/// How well a record's audiences match; greater is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AudienceFit(pub u8);

impl AudienceFit {
    /// One audience has all requested tags.
    pub const FULL: Self = Self(u8::MAX);
    /// Several audiences together have all requested tags.
    const IN_SEVERAL: Self = Self(u8::MAX - 1);
    /// One audience has all requested tags, but only for people with a further tag, which the
    /// seeker may not have.
    const NARROWER: Self = Self(u8::MAX - 2);
    /// The best fit with some of the requested tags.
    const MAX_PARTIAL: u8 = u8::MAX - 3;

    /// Lowers the fit of a document with some of the words below that of all documents with
    /// all words.
    pub fn for_partial_match(self) -> Self {
        Self(self.0 / 2)
    }
}

impl AudienceFilter {
    /// Whether every record passes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Numbers of which a document needs one to pass; `None` if any document may pass.
    pub(crate) fn terms(&self) -> Option<Vec<u64>> {
        let numbers = self.tags.iter().flat_map(AudienceTag::numbers);
        (!self.tags.is_empty()).then(|| numbers.collect())
    }

    /// Computes how well a document with these numbers matches; `None` if it does not pass.
    pub(crate) fn fit(&self, numbers: impl Iterator<Item = u64>) -> Option<AudienceFit> {
        let mut best: Option<AudienceFit> = None;
        // One bit for each requested tag that an audience has.
        let mut matched = 0;
        let mut has_audience = false;
        let mut current: Option<AudienceState> = None;
        let mut finish = |audience: Option<AudienceState>| {
            if let Some(audience) = audience
                && let Some(fit) = audience.fit(self.tags.len())
            {
                best = best.max(Some(fit));
                if fit != AudienceFit::NARROWER {
                    matched |= audience.matched;
                }
            }
        };
        for number in numbers {
            if number & AUDIENCE_BIT == 0 {
                if let Some(current) = &mut current {
                    current.add_tag(self, number);
                }
                continue;
            }
            has_audience = true;
            finish(current);
            current = self.begin(number);
        }
        finish(current);
        // A record without audiences is for everyone of every age.
        if !has_audience && self.tags.is_empty() && self.emphasis.is_empty() {
            return Some(AudienceFit::FULL);
        }
        let best = best?;
        if best < AudienceFit::FULL && matched.count_ones() as usize == self.tags.len() {
            return Some(AudienceFit::IN_SEVERAL);
        }
        Some(best)
    }

    /// Starts an audience; `None` if its emphasis or its ages do not match.
    fn begin(&self, number: u64) -> Option<AudienceState> {
        let emphasis = number >> EMPHASIS_SHIFT & 0xff;
        let is = |wanted: v1::Emphasis| emphasis == enum_term(wanted as i32);
        let emphasis_matches =
            self.emphasis.is_empty() || self.emphasis.iter().any(|&wanted| is(wanted));
        let (youngest, oldest) = (number & 0xff, number >> OLDEST_SHIFT & 0xff);
        let age_matches = self.age.is_none_or(|age| {
            let age = u64::from(age).min(NO_AGE - 1);
            (youngest == NO_AGE || youngest <= age) && (oldest == NO_AGE || age <= oldest)
        });
        (emphasis_matches && age_matches).then_some(AudienceState {
            is_exclusive: is(v1::Emphasis::Only),
            has_other_people: false,
            matched: 0,
        })
    }
}

/// An audience whose tags are being read.
#[derive(Clone, Copy)]
struct AudienceState {
    /// Whether other people are excluded.
    is_exclusive: bool,
    /// Whether it has a community tag that was not requested.
    has_other_people: bool,
    /// One bit for each requested tag that it has.
    matched: u64,
}

impl AudienceState {
    fn add_tag(&mut self, filter: &AudienceFilter, number: u64) {
        let tag = number & !COMMUNITY_BIT;
        let mut is_requested = false;
        for (at, requested) in filter.tags.iter().enumerate() {
            if requested.matching.binary_search(&tag).is_ok() {
                self.matched |= 1 << at.min(63);
                is_requested = true;
            }
        }
        if number & COMMUNITY_BIT != 0 && !is_requested {
            // A broader tag excludes nobody: trans people are LGBTQIA+ too, so "only" with both
            // tags is for all trans people.
            let is_broader =
                |requested: &AudienceTag| requested.broader.binary_search(&tag).is_ok();
            self.has_other_people |= !filter.tags.iter().any(is_broader);
        }
    }

    fn fit(self, requested: usize) -> Option<AudienceFit> {
        let matched = self.matched.count_ones() as usize;
        let is_only_for_others = self.is_exclusive && self.has_other_people;
        if matched == requested.min(64) {
            let is_narrower = requested > 0 && is_only_for_others;
            return Some(if is_narrower {
                AudienceFit::NARROWER
            } else {
                AudienceFit::FULL
            });
        }
        // A partial match must not suggest a group that excludes the seeker.
        if matched == 0 || is_only_for_others {
            return None;
        }
        let partial = matched * usize::from(AudienceFit::MAX_PARTIAL) / requested;
        let partial = u8::try_from(partial).unwrap_or(AudienceFit::MAX_PARTIAL);
        Some(AudienceFit(partial))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audience(emphasis: v1::Emphasis, communities: &[&str]) -> v1::WhoFor {
        v1::WhoFor {
            emphasis: emphasis.into(),
            communities: communities.iter().map(ToString::to_string).collect(),
            ..v1::WhoFor::default()
        }
    }

    fn filter(tags: &[&str]) -> AudienceFilter {
        AudienceFilter {
            tags: tags
                .iter()
                .filter_map(|tag| AudienceTag::new(tag))
                .collect(),
            ..AudienceFilter::default()
        }
    }

    fn fit(tags: &[&str], audiences: &[v1::WhoFor]) -> Option<AudienceFit> {
        filter(tags).fit(encode_audiences(audiences).into_iter())
    }

    const WOMEN: &str = "community:women";
    const SOUTH_ASIAN: &str = "community:south-asian";

    #[test]
    fn one_audience_with_both_tags_fits_better_than_two_with_one_each() {
        let welcome = v1::Emphasis::Welcome;
        let both = [audience(welcome, &[WOMEN, SOUTH_ASIAN])];
        let each = [
            audience(welcome, &[WOMEN]),
            audience(welcome, &[SOUTH_ASIAN]),
        ];
        let requested = ["women", "South Asian"];
        assert_eq!(fit(&requested, &both), Some(AudienceFit::FULL));
        let several = fit(&requested, &each).unwrap();
        let one = fit(&requested, &each[..1]).unwrap();
        assert!(one < several && several < AudienceFit::FULL);
        assert_eq!(fit(&requested, &[]), None);
        assert_eq!(fit(&[SOUTH_ASIAN], &each), Some(AudienceFit::FULL));
    }

    #[test]
    fn an_audience_that_excludes_the_seeker_is_not_a_partial_match() {
        let requested = ["women", "South Asian"];
        let men = ["community:men", SOUTH_ASIAN];
        assert_eq!(fit(&requested, &[audience(v1::Emphasis::Only, &men)]), None);
        assert!(fit(&requested, &[audience(v1::Emphasis::Mainly, &men)]).is_some());
        let alone = [audience(v1::Emphasis::Only, &[WOMEN])];
        assert!(fit(&requested, &alone).is_some());
    }

    #[test]
    fn an_audience_for_some_of_the_people_fits_worse_than_one_for_all_of_them() {
        let only = v1::Emphasis::Only;
        let some = audience(only, &[WOMEN, SOUTH_ASIAN]);
        let narrower = fit(&["women"], std::slice::from_ref(&some)).unwrap();
        assert!(narrower < AudienceFit::FULL);
        let mainly = audience(v1::Emphasis::Mainly, &[WOMEN, SOUTH_ASIAN]);
        assert_eq!(fit(&["women"], &[mainly]), Some(AudienceFit::FULL));
        let all = audience(only, &[WOMEN]);
        let both = [some.clone(), all.clone()];
        assert_eq!(fit(&["women"], &both), Some(AudienceFit::FULL));

        let requested = ["women", "community:parents"];
        let parents = audience(v1::Emphasis::Welcome, &["community:parents"]);
        let several = fit(&requested, &[all, parents.clone()]).unwrap();
        let more = audience(only, &[WOMEN, "community:parents", SOUTH_ASIAN]);
        let narrower = fit(&requested, std::slice::from_ref(&more)).unwrap();
        let part = fit(&requested, std::slice::from_ref(&parents)).unwrap();
        assert!(part < narrower && narrower < several);
        assert_eq!(fit(&requested, &[more, parents]), Some(narrower));

        // Without requested tags, an exclusive audience is no narrower.
        let anyone = AudienceFilter {
            emphasis: vec![only],
            ..AudienceFilter::default()
        };
        let numbers = encode_audiences(&[some]);
        assert_eq!(anyone.fit(numbers.into_iter()), Some(AudienceFit::FULL));
    }

    #[test]
    fn a_broader_tag_does_not_make_an_audience_narrower() {
        let only = |tags: &[&str]| [audience(v1::Emphasis::Only, tags)];
        let trans = "community:trans-and-non-binary";
        for wider in ["community:lgbtqia", "LGBTQ+"] {
            let both = only(&[wider, trans]);
            assert_eq!(fit(&["trans"], &both), Some(AudienceFit::FULL), "{wider}");
            let part = fit(&["trans", WOMEN], &both);
            assert!(part.is_some_and(|part| part < AudienceFit::FULL), "{wider}");
        }
        let bme = only(&["community:bme-communities", SOUTH_ASIAN]);
        assert_eq!(fit(&["South Asian"], &bme), Some(AudienceFit::FULL));
        assert_eq!(
            fit(&["South Asian"], &only(&["community:bme-communities"])),
            None
        );
        // A tag of other people does exclude some.
        let narrower = fit(&["LGBTQIA+"], &only(&["community:lgbtqia", WOMEN]));
        assert!(narrower.is_some_and(|fit| fit < AudienceFit::FULL));
    }

    #[test]
    fn a_narrower_tag_matches_and_a_broader_one_does_not() {
        let of = |tag: &str| [audience(v1::Emphasis::Mainly, &[tag])];
        assert!(fit(&["LGBTQIA+"], &of("community:trans-and-non-binary")).is_some());
        assert!(fit(&["trans"], &of("community:trans-and-non-binary")).is_some());
        assert!(fit(&["trans"], &of("community:lgbtqia")).is_none());
        assert!(fit(&["South Asian"], &of("community:bme-communities")).is_none());
        assert!(fit(&["community:bme-communities"], &of(SOUTH_ASIAN)).is_some());
    }

    #[test]
    fn emphasis_and_age_have_to_match_the_same_audience() {
        let mut young = audience(v1::Emphasis::Only, &[WOMEN]);
        young.ages = Some(v1::AgeRange {
            youngest: Some(16),
            oldest: Some(25),
        });
        let audiences = [young, audience(v1::Emphasis::Mainly, &["community:men"])];
        let fit = |tags: &[&str], emphasis: Option<v1::Emphasis>, age| {
            let filter = AudienceFilter {
                emphasis: emphasis.into_iter().collect(),
                age,
                ..filter(tags)
            };
            filter
                .fit(encode_audiences(&audiences).into_iter())
                .is_some()
        };
        assert!(fit(&["women"], Some(v1::Emphasis::Only), Some(17)));
        assert!(!fit(&["women"], Some(v1::Emphasis::Mainly), None));
        assert!(!fit(&["women"], None, Some(40)));
        assert!(fit(&[], None, Some(40)), "the audience of men has no ages");
        assert!(fit(&["men"], Some(v1::Emphasis::Mainly), Some(40)));
        let none: [u64; 0] = [];
        let aged = AudienceFilter {
            age: Some(40),
            ..AudienceFilter::default()
        };
        assert_eq!(aged.fit(none.into_iter()), Some(AudienceFit::FULL));
    }
}
