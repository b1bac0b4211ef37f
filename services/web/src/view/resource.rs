use crate::view::keyed::keyed;

keyed! {
    /// The kind of a thing that is offered or needed.
    Resource {
        Space => "resource-space",
        Equipment => "resource-equipment",
        Skills => "resource-skills",
        Training => "resource-training",
        Documents => "resource-documents",
        Funding => "resource-funding",
        VolunteerTime => "resource-volunteer-time",
        TimeCredits => "resource-time-credits",
    }
}

keyed! {
    /// How something is paid for.
    PriceKind {
        Free => "price-free",
        PayWhatYouCan => "price-pay-what-you-can",
        AtCost => "price-at-cost",
    }
}

keyed! {
    /// What a group must have to borrow something.
    Requirement {
        Insurance => "requires-insurance",
        Constitution => "requires-constitution",
        BankAccount => "requires-bank-account",
    }
}
