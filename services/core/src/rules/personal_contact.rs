//! Contacts that look like a private person's.

use hedgerow_proto::v1::ContactKind;

use super::body::RecordBody;
use super::violations::Violations;

/// Providers of mailboxes for persons; each also with other endings, such as `yahoo.co.uk`.
const PROVIDERS: [&str; 30] = [
    "gmail",
    "googlemail",
    "hotmail",
    "outlook",
    "live",
    "msn",
    "yahoo",
    "ymail",
    "rocketmail",
    "icloud",
    "me",
    "mac",
    "aol",
    "proton",
    "protonmail",
    "pm",
    "gmx",
    "btinternet",
    "btopenworld",
    "sky",
    "talktalk",
    "virginmedia",
    "virgin",
    "ntlworld",
    "blueyonder",
    "tiscali",
    "zoho",
    "fastmail",
    "tutanota",
    "eircom",
];

/// Asks about each contact that a private person may have: once it is published, its owner
/// cannot take it back from everyone who has read it.
pub(super) fn check(body: &RecordBody, violations: &mut Violations) {
    let (field, contacts) = body.contacts();
    for (index, contact) in contacts.iter().enumerate() {
        let what = if is_personal_mailbox(&contact.value) {
            "a mailbox of the kind that persons have"
        } else if contact.kind() != ContactKind::Email && is_mobile(&contact.value) {
            "a mobile telephone's number"
        } else {
            continue;
        };
        violations.add_confirmable(
            format!("{field}[{index}].value"),
            "personal_contact",
            format!(
                "`{}` is {what}, and everyone will see it. Write a role's address, which another \
                 person can take over, or confirm that this is one and not a private one.",
                contact.value
            ),
        );
    }
}

fn is_personal_mailbox(text: &str) -> bool {
    let Some((_, domain)) = text.trim().rsplit_once('@') else {
        return false;
    };
    let domain = domain.to_ascii_lowercase();
    let Some((name, ending)) = domain.split_once('.') else {
        return false;
    };
    let is_plain_ending =
        ["com", "net", "org", "uk", "co.uk", "ie", "fr", "de", "eu"].contains(&ending);
    // `me.org.uk` may be anybody's.
    let is_short = name.len() <= 3;
    PROVIDERS.contains(&name)
        && is_plain_ending
        && (!is_short || ["com", "net", "de", "co.uk"].contains(&ending))
        || ["proton.me", "mail.com", "gmx.net", "yandex.ru"].contains(&domain.as_str())
}

/// Whether a number is a British or an Irish mobile telephone's.
fn is_mobile(text: &str) -> bool {
    let text = text.trim().trim_start_matches("tel:").replace("(0)", "");
    let is_number = |it: char| it.is_ascii_digit() || " +-().".contains(it);
    if !text.chars().all(is_number) {
        return false;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let national = ["0044", "44", "00353", "353"]
        .iter()
        .find_map(|code| digits.strip_prefix(code))
        .unwrap_or(digits.trim_start_matches('0'));
    let is_irish =
        digits.starts_with("353") || digits.starts_with("00353") || digits.starts_with("08");
    match national.as_bytes() {
        // 070 and 076 are forwarding numbers and pagers, which organisations have.
        [b'7', second, ..] => national.len() == 10 && !b"06".contains(second),
        [b'8', second, ..] => is_irish && national.len() == 9 && b"356789".contains(second),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::schema::{FieldType, schema};

    #[test]
    fn mailboxes_and_mobiles_of_persons_are_recognised() {
        for yes in [
            "kettle@gmail.com",
            "A@YAHOO.co.uk",
            "x@proton.me",
            "y@me.com",
        ] {
            assert!(is_personal_mailbox(yes), "{yes}");
        }
        for no in [
            "hello@kettle.org.uk",
            "x@me.org.uk",
            "x@gmail.kettle.org",
            "gmail.com",
        ] {
            assert!(!is_personal_mailbox(no), "{no}");
        }
        for yes in [
            "07700 900123",
            "+44 7700 900 123",
            "+44 (0)7911 123456",
            "0044 7911 123456",
            "+353 87 123 4567",
            "087 123 4567",
        ] {
            assert!(is_mobile(yes), "{yes}");
        }
        for no in [
            "0113 243 0000",
            "0800 123 4567",
            "116 123",
            "070 1234 5678",
            "+44 113 243 0000",
            "07700 900123 after six",
        ] {
            assert!(!is_mobile(no), "{no}");
        }
    }

    #[test]
    fn contacts_returns_those_of_every_kind() {
        let kinds = crate::name::collection::KNOWN.iter();
        for kind in kinds {
            let message = RecordBody::message_name(kind).unwrap();
            let fields = schema().fields(message).unwrap().values();
            let has_contacts = fields.clone().any(|it| it.name == "contacts");
            let channels = fields.filter(|it| holds_channels(&it.field_type)).count();
            assert_eq!(channels, usize::from(has_contacts), "{kind}");
        }
    }

    fn holds_channels(field: &FieldType) -> bool {
        let FieldType::Message(name) = field else {
            return false;
        };
        name == "hedgerow.v1.ContactChannel"
            || schema()
                .fields(name)
                .is_some_and(|fields| fields.values().any(|it| holds_channels(&it.field_type)))
    }
}
