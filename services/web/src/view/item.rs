use crate::link::WebLink;
use crate::text::Text;
use crate::view::contact::Contact;
use crate::view::crisis::CrisisService;
use crate::view::keyed::keyed;
use crate::view::label::Label;
use crate::view::line::Line;
use crate::view::place::Place;
use crate::view::progress::Progress;
use crate::view::sentence::Sentence;
use crate::view::times::Times;

/// Something that a record says.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// The group's own words.
    Prose(Text),
    Fact {
        label: Label,
        values: Vec<Text>,
    },
    /// Several of a kind, each on a line of its own.
    Lines {
        label: Label,
        lines: Vec<Line>,
    },
    Sentence(Sentence),
    Progress(Progress),
    Times(Times),
    Place(Place),
    Link {
        label: Label,
        link: WebLink,
    },
    Contact(Contact),
    Crisis(CrisisService),
    /// What few readers need, behind a heading that opens it.
    Folded(Fold, Vec<Item>),
}

keyed! {
    /// The heading of what is folded away. Each is different: a page may have several.
    Fold {
        About => "facts-more",
        PeerWork => "facts-more-peer-work",
    }
}
