/// The kind of a record, as people speak of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Group,
    Event,
    Offer,
    Need,
    Story,
    Commitment,
    Vouch,
    /// A kind that this version does not know.
    Other,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::Group,
        Self::Event,
        Self::Offer,
        Self::Need,
        Self::Story,
        Self::Commitment,
        Self::Vouch,
        Self::Other,
    ];

    /// The key of several of its kind.
    pub fn plural_key(self) -> &'static str {
        match self {
            Self::Group => "kinds-group",
            Self::Event => "kinds-event",
            Self::Offer => "kinds-offer",
            Self::Need => "kinds-need",
            Self::Story => "kinds-story",
            Self::Commitment => "kinds-commitment",
            Self::Vouch => "kinds-vouch",
            Self::Other => "kinds-other",
        }
    }
}
