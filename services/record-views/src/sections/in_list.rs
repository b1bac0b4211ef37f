//! What a list says of a record besides its row: the facts by which people choose there.

use hedgerow_core::summary::pays_running_costs;
use hedgerow_proto::v1;
use hedgerow_proto::v1::resource::Detail;
use hedgerow_web::view::{Details, Item, Label, Sentence};

use super::builder::Sections;
use super::other::progress;
use super::resource::{grant, reach, requirements};

pub(super) fn offer(offer: &v1::Offer, s: &Sections<'_>) -> Details {
    let Some(resource) = &offer.resource else {
        return Details::default();
    };
    let mut items = subject(resource, s);
    // What a fund pays out is no price.
    if !matches!(resource.detail, Some(Detail::Funding(_))) {
        items.extend(s.price(Label::Price, resource.price.as_ref()));
    }
    if matches!(
        resource.detail,
        Some(Detail::Space(_) | Detail::Equipment(_))
    ) {
        items.extend(requirements(resource, s));
    }
    items.push(s.says(offer.small_groups_welcome, Sentence::SmallGroupsWelcome));
    with_items(items)
}

pub(super) fn need(need: &v1::Need, s: &Sections<'_>) -> Details {
    let mut items = need
        .resource
        .as_ref()
        .map_or_else(Vec::new, |resource| subject(resource, s));
    // Without a summary, the row quotes the purpose.
    let has_summary = need
        .resource
        .as_ref()
        .is_some_and(|resource| !resource.summary.trim().is_empty());
    if has_summary {
        items.push(s.fact(Label::Purpose, &need.purpose));
    }
    items.push(s.date(Label::NeededBy, &need.needed_by));
    items.push(reach(need, s));
    items.extend(s.price(Label::CanPay, need.can_pay.as_ref()));
    items.push(s.fact(Label::InReturn, &need.in_return));
    with_items(items)
}

pub(super) fn commitment(commitment: &v1::Commitment, s: &Sections<'_>) -> Details {
    let latest = commitment.progress.last();
    let accountable = commitment.accountable_to.iter().map(|group| &group.name);
    let items = vec![
        latest.and_then(|latest| s.prose(&latest.words)),
        s.tags(Label::AccountableTo, accountable),
    ];
    Details {
        progress: Some(progress(commitment, s)),
        ..with_items(items)
    }
}

pub(super) fn story(story: &v1::Story, s: &Sections<'_>) -> Details {
    let note = s.text(&story.content_note);
    Details {
        note: Some(note).filter(|note| !note.is_empty()),
        ..with_items(vec![s.fact(Label::Perspective, &story.perspective)])
    }
}

fn with_items(items: Vec<Option<Item>>) -> Details {
    Details {
        items: items.into_iter().flatten().collect(),
        ..Details::default()
    }
}

/// What is offered or wanted, by its kind.
fn subject(resource: &v1::Resource, s: &Sections<'_>) -> Vec<Option<Item>> {
    match &resource.detail {
        Some(Detail::Space(space)) => vec![
            s.number(Label::Size, space.capacity),
            s.tags(Label::Features, &space.features),
        ],
        Some(Detail::Equipment(equipment)) => vec![
            s.tags(Label::Items, &equipment.items),
            s.number(Label::Amount, equipment.quantity),
        ],
        Some(Detail::Skills(skills)) => vec![
            s.tags(Label::Items, &skills.skills),
            s.fact(Label::Amount, &skills.how_much),
        ],
        Some(Detail::Training(training)) => vec![
            s.tags(Label::Items, &training.topics),
            s.fact(Label::GivenBy, &training.given_by),
            s.fact(Label::Length, &training.length),
            s.says(training.accredited == Some(true), Sentence::Accredited),
            s.fact(Label::AccreditedBy, &training.accredited_by),
            s.fact(Label::Entry, &training.entry),
        ],
        Some(Detail::Documents(documents)) => {
            let mut items = vec![
                s.tags(Label::Items, &documents.kinds),
                s.fact(Label::Licence, &documents.licence),
                s.date(Label::Reviewed, &documents.reviewed_date),
            ];
            items.extend(s.links(&documents.documents));
            items
        }
        Some(Detail::Funding(funding)) => fund(funding, s),
        Some(Detail::VolunteerTime(time)) => {
            vec![s.tags(Label::Items, &time.tasks), s.prose(&time.checks)]
        }
        Some(Detail::TimeCredits(credits)) => vec![
            s.fact(Label::Items, &credits.scheme),
            s.number(Label::Amount, credits.credits),
        ],
        None => Vec::new(),
    }
}

fn fund(funding: &v1::Funding, s: &Sections<'_>) -> Vec<Option<Item>> {
    vec![
        grant(funding, s),
        s.says(pays_running_costs(funding), Sentence::RunningCosts),
        s.date(Label::Deadline, &funding.deadline),
        s.says(funding.rolling, Sentence::AnyTime),
        s.fact(Label::WhoDecides, &funding.who_decides),
        s.fact(Label::DecisionTime, &funding.decision_time),
        s.says(
            funding.open_to_unconstituted_groups == Some(true),
            Sentence::OpenToUnconstituted,
        ),
        s.says(funding.apply_by_talk, Sentence::ApplyByTalk),
        s.says(funding.apply_by_video, Sentence::ApplyByVideo),
        s.fact(Label::HowToApply, &funding.how_to_apply),
        s.fact(Label::CoDesignedWith, &funding.co_designed_with),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;
    use hedgerow_core::recurrence::Budget;
    use hedgerow_core::time::Timestamp;
    use hedgerow_web::Words;
    use hedgerow_web::view::Progress;

    fn shown<T>(of: impl Fn(&T, &Sections<'_>) -> Details, body: &T) -> Details {
        let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let (words, budget) = (Words::new("", today), Budget::default());
        of(
            body,
            &Sections::new("en", words, Timestamp::from_millis(0), &budget),
        )
    }

    #[test]
    fn a_fund_says_who_can_apply_how_and_who_decides() {
        let funding = v1::Funding {
            largest: Some(v1::Money {
                currency: "GBP".into(),
                minor_units: 50_000,
            }),
            deadline: "2026-12-01".into(),
            who_decides: "a panel of local groups".into(),
            open_to_unconstituted_groups: Some(true),
            apply_by_talk: true,
            scope: v1::FundingScope::CoreOrProject.into(),
            ..v1::Funding::default()
        };
        let offer_of = v1::Offer {
            resource: Some(v1::Resource {
                detail: Some(Detail::Funding(funding)),
                ..v1::Resource::default()
            }),
            ..v1::Offer::default()
        };
        let items = shown(offer, &offer_of).items;
        let text = format!("{items:?}");
        for part in ["£500", "1 December 2026", "a panel of local groups"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        for sentence in [
            Sentence::OpenToUnconstituted,
            Sentence::ApplyByTalk,
            Sentence::RunningCosts,
        ] {
            assert!(items.contains(&Item::Sentence(sentence)), "{sentence:?}");
        }
        assert!(!items.contains(&Item::Sentence(Sentence::ApplyByVideo)));
    }

    #[test]
    fn a_promise_has_the_figures_of_its_last_report_and_a_hidden_one_says_so() {
        let figure = |value, fewer_than| v1::Figure {
            value,
            fewer_than,
            unit: "groups".into(),
        };
        let report = |day: &str, figure| v1::Progress {
            report_date: day.into(),
            figure: Some(figure),
            words: format!("until {day}"),
        };
        let promise = v1::Commitment {
            target: Some(figure(Some(40.0), 0)),
            progress: vec![
                report("2026-01-01", figure(Some(3.0), 0)),
                report("2026-06-01", figure(None, 5)),
            ],
            due_date: "2027-01-01".into(),
            ..v1::Commitment::default()
        };
        let details = shown(commitment, &promise);
        let progress = details.progress.unwrap();
        assert_eq!(progress.target.unwrap().value, Some(40.0));
        let latest = progress.latest.unwrap();
        assert_eq!((latest.value, latest.fewer_than), (None, 5));
        assert_eq!(progress.reported, NaiveDate::from_ymd_opt(2026, 6, 1));
        assert_eq!(progress.baseline, None);
        assert!(format!("{:?}", details.items).contains("until 2026-06-01"));
        let empty = shown(commitment, &v1::Commitment::default());
        assert_eq!(empty.progress, Some(Progress::default()));
    }
}
