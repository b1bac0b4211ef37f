//! Words that count more come more often. They are repeated once they are stems: splitting
//! and stemming each time would be most of what indexing costs.

use tantivy::tokenizer::Token;
use tantivy::tokenizer::TokenFilter;
use tantivy::tokenizer::TokenStream;
use tantivy::tokenizer::Tokenizer;

/// Gives each word as often as its `position_length` says: nobody asks for positions here.
#[derive(Clone)]
pub(super) struct Repeat;

/// A tokenizer whose words are repeated.
#[derive(Clone)]
pub(super) struct Repeating<T>(T);

/// Its words.
pub(super) struct Repeated<S> {
    words: S,
    again: usize,
}

impl TokenFilter for Repeat {
    type Tokenizer<T: Tokenizer> = Repeating<T>;

    fn transform<T: Tokenizer>(self, tokenizer: T) -> Repeating<T> {
        Repeating(tokenizer)
    }
}

impl<T: Tokenizer> Tokenizer for Repeating<T> {
    type TokenStream<'a> = Repeated<T::TokenStream<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        Repeated {
            words: self.0.token_stream(text),
            again: 0,
        }
    }
}

impl<S: TokenStream> TokenStream for Repeated<S> {
    fn advance(&mut self) -> bool {
        if self.again > 0 {
            self.again -= 1;
            return true;
        }
        let there = self.words.advance();
        if there {
            self.again = self.token().position_length.saturating_sub(1);
        }
        there
    }

    fn token(&self) -> &Token {
        self.words.token()
    }

    fn token_mut(&mut self) -> &mut Token {
        self.words.token_mut()
    }
}
