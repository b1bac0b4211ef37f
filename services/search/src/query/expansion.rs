//! What the words of a question mean in one state of the index: the same in other words,
//! narrower words, and likely spellings of what is not there.

mod clauses;

use std::collections::HashMap;

use tantivy::Searcher;
use tantivy::Term;
use tantivy::query::FuzzyTermQuery;

use super::asked::AskedWords;
use super::asked::Part;
use super::schema::Fields;
use super::words::is_stop_word;
use super::words::stems_of;
use super::words::telling_stems;

pub(crate) use clauses::ALL_WORDS;
pub(crate) use clauses::OneWord;

/// How much the exact tag of what was asked counts: no less than its name in a text.
const ITS_TAG: f32 = 1.4;
/// How much a word or tag counts that was not asked, but means the same or less.
const SAME_OR_NARROWER: f32 = 0.6;
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
/// Of how many documents a word is in one, when it is so rare that it may be a beginning.
const RARE_BEGINNING: u64 = 1_000;
/// The same, when it may be a slip; what is meant is so many times as frequent.
const RARE_SLIP: u64 = 10_000;
const MORE_FREQUENT: u64 = 20;

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
