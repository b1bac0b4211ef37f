//! Repeating the words of a weighted text, so that they count more.
//!
//! Words are repeated as stems: splitting and stemming each copy would be most of the cost of
//! indexing.

use tantivy::tokenizer::{Token, TokenFilter, TokenStream, Tokenizer};

/// Repeats each word as often as its `position_length`, which is free to carry the weight
/// because no field of this index stores positions.
#[derive(Clone)]
pub struct RepeatFilter;

#[derive(Clone)]
pub struct RepeatTokenizer<T>(T);

pub struct RepeatStream<S> {
    words: S,
    repeats_left: usize,
}

impl TokenFilter for RepeatFilter {
    type Tokenizer<T: Tokenizer> = RepeatTokenizer<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> RepeatTokenizer<T> {
        RepeatTokenizer(tokenizer)
    }
}

impl<T: Tokenizer> Tokenizer for RepeatTokenizer<T> {
    type TokenStream<'a> = RepeatStream<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        RepeatStream {
            words: self.0.token_stream(text),
            repeats_left: 0,
        }
    }
}

impl<S: TokenStream> TokenStream for RepeatStream<S> {
    fn advance(&mut self) -> bool {
        if self.repeats_left > 0 {
            self.repeats_left -= 1;
            return true;
        }
        let has_word = self.words.advance();
        if has_word {
            self.repeats_left = self.token().position_length.saturating_sub(1);
        }
        has_word
    }

    fn token(&self) -> &Token {
        self.words.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.words.token_mut()
    }
}
