//! The clauses of a query that the words of a question become.

use tantivy::Searcher;
use tantivy::Term;
use tantivy::query::BooleanQuery;
use tantivy::query::BoostQuery;
use tantivy::query::ConstScoreQuery;
use tantivy::query::DisjunctionMaxQuery;
use tantivy::query::EmptyQuery;
use tantivy::query::Occur;
use tantivy::query::Query;
use tantivy::query::TermQuery;
use tantivy::schema::IndexRecordOption;

use super::ITS_TAG;
use super::Sought;
use super::Way;
use super::Wording;
use crate::index::schema::Fields;
use crate::index::words::pair;

/// How much it counts that a part is there in a second way.
const SECOND_WAY: f32 = 0.25;
/// How much a word counts that need not be there.
const OPTIONAL: f32 = 0.3;
/// How much it counts that two words stand side by side.
const SIDE_BY_SIDE: f32 = 1.0;
/// What having all the words adds to a score, where a part of them is enough: more than any
/// score.
pub(crate) const ALL_WORDS: f32 = 1_024.0;
/// Fewer than so many are few.
const FEW: u64 = 5;
/// How much of what a question tells one part has to bear to be enough alone, and how many
/// times as much as any other part.
const ENOUGH_ALONE: f32 = 0.5;
const TELLS_MORE: f32 = 1.3;
/// Tags of whom and what something is for.
const WHOM_AND_WHAT_TAGS: [&str; 2] = ["community:", "experience:"];
/// How many times as much it tells whom and what something is for: a drop-in for others is
/// no answer, and a group without a drop-in is half of one.
const WHOM_AND_WHAT: f32 = 1.5;

/// A plain word, asked in two ways.
pub(crate) struct OneWord {
    /// For whatever has it.
    pub(crate) having: TermQuery,
    /// With the scores of [`Wording::clauses`], in a form in which the engine leaves out
    /// what cannot score enough.
    pub(crate) best: BooleanQuery,
}

impl Wording {
    /// The clauses of a query: every part must be there.
    pub(crate) fn clauses(&self, fields: &Fields) -> Vec<(Occur, Box<dyn Query>)> {
        let mut required = self.required(fields);
        let Some(first) = required.pop() else {
            return vec![(Occur::Must, Box::new(EmptyQuery))];
        };
        // One at a time: a word that need not be there is only looked up where all is.
        let first = self.extras(fields).into_iter().fold(first, better_with);
        required.push(first);
        required
            .into_iter()
            .map(|part| (Occur::Must, part))
            .collect()
    }

    /// The one word that is looked for, where there is but one way in which it may be there.
    pub(crate) fn one_word(&self, fields: &Fields) -> Option<OneWord> {
        let [part] = self.parts.as_slice() else {
            return None;
        };
        let [(weight, Way::Stems(stems))] = part.ways.as_slice() else {
            return None;
        };
        let [stem] = stems.as_slice() else {
            return None;
        };
        if part.stems != *stems || part.in_title <= 0.0 {
            return None;
        }
        let word = Term::from_field_text(fields.words, stem);
        let title = Term::from_field_text(fields.title, stem);
        let having = TermQuery::new(word.clone(), IndexRecordOption::Basic);
        // Whatever has a word in its title has it among its words.
        let best = BooleanQuery::union(vec![
            boosted(scored(word), *weight),
            boosted(scored(title), part.in_title),
        ]);
        Some(OneWord { having, best })
    }

    /// Whether a part of the words is enough where so few have all.
    pub(crate) fn may_be_less(&self, total: u64) -> bool {
        self.required_parts().count() > 1 && total < FEW
    }

    /// The clauses of a query: the parts that tell most must be there; whatever has all of
    /// them scores [`ALL_WORDS`] more.
    ///
    /// A part tells more the fewer documents have it. One that tells at least half of the
    /// question, and clearly more than any other, must be there and is enough; without
    /// such a one, most parts must be. So a rare word is not outvoted by common ones.
    pub(crate) fn clauses_for_most(
        &self,
        searcher: &Searcher,
        fields: &Fields,
    ) -> tantivy::Result<Vec<(Occur, Box<dyn Query>)>> {
        let telling = self
            .required_parts()
            .map(|part| part.telling(searcher, fields))
            .collect::<tantivy::Result<Vec<f32>>>()?;
        let mut sorted = telling.clone();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let most = sorted
            .first()
            .copied()
            .unwrap_or(1.0)
            .max(f32::MIN_POSITIVE);
        let second = sorted.get(1).copied().unwrap_or_default();
        let enough = (telling.iter().sum::<f32>() * ENOUGH_ALONE).max(second * TELLS_MORE);
        let required = self.required(fields);
        let all = required.iter().map(|part| (Occur::Must, part.box_clone()));
        let all = ConstScoreQuery::new(Box::new(BooleanQuery::new(all.collect())), ALL_WORDS);
        let least = match required.len() {
            few @ 0..=4 => few.saturating_sub(1).max(1),
            many => many * 2 / 3,
        };
        let mut enough_alone = None;
        let mut some = Vec::new();
        for (part, telling) in required.into_iter().zip(telling) {
            let part = boosted(part, telling / most);
            if telling >= enough {
                enough_alone = Some(part);
            } else {
                some.push(part);
            }
        }
        let some: Box<dyn Query> = match enough_alone {
            Some(part) => some.into_iter().fold(part, better_with),
            None => {
                let some = some.into_iter().map(|part| (Occur::Should, part)).collect();
                Box::new(BooleanQuery::with_minimum_required_clauses(some, least))
            }
        };
        let some = self.extras(fields).into_iter().fold(some, better_with);
        Ok(vec![(Occur::Must, better_with(some, Box::new(all)))])
    }

    fn required_parts(&self) -> impl Iterator<Item = &Sought> {
        self.parts.iter().filter(|part| !part.optional)
    }

    /// The parts that must be there, each better in a title.
    fn required(&self, fields: &Fields) -> Vec<Box<dyn Query>> {
        self.required_parts()
            .map(|part| {
                let each = part.in_title / part.stems.len() as f32;
                let telling = part.stems.iter().filter(|_| each > 0.0);
                let titles = telling.map(|stem| {
                    let term = Term::from_field_text(fields.title, stem);
                    boosted(scored(term), each)
                });
                titles.fold(any(&part.ways, fields), better_with)
            })
            .collect()
    }

    /// What is not required: words that need not be there, and that words stand side by
    /// side.
    fn extras(&self, fields: &Fields) -> Vec<Box<dyn Query>> {
        let optional = self.parts.iter().filter(|part| part.optional);
        let mut extras: Vec<_> = optional
            .map(|part| boosted(any(&part.ways, fields), OPTIONAL))
            .collect();
        let stems: Vec<&String> = self.parts.iter().flat_map(|part| &part.stems).collect();
        extras.extend(stems.windows(2).map(|two| {
            let term = Term::from_field_text(fields.pairs, &pair(two[0], two[1]));
            boosted(scored(term), SIDE_BY_SIDE)
        }));
        extras
    }
}

impl Sought {
    /// How much this part tells: more, the fewer documents have it.
    fn telling(&self, searcher: &Searcher, fields: &Fields) -> tantivy::Result<f32> {
        let mut held = 0;
        for (_, way) in &self.ways {
            held = way.held(searcher, fields)?.max(held);
        }
        let documents = searcher.num_docs().max(held);
        let rarity = (1.0 + (documents - held) as f32 / (held as f32 + 0.5)).ln();
        let matters = self.ways.iter().any(|(weight, way)| {
            let Way::Tag(tag) = way else { return false };
            *weight == ITS_TAG && WHOM_AND_WHAT_TAGS.iter().any(|of| tag.starts_with(of))
        });
        Ok(if matters {
            rarity * WHOM_AND_WHAT
        } else {
            rarity
        })
    }
}

fn better_with(must: Box<dyn Query>, should: Box<dyn Query>) -> Box<dyn Query> {
    Box::new(BooleanQuery::new(vec![
        (Occur::Must, must),
        (Occur::Should, should),
    ]))
}

fn any(ways: &[(f32, Way)], fields: &Fields) -> Box<dyn Query> {
    let mut queries: Vec<Box<dyn Query>> = ways
        .iter()
        .map(|(weight, way)| boosted(way.query(fields), *weight))
        .collect();
    match queries.pop() {
        Some(only) if queries.is_empty() => only,
        Some(last) => {
            queries.push(last);
            Box::new(DisjunctionMaxQuery::with_tie_breaker(queries, SECOND_WAY))
        }
        None => Box::new(EmptyQuery),
    }
}

impl Way {
    /// At most so many documents have it.
    fn held(&self, searcher: &Searcher, fields: &Fields) -> tantivy::Result<u64> {
        match self {
            Self::Stems(stems) => {
                let mut least = u64::MAX;
                for stem in stems {
                    let term = Term::from_field_text(fields.words, stem);
                    least = searcher.doc_freq(&term)?.min(least);
                }
                Ok(least)
            }
            Self::Tag(tag) => searcher.doc_freq(&Term::from_field_text(fields.tag, tag)),
        }
    }

    fn query(&self, fields: &Fields) -> Box<dyn Query> {
        match self {
            Self::Stems(stems) => match stems.as_slice() {
                [stem] => scored(Term::from_field_text(fields.words, stem)),
                stems => {
                    // All of a phrase counts as one word does, however long it is.
                    let each = 1.0 / stems.len() as f32;
                    let all = stems.iter().map(|stem| {
                        let term = Term::from_field_text(fields.words, stem);
                        (Occur::Must, boosted(scored(term), each))
                    });
                    Box::new(BooleanQuery::new(all.collect()))
                }
            },
            Self::Tag(tag) => {
                let term = Term::from_field_text(fields.tag, tag);
                Box::new(TermQuery::new(term, IndexRecordOption::Basic))
            }
        }
    }
}

fn scored(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn boosted(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    if (weight - 1.0).abs() < f32::EPSILON {
        query
    } else {
        Box::new(BoostQuery::new(query, weight))
    }
}
