//! Who a record is for, as numbers: each audience is one number with its emphasis and ages,
//! followed by one for each tag that it bears.
//!
//! An audience is a combination: its tags all apply to the same person. So a question for
//! several tags is asked of each audience, and never of all tags of a record together.

use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::v1;
use sha2::Digest;
use sha2::Sha256;

use super::entry::tag_term;

/// Set in the number that begins an audience.
const BEGINS: u64 = 1 << 40;
/// Set in the number of a tag of who people are, which *only* may exclude others by.
const COMMUNITY: u64 = 1 << 32;
const EMPHASIS_AT: u32 = 16;
const OLDEST_AT: u32 = 8;
/// An open end of a range of ages.
const NO_AGE: u64 = 0xff;
/// Audiences of one record that are looked at.
const MOST: usize = 20;

const CARERS: &str = "community:carers-family-and-friends";

/// The numbers of a record's audiences.
pub(crate) fn numbers(audiences: &[v1::WhoFor]) -> Vec<u64> {
    let mut numbers = Vec::new();
    for audience in audiences.iter().take(MOST) {
        numbers.push(beginning(audience));
        let carers = audience.carers.then_some(CARERS);
        let people = audience.communities.iter().chain(&audience.genders);
        let people = people.map(String::as_str).chain(carers);
        numbers.extend(people.map(|tag| number(tag) | COMMUNITY));
        let others = audience.experiences.iter().map(String::as_str);
        let own = Some(audience.own_words.as_str()).filter(|words| !words.is_empty());
        numbers.extend(others.chain(own).map(number));
    }
    numbers
}

fn beginning(audience: &v1::WhoFor) -> u64 {
    // What is not said is read as welcome.
    let emphasis = match audience.emphasis() {
        v1::Emphasis::Unspecified => v1::Emphasis::Welcome,
        said => said,
    };
    let age = |age: Option<u32>| age.map_or(NO_AGE, |age| u64::from(age).min(NO_AGE - 1));
    let ages = audience.ages.unwrap_or_default();
    BEGINS
        | u64::from((emphasis as i32).unsigned_abs()) << EMPHASIS_AT
        | age(ages.oldest) << OLDEST_AT
        | age(ages.youngest)
}

/// 32 bits for a tag.
fn number(tag: &str) -> u64 {
    let digest = Sha256::digest(tag_term(tag).as_bytes());
    let [a, b, c, d, ..] = <[u8; 32]>::from(digest);
    u64::from(u32::from_be_bytes([a, b, c, d]))
}

/// What is asked of audiences.
///
/// It holds a seeker's words, if only as numbers, so it has no `Debug`.
#[derive(Clone, Default)]
pub(crate) struct AudienceQuestion {
    /// For each tag asked: the numbers that fit it.
    asked: Vec<Vec<u64>>,
    /// Numbers of what is said of everybody of whom was asked.
    broader: Vec<u64>,
    /// Any of these numbers of enum `Emphasis`; any where empty.
    emphasis: Vec<u64>,
    age: Option<u64>,
}

/// How well a record's audiences fit: greater is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fit(pub(crate) u8);

impl Fit {
    /// One audience is all that was asked.
    pub(crate) const FULL: Self = Self(u8::MAX);
    /// All that was asked is there, in several audiences.
    const IN_SEVERAL: Self = Self(u8::MAX - 1);
    /// All that was asked, but only for those of them who are also something else: whoever
    /// asks may not be.
    const NARROWER: Self = Self(u8::MAX - 2);
    /// The most for a part of what was asked.
    const MOST_OF_IT: u8 = u8::MAX - 3;

    /// The same where the words are there in part only: below all that have them all.
    pub(crate) fn of_part_of_the_words(self) -> Self {
        Self(self.0 / 2)
    }
}

impl AudienceQuestion {
    /// `None` where nothing is asked.
    pub(crate) fn new(tags: &[String], emphasis: &[u64], age: Option<u32>) -> Option<Self> {
        if tags.is_empty() && emphasis.is_empty() && age.is_none() {
            return None;
        }
        let asked = tags.iter().map(|tag| {
            let fitting = vocabulary().fitting(tag);
            sorted(fitting.iter().map(|tag| number(tag)))
        });
        let broader = tags.iter().flat_map(|tag| vocabulary().broader(tag));
        Some(Self {
            asked: asked.collect(),
            broader: sorted(broader.map(number)),
            emphasis: emphasis.to_vec(),
            age: age.map(|age| u64::from(age).min(NO_AGE - 1)),
        })
    }

    /// Numbers of which a document that fits has one. `None`: any document may fit.
    pub(crate) fn terms(&self) -> Option<Vec<u64>> {
        let numbers = self.asked.iter().flatten();
        (!self.asked.is_empty()).then(|| {
            numbers
                .flat_map(|&number| [number, number | COMMUNITY])
                .collect()
        })
    }

    /// How well a document with these numbers fits. `None`: not at all.
    pub(crate) fn fit(&self, numbers: impl Iterator<Item = u64>) -> Option<Fit> {
        let mut best: Option<Fit> = None;
        // Which of the asked tags any audience bears, one bit each.
        let mut met = 0;
        let mut none_said = true;
        let mut current: Option<Current> = None;
        let mut end = |audience: Option<Current>| {
            if let Some(audience) = audience
                && let Some(fit) = audience.fit(self)
            {
                best = best.max(Some(fit));
                if fit != Fit::NARROWER {
                    met |= audience.met;
                }
            }
        };
        for number in numbers {
            if number & BEGINS == 0 {
                if let Some(current) = &mut current {
                    current.take(self, number);
                }
                continue;
            }
            none_said = false;
            end(current);
            current = self.begin(number);
        }
        end(current);
        let anyone = self.asked.is_empty() && self.emphasis.is_empty();
        if none_said && anyone {
            return Some(Fit::FULL);
        }
        let best = best?;
        if best < Fit::FULL && met.count_ones() as usize == self.asked.len() {
            return Some(Fit::IN_SEVERAL);
        }
        Some(best)
    }

    /// Begins an audience, unless its emphasis or ages are not what is asked.
    fn begin(&self, number: u64) -> Option<Current> {
        let emphasis = number >> EMPHASIS_AT & 0xff;
        let emphasis_fits = self.emphasis.is_empty() || self.emphasis.contains(&emphasis);
        let (youngest, oldest) = (number & 0xff, number >> OLDEST_AT & 0xff);
        let age_fits = self.age.is_none_or(|age| {
            (youngest == NO_AGE || youngest <= age) && (oldest == NO_AGE || age <= oldest)
        });
        (emphasis_fits && age_fits).then_some(Current {
            only: emphasis == u64::from((v1::Emphasis::Only as i32).unsigned_abs()),
            others: false,
            met: 0,
        })
    }
}

fn sorted(numbers: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut numbers: Vec<u64> = numbers.collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// An audience while its tags are read.
#[derive(Clone, Copy)]
struct Current {
    /// For these people and nobody else.
    only: bool,
    /// It is for people of whom was not asked.
    others: bool,
    /// Which of the asked tags it bears, one bit each.
    met: u64,
}

impl Current {
    fn take(&mut self, question: &AudienceQuestion, number: u64) {
        let mut is_asked = false;
        for (at, fitting) in question.asked.iter().enumerate() {
            if fitting.binary_search(&(number & !COMMUNITY)).is_ok() {
                self.met |= 1 << at.min(63);
                is_asked = true;
            }
        }
        // Whoever is trans is LGBTQIA+ too: "only" for both leaves no trans person out.
        let excludes = number & COMMUNITY != 0 && !is_asked;
        let tag = number & !COMMUNITY;
        self.others |= excludes && question.broader.binary_search(&tag).is_err();
    }

    fn fit(self, question: &AudienceQuestion) -> Option<Fit> {
        let asked = question.asked.len();
        let met = self.met.count_ones() as usize;
        let only_for_others = self.only && self.others;
        if met == asked.min(64) {
            let narrower = asked > 0 && only_for_others;
            return Some(if narrower { Fit::NARROWER } else { Fit::FULL });
        }
        // Who meets only a part is not promised a group that is only for somebody else.
        if met == 0 || only_for_others {
            return None;
        }
        let part = met * usize::from(Fit::MOST_OF_IT) / asked;
        Some(Fit(u8::try_from(part).unwrap_or(Fit::MOST_OF_IT)))
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

    fn fit(asked: &[&str], audiences: &[v1::WhoFor]) -> Option<Fit> {
        let asked: Vec<String> = asked.iter().map(ToString::to_string).collect();
        AudienceQuestion::new(&asked, &[], None)
            .unwrap()
            .fit(numbers(audiences).into_iter())
    }

    const WOMEN: &str = "community:women";
    const SOUTH_ASIAN: &str = "community:south-asian";

    #[test]
    fn one_audience_for_both_is_full_and_two_for_one_each_are_not() {
        let welcome = v1::Emphasis::Welcome;
        let both = [audience(welcome, &[WOMEN, SOUTH_ASIAN])];
        let each = [
            audience(welcome, &[WOMEN]),
            audience(welcome, &[SOUTH_ASIAN]),
        ];
        let asked = ["women", "South Asian"];
        assert_eq!(fit(&asked, &both), Some(Fit::FULL));
        let several = fit(&asked, &each).unwrap();
        let one = fit(&asked, &each[..1]).unwrap();
        assert!(one < several && several < Fit::FULL);
        assert_eq!(fit(&asked, &[]), None);
        assert_eq!(fit(&[SOUTH_ASIAN], &each), Some(Fit::FULL));
    }

    #[test]
    fn only_for_somebody_else_is_no_part_answer() {
        let asked = ["women", "South Asian"];
        let men = ["community:men", SOUTH_ASIAN];
        assert_eq!(fit(&asked, &[audience(v1::Emphasis::Only, &men)]), None);
        assert!(fit(&asked, &[audience(v1::Emphasis::Mainly, &men)]).is_some());
        let alone = [audience(v1::Emphasis::Only, &[WOMEN])];
        assert!(fit(&asked, &alone).is_some());
    }

    #[test]
    fn only_for_some_of_them_comes_after_all_that_is_for_them() {
        let only = v1::Emphasis::Only;
        let some = audience(only, &[WOMEN, SOUTH_ASIAN]);
        let narrower = fit(&["women"], std::slice::from_ref(&some)).unwrap();
        assert!(narrower < Fit::FULL);
        let mainly = audience(v1::Emphasis::Mainly, &[WOMEN, SOUTH_ASIAN]);
        assert_eq!(fit(&["women"], &[mainly]), Some(Fit::FULL));
        let all = audience(only, &[WOMEN]);
        let both = [some.clone(), all.clone()];
        assert_eq!(fit(&["women"], &both), Some(Fit::FULL));

        let asked = ["women", "community:parents"];
        let parents = audience(v1::Emphasis::Welcome, &["community:parents"]);
        let several = fit(&asked, &[all, parents.clone()]).unwrap();
        let more = audience(only, &[WOMEN, "community:parents", SOUTH_ASIAN]);
        let narrower = fit(&asked, std::slice::from_ref(&more)).unwrap();
        let part = fit(&asked, std::slice::from_ref(&parents)).unwrap();
        assert!(part < narrower && narrower < several);
        assert_eq!(fit(&asked, &[more, parents]), Some(narrower));

        // Who asks for no one in particular is not told apart by it.
        let anyone = AudienceQuestion::new(&[], &[only as u64], None).unwrap();
        let numbers = numbers(&[some]);
        assert_eq!(anyone.fit(numbers.into_iter()), Some(Fit::FULL));
    }

    #[test]
    fn only_for_a_kind_of_people_and_all_of_them_is_for_them_all() {
        let only = |tags: &[&str]| [audience(v1::Emphasis::Only, tags)];
        let trans = "community:trans-and-non-binary";
        for wider in ["community:lgbtqia", "LGBTQ+"] {
            let both = only(&[wider, trans]);
            assert_eq!(fit(&["trans"], &both), Some(Fit::FULL), "{wider}");
            let part = fit(&["trans", WOMEN], &both);
            assert!(part.is_some_and(|part| part < Fit::FULL), "{wider}");
        }
        let bme = only(&["community:bme-communities", SOUTH_ASIAN]);
        assert_eq!(fit(&["South Asian"], &bme), Some(Fit::FULL));
        assert_eq!(
            fit(&["South Asian"], &only(&["community:bme-communities"])),
            None
        );
        // The other way round it leaves people out.
        let narrower = fit(&["LGBTQIA+"], &only(&["community:lgbtqia", WOMEN]));
        assert!(narrower.is_some_and(|fit| fit < Fit::FULL));
    }

    #[test]
    fn narrower_fits_and_broader_does_not() {
        let of = |tag: &str| [audience(v1::Emphasis::Mainly, &[tag])];
        assert!(fit(&["LGBTQIA+"], &of("community:trans-and-non-binary")).is_some());
        assert!(fit(&["trans"], &of("community:trans-and-non-binary")).is_some());
        assert!(fit(&["trans"], &of("community:lgbtqia")).is_none());
        assert!(fit(&["South Asian"], &of("community:bme-communities")).is_none());
        assert!(fit(&["community:bme-communities"], &of(SOUTH_ASIAN)).is_some());
    }

    #[test]
    fn emphasis_and_age_are_of_the_same_audience() {
        let mut young = audience(v1::Emphasis::Only, &[WOMEN]);
        young.ages = Some(v1::AgeRange {
            youngest: Some(16),
            oldest: Some(25),
        });
        let audiences = [young, audience(v1::Emphasis::Mainly, &["community:men"])];
        let fit = |tags: &[&str], emphasis: Option<v1::Emphasis>, age| {
            let tags: Vec<String> = tags.iter().map(ToString::to_string).collect();
            let emphasis: Vec<u64> = emphasis.map(|it| it as u64).into_iter().collect();
            AudienceQuestion::new(&tags, &emphasis, age)
                .unwrap()
                .fit(numbers(&audiences).into_iter())
                .is_some()
        };
        assert!(fit(&["women"], Some(v1::Emphasis::Only), Some(17)));
        assert!(!fit(&["women"], Some(v1::Emphasis::Mainly), None));
        assert!(!fit(&["women"], None, Some(40)));
        assert!(fit(&[], None, Some(40)), "the men's has no ages");
        assert!(fit(&["men"], Some(v1::Emphasis::Mainly), Some(40)));
        let none: [u64; 0] = [];
        let aged = AudienceQuestion::new(&[], &[], Some(40)).unwrap();
        assert_eq!(aged.fit(none.into_iter()), Some(Fit::FULL));
    }
}
