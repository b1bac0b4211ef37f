//! What is known besides a typed name.

/// Evidence for what a name means. Everything is optional, and each is text as people write it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// A postcode or postcode district of the same place. Decides.
    pub postcode: Option<&'a str>,
    /// A county, council area, region or nation that the place is in. Decides.
    pub within: Option<&'a str>,
    /// The area that the source or this server is about. It makes a place inside likely, and
    /// one far outside doubtful.
    pub own_area: Option<&'a str>,
}
