//! Counts that a report published without naming the groups: the embedded transcription.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hedgerow_proto::directory_v1;
use serde::Deserialize;

/// Shown with the counts.
const NOTE: &str = "Counted in 2013 and not named. These numbers cannot be compared one to one \
     with the listings of today: some of the groups may be among them, some will have gone, new \
     ones have come, and not every network was counted in every region.";

/// The report of 2013.
pub(super) fn reference_counts() -> &'static Report {
    static COUNTS: LazyLock<Report> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../data/region-counts.json"))
            .expect("the embedded counts are well formed")
    });
    &COUNTS
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Report {
    title: String,
    year: u32,
    #[serde(rename = "part")]
    _part: String,
    pub(super) scheme: String,
    labels: BTreeMap<String, String>,
    regions: BTreeMap<String, BTreeMap<String, Count>>,
    national: BTreeMap<String, Count>,
}

/// A count as the report prints it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Count {
    Plain(u32),
    Words(String),
}

impl Report {
    pub(super) fn regions(&self) -> impl Iterator<Item = &str> {
        self.regions.keys().map(String::as_str)
    }

    pub(super) fn in_region(&self, region: &str) -> Vec<directory_v1::EarlierCount> {
        self.regions
            .get(region)
            .map(|counts| self.messages(counts))
            .unwrap_or_default()
    }

    /// Counts of whole networks, without a region.
    pub(super) fn nationally(&self) -> Vec<directory_v1::EarlierCount> {
        self.messages(&self.national)
    }

    pub(super) fn source(&self) -> directory_v1::CountSource {
        directory_v1::CountSource {
            title: self.title.clone(),
            year: self.year,
            note: NOTE.to_owned(),
        }
    }

    fn messages(&self, counts: &BTreeMap<String, Count>) -> Vec<directory_v1::EarlierCount> {
        let messages = counts.iter().map(|(kind, count)| {
            let (low, high) = count.range();
            directory_v1::EarlierCount {
                kind: kind.clone(),
                label: self.labels.get(kind).cloned().unwrap_or_default(),
                low,
                high,
                words: match count {
                    Count::Plain(_) => String::new(),
                    Count::Words(words) => words.clone(),
                },
            }
        });
        messages.collect()
    }
}

impl Count {
    /// The lowest and the highest number meant by "5-6", "about 25", "over 40" or "at least 7".
    fn range(&self) -> (u32, Option<u32>) {
        let words = match self {
            Self::Plain(count) => return (*count, Some(*count)),
            Self::Words(words) => words,
        };
        let mut numbers = words
            .split(|c: char| !c.is_ascii_digit())
            .filter_map(|digits| digits.parse::<u32>().ok());
        let low = numbers.next().unwrap_or(0);
        if words.starts_with("over") {
            (low.saturating_add(1), None)
        } else if words.starts_with("at least") {
            (low, None)
        } else {
            (low, Some(numbers.next().unwrap_or(low)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(words: &str) -> (u32, Option<u32>) {
        Count::Words(words.to_owned()).range()
    }

    #[test]
    fn counts_in_words_become_ranges() {
        assert_eq!(range("15-16 (estimate)"), (15, Some(16)));
        assert_eq!(range("about 25"), (25, Some(25)));
        assert_eq!(range("over 40"), (41, None));
        assert_eq!(range("at least 7"), (7, None));
        assert_eq!(range("227 (England)"), (227, Some(227)));
        assert_eq!(Count::Plain(3).range(), (3, Some(3)));
    }

    #[test]
    fn every_count_has_a_label_and_a_number() {
        let report = reference_counts();
        assert_eq!(report.regions().count(), 8);
        let counts = report.regions().flat_map(|region| report.in_region(region));
        for count in counts.chain(report.nationally()) {
            assert!(!count.label.is_empty(), "{}", count.kind);
            assert!(count.low > 0, "{}", count.words);
            assert!(count.high.is_none_or(|high| high >= count.low));
        }
    }

    #[test]
    fn the_source_is_named_by_title_and_year() {
        let source = reference_counts().source();
        assert!(
            source
                .title
                .starts_with("Mental health peer support in England")
        );
        assert_eq!(source.year, 2013);
    }
}
