//! The words of a question as they are looked for in one state of the index: with the same
//! in other words, narrower words, and likely spellings of what is not there.

use std::collections::HashMap;

use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, DisjunctionMaxQuery, EmptyQuery, FuzzyTermQuery,
    Occur, Query, TermQuery,
};
use tantivy::schema::IndexRecordOption;
use tantivy::{Searcher, Term};

use super::asked::{AskedWords, Part};
use super::schema::Fields;
use super::words::{is_stop_word, pair, stems_of, telling_stems};

/// How much the exact tag of what was asked counts: no less than its name in a text.
const ITS_TAG: f32 = 1.4;
/// How much it counts that a part is there in a second way.
const SECOND_WAY: f32 = 0.25;
/// How much a word or tag counts that was not asked, but means the same or less.
const SAME_OR_NARROWER: f32 = 0.6;
/// How much a word counts that need not be there.
const OPTIONAL: f32 = 0.3;
/// How much it counts that two words stand side by side.
const SIDE_BY_SIDE: f32 = 1.0;
/// What having all the words adds to a score, where a part of them is enough: more than any
/// score.
pub(crate) const ALL_WORDS: f32 = 1_024.0;
/// How much a word counts of which only the beginning was typed.
const BEGINNING: f32 = 0.6;
/// How much a word counts that was spelt otherwise, by the number of slips.
const SLIPS: [f32; 3] = [1.0, 0.4, 0.2];
/// How much more a word counts in a title.
const IN_TITLE: f32 = 1.0;
/// Characters from which one slip is guessed at, and two.
const ONE_SLIP_FROM: usize = 4;
const TWO_SLIPS_FROM: usize = 8;
/// Characters from which a beginning is completed.
const BEGINNING_FROM: usize = 2;
/// Spellings looked for in place of one word.
const MOST_GUESSES: usize = 8;
/// Words of the index looked at for one beginning.
const MOST_COMPLETIONS: usize = 2_000;
/// Fewer than so many are few.
const FEW: u64 = 5;
/// Of how many documents a word is in one, when it is so rare that it may be a beginning.
const RARE_BEGINNING: u64 = 1_000;
/// The same, when it may be a slip; what is meant is so many times as frequent.
const RARE_SLIP: u64 = 10_000;
const MORE_FREQUENT: u64 = 20;
/// How much of what a question tells one part has to bear to be enough alone, and how many
/// times as much as any other part.
const ENOUGH_ALONE: f32 = 0.5;
const TELLS_MORE: f32 = 1.3;
/// Tags of whom and what something is for.
const WHOM_AND_WHAT_TAGS: [&str; 2] = ["community:", "experience:"];
/// How many times as much it tells whom and what something is for: a drop-in for others is
/// no answer, and a group without a drop-in is half of one.
const WHOM_AND_WHAT: f32 = 1.5;

/// What is looked for.
#[derive(Clone, Default)]
pub(crate) struct Wording {
    parts: Vec<Sought>,
    /// Stems that show why something was found.
    pub(crate) marks: Vec<String>,
    /// What was widened, and to what.
    pub(crate) widened: Vec<(String, Vec<String>)>,
}

/// A part of the question as it is looked for.
#[derive(Clone)]
struct Sought {
    ways: Vec<(f32, Way)>,
    /// Stems as they were asked.
    stems: Vec<String>,
    optional: bool,
    /// How much more it counts in a title.
    in_title: f32,
}

/// A plain word, asked in two ways.
pub(crate) struct OneWord {
    /// For whatever has it.
    pub(crate) having: TermQuery,
    /// With the scores of [`Wording::clauses`], in a form in which the engine leaves out
    /// what cannot score enough.
    pub(crate) best: BooleanQuery,
}

/// One way in which a part of the question may be there.
#[derive(Clone)]
enum Way {
    /// All of these stems.
    Stems(Vec<String>),
    /// This exact tag.
    Tag(String),
}

/// A spelling that may be meant.
struct Guess {
    form: String,
    weight: f32,
}

impl Wording {
    /// Looks at the words of the index for what each part may mean.
    pub(crate) fn of(
        asked: &AskedWords,
        searcher: &Searcher,
        fields: &Fields,
    ) -> tantivy::Result<Self> {
        let mut guessed = Vec::with_capacity(asked.parts.len());
        for part in &asked.parts {
            guessed.push(guesses(part, searcher, fields)?);
        }
        let mut wording = Self::default();
        if let Some(mended) = mended(asked, &guessed) {
            for (part, guesses) in asked.parts.iter().zip(guessed) {
                let first = guesses.into_iter().next();
                wording
                    .widened
                    .extend(first.map(|guess| (part.typed.clone(), vec![guess.form])));
            }
            for part in &mended.parts {
                wording.seek(part, Vec::new());
            }
        } else {
            for (part, guesses) in asked.parts.iter().zip(guessed) {
                wording.seek(part, guesses);
            }
        }
        Ok(wording)
    }

    fn seek(&mut self, part: &Part, guesses: Vec<Guess>) {
        let stems_mislead = part.known.is_some_and(|known| known.stems_mislead);
        let itself = if stems_mislead { SAME_OR_NARROWER } else { 1.0 };
        let mut ways = vec![(itself, Way::Stems(part.stems.clone()))];
        let mut also: Vec<String> = Vec::new();
        self.marks.extend(part.stems.iter().cloned());
        if let Some(known) = part.known {
            for (weight, tags) in [(ITS_TAG, &known.tags), (SAME_OR_NARROWER, &known.narrower)] {
                ways.extend(tags.iter().map(|tag| (weight, Way::Tag(tag.clone()))));
            }
            for phrase in &known.also {
                self.add(&mut ways, SAME_OR_NARROWER, phrase);
                also.push(phrase.clone());
            }
        }
        for guess in guesses {
            self.add(&mut ways, guess.weight, &guess.form);
            also.push(guess.form);
        }
        if !also.is_empty() {
            self.widened.push((part.typed.clone(), also));
        }
        self.parts.push(Sought {
            ways,
            stems: part.stems.clone(),
            optional: part.optional,
            in_title: if stems_mislead { 0.0 } else { IN_TITLE },
        });
    }

    fn add(&mut self, ways: &mut Vec<(f32, Way)>, weight: f32, phrase: &str) {
        let stems = telling_stems(phrase);
        if stems.is_empty() {
            return;
        }
        self.marks.extend(stems.iter().cloned());
        ways.push((weight, Way::Stems(stems)));
    }

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

/// The question with its slips mended, where the vocabulary knows what it says then.
fn mended(asked: &AskedWords, guessed: &[Vec<Guess>]) -> Option<AskedWords> {
    let is_slip = |guess: &Guess| guess.weight != BEGINNING;
    if !guessed.iter().flatten().any(is_slip) {
        return None;
    }
    let words = asked.parts.iter().zip(guessed).map(|(part, guesses)| {
        guesses
            .first()
            .filter(|guess| is_slip(guess))
            .map_or(part.typed.as_str(), |guess| guess.form.as_str())
    });
    // What is mended is finished.
    let mended = AskedWords::parse(&(words.collect::<Vec<_>>().join(" ") + " "))?;
    let known = |asked: &AskedWords| {
        asked
            .parts
            .iter()
            .filter(|part| part.known.is_some())
            .count()
    };
    (known(&mended) > known(asked)).then_some(mended)
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

/// Spellings that may be meant by a word that is rare or not there at all.
fn guesses(part: &Part, searcher: &Searcher, fields: &Fields) -> tantivy::Result<Vec<Guess>> {
    let (Some(form), Some(stem)) = (&part.form, part.stems.first()) else {
        return Ok(Vec::new());
    };
    let held = searcher.doc_freq(&Term::from_field_text(fields.words, stem))?;
    let documents = searcher.num_docs();
    let length = form.chars().count();
    if part.unfinished && length >= BEGINNING_FROM && held <= documents / RARE_BEGINNING {
        let completed = completions(form, searcher, fields)?;
        let best = best(completed, stem, |_| BEGINNING);
        if !best.is_empty() {
            return Ok(best);
        }
    }
    let slips = match length {
        TWO_SLIPS_FROM.. => 2,
        ONE_SLIP_FROM.. => 1,
        _ => return Ok(Vec::new()),
    };
    if held > documents / RARE_SLIP || form.bytes().any(|byte| byte.is_ascii_digit()) {
        return Ok(Vec::new());
    }
    let least = held * MORE_FREQUENT;
    for slips in 1..=slips {
        let mut found = spelt_nearly(form, slips, searcher, fields)?;
        found.retain(|_, frequency| *frequency > least);
        let best = best(found, stem, |_| SLIPS[usize::from(slips)]);
        if !best.is_empty() {
            return Ok(best);
        }
    }
    Ok(Vec::new())
}

/// The most frequent of these forms that are not the stem itself, one a stem.
fn best(found: HashMap<String, u64>, stem: &str, weight: impl Fn(&str) -> f32) -> Vec<Guess> {
    let mut found: Vec<(String, u64)> = found.into_iter().collect();
    found.sort_unstable_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
    let mut stems = vec![vec![stem.to_owned()]];
    let mut guesses = Vec::new();
    for (form, _) in found {
        let own = stems_of(&form);
        if stems.contains(&own) || is_stop_word(&form) {
            continue;
        }
        stems.push(own);
        guesses.push(Guess {
            weight: weight(&form),
            form,
        });
        if guesses.len() == MOST_GUESSES {
            break;
        }
    }
    guesses
}

/// Forms with this beginning, with how many documents have them.
fn completions(
    beginning: &str,
    searcher: &Searcher,
    fields: &Fields,
) -> tantivy::Result<HashMap<String, u64>> {
    let mut found = HashMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(fields.forms)?;
        let mut stream = index.terms().range().ge(beginning).into_stream()?;
        for _ in 0..MOST_COMPLETIONS {
            if !stream.advance() || !stream.key().starts_with(beginning.as_bytes()) {
                break;
            }
            note(&mut found, stream.key(), stream.value().doc_freq);
        }
    }
    Ok(found)
}

/// Forms with so many slips, with how many documents have them.
fn spelt_nearly(
    form: &str,
    slips: u8,
    searcher: &Searcher,
    fields: &Fields,
) -> tantivy::Result<HashMap<String, u64>> {
    let term = Term::from_field_text(fields.forms, form);
    let automaton = FuzzyTermQuery::new(term, slips, true).automaton()?;
    let mut found = HashMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(fields.forms)?;
        let mut stream = index.terms().search(&automaton).into_stream()?;
        while stream.advance() {
            note(&mut found, stream.key(), stream.value().doc_freq);
        }
    }
    Ok(found)
}

fn note(found: &mut HashMap<String, u64>, form: &[u8], documents: u32) {
    if let Ok(form) = std::str::from_utf8(form) {
        *found.entry(form.to_owned()).or_default() += u64::from(documents);
    }
}
