//! Corrections of misspelt words and completions of unfinished ones, from the words of the
//! index.

use std::collections::HashMap;

use tantivy::query::FuzzyTermQuery;
use tantivy::{Searcher, Term};

use crate::analysis::bigrams::bigram;
use crate::analysis::common_words::is_common_word;
use crate::analysis::tokenizer::{content_stems, stem, stems};
use crate::analysis::word_lists::is_stop_word;
use crate::query::term::QueryTerm;
use crate::schema::Fields;

/// Weight of a completion.
const COMPLETION_WEIGHT: f32 = 0.6;
/// Weight of a correction, by edit distance.
const CORRECTION_WEIGHTS: [f32; 3] = [1.0, 0.4, 0.2];
/// Shortest words, in characters, in which one and two edits are corrected. In a shorter word
/// an edit reaches too many unrelated words.
const MIN_CHARS_FOR_ONE_EDIT: usize = 4;
const MIN_CHARS_FOR_TWO_EDITS: usize = 8;
/// Shortest prefix that is completed, in characters. Two characters are mostly initials.
const MIN_PREFIX_CHARS: usize = 3;
/// Shortest part of a word that is split in two, and the longest such word, in characters.
const MIN_PART_CHARS: usize = 3;
const MAX_SPLIT_CHARS: usize = 24;
/// Maximum number of suggestions for one word.
const MAX_SUGGESTIONS: usize = 8;
/// Maximum number of words of a segment read for one prefix.
const MAX_PREFIX_SCAN: usize = 2_000;
/// Maximum number of words of a segment read for one misspelt word. Far fewer are similar, unless
/// somebody has published variants of it.
const MAX_SIMILAR_SCAN: usize = 5_000;
/// A word in at most one of this many documents is rare enough to be a prefix.
const RARE_PREFIX: u64 = 1_000;
/// A word in at most one of this many documents is rare enough to be misspelt, if they are
/// few: others mean it as it is.
const RARE_WORD: u64 = 10_000;
const MAX_MISSPELT_FREQUENCY: u64 = 5;
/// How much more frequent than a misspelt word its correction has to be.
const MIN_FREQUENCY_RATIO: u64 = 20;

/// Words that a query term may stand for, best first.
#[derive(Default)]
pub struct Suggestions {
    pub forms: Vec<String>,
    pub weight: f32,
    /// Whether the term is taken as misspelt, rather than unfinished.
    pub are_corrections: bool,
}

/// Suggests words for a term that is rare in the index or missing from it, most frequent
/// first. `frequency` is the number of documents that have it.
pub fn suggest(
    term: &QueryTerm,
    frequency: u64,
    searcher: &Searcher,
    fields: &Fields,
) -> tantivy::Result<Suggestions> {
    let (Some(form), Some(stem)) = (&term.form, term.stems.first()) else {
        return Ok(Suggestions::default());
    };
    let documents = searcher.num_docs();
    let length = form.chars().count();
    let may_be_unfinished =
        term.may_be_prefix && length >= MIN_PREFIX_CHARS && frequency <= documents / RARE_PREFIX;
    let is_rare = frequency <= (documents / RARE_WORD).min(MAX_MISSPELT_FREQUENCY);
    // A digit is rarely a typing error, and one digit changed is another number.
    let has_digit = form.bytes().any(|byte| byte.is_ascii_digit());
    let may_be_misspelt = is_rare && !has_digit && length >= MIN_CHARS_FOR_ONE_EDIT;
    if !(may_be_unfinished || may_be_misspelt) || is_common_word(form) {
        return Ok(Suggestions::default());
    }
    if may_be_unfinished {
        let completions = most_frequent(completions(form, searcher, fields)?, stem);
        if !completions.is_empty() {
            return Ok(Suggestions {
                forms: completions,
                weight: COMPLETION_WEIGHT,
                are_corrections: false,
            });
        }
    }
    let max_edits = match length {
        _ if !may_be_misspelt => return Ok(Suggestions::default()),
        MIN_CHARS_FOR_TWO_EDITS.. => 2,
        _ => 1,
    };
    for edits in 1..=max_edits {
        let mut similar = similar_forms(form, edits, searcher, fields)?;
        similar.retain(|_, other| *other > frequency * MIN_FREQUENCY_RATIO);
        let corrections = most_frequent(similar, stem);
        if !corrections.is_empty() {
            return Ok(Suggestions {
                forms: corrections,
                weight: CORRECTION_WEIGHTS[usize::from(edits)],
                are_corrections: true,
            });
        }
    }
    Ok(Suggestions::default())
}

/// Splits a word into the two words that are most often adjacent in documents.
pub fn split(
    form: &str,
    searcher: &Searcher,
    fields: &Fields,
) -> tantivy::Result<Option<[String; 2]>> {
    if !form.is_ascii() || form.len() > MAX_SPLIT_CHARS {
        return Ok(None);
    }
    let mut best = (0, None);
    for at in MIN_PART_CHARS..=form.len().saturating_sub(MIN_PART_CHARS) {
        let (first, second) = form.split_at(at);
        let [Some(first_stem), Some(second_stem)] =
            [first, second].map(|part| content_stems(part).pop())
        else {
            continue;
        };
        let pair = bigram(&first_stem, &second_stem);
        let frequency = searcher.doc_freq(&Term::from_field_text(fields.bigrams, &pair))?;
        if frequency > best.0 {
            best = (frequency, Some([first.to_owned(), second.to_owned()]));
        }
    }
    Ok(best.1)
}

/// Joins two adjacent words of a query to one that documents have.
pub fn join(
    first: &str,
    second: &str,
    searcher: &Searcher,
    fields: &Fields,
) -> tantivy::Result<Option<String>> {
    let joined = format!("{first}{second}");
    let term = Term::from_field_text(fields.words, &stem(&joined));
    Ok((searcher.doc_freq(&term)? > 0).then_some(joined))
}

/// Returns the most frequent forms that have other stems than `stem` and than each other.
fn most_frequent(frequencies: HashMap<String, u64>, stem: &str) -> Vec<String> {
    let mut by_frequency: Vec<(String, u64)> = frequencies.into_iter().collect();
    by_frequency
        .sort_unstable_by(|(a, a_count), (b, b_count)| b_count.cmp(a_count).then_with(|| a.cmp(b)));
    let mut seen = vec![vec![stem.to_owned()]];
    let mut best = Vec::new();
    for (form, _) in by_frequency {
        let own_stems = stems(&form);
        if seen.contains(&own_stems) || is_stop_word(&form) {
            continue;
        }
        seen.push(own_stems);
        best.push(form);
        if best.len() == MAX_SUGGESTIONS {
            break;
        }
    }
    best
}

/// Returns forms that begin with a prefix, with their document frequencies.
fn completions(
    prefix: &str,
    searcher: &Searcher,
    fields: &Fields,
) -> tantivy::Result<HashMap<String, u64>> {
    let mut frequencies = HashMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(fields.forms)?;
        let mut stream = index.terms().range().ge(prefix).into_stream()?;
        for _ in 0..MAX_PREFIX_SCAN {
            if !stream.advance() || !stream.key().starts_with(prefix.as_bytes()) {
                break;
            }
            add_frequency(&mut frequencies, stream.key(), stream.value().doc_freq);
        }
    }
    Ok(frequencies)
}

/// Returns forms within an edit distance, with their document frequencies.
fn similar_forms(
    form: &str,
    edits: u8,
    searcher: &Searcher,
    fields: &Fields,
) -> tantivy::Result<HashMap<String, u64>> {
    let term = Term::from_field_text(fields.forms, form);
    let automaton = FuzzyTermQuery::new(term, edits, true).automaton()?;
    let mut frequencies = HashMap::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(fields.forms)?;
        let mut stream = index.terms().search(&automaton).into_stream()?;
        for _ in 0..MAX_SIMILAR_SCAN {
            if !stream.advance() {
                break;
            }
            add_frequency(&mut frequencies, stream.key(), stream.value().doc_freq);
        }
    }
    Ok(frequencies)
}

fn add_frequency(frequencies: &mut HashMap<String, u64>, form: &[u8], documents: u32) {
    if let Ok(form) = std::str::from_utf8(form) {
        *frequencies.entry(form.to_owned()).or_default() += u64::from(documents);
    }
}
