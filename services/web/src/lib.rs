//! The pages of both sites: shell, components, words, colours.
//!
//! It knows no store, no network and no message of the protocol. A site fills the structs of
//! [`view`] with plain data, hands them to a page of [`pages`], and gets a response. A page is one
//! file with its template beside it; so is a component.
//!
//! Words of a group are a [`Text`] or [`Marked`], which always escape themselves and say in
//! which language and direction they are; addresses are a [`WebLink`], which has an allow-list of
//! schemes. There is no way to show either without.

pub mod assets;
pub mod components;
pub mod form;
pub mod language;
pub mod map;
pub mod origin;
pub mod pages;
pub mod response;
pub mod view;

mod escape;
mod format;
mod icon;
mod link;
mod multipart;
mod shell;
mod text;
mod words;

pub use icon::Icon;
pub use link::WebLink;
pub use shell::{CrisisLine, Nav, Shell, Site};
pub use text::{Marked, Prose, Text};
pub use words::Words;

#[cfg(feature = "samples")]
pub use tests::samples;

#[cfg(any(test, feature = "samples"))]
#[expect(
    clippy::unwrap_used,
    reason = "samples are for tests, of other crates too"
)]
mod tests;
