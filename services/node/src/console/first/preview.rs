//! What publishing would do for a group that is not there yet: the node's own rules, without a group.

use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_proto::steward_v1;
use hedgerow_record_views::rule_sentence;
use hedgerow_transport::failure::{CallFailure, FieldViolation};
use hedgerow_web::Words;
use hedgerow_web::pages::console::first::FirstStep;
use tonic::{Code, Status};

use super::answers::Answers;
use super::records::changes;
use crate::console::failed::Failed;
use crate::console::steward::Steward;
use crate::group::Group;
use crate::publish::Preview;
use crate::steward::preview_records;
use crate::store::HostedGroup;

/// The id under which a preview is made. No group has it: ids are hashes.
pub(super) const NO_GROUP: GroupId = GroupId::from_bytes([0; 32]);

/// What would be published, or what is in the way.
pub(super) struct Planned {
    pub(super) records: Vec<Preview>,
    pub(super) problems: Vec<Problem>,
}

/// Something that must be changed or confirmed.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    pub(super) step: FirstStep,
    /// The input of that page.
    pub(super) input: &'static str,
    pub(super) sentence: String,
    /// What confirms it, if it can be confirmed.
    pub(super) confirmation: Option<String>,
}

pub(super) async fn plan(
    steward: &Steward,
    answers: &Answers,
    confirmed: &[String],
) -> Result<Planned, Failed> {
    let shared = steward.shared();
    let language = steward.words().tag();
    let request = steward_v1::PublishRecordsRequest {
        request_id: "preview".to_owned(),
        changes: changes(answers, confirmed, language, steward.now()),
        ..steward_v1::PublishRecordsRequest::default()
    };
    let no_group = Arc::new(Group::new(
        HostedGroup {
            group_id: NO_GROUP,
            label: String::new(),
            token_hash: [0; 32],
        },
        false,
        None,
    ));
    match preview_records(shared, &no_group, request).await {
        Ok(records) => Ok(Planned {
            records,
            problems: Vec::new(),
        }),
        Err(failure) => {
            let failure = CallFailure::from_status(&Status::from(failure));
            if failure.code != Code::InvalidArgument || failure.violations.is_empty() {
                return Err(Failed::from_call(failure));
            }
            Ok(Planned {
                records: Vec::new(),
                problems: problems(&failure.violations, answers, steward.words()),
            })
        }
    }
}

/// The problems, each once: the event repeats what the listing says.
fn problems(violations: &[FieldViolation], answers: &Answers, words: Words) -> Vec<Problem> {
    let mut problems: Vec<Problem> = Vec::new();
    for violation in violations {
        let (step, input) = input_of(&violation.field, answers);
        let sentence = rule_sentence(&violation.reason, &violation.message, words);
        let is_new = !problems
            .iter()
            .any(|other| other.sentence == sentence.as_str() && other.input == input);
        if is_new {
            problems.push(Problem {
                step,
                input,
                sentence: sentence.as_str().to_owned(),
                confirmation: violation.confirmable.then(|| violation.reason.clone()),
            });
        }
    }
    problems
}

/// The page and its input that a field of a record comes from.
fn input_of(field: &str, answers: &Answers) -> (FirstStep, &'static str) {
    // Without the part that names the change: `changes[0].put.`.
    let own = field
        .strip_prefix("changes[")
        .and_then(|rest| rest.split_once("].put."));
    let own = own.map_or(field, |(_, own)| own);
    let of_place = |detail: &str| match (answers.place.get("place"), detail) {
        ("district", _) => "district",
        ("exact", "street") => "street",
        ("exact", "postcode") => "postcode",
        ("exact", _) => "venue",
        _ => "town",
    };
    let head = own.split(['.', '[']).next().unwrap_or_default();
    let last = own.rsplit('.').next().unwrap_or_default();
    match head {
        "summary" => (FirstStep::About, "summary"),
        "used_terms" => (FirstStep::About, "used_terms"),
        "rejected_terms" => (FirstStep::About, "rejected_terms"),
        "who_for" => (FirstStep::Who, "who_words"),
        "places" | "place" if last == "words" => (FirstStep::Where, "place_words"),
        "places" | "place" => (FirstStep::Where, of_place(last)),
        "online" => (FirstStep::Where, "online"),
        "schedules" | "schedule" => (FirstStep::When, "when"),
        "openness" => (FirstStep::Join, "openness"),
        "how_to_join_words" | "how_to_join" => (FirstStep::Join, "join_words"),
        "first_time" => (FirstStep::Join, "first_time"),
        "contacts" if own.starts_with("contacts[1]") => (FirstStep::Join, "phone"),
        "contacts" if answers.join.get("email").is_empty() => (FirstStep::Join, "phone"),
        "contacts" => (FirstStep::Join, "email"),
        "website" => (FirstStep::Join, "website"),
        _ => (FirstStep::About, "name"),
    }
}
