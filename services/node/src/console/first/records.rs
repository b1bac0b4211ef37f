//! The records that the first pages make: a listing, and an event if the group meets at known times.

use hedgerow_core::gazetteer::{District, gazetteer};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1::{ContactKind, Emphasis, Openness, Precision, Role, Voice};
use hedgerow_proto::{steward_v1, v1};
use hedgerow_web::form::Form;
use prost::Message as _;

use super::answers::Answers;
use super::when;

/// Words that a person separates with commas or lines.
const MAX_TERMS: usize = 20;

/// The changes that publish what was written. `confirmed` are the questions that the person has
/// answered with yes.
pub(super) fn changes(
    answers: &Answers,
    confirmed: &[String],
    language: &str,
    now: Timestamp,
) -> Vec<steward_v1::RecordChange> {
    let listing = listing(answers, now);
    let mut changes = vec![put("listing", listing.encode_to_vec(), confirmed, language)];
    if let Some(event) = event(answers, &listing) {
        changes.push(put("event", event.encode_to_vec(), confirmed, language));
    }
    changes
}

fn put(
    collection: &str,
    body: Vec<u8>,
    confirmed: &[String],
    language: &str,
) -> steward_v1::RecordChange {
    let draft = steward_v1::RecordDraft {
        body,
        language: language.to_owned(),
        audience: Some(steward_v1::RecordAudience {
            audience: Some(steward_v1::record_audience::Audience::Public(true)),
        }),
        confirmed: confirmed.to_vec(),
        ..steward_v1::RecordDraft::default()
    };
    let record = steward_v1::NewRecord {
        collection: collection.to_owned(),
        draft: Some(draft),
    };
    steward_v1::RecordChange {
        change: Some(steward_v1::record_change::Change::Put(record)),
    }
}

fn listing(answers: &Answers, now: Timestamp) -> v1::Listing {
    let (about, place, join) = (&answers.about, &answers.place, &answers.join);
    v1::Listing {
        name: about.get("name").to_owned(),
        summary: one_paragraph(about.get("summary")),
        voice: Voice::Itself.into(),
        roles: vec![Role::SupportGroup.into()],
        used_terms: terms(about.get("used_terms")),
        rejected_terms: terms(about.get("rejected_terms")),
        who_for: who_for(&answers.who),
        places: place_of(place).into_iter().collect(),
        online: online_of(place),
        schedules: when::read(&answers.when, now).schedules,
        openness: openness(join.get("openness")).into(),
        how_to_join_words: join.get("join_words").to_owned(),
        first_time: join.get("first_time").to_owned(),
        website: website(join.get("website")),
        contacts: contacts(join),
        activity_state: v1::ActivityState::Active.into(),
        confirm_time: Some(now.to_proto()),
        ..v1::Listing::default()
    }
}

/// The meetings as an event, so that they are in calendars too.
fn event(answers: &Answers, listing: &v1::Listing) -> Option<v1::Event> {
    let schedule = listing.schedules.first()?;
    if answers.when.get("event") != "yes" || schedule.start.is_empty() {
        return None;
    }
    Some(v1::Event {
        title: listing.name.clone(),
        summary: listing.summary.clone(),
        schedule: Some(schedule.clone()),
        place: listing.places.first().cloned(),
        online: listing.online.clone(),
        who_for: listing.who_for.clone(),
        openness: match listing.openness() {
            Openness::Open => v1::EventOpenness::Anyone.into(),
            _ => v1::EventOpenness::Unspecified.into(),
        },
        how_to_join_words: listing.how_to_join_words.clone(),
        ..v1::Event::default()
    })
}

/// A summary has no paragraphs.
fn one_paragraph(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn terms(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', '\n']).map(str::trim);
    let parts = parts.filter(|part| !part.is_empty()).take(MAX_TERMS);
    parts.map(str::to_owned).collect()
}

fn who_for(form: &Form) -> Vec<v1::WhoFor> {
    let emphasis = match form.get("emphasis") {
        "only" => Emphasis::Only,
        "mainly" => Emphasis::Mainly,
        _ => Emphasis::Welcome,
    };
    let known = |name, group: &str| -> Vec<String> {
        let ticked = form.all(name).filter(|id| id.starts_with(group)).take(40);
        ticked.map(str::to_owned).collect()
    };
    let communities = known("community", "community:");
    let experiences = known("experience", "experience:");
    let own_words = form.get("who_words").to_owned();
    let one = |communities: Vec<String>, experiences: Vec<String>, own_words: String| v1::WhoFor {
        emphasis: emphasis.into(),
        carers: communities
            .iter()
            .any(|id| id == "community:carers-family-and-friends"),
        communities,
        experiences,
        own_words,
        ..v1::WhoFor::default()
    };
    let count = communities.len() + experiences.len();
    if count == 0 {
        let words = (!own_words.is_empty()).then(|| one(Vec::new(), Vec::new(), own_words));
        return words.into_iter().collect();
    }
    if form.get("together") == "all" || count == 1 {
        return vec![one(communities, experiences, own_words)];
    }
    let communities = communities
        .into_iter()
        .map(|id| one(vec![id], Vec::new(), String::new()));
    let experiences = experiences
        .into_iter()
        .map(|id| one(Vec::new(), vec![id], String::new()));
    let mut all: Vec<v1::WhoFor> = communities.chain(experiences).collect();
    all[0].own_words = own_words;
    all
}

fn place_of(form: &Form) -> Option<v1::Place> {
    let place = v1::Place {
        country: "GB".to_owned(),
        words: form.get("place_words").to_owned(),
        ..v1::Place::default()
    };
    let town = form.get("town").to_owned();
    match form.get("place") {
        "town" => Some(v1::Place {
            precision: Precision::Town.into(),
            name: town,
            ..place
        }),
        "district" => {
            let code = form.get("district").to_uppercase().replace(' ', "");
            let district = gazetteer().district(&code);
            let name = if town.is_empty() {
                code.clone()
            } else {
                format!("{town} ({code})")
            };
            Some(v1::Place {
                precision: Precision::Neighbourhood.into(),
                point: district.map(District::point),
                name,
                ..place
            })
        }
        "exact" => Some(v1::Place {
            precision: Precision::Exact.into(),
            name: form.get("venue").to_owned(),
            street: form.get("street").to_owned(),
            postcode: form.get("postcode").to_uppercase(),
            ..place
        }),
        "hidden" => Some(v1::Place {
            precision: Precision::Hidden.into(),
            country: String::new(),
            ..place
        }),
        _ => None,
    }
}

fn online_of(form: &Form) -> Option<v1::Online> {
    let (words, only) = (form.get("online"), form.get("place") == "online");
    (only || !words.is_empty()).then(|| v1::Online {
        available: true,
        only,
        words: words.to_owned(),
        ..v1::Online::default()
    })
}

fn openness(value: &str) -> Openness {
    match value {
        "open" => Openness::Open,
        "contact-first" => Openness::OpenContactFirst,
        "waiting-list" => Openness::WaitingList,
        "closed" => Openness::Closed,
        _ => Openness::Unspecified,
    }
}

fn contacts(form: &Form) -> Vec<v1::ContactChannel> {
    let ways = [("email", ContactKind::Email), ("phone", ContactKind::Phone)];
    let channel = |(name, kind): (&str, ContactKind)| {
        let value = form.get(name);
        (!value.is_empty()).then(|| v1::ContactChannel {
            kind: kind.into(),
            value: value.to_owned(),
            ..v1::ContactChannel::default()
        })
    };
    ways.into_iter().filter_map(channel).collect()
}

/// People write addresses without their scheme.
fn website(text: &str) -> String {
    if text.is_empty() || text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1 May 2026, noon.
    const NOW: Timestamp = Timestamp::from_millis(1_777_636_800_000);

    fn form(fields: &[(&str, &str)]) -> Form {
        let mut form = Form::default();
        for (name, value) in fields {
            form.push(name, value);
        }
        form
    }

    #[test]
    fn ticks_that_belong_together_are_one_person() {
        let ticks = [
            ("community", "community:women"),
            ("experience", "experience:depression"),
            ("experience", "x:smuggled"),
            ("who_words", "women"),
        ];
        let mut together = form(&ticks);
        together.push("together", "all");
        let who = who_for(&together);
        assert_eq!(who.len(), 1);
        assert_eq!(who[0].communities, ["community:women"]);
        assert_eq!(who[0].experiences, ["experience:depression"]);
        let who = who_for(&form(&ticks));
        assert_eq!(who.len(), 2);
        assert_eq!(who[0].own_words, "women");
        assert!(who_for(&Form::default()).is_empty());
    }

    #[test]
    fn a_place_says_no_more_than_was_chosen() {
        let all = [
            ("town", "Sheffield"),
            ("district", "s6"),
            ("venue", "Hall"),
            ("street", "1 High Street"),
            ("postcode", "s6 1aa"),
            ("online", "a call"),
        ];
        let of = |choice: &str| {
            let mut form = form(&all);
            form.push("place", choice);
            place_of(&form)
        };
        let town = of("town").unwrap();
        assert_eq!(
            (town.name.as_str(), town.street.as_str()),
            ("Sheffield", "")
        );
        assert_eq!(town.point, None);
        let district = of("district").unwrap();
        assert_eq!(district.name, "Sheffield (S6)");
        assert!(district.point.is_some() && district.postcode.is_empty());
        assert_eq!(of("exact").unwrap().postcode, "S6 1AA");
        let hidden = of("hidden").unwrap();
        assert_eq!(
            (hidden.name, hidden.country),
            (String::new(), String::new())
        );
        assert_eq!(of("online"), None);
    }

    #[test]
    fn a_meeting_with_dates_is_an_event_too_if_that_is_wanted() {
        let mut answers = Answers {
            about: form(&[("name", "Us"), ("used_terms", "a, b;c")]),
            when: form(&[("when", "Tuesdays 7-9pm"), ("event", "yes")]),
            join: form(&[("website", "example.org"), ("email", "hello@example.org")]),
            ..Answers::default()
        };
        assert_eq!(changes(&answers, &[], "en", NOW).len(), 2);
        let made = listing(&answers, NOW);
        assert_eq!(made.used_terms, ["a", "b", "c"]);
        assert_eq!(made.website, "https://example.org");
        assert_eq!(made.contacts.len(), 1);
        answers.when.remove("event", None);
        assert_eq!(changes(&answers, &[], "en", NOW).len(), 1);
        answers.when = form(&[("when", "sometimes"), ("event", "yes")]);
        assert_eq!(changes(&answers, &[], "en", NOW).len(), 1);
    }
}
