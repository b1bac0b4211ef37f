//! Facets of a search as filters to choose from.

use hedgerow_core::name::collection;
use hedgerow_proto::directory_v1::{Facet, FacetCount, FacetKind};
use hedgerow_proto::v1::{ResourceKind, Weekday};
use hedgerow_proto::words::{from_word, values, word};
use hedgerow_record_views::{capitalised, kind, language, term};
use hedgerow_web::form::Form;
use hedgerow_web::view::{Choice, FilterGroup, FilterHeading, Flag, Resource};
use hedgerow_web::{Text, Words};

/// Shown values of one facet. The others can be searched for by their words.
const MAX_VALUES: usize = 8;

/// The facets that a page of results counts.
pub(super) const FACETS: [FacetKind; 8] = [
    FacetKind::Collection,
    FacetKind::ResourceKind,
    FacetKind::Community,
    FacetKind::Experience,
    FacetKind::Accessibility,
    FacetKind::Language,
    FacetKind::Weekday,
    FacetKind::Property,
];

/// Fields and values that are counted as properties.
const PROPERTIES: [&str; 8] = [
    "online",
    "in-person",
    "free",
    "first-time-free",
    "open-to-new",
    "morning",
    "afternoon",
    "evening",
];

/// Fields that name a time. A search has only one of them.
pub(super) const TIMES: [&str; 4] = ["on", "from", "to", "free-at"];

/// Fields that are filled by a flag, or by one value of a field.
pub(super) const FLAGS: [(Flag, &str, &str); 19] = [
    (Flag::AnyRole, "any-role", "yes"),
    (Flag::OpenToNew, "open-to-new", "yes"),
    (Flag::FirstTimeFree, "first-time-free", "yes"),
    (Flag::Free, "free", "yes"),
    (Flag::Online, "online", "yes"),
    (Flag::InPerson, "in-person", "yes"),
    (Flag::Morning, "between", "morning"),
    (Flag::Afternoon, "between", "afternoon"),
    (Flag::Evening, "between", "evening"),
    (Flag::Today, "on", "today"),
    (Flag::ThisWeekend, "on", "this weekend"),
    (Flag::ThisWeek, "on", "this week"),
    (Flag::Weekend, "on", "weekend"),
    (Flag::Weekday, "on", "weekday"),
    (Flag::Unconstituted, "apply", "unconstituted"),
    (Flag::ByTalk, "apply", "talk"),
    (Flag::ByVideo, "apply", "video"),
    (Flag::AnyTime, "apply", "any-time"),
    (Flag::RunningCosts, "apply", "running-costs"),
];

/// The filters beside results, with the counts of their values and those that are chosen.
/// `other_roles` is the number of hits that organisations of other roles add.
pub(super) fn filters(
    facets: &[Facet],
    other_roles: Option<u64>,
    form: &Form,
    words: Words,
) -> Vec<FilterGroup> {
    let context = Counted {
        facets,
        form,
        words,
    };
    let group = |heading, facets_of: &[FacetKind], field, flags: &[Flag]| {
        context.group(heading, facets_of, field, flags)
    };
    use FacetKind::{Accessibility, Collection, Community, Experience, Language};
    let mut groups = vec![
        group(FilterHeading::Kind, &[Collection], "in", &[Flag::AnyRole]),
        group(
            FilterHeading::Resource,
            &[FacetKind::ResourceKind],
            "resource",
            &[],
        ),
        group(FilterHeading::WhoFor, &[Community, Experience], "who", &[]),
        group(
            FilterHeading::When,
            // A date has its day already, and no other can be chosen with it.
            if has_date(form) {
                &[]
            } else {
                &[FacetKind::Weekday]
            },
            "on",
            &[Flag::Morning, Flag::Afternoon, Flag::Evening],
        ),
        group(
            FilterHeading::Access,
            &[Accessibility],
            "access",
            &[Flag::Online, Flag::InPerson],
        ),
        group(FilterHeading::Other, &[], "", &[Flag::OpenToNew]),
        group(
            FilterHeading::Cost,
            &[],
            "",
            &[Flag::Free, Flag::FirstTimeFree],
        ),
        group(FilterHeading::Language, &[Language], "language", &[]),
    ];
    for group in &mut groups {
        if let Some(any_role) = group.choices.iter_mut().find(|it| it.name == "any-role") {
            any_role.count = other_roles;
        }
        let adds = |it: &Choice| it.is_chosen || it.name != "any-role" || it.count != Some(0);
        group.choices.retain(adds);
    }
    groups.retain(|group| !group.choices.is_empty());
    groups
}

/// Whether a date is chosen, and not days of the week.
fn has_date(form: &Form) -> bool {
    let is_weekday = |value: &str| {
        from_word::<Weekday>(value).is_some() || ["weekend", "weekday"].contains(&value)
    };
    form.all("on").any(|value| !is_weekday(value))
}

/// The counts of a page, from which its filters are made.
pub(super) struct Counted<'a> {
    pub(super) facets: &'a [Facet],
    pub(super) form: &'a Form,
    pub(super) words: Words,
}

impl Counted<'_> {
    /// The number of hits with a property. `None` for a field that is none, and if they were not
    /// counted: a property without hits is not in the counts.
    fn property(&self, field: &str) -> Option<u64> {
        let mut facets = self.facets.iter();
        let properties = facets.find(|facet| facet.kind() == FacetKind::Property)?;
        let count = properties.counts.iter().find(|it| it.value == field);
        let is_property = PROPERTIES.contains(&field);
        is_property.then(|| count.map_or(0, |it| it.count))
    }

    /// The values of facets, most frequent first, and after them the flags.
    pub(super) fn group(
        &self,
        heading: FilterHeading,
        facets_of: &[FacetKind],
        field: &'static str,
        flags: &[Flag],
    ) -> FilterGroup {
        let counts = facets_of
            .iter()
            .flat_map(|kind| counts_of(self.facets, *kind));
        let mut choices: Vec<Choice> = counts
            .map(|count| choice(field, count, self.form, self.words))
            .collect();
        choices.sort_by_key(|choice| (!choice.is_chosen, std::cmp::Reverse(choice.count)));
        choices.truncate(MAX_VALUES.max(choices.iter().filter(|it| it.is_chosen).count()));
        let flags = FLAGS.iter().filter(|(flag, ..)| flags.contains(flag));
        choices.extend(flags.map(|(flag, field, value)| Choice {
            name: field,
            value: (*value).to_owned(),
            label: Text::plain(&self.words.text(flag.key())),
            count: self.property(match *value {
                "yes" => field,
                value => value,
            }),
            is_chosen: is_chosen(self.form, field, value),
        }));
        FilterGroup { heading, choices }
    }
}

pub(super) fn counts_of(facets: &[Facet], kind: FacetKind) -> impl Iterator<Item = &FacetCount> {
    let facet = facets.iter().find(move |facet| facet.kind() == kind);
    facet.into_iter().flat_map(|facet| &facet.counts)
}

/// A value of a facet as a value of the field that selects it.
pub(super) fn choice(field: &'static str, count: &FacetCount, form: &Form, words: Words) -> Choice {
    let value = match field {
        // Counted by the names of the protocol, typed as words.
        "resource" => resource_word(&count.value).unwrap_or_else(|| count.value.clone()),
        "on" => count.value.to_lowercase(),
        _ => count.value.clone(),
    };
    Choice {
        name: field,
        label: Text::plain(&label(field, &value, words)),
        count: Some(count.count),
        is_chosen: is_chosen(form, field, &value),
        value,
    }
}

pub(super) fn is_chosen(form: &Form, field: &str, value: &str) -> bool {
    form.all(field).any(|chosen| chosen == value)
}

fn resource_word(value: &str) -> Option<String> {
    let kinds = values::<ResourceKind>();
    let known = |kind: &ResourceKind| word(*kind) == value || kind.as_str_name() == value;
    kinds.into_iter().find(known).map(word)
}

/// `None` for a kind that this version does not know.
fn resource(kind: ResourceKind) -> Option<Resource> {
    Some(match kind {
        ResourceKind::Space => Resource::Space,
        ResourceKind::Equipment => Resource::Equipment,
        ResourceKind::Skills => Resource::Skills,
        ResourceKind::Training => Resource::Training,
        ResourceKind::Documents => Resource::Documents,
        ResourceKind::Funding => Resource::Funding,
        ResourceKind::VolunteerTime => Resource::VolunteerTime,
        ResourceKind::TimeCredits => Resource::TimeCredits,
        ResourceKind::Unspecified => return None,
    })
}

/// A value of a field as people read it.
pub(super) fn label(field: &str, value: &str, words: Words) -> String {
    let flag = FLAGS
        .iter()
        .find(|(_, name, of)| *name == field && (*of == value || value.is_empty()));
    if let Some((flag, ..)) = flag {
        return words.text(flag.key());
    }
    match field {
        "in" if collection::KNOWN.contains(&value) => words.text(kind(value).plural_key()),
        "on" => from_word::<Weekday>(value)
            .map_or_else(|| value.to_owned(), |day| words.weekday(i32::from(day))),
        "resource" => from_word::<ResourceKind>(value)
            .and_then(resource)
            .map_or_else(
                || capitalised(&value.replace('-', " ")),
                |it| it.in_words(words),
            ),
        "language" => language(value, words),
        // Without its scheme: `council:Leeds`.
        "region" => value.rsplit(':').next().unwrap_or(value).to_owned(),
        _ => term(value, words),
    }
}
