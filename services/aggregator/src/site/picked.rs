//! Records that were ticked for a sheet, by the addresses of their pages.

use hedgerow_core::id::GroupId;
use hedgerow_web::form::Form;

/// Entries of a sheet.
pub(super) const MAX_PICKED: usize = 20;
/// Longest address of a page, in bytes.
const MAX_BYTES: usize = 400;

/// A record's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picked {
    pub(super) group: GroupId,
    pub(super) collection: String,
    pub(super) key: String,
}

impl Picked {
    fn parse(href: &str) -> Option<Self> {
        let rest = href.strip_prefix("/group/")?;
        let mut parts = rest.split('/');
        let (group, collection, key) = (parts.next()?, parts.next()?, parts.next()?);
        let is_name = !collection.is_empty() && !key.is_empty() && parts.next().is_none();
        Some(Self {
            group: group.parse().ok().filter(|_| is_name)?,
            collection: collection.to_owned(),
            key: key.to_owned(),
        })
    }
}

/// The pages of the ticked records, each once, in the order of ticking. One more than fits shows
/// that there are more.
pub(super) fn hrefs(posted: &Form) -> Vec<String> {
    let mut hrefs: Vec<String> = Vec::new();
    for href in posted.all("pick") {
        let is_new = !hrefs.iter().any(|other| other == href);
        if is_new && href.len() <= MAX_BYTES && Picked::parse(href).is_some() {
            hrefs.push(href.to_owned());
        }
        if hrefs.len() > MAX_PICKED {
            break;
        }
    }
    hrefs
}

pub(super) fn picked(posted: &Form) -> Vec<Picked> {
    let hrefs = hrefs(posted).into_iter();
    hrefs.filter_map(|href| Picked::parse(&href)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_records_are_picked_each_once_and_not_without_end() {
        let group = "ab".repeat(32);
        let good = format!("/group/{group}/listing/a");
        let long = format!("/group/{group}/listing/{}", "x".repeat(400));
        let mut posted = Form::default();
        for pick in [
            &good,
            &good,
            "/group/ab/listing/a",
            "https://evil.example/",
            &format!("/group/{group}/listing"),
            &format!("/group/{group}/listing/a/proof"),
            &long,
        ] {
            posted.push("pick", pick);
        }
        assert_eq!(hrefs(&posted), [good.as_str()]);
        for number in 0..100 {
            posted.push("pick", &format!("{good}{number}"));
        }
        assert_eq!(hrefs(&posted).len(), MAX_PICKED + 1);
    }
}
