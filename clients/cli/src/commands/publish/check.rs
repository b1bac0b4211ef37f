//! Checks of documents before they are sent, with questions to the person who publishes.

use std::collections::BTreeSet;

use hedgerow_client::{ClientError, Directory, FieldViolation, GroupId, Steward};
use hedgerow_core::rules;
use hedgerow_core::time::Timestamp;
use hedgerow_input::labels::count;

use crate::context::Context;
use crate::document::Document;
use crate::draft::prepare;
use crate::guards::{OwnRecord, Surroundings};
use crate::violations::Violations;
use crate::{ask, guards, style};

/// Groups that one call of the command searches for; the rest passes.
const MAX_NAMED_GROUPS: usize = 20;

/// Fetches what the checks compare with: the group's records of these kinds, and which of the
/// groups that the documents name no aggregator has.
///
/// # Errors
/// If the node does not respond.
pub(super) async fn surroundings(
    documents: &[Document],
    steward: &Steward,
    context: &Context,
) -> anyhow::Result<Surroundings> {
    let kinds: BTreeSet<&str> = documents.iter().map(|it| it.kind.as_str()).collect();
    let group = steward.group_id();
    let mut own = Vec::new();
    for kind in kinds {
        let records = steward.list_records(Some(kind)).await?;
        own.extend(
            records
                .iter()
                .filter_map(|one| OwnRecord::read(one, &group)),
        );
    }
    let mut named = guards::named_groups(documents);
    named.remove(&group);
    let unknown_groups = if named.is_empty() {
        BTreeSet::new()
    } else {
        unknown(named, steward, context).await?
    };
    Ok(Surroundings {
        own: Some(own),
        unknown_groups,
    })
}

/// The groups that neither the configured aggregator nor one of the node's has.
async fn unknown(
    named: BTreeSet<GroupId>,
    steward: &Steward,
    context: &Context,
) -> anyhow::Result<BTreeSet<GroupId>> {
    let deliveries = steward.get_state().await?.deliveries.into_iter();
    let addresses: BTreeSet<String> = deliveries
        .map(|delivery| delivery.aggregator)
        .chain(context.aggregator.clone())
        .collect();
    let mut unknown = named;
    for address in addresses {
        let Ok(directory) = Directory::new(&address, context.options()?) else {
            continue;
        };
        for group in unknown.clone().into_iter().take(MAX_NAMED_GROUPS) {
            if directory.get_group(&group).await.is_ok() {
                unknown.remove(&group);
            }
        }
    }
    Ok(unknown)
}

/// Checks every document by the rules that the node applies, and for mistakes that the rules
/// allow. Asks the person at a terminal about what can be confirmed.
///
/// # Errors
/// All violations of all documents at once, if any is left.
pub(super) fn check(
    documents: &mut [Document],
    group: &GroupId,
    around: &Surroundings,
    context: &mut Context,
) -> anyhow::Result<Vec<rules::Prepared>> {
    let now = context.now();
    loop {
        match check_once(documents, group, around, now) {
            Ok(prepared) => return Ok(prepared),
            Err(violations) => {
                if !confirm_all(documents, &violations, context)? {
                    return Err(in_one(violations).into());
                }
            }
        }
    }
}

/// The violations of each document that has any, by its index.
type ByDocument = Vec<(usize, String, Vec<FieldViolation>)>;

fn check_once(
    documents: &[Document],
    group: &GroupId,
    around: &Surroundings,
    now: Timestamp,
) -> Result<Vec<rules::Prepared>, ByDocument> {
    let mut prepared = Vec::new();
    let mut wrong = Vec::new();
    for (index, document) in documents.iter().enumerate() {
        let mut violations = guards::check(document, around, now);
        match prepare(&document.kind, &document.to_draft(), group, now) {
            Ok(good) => prepared.push(good),
            Err(more) => violations.extend(more),
        }
        if !violations.is_empty() {
            wrong.push((index, document.origin.to_string(), violations));
        }
    }
    if wrong.is_empty() {
        Ok(prepared)
    } else {
        Err(wrong)
    }
}

/// Asks about each violation. `false` if one cannot be confirmed, or nobody is there to ask.
///
/// # Errors
/// If the person says no.
fn confirm_all(
    documents: &mut [Document],
    wrong: &ByDocument,
    context: &mut Context,
) -> anyhow::Result<bool> {
    let mut all = wrong.iter().flat_map(|(_, _, violations)| violations);
    if context.answers.is_none() || !all.all(|one| one.confirmable) {
        return Ok(false);
    }
    let care = style::CARE;
    for (index, origin, violations) in wrong {
        for violation in violations {
            writeln!(
                context.notes,
                "{care}{origin}, {}:{care:#} {}",
                violation.field, violation.message
            )?;
            if !ask::yes("Publish it so?", context)? {
                return Ok(false);
            }
            documents[*index].confirmed.push(violation.reason.clone());
        }
    }
    Ok(true)
}

/// Asks about each violation for which the node refused the documents. `false` if the refusal
/// has another cause, one of them cannot be confirmed, or nobody is there to ask.
///
/// # Errors
/// If the answers cannot be read.
pub(super) fn confirm_refused(
    documents: &mut [Document],
    error: &anyhow::Error,
    context: &mut Context,
) -> anyhow::Result<bool> {
    let failure = error
        .downcast_ref::<ClientError>()
        .and_then(ClientError::failure);
    let Some(failure) = failure else {
        return Ok(false);
    };
    let violations = &failure.violations;
    if context.answers.is_none()
        || violations.is_empty()
        || !violations.iter().all(|one| one.confirmable)
    {
        return Ok(false);
    }
    let care = style::CARE;
    for violation in violations {
        // Otherwise a node that repeats a confirmed violation would cause an endless loop.
        if documents
            .iter()
            .all(|it| it.confirmed.contains(&violation.reason))
        {
            return Ok(false);
        }
        writeln!(
            context.notes,
            "{care}{}:{care:#} {}",
            violation.field, violation.message
        )?;
        if !ask::yes("Publish it so?", context)? {
            return Ok(false);
        }
        for document in &mut *documents {
            document.confirmed.push(violation.reason.clone());
        }
    }
    Ok(true)
}

fn in_one(wrong: ByDocument) -> Violations {
    let subject = match wrong.as_slice() {
        [(_, origin, _)] => origin.clone(),
        several => count(several.len(), "document"),
    };
    let several = wrong.len() > 1;
    let violations = wrong.into_iter().flat_map(|(_, origin, violations)| {
        violations.into_iter().map(move |mut violation| {
            if several {
                violation.field = format!("{origin}: {}", violation.field);
            }
            violation
        })
    });
    Violations {
        subject,
        violations: violations.collect(),
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_core::name::RecordName;
    use hedgerow_core::record::NewRecord;
    use hedgerow_proto::steward_v1::StewardRecord;
    use hedgerow_transport::failure::CallFailure;

    use super::*;
    use crate::context::tests as context;
    use crate::document::parse_text;

    const GROUP: GroupId = GroupId::from_bytes([1; 32]);

    #[test]
    fn every_violation_is_listed_at_once_by_file() {
        let mut documents = parse_text("a.yaml", "kind: listing\nname: A\n").expect("a document");
        documents.extend(parse_text("b.yaml", "kind: event\nsummary: B\n").expect("a document"));
        let mut context = context::context(&context::Shared::default());
        let error = check(
            &mut documents,
            &GROUP,
            &Surroundings::default(),
            &mut context,
        )
        .expect_err("violations")
        .to_string();
        assert!(error.contains("a.yaml: voice"), "{error}");
        assert!(error.contains("b.yaml: title"), "{error}");
    }

    #[test]
    fn what_only_the_node_sees_is_asked_too_but_not_twice() {
        let mut documents = parse_text("a.yaml", "kind: event\ntitle: A\n").expect("a document");
        let shared = context::Shared::default();
        let mut context = context::context(&shared);
        let mut violation = FieldViolation::new("place", "other_record_is_finer:event/1", "Look.");
        violation.confirmable = true;
        let status = tonic::Status::invalid_argument("refused");
        let mut failure = CallFailure::from_status(&status);
        failure.violations = vec![violation];
        let error: anyhow::Error = ClientError::Refused {
            address: "https://127.0.0.1:1".to_owned(),
            failure: Box::new(failure),
        }
        .into();
        let mut confirm = |answers: Option<&'static [u8]>| {
            context.answers = answers.map(|it| Box::new(it) as _);
            confirm_refused(&mut documents, &error, &mut context).expect("read")
        };
        assert!(!confirm(None), "nobody is there to ask");
        assert!(!confirm(Some(b"no\n")));
        assert!(confirm(Some(b"yes\n")));
        assert!(!confirm(Some(b"yes\n")), "it was confirmed, in vain");
        assert_eq!(documents[0].confirmed, ["other_record_is_finer:event/1"]);
    }

    /// Friday 27 November 2026.
    const NOW: Timestamp = Timestamp::from_seconds(1_795_780_800);

    /// An event as people reported it, with these lines of its schedule.
    fn event(schedule: &str) -> String {
        format!(
            "kind: event\nlanguage: en\naudience: public\ntitle: Reported case\nschedule:\n{schedule}\
             place: {{precision: town, name: Leeds, geonames_id: 2644688, country: GB}}\n\
             openness: anyone\n"
        )
    }

    fn found(text: &str, around: &Surroundings) -> Vec<FieldViolation> {
        let documents = parse_text("a.yaml", text).expect("a document");
        let found = check_once(&documents, &GROUP, around, NOW).err();
        found.into_iter().flatten().flat_map(|it| it.2).collect()
    }

    #[test]
    fn reported_mistakes_in_dates_are_found_before_publishing() {
        let weekly = |more: &str| {
            event(&format!(
                "  start: \"2026-11-24T19:00\"\n  duration_minutes: 90\n{more}"
            ))
        };
        let london = "  time_zone: Europe/London\n";
        let tuesdays = "  rrules: [\"FREQ=WEEKLY;BYDAY=TU\"]\n";
        for (text, field, reason, words) in [
            (
                weekly(&format!(
                    "{london}{tuesdays}  exdates: [\"2026-12-22T00:00\"]\n"
                )),
                "schedule.exdates[0]",
                "exdate_meets_nothing",
                "2026-12-22T19:00",
            ),
            (
                weekly(&format!(
                    "{london}{tuesdays}  rdates: [\"2026-12-25T12:30\"]\n  breaks:\n    \
                     - {{first_day: \"2026-12-21\", last_day: \"2027-01-03\", words: Christmas}}\n"
                )),
                "schedule.rdates[0]",
                "extra_date_in_break",
                "2026-12-21",
            ),
            (
                weekly(&format!("  time_zone: GMT\n{tuesdays}")),
                "schedule.time_zone",
                "zone_without_summer_time",
                "Europe/London",
            ),
            (
                weekly(&format!(
                    "{london}  rrules: [\"RRULE:FREQ=WEEKLY;BYDAY=TU\"]\n"
                )),
                "schedule.rrules",
                "rule_malformed",
                "without `RRULE:`",
            ),
            (
                weekly(&format!(
                    "{london}  rrules: [\"FREQ=WEEKLY;BYDAY=TU;UNTIL=20270331T190000\"]\n"
                )),
                "schedule.rrules",
                "rule_malformed",
                "UTC with Z",
            ),
            (
                weekly(&format!(
                    "{london}  rrules: [\"FREQ=WEEKLY;BYDAY=TU;COUNT=2\"]\n  \
                     exdates: [\"2026-12-01T19:00\"]\n"
                )),
                "schedule.exdates",
                "nothing_left",
                "never be listed",
            ),
            (
                event(&format!(
                    "  start: \"2019-03-01T19:00\"\n  duration_minutes: 90\n{london}"
                )),
                "schedule.start",
                "event_over",
                "1 March 2019",
            ),
        ] {
            let found = found(&text, &Surroundings::default());
            let [violation] = found.as_slice() else {
                panic!("{reason}: {found:#?}");
            };
            assert_eq!(
                (violation.field.as_str(), violation.reason.as_str()),
                (field, reason)
            );
            assert!(violation.message.contains(words), "{}", violation.message);
        }
        let sound = weekly(&format!(
            "{london}{tuesdays}  exdates: [\"2026-12-22T19:00\"]\n"
        ));
        assert!(found(&sound, &Surroundings::default()).is_empty());
    }

    #[test]
    fn the_same_event_again_is_asked_about() {
        let text = event(
            "  start: \"2026-12-05T10:00\"\n  duration_minutes: 120\n  time_zone: Europe/London\n",
        );
        let document = parse_text("a.yaml", &text).expect("a document").remove(0);
        let record = NewRecord {
            group_id: GROUP,
            name: RecordName::parse("event", &"ab".repeat(16)).expect("a name"),
            nonce: [1; 16],
            create_time: NOW,
            update_time: NOW,
            language: "en".to_owned(),
            body: document.body,
            subject: None,
        };
        let record = StewardRecord {
            record: record.encode(),
            ..StewardRecord::default()
        };
        let around = Surroundings {
            own: OwnRecord::read(&record, &GROUP).map(|own| vec![own]),
            ..Surroundings::default()
        };
        let questions = found(&text, &around);
        assert_eq!(questions.len(), 1, "{questions:#?}");
        assert_eq!(questions[0].reason, "duplicate");
        assert!(questions[0].message.contains("you have one like it"));
        assert!(questions[0].confirmable);
        let other = text.replace("2026-12-05", "2026-12-12");
        assert!(found(&other, &around).is_empty());
    }

    #[test]
    fn a_person_at_a_terminal_confirms_each_question() {
        let text = "kind: listing\nname: A\nvoice: itself\nroles: [support-group]\n\
                    contacts: [{kind: email, value: a@gmail.com}]\n";
        let mut documents = parse_text("a.yaml", text).expect("a document");
        let shared = context::Shared::default();
        let mut context = context::context(&shared);
        let around = Surroundings::default();
        let error =
            check(&mut documents, &GROUP, &around, &mut context).expect_err("nobody to ask");
        assert!(
            error.to_string().contains("--confirm personal_contact"),
            "{error}"
        );
        context.answers = Some(Box::new(&b"no\n"[..]));
        assert!(check(&mut documents, &GROUP, &around, &mut context).is_err());
        context.answers = Some(Box::new(&b"yes\n"[..]));
        check(&mut documents, &GROUP, &around, &mut context).expect("confirmed");
        assert_eq!(documents[0].confirmed, ["personal_contact"]);
        assert!(shared.text().contains("gmail"), "{}", shared.text());
    }
}
