//! Languages written by name: they become tags before anything is hashed.

use hedgerow_proto::v1;

use super::body::RecordBody;
use super::format;
use super::violations::Violations;
use crate::language::{language_by_name, may_be_language};

/// Replaces names of languages by their tags, with an adjustment for each.
pub(super) fn apply(body: &mut RecordBody, violations: &mut Violations) {
    let (path, languages) = match body {
        RecordBody::Listing(listing) => ("languages", Some(&mut listing.languages)),
        RecordBody::Event(event) => ("languages", Some(&mut event.languages)),
        RecordBody::Offer(offer) => of_resource(&mut offer.resource),
        RecordBody::Need(need) => of_resource(&mut need.resource),
        _ => return,
    };
    for (at, language) in languages.into_iter().flatten().enumerate() {
        if let Some(tag) = language_by_name(language) {
            violations.add_adjustment(format!("The language {language} is published as `{tag}`."));
            tag.clone_into(language);
        } else if format::is_language(language) && !may_be_language(language) {
            violations.add(
                format!("{path}[{at}]"),
                "language_unknown",
                "Write the language by its English name, or as a code, such as en, ur or bfi.",
            );
        }
    }
}

fn of_resource(resource: &mut Option<v1::Resource>) -> (&'static str, Option<&mut Vec<String>>) {
    let languages = resource.as_mut().map(|resource| &mut resource.languages);
    ("resource.languages", languages)
}
