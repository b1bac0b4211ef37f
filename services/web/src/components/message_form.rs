//! The form by which a visitor leaves a message for a group.

use askama::Template;
use askama::filters::HtmlSafe;

use super::fields::{ErrorSummary, Errors, TextArea, TextField};
use crate::words::Words;

/// Characters of a message.
pub const MAX_MESSAGE: usize = 2_000;
/// Characters of how to reply.
pub const MAX_REPLY: usize = 200;

/// What was written so far, and what is wrong with it.
#[derive(Debug, Default)]
pub struct MessageDraft {
    /// Where it is sent.
    pub action: String,
    pub text: String,
    pub reply: String,
    pub errors: Errors,
}

/// Why a message was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageProblem {
    Empty,
    /// By so many characters.
    TooLong(u64),
    ReplyTooLong,
    /// Too many came from one network.
    TooMany,
    /// The group has as many as are kept.
    Full,
    /// The form is not one of this site.
    OtherSite,
}

impl MessageDraft {
    /// Adds a sentence on a problem to the form.
    pub fn add(&mut self, problem: MessageProblem, t: Words) {
        let (field, sentence) = match problem {
            MessageProblem::Empty => ("message", t.text("message-empty")),
            MessageProblem::TooLong(by) => ("message", t.count("message-too-long", by)),
            MessageProblem::ReplyTooLong => ("reply", t.text("message-reply-too-long")),
            MessageProblem::TooMany => ("message", t.text("message-wait")),
            MessageProblem::Full => ("message", t.text("message-full")),
            MessageProblem::OtherSite => ("message", t.text("message-elsewhere")),
        };
        self.errors.add(field, &sentence);
    }
}

#[derive(Template)]
#[template(path = "components/message_form.html")]
pub struct MessageForm<'a> {
    t: Words,
    draft: &'a MessageDraft,
}

impl<'a> MessageForm<'a> {
    pub fn new(t: Words, draft: &'a MessageDraft) -> Self {
        Self { t, draft }
    }
}

impl HtmlSafe for MessageForm<'_> {}
