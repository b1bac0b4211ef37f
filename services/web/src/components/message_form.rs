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
    /// On a site that keeps messages only sealed: to which key.
    pub seal: Option<SealTo>,
}

/// The key of a group, to which the visitor's browser seals a message. Without a script the site
/// does.
#[derive(Clone, Debug, Default)]
pub struct SealTo {
    /// The group's id in hexadecimal digits.
    pub group: String,
    /// Its encryption key in hexadecimal digits.
    pub key: String,
    /// Of the key event with that key.
    pub key_index: u32,
    /// Days that a message waits at most.
    pub days: u64,
}

impl SealTo {
    fn script(&self) -> &'static str {
        crate::assets::seal_script_path()
    }
}

/// Why a message was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageProblem {
    Empty,
    /// By this number of characters.
    TooLong(u64),
    ReplyTooLong,
    /// Too many came from one network.
    TooMany,
    /// The group has as many as are kept.
    Full,
    /// The form is not one of this site.
    OtherSite,
    /// What came is not a sealed message.
    Unsealed,
    /// The words were sealed by the browser, so that the form cannot show them again.
    SealedAway,
}

impl MessageProblem {
    /// Checks the lengths of a message and of how to reply, which is one line.
    pub fn find(text: &str, reply: &str) -> Option<Self> {
        let length = text.chars().count();
        if length == 0 {
            return Some(Self::Empty);
        }
        if length > MAX_MESSAGE {
            let by = u64::try_from(length - MAX_MESSAGE).unwrap_or(u64::MAX);
            return Some(Self::TooLong(by));
        }
        let is_too_long = reply.contains('\n') || reply.chars().count() > MAX_REPLY;
        is_too_long.then_some(Self::ReplyTooLong)
    }
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
            MessageProblem::Unsealed => ("message", t.text("message-unsealed")),
            MessageProblem::SealedAway => ("message", t.text("message-sealed-away")),
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
