//! What a name means.

use crate::record::Record;

/// The meaning of a typed name.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    /// One settlement.
    Place(Box<Record>),
    /// One area, to search in.
    Area(Box<Record>),
    /// Postcode districts: one as typed, or the parts of a short form such as `W1`.
    Districts {
        /// The code as typed, upper case.
        code: String,
        /// At least one district.
        districts: Vec<Record>,
    },
    /// Several places, or one that is doubtful: a person has to choose.
    Ask {
        /// The likely one.
        likely: Box<Record>,
        /// The others, likely ones first.
        others: Vec<Record>,
        /// Why this is not settled.
        because: Because,
    },
    /// No place of that name is known.
    Unknown {
        /// Places with nearly that name, or of that name elsewhere; nearest first.
        nearest: Vec<Record>,
    },
}

/// Why a name is not settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// Several places have the name.
    Several,
    /// The evidence points elsewhere.
    Elsewhere,
    /// The only match is small or far away, and the known places are incomplete.
    Doubtful,
}
