//! Pairs of adjacent words as single terms, for ranking by adjacency without positions.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::analysis::tokenizer::{content_stems, split_weight};

/// Joins two adjacent stems to one term.
pub fn bigram(first: &str, second: &str) -> String {
    format!("{first} {second}")
}

/// Emits every two adjacent words of a weighted text as one term, stop words left out, each
/// as often as the weight.
#[derive(Clone, Default)]
pub struct BigramTokenizer;

pub struct BigramStream {
    bigrams: Vec<String>,
    weight: usize,
    next: usize,
    token: Token,
}

impl Tokenizer for BigramTokenizer {
    type TokenStream<'a> = BigramStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> BigramStream {
        let (weight, text) = split_weight(text);
        BigramStream {
            bigrams: content_stems(text)
                .windows(2)
                .map(|two| bigram(&two[0], &two[1]))
                .collect(),
            weight,
            next: 0,
            token: Token::default(),
        }
    }
}

impl TokenStream for BigramStream {
    fn advance(&mut self) -> bool {
        let Some(bigram) = self.bigrams.get(self.next / self.weight.max(1)) else {
            return false;
        };
        self.token.text.clone_from(bigram);
        self.token.position = self.next;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
