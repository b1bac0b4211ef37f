use crate::link::WebLink;
use crate::text::Text;
use crate::view::keyed::keyed;

/// A way to reach a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    pub way: ContactWay,
    /// Absent for an address that cannot be a link.
    pub link: Option<WebLink>,
    pub value: Text,
    /// The service of a message; what it is for; hours; notes.
    pub words: Vec<Text>,
}

keyed! {
    /// The means of a contact.
    ContactWay {
        Email => "contact-email",
        Phone => "contact-phone",
        Text => "contact-text",
        Relay => "contact-relay",
        Form => "contact-form",
        Message => "contact-message",
        Post => "contact-post",
        Other => "contact-other",
    }
}
