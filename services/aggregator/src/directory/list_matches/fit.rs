//! Compares an offer with a need, by their public records.
//!
//! A contradiction rules the offer out. Missing information never does: it is returned as
//! unknown, so that the groups can ask each other.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate};
use hedgerow_core::recurrence::parse_date;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::MatchAspect;
use hedgerow_proto::v1;
use hedgerow_proto::v1::resource::Detail;
use hedgerow_search::{is_stop_word, tag_term, tokenize};

/// How an offer fits a need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fit {
    /// Aspects on which both records agree.
    pub(super) fits: Vec<MatchAspect>,
    /// Aspects that one of the records does not state.
    pub(super) unknown: Vec<MatchAspect>,
}

/// The result of comparing one aspect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// The need does not require it.
    NotRequired,
    Fits,
    Unknown,
    /// The offer is ruled out.
    Contradicts,
}

/// Compares the records; `None` if the offer does not fit. `hours` compares when they take place,
/// unless another aspect before it rules the offer out.
pub(super) fn fit(
    need: &v1::Need,
    offer: &v1::Offer,
    apart_m: Option<u32>,
    limit_m: u32,
    now: Timestamp,
    hours: impl FnOnce() -> Comparison,
) -> Option<Fit> {
    let (wanted, offered) = (need.resource.as_ref()?, offer.resource.as_ref()?);
    let today = DateTime::from_timestamp_millis(now.as_millis())?.date_naive();
    if is_past(&need.needed_by, today) || is_past(&offer.offered_until, today) {
        return None;
    }
    let mut fit = Fit {
        fits: vec![MatchAspect::Kind],
        unknown: Vec::new(),
    };
    let (aspect, comparison) = place(offered, apart_m, limit_m);
    fit.add(aspect, comparison)?;
    fit.add(MatchAspect::Capacity, capacity(wanted, offered))?;
    let price = price(need.can_pay.as_ref(), offered.price.as_ref());
    fit.add(MatchAspect::Price, price)?;
    fit.add(MatchAspect::Accessibility, accessibility(wanted, offered))?;
    fit.add(MatchAspect::Availability, hours())?;
    fit.add(MatchAspect::Features, features(wanted, offered))?;
    fit.add(MatchAspect::Subject, subject(wanted, offered))?;
    fit.add(MatchAspect::Requirements, requirements(offered))?;
    fit.add(MatchAspect::WhoFor, who_for(offer))?;
    Some(fit)
}

impl Fit {
    /// Adds the result for an aspect; `None` if it rules the offer out.
    fn add(&mut self, aspect: MatchAspect, comparison: Comparison) -> Option<()> {
        match comparison {
            Comparison::NotRequired => {}
            Comparison::Fits => self.fits.push(aspect),
            Comparison::Unknown => self.unknown.push(aspect),
            Comparison::Contradicts => return None,
        }
        Some(())
    }
}

fn is_past(day: &str, today: NaiveDate) -> bool {
    parse_date(day).is_some_and(|day| day < today)
}

fn place(offered: &v1::Resource, apart_m: Option<u32>, limit_m: u32) -> (MatchAspect, Comparison) {
    let online = offered
        .online
        .as_ref()
        .is_some_and(|online| online.available);
    match apart_m {
        Some(apart) if apart <= limit_m => (MatchAspect::Distance, Comparison::Fits),
        _ if online => (MatchAspect::Online, Comparison::Fits),
        Some(_) => (MatchAspect::Distance, Comparison::Contradicts),
        None => (MatchAspect::Distance, Comparison::Unknown),
    }
}

fn capacity(wanted: &v1::Resource, offered: &v1::Resource) -> Comparison {
    let (Some(Detail::Space(wanted)), Some(Detail::Space(offered))) =
        (&wanted.detail, &offered.detail)
    else {
        return Comparison::NotRequired;
    };
    match (wanted.capacity, offered.capacity) {
        (0, _) => Comparison::NotRequired,
        (_, 0) => Comparison::Unknown,
        (wanted, offered) if wanted <= offered => Comparison::Fits,
        _ => Comparison::Contradicts,
    }
}

/// Compares what the need can pay with the price. Amounts are compared only if both are for
/// the same unit and in the same currency.
fn price(can_pay: Option<&v1::Price>, price: Option<&v1::Price>) -> Comparison {
    use v1::PriceKind::{AtCost, Free, PayWhatYouCan, Rate, Unspecified};
    match price.map_or(Unspecified, v1::Price::kind) {
        Free | PayWhatYouCan => return Comparison::Fits,
        Unspecified => return Comparison::Unknown,
        AtCost | Rate => {}
    }
    let Some(can_pay) = can_pay else {
        return Comparison::Unknown;
    };
    let amount = |price: &v1::Price| price.amount.clone();
    match (amount(can_pay), price.and_then(amount)) {
        _ if can_pay.kind() == Free => Comparison::Contradicts,
        (Some(most), Some(least))
            if most.currency == least.currency
                && price.is_some_and(|price| price.per == can_pay.per) =>
        {
            if least.minor_units <= most.minor_units {
                Comparison::Fits
            } else {
                Comparison::Contradicts
            }
        }
        _ => Comparison::Unknown,
    }
}

/// A missing tag means that the record does not say, not that there is no access.
fn accessibility(wanted: &v1::Resource, offered: &v1::Resource) -> Comparison {
    let tags = |resource: &v1::Resource| -> BTreeSet<String> {
        let tags = resource.accessibility.iter().flat_map(|it| &it.tags);
        tags.map(|tag| tag_term(tag)).collect()
    };
    subset(&tags(wanted), &tags(offered))
}

fn features(wanted: &v1::Resource, offered: &v1::Resource) -> Comparison {
    let (Some(Detail::Space(wanted)), Some(Detail::Space(offered))) =
        (&wanted.detail, &offered.detail)
    else {
        return Comparison::NotRequired;
    };
    let terms = |words: &[String]| words.iter().map(|word| tag_term(word)).collect();
    subset(&terms(&wanted.features), &terms(&offered.features))
}

fn subset(wanted: &BTreeSet<String>, offered: &BTreeSet<String>) -> Comparison {
    if wanted.is_empty() {
        Comparison::NotRequired
    } else if wanted.is_subset(offered) {
        Comparison::Fits
    } else {
        Comparison::Unknown
    }
}

/// Compares the kinds of equipment, skill, topic, document or task: a minibus does not fit
/// the need for a projector.
fn subject(wanted: &v1::Resource, offered: &v1::Resource) -> Comparison {
    let (Some(wanted_words), Some(offered_words)) = (subject_words(wanted), subject_words(offered))
    else {
        return Comparison::NotRequired;
    };
    let wanted = stems(&wanted_words);
    if wanted.is_empty() {
        return Comparison::NotRequired;
    }
    // The offer's title may name a thing that its list leaves out.
    let mut offered_stems = stems(&offered_words);
    let is_listed = !offered_stems.is_empty();
    offered_stems.extend(stems(&[&offered.title, &offered.summary]));
    if wanted.intersection(&offered_stems).next().is_some() {
        Comparison::Fits
    } else if is_listed {
        Comparison::Contradicts
    } else {
        Comparison::Unknown
    }
}

/// The open words of a kind that has them.
fn subject_words(resource: &v1::Resource) -> Option<Vec<&String>> {
    let words = match resource.detail.as_ref()? {
        Detail::Equipment(equipment) => &equipment.items,
        Detail::Skills(skills) => &skills.skills,
        Detail::Training(training) => &training.topics,
        Detail::Documents(documents) => &documents.kinds,
        Detail::VolunteerTime(time) => &time.tasks,
        Detail::Space(_) | Detail::Funding(_) | Detail::TimeCredits(_) => return None,
    };
    Some(words.iter().collect())
}

fn stems(texts: &[&String]) -> BTreeSet<String> {
    let words = texts.iter().flat_map(|text| tokenize(text));
    words
        .map(|word| word.stem)
        .filter(|stem| !is_stop_word(stem))
        .collect()
}

fn requirements(offered: &v1::Resource) -> Comparison {
    let required = offered
        .required_of_borrower
        .as_ref()
        .is_some_and(|required| {
            required.insurance
                || required.constitution
                || required.bank_account
                || required.deposit.is_some()
                || !required.other.is_empty()
        });
    if required {
        Comparison::Unknown
    } else {
        Comparison::NotRequired
    }
}

/// An offer for certain people is unknown: the records do not state whether the other group
/// is one of theirs.
fn who_for(offer: &v1::Offer) -> Comparison {
    if offer.who_for.is_empty() {
        Comparison::NotRequired
    } else {
        Comparison::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-03-20T12:00:00Z".parse().unwrap()
    }

    fn room(capacity: u32) -> v1::Resource {
        v1::Resource {
            detail: Some(Detail::Space(v1::Space {
                capacity,
                ..v1::Space::default()
            })),
            ..v1::Resource::default()
        }
    }

    fn price(kind: v1::PriceKind, minor_units: i64) -> Option<v1::Price> {
        Some(v1::Price {
            kind: kind.into(),
            amount: Some(v1::Money {
                currency: "GBP".into(),
                minor_units,
            }),
            per: "session".into(),
            ..v1::Price::default()
        })
    }

    fn need(resource: v1::Resource) -> v1::Need {
        v1::Need {
            resource: Some(resource),
            ..v1::Need::default()
        }
    }

    fn offer(resource: v1::Resource) -> v1::Offer {
        v1::Offer {
            resource: Some(resource),
            ..v1::Offer::default()
        }
    }

    fn compare(need: &v1::Need, offer: &v1::Offer) -> Option<Fit> {
        fit_at(need, offer, Some(5_000))
    }

    fn fit_at(need: &v1::Need, offer: &v1::Offer, apart_m: Option<u32>) -> Option<Fit> {
        let hours = || Comparison::NotRequired;
        fit(need, offer, apart_m, 30_000, now(), hours)
    }

    #[test]
    fn hours_that_contradict_rule_out_and_are_not_compared_if_another_aspect_does() {
        let (need, offer) = (need(room(12)), offer(room(40)));
        let with = |hours| fit(&need, &offer, Some(5_000), 30_000, now(), || hours);
        assert_eq!(with(Comparison::Contradicts), None);
        let unknown = with(Comparison::Unknown).unwrap().unknown;
        assert_eq!(unknown, [MatchAspect::Price, MatchAspect::Availability]);
        let too_far = Some(30_001);
        let not_compared = || unreachable!("hours are the costliest aspect");
        assert_eq!(
            fit(&need, &offer, too_far, 30_000, now(), not_compared),
            None
        );
    }

    #[test]
    fn a_room_that_is_too_small_or_too_far_does_not_fit() {
        let twelve = need(room(12));
        let fitting = compare(&twelve, &offer(room(40))).unwrap();
        assert_eq!(
            fitting.fits,
            [
                MatchAspect::Kind,
                MatchAspect::Distance,
                MatchAspect::Capacity
            ]
        );
        assert_eq!(fitting.unknown, [MatchAspect::Price]);
        assert_eq!(compare(&twelve, &offer(room(8))), None);
        assert_eq!(fit_at(&twelve, &offer(room(40)), Some(30_001)), None);
        let unsaid = compare(&twelve, &offer(room(0))).unwrap();
        assert_eq!(unsaid.unknown, [MatchAspect::Capacity, MatchAspect::Price]);
        let nowhere = fit_at(&twelve, &offer(room(40)), None).unwrap();
        assert!(nowhere.unknown.contains(&MatchAspect::Distance));
    }

    #[test]
    fn what_can_be_paid_is_compared_only_with_what_is_asked_for_the_same() {
        let mut ten_pounds = need(room(0));
        ten_pounds.can_pay = price(v1::PriceKind::Rate, 1_000);
        let asking = |price| {
            let resource = v1::Resource { price, ..room(0) };
            compare(&ten_pounds, &offer(resource)).map(|fit| fit.fits.contains(&MatchAspect::Price))
        };
        assert_eq!(asking(price(v1::PriceKind::Free, 0)), Some(true));
        assert_eq!(asking(price(v1::PriceKind::Rate, 800)), Some(true));
        assert_eq!(asking(price(v1::PriceKind::Rate, 1_200)), None);
        let by_the_hour = price(v1::PriceKind::Rate, 800).map(|price| v1::Price {
            per: "hour".into(),
            ..price
        });
        assert_eq!(asking(by_the_hour), Some(false), "unknown");
        ten_pounds.can_pay = price(v1::PriceKind::Free, 0);
        let priced = v1::Resource {
            price: price(v1::PriceKind::Rate, 1),
            ..room(0)
        };
        assert_eq!(compare(&ten_pounds, &offer(priced)), None);
    }

    #[test]
    fn missing_access_information_is_unknown_and_never_a_contradiction() {
        let with = |tags: &[&str]| v1::Resource {
            accessibility: Some(v1::Accessibility {
                text: String::new(),
                tags: tags.iter().map(ToString::to_string).collect(),
            }),
            ..room(0)
        };
        let step_free = need(with(&["accessibility:step-free-entrance"]));
        let both = with(&[
            "accessibility:step-free-entrance",
            "accessibility:hearing-loop",
        ]);
        assert!(
            compare(&step_free, &offer(both))
                .unwrap()
                .fits
                .contains(&MatchAspect::Accessibility)
        );
        let other = with(&["accessibility:hearing-loop"]);
        assert!(
            compare(&step_free, &offer(other))
                .unwrap()
                .unknown
                .contains(&MatchAspect::Accessibility)
        );
    }

    #[test]
    fn a_minibus_is_no_projector() {
        let of = |items: &[&str]| v1::Resource {
            detail: Some(Detail::Equipment(v1::Equipment {
                items: items.iter().map(ToString::to_string).collect(),
                ..v1::Equipment::default()
            })),
            ..v1::Resource::default()
        };
        let projector = need(of(&["a projector"]));
        let screen = compare(&projector, &offer(of(&["projectors", "screen"])));
        assert!(screen.unwrap().fits.contains(&MatchAspect::Subject));
        assert_eq!(compare(&projector, &offer(of(&["minibus"]))), None);
    }

    #[test]
    fn what_is_past_does_not_fit_and_what_is_asked_of_the_borrower_is_named() {
        let mut past = need(room(0));
        past.needed_by = "2026-03-19".into();
        assert_eq!(compare(&past, &offer(room(0))), None);
        past.needed_by = "2026-03-20".into();
        let mut insured = room(0);
        insured.required_of_borrower = Some(v1::BorrowerRequirements {
            insurance: true,
            ..v1::BorrowerRequirements::default()
        });
        let found = compare(&past, &offer(insured)).unwrap();
        assert_eq!(
            found.unknown,
            [MatchAspect::Price, MatchAspect::Requirements]
        );
    }

    #[test]
    fn what_is_had_online_fits_from_anywhere() {
        let mut online = room(0);
        online.online = Some(v1::Online {
            available: true,
            ..v1::Online::default()
        });
        let found = fit_at(&need(room(0)), &offer(online), Some(400_000)).unwrap();
        assert!(found.fits.contains(&MatchAspect::Online));
    }
}
