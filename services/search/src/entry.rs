//! What a record says, as it is searched and listed by.

use hedgerow_core::gazetteer::gazetteer;
use hedgerow_core::gazetteer::normalise;
use hedgerow_core::rules::Known;
use hedgerow_core::summary::Summary;
use hedgerow_core::summary::SummaryPlace;
use hedgerow_core::vocabulary::vocabulary;
use hedgerow_proto::v1;

/// One record of a kind that is searched.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    /// What it says. Words that the group rejects are apart from every other text there,
    /// so that nothing that is shown can be made of them.
    pub(crate) summary: Summary,
    whole: Option<Whole>,
}

/// A record of which more is asked than its summary tells.
#[derive(Clone, Debug)]
enum Whole {
    Event(Box<v1::Event>),
    Offer(Box<v1::Offer>),
    Need(Box<v1::Need>),
}

impl Entry {
    /// Reads a checked record. `None` for kinds that are not searched: unknown ones, and
    /// circumstances, which are for whoever has the group's page before them.
    pub(crate) fn of(known: &Known) -> Option<Self> {
        if matches!(known, Known::Circumstances(_)) {
            return None;
        }
        let whole = match known {
            Known::Event(event) => Some(Whole::Event(event.clone())),
            Known::Offer(offer) => Some(Whole::Offer(offer.clone())),
            Known::Need(need) => Some(Whole::Need(need.clone())),
            _ => None,
        };
        Some(Self {
            summary: Summary::of(known)?,
            whole,
        })
    }

    /// The event itself, for its occurrences.
    pub(crate) fn event(&self) -> Option<&v1::Event> {
        match &self.whole {
            Some(Whole::Event(event)) => Some(event),
            _ => None,
        }
    }

    /// The offer itself, for what it fits.
    pub(crate) fn offer(&self) -> Option<&v1::Offer> {
        match &self.whole {
            Some(Whole::Offer(offer)) => Some(offer),
            _ => None,
        }
    }

    /// The need itself, for what fits it.
    pub(crate) fn need(&self) -> Option<&v1::Need> {
        match &self.whole {
            Some(Whole::Need(need)) => Some(need),
            _ => None,
        }
    }

    /// Where it is, then the areas that it serves.
    pub(crate) fn places(&self) -> impl Iterator<Item = &SummaryPlace> {
        self.summary.places.iter().chain(&self.summary.areas_served)
    }

    /// Points that nearness may go by: none that is more hidden than town.
    pub(crate) fn points(&self) -> impl Iterator<Item = (&SummaryPlace, v1::Point)> {
        self.places().filter_map(|place| {
            let open = match place.precision {
                v1::Precision::Exact | v1::Precision::Neighbourhood | v1::Precision::Town => true,
                v1::Precision::Region | v1::Precision::Hidden | v1::Precision::Unspecified => false,
            };
            place.point.filter(|_| open).map(|point| (place, point))
        })
    }

    /// The regions that it lies in or serves, each with its scheme: those that the record
    /// names, and the gazetteer's own.
    pub(crate) fn regions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.places().flat_map(|place| {
            let named = place
                .regions
                .iter()
                .map(|region| (region.scheme.as_str(), region.name.as_str()));
            let known = place.region.as_deref().map(|region| ("ons", region));
            named.chain(known)
        })
    }

    /// The names of its places, and of the county and region around them.
    pub(crate) fn place_names(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for place in self.places() {
            names.push(place.name.as_str());
            names.extend(place.region.as_deref());
            names.extend(place.regions.iter().map(|region| region.name.as_str()));
            let known = place.geonames_id.and_then(|id| gazetteer().by_id(id));
            names.extend(known.map(|known| known.county.as_str()));
        }
        names.retain(|name| !name.is_empty());
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Words that the group uses for itself and for whom it is there.
    pub(crate) fn own_words(&self) -> impl Iterator<Item = &str> {
        let who_for = self
            .summary
            .who_for
            .iter()
            .map(|who_for| &who_for.own_words);
        self.summary
            .own_words
            .iter()
            .chain(who_for)
            .map(String::as_str)
    }

    /// Labels of its tags; a tag that the vocabulary does not know is its own label.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &str> {
        self.summary.tags.iter().map(|tag| vocabulary().label(tag))
    }

    /// What kind of thing it is, in the plain words that people type.
    pub(crate) fn kind_words(&self) -> impl Iterator<Item = &str> {
        let roles = self.summary.roles.iter().map(|role| match role {
            v1::Role::SupportGroup => "support group",
            v1::Role::Network => "network",
            v1::Role::Host => "host",
            v1::Role::Funder => "funder",
            v1::Role::Trainer => "trainer",
            v1::Role::Partner => "partner",
            v1::Role::Other | v1::Role::Unspecified => "",
        });
        let resource = self.summary.resource_kind.map(|kind| match kind {
            v1::ResourceKind::Space => "room space",
            v1::ResourceKind::Equipment => "equipment",
            v1::ResourceKind::Skills => "skills",
            v1::ResourceKind::Training => "training",
            v1::ResourceKind::Documents => "documents",
            v1::ResourceKind::Funding => "funding",
            v1::ResourceKind::VolunteerTime => "volunteer time",
            v1::ResourceKind::TimeCredits => "time credits",
            v1::ResourceKind::Unspecified => "",
        });
        roles.chain(resource)
    }

    /// The exact terms by which its tags are found.
    pub(crate) fn tag_terms(&self) -> Vec<String> {
        let mut terms: Vec<String> = self.summary.tags.iter().map(|tag| tag_term(tag)).collect();
        terms.sort_unstable();
        terms.dedup();
        terms
    }

    /// Text that may be shown as part of a hit, most telling first.
    pub(crate) fn shown_texts(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.summary.summary.as_str())
            .chain(self.summary.text.iter().map(String::as_str))
            .chain(self.own_words())
            .filter(|text| !text.trim().is_empty())
    }
}

/// A tag as an exact term: the id, where it is the id, its end or the label of one term of
/// the vocabulary; else as it is written, without `x:`, in lower case with single spaces.
pub(crate) fn tag_term(tag: &str) -> String {
    let term = plain_term(tag);
    if vocabulary().by_id(&term).is_some() {
        return term;
    }
    let own = term.strip_prefix("x:").unwrap_or(&term).trim_start();
    let mut labelled = vocabulary()
        .by_word(own)
        .into_iter()
        .filter(|known| plain_term(&known.label) == own || known.id.ends_with(&format!(":{own}")));
    match (labelled.next(), labelled.next()) {
        (Some(known), None) => known.id.clone(),
        _ => own.to_owned(),
    }
}

/// Trimmed, lower case, single spaces.
pub(crate) fn plain_term(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// A region as an exact term: scheme and name, whatever their case.
pub(crate) fn region_term(scheme: &str, name: &str) -> String {
    format!("{}|{}", plain_term(scheme), normalise(name))
}

/// A language tag and, where it is narrower, its language alone: `en-gb`, `en`.
pub(crate) fn language_terms(tag: &str) -> Vec<String> {
    let tag = tag.trim().to_lowercase();
    let alone = tag.split('-').next().unwrap_or_default().to_owned();
    if alone == tag {
        vec![tag]
    } else {
        vec![tag, alone]
    }
}
