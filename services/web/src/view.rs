//! What pages show, as plain data. A site makes it from its own messages; nothing here is of the
//! protocol.

use chrono::{NaiveDate, NaiveDateTime};

use crate::link::WebLink;
use crate::text::{Marked, Text};
use crate::words::Words;

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

/// Who speaks in a record. The three voices never look alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Voice {
    Itself(Confirmed),
    /// `by` speaks for it, with its permission.
    OnBehalf {
        by: Text,
    },
    /// `by` repeats a source of that year. Absent if it is undated.
    Catalogued {
        by: Text,
        year: Option<u32>,
    },
}

/// How it is known that a group is the one that it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmed {
    No,
    ByWebsite,
    ByAnotherGroup,
}

/// How old a record is, as a person should know it. The worst comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Its node has not signed anything for so many days.
    Silent {
        days: u64,
    },
    /// A person confirmed it on that day, more than a year ago.
    Old {
        confirmed: NaiveDate,
    },
    /// A person confirmed it on that day.
    Confirmed {
        on: NaiveDate,
    },
    /// Signed on that day; no person has confirmed it since it was written.
    Signed {
        on: NaiveDate,
    },
    Unknown,
}

/// What to know first of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Paused,
    Closed,
    Cancelled,
    Postponed,
    /// Its last day has passed.
    Over {
        since: NaiveDate,
    },
}

/// How exactly a place is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    Exact,
    Neighbourhood,
    Town,
    Region,
    Hidden,
}

/// A place, no finer than published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub name: Text,
    pub precision: Precision,
    /// From the place that was searched near, in metres.
    pub distance: Option<u32>,
    /// How a record without a place in the area that was searched belongs to it.
    pub area: Option<Area>,
    /// Street and postcode, of an exact place.
    pub address: Option<Text>,
    /// How to find the door, and what else the group says about the place.
    pub words: Vec<Text>,
    pub map: Option<WebLink>,
}

impl Place {
    pub fn named(name: Text, precision: Precision) -> Self {
        Self {
            name,
            precision,
            distance: None,
            area: None,
            address: None,
            words: Vec::new(),
            map: None,
        }
    }
}

/// How a record belongs to an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// It serves all of it.
    Serves,
    /// It is somewhere in it.
    Within,
}

/// A time on the clock of the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    pub start: NaiveDateTime,
    pub end: Option<NaiveDateTime>,
    pub is_on_now: bool,
}

/// A row of a list of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// The record's page on this site.
    pub href: String,
    pub kind: Kind,
    pub title: Text,
    /// The group whose event, offer or need it is.
    pub by: Option<Text>,
    pub snippet: Marked,
    pub place: Option<Place>,
    pub online: bool,
    pub when: Option<When>,
    /// How to join, in short.
    pub join: Option<Text>,
    pub state: Option<State>,
    /// What to ask about before a room can be used at the time that was searched for; empty if
    /// nothing. Absent if no time was.
    pub room_then: Option<Vec<Text>>,
    pub voice: Voice,
    pub freshness: Freshness,
    /// Other listings of the same organisation.
    pub also: Vec<Also>,
}

/// Another listing of the organisation of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Also {
    pub href: String,
    pub title: Text,
    pub voice: Voice,
}

/// What a list adds to a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Details {
    /// What a reader may want to know before reading: the content note of a story.
    pub note: Option<Text>,
    pub progress: Option<Progress>,
    pub items: Vec<Item>,
    /// What fits a need, the best first. Absent if it was not compared.
    pub fits: Option<Vec<Fit>>,
    /// The page of everything that fits.
    pub fits_href: Option<String>,
}

/// An offer that fits a need, or the reverse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    pub href: String,
    pub title: Text,
    pub by: Text,
    /// What to clear up with the other group.
    pub to_ask: Vec<Text>,
}

/// How far a promise is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    pub target: Option<Figure>,
    /// The figure at the beginning.
    pub baseline: Option<Figure>,
    /// The figure of the last report, and its day.
    pub latest: Option<Figure>,
    pub reported: Option<NaiveDate>,
    pub due: Option<NaiveDate>,
}

/// A number of something. It may be hidden because it counts few people.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub value: Option<f64>,
    /// What a hidden number is below.
    pub fewer_than: u32,
    pub unit: Text,
}

/// A service for a person in a crisis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrisisService {
    /// ISO 3166-1 code of its country.
    pub country: String,
    pub name: Text,
    /// The number to call; empty if there is none.
    pub phone: String,
    /// What to text and where; empty if it takes no texts.
    pub text: Text,
    /// What it is for, and when it is open.
    pub words: Text,
}

/// A value to choose, as a button or in a list of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub name: &'static str,
    pub value: String,
    pub label: Text,
    /// The number of records that it gives.
    pub count: Option<u64>,
    pub is_chosen: bool,
}

/// A filter with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterGroup {
    pub heading: FilterHeading,
    pub choices: Vec<Choice>,
}

/// What a filter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilterHeading {
    Kind,
    Resource,
    WhoFor,
    When,
    Access,
    Cost,
    Language,
    Apply,
    Other,
}

impl FilterHeading {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 9] = [
        Self::Kind,
        Self::Resource,
        Self::WhoFor,
        Self::When,
        Self::Access,
        Self::Cost,
        Self::Language,
        Self::Apply,
        Self::Other,
    ];

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Kind => "filter-kind",
            Self::Resource => "filter-resource",
            Self::WhoFor => "filter-who-for",
            Self::When => "filter-when",
            Self::Access => "filter-access",
            Self::Cost => "filter-cost",
            Self::Language => "filter-language",
            Self::Apply => "filter-apply",
            Self::Other => "filter-other",
        }
    }
}

/// A value that this site fills in itself, in the reader's language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    AnyRole,
    OpenToNew,
    FirstTimeFree,
    Free,
    Online,
    InPerson,
    Morning,
    Afternoon,
    Evening,
    Weekend,
    Weekday,
    Unconstituted,
    ByTalk,
    ByVideo,
    AnyTime,
    RunningCosts,
}

impl Flag {
    pub const ALL: [Self; 16] = [
        Self::AnyRole,
        Self::OpenToNew,
        Self::FirstTimeFree,
        Self::Free,
        Self::Online,
        Self::InPerson,
        Self::Morning,
        Self::Afternoon,
        Self::Evening,
        Self::Weekend,
        Self::Weekday,
        Self::Unconstituted,
        Self::ByTalk,
        Self::ByVideo,
        Self::AnyTime,
        Self::RunningCosts,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Self::AnyRole => "flag-any-role",
            Self::OpenToNew => "flag-open-to-new",
            Self::FirstTimeFree => "flag-first-time-free",
            Self::Free => "flag-free",
            Self::Online => "flag-online",
            Self::InPerson => "flag-in-person",
            Self::Morning => "flag-morning",
            Self::Afternoon => "flag-afternoon",
            Self::Evening => "flag-evening",
            Self::Weekend => "flag-weekend",
            Self::Weekday => "flag-weekday",
            Self::Unconstituted => "flag-unconstituted",
            Self::ByTalk => "flag-by-talk",
            Self::ByVideo => "flag-by-video",
            Self::AnyTime => "flag-any-time",
            Self::RunningCosts => "flag-running-costs",
        }
    }
}

/// A part of a record's page. Sections are in the order in which a frightened newcomer needs them.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub heading: Heading,
    pub items: Vec<Item>,
}

/// The question that a section answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    About,
    ForMe,
    WhenAndWhere,
    Join,
    FirstTime,
    Access,
    Cost,
    Offered,
    Conditions,
    Safety,
    WhoRunsIt,
    More,
}

impl Heading {
    pub fn in_words(self, words: Words) -> String {
        words.text(self.key())
    }

    #[cfg(any(test, feature = "samples"))]
    pub(crate) const ALL: [Self; 12] = [
        Self::About,
        Self::ForMe,
        Self::WhenAndWhere,
        Self::Join,
        Self::FirstTime,
        Self::Access,
        Self::Cost,
        Self::Offered,
        Self::Conditions,
        Self::Safety,
        Self::WhoRunsIt,
        Self::More,
    ];

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::About => "heading-about",
            Self::ForMe => "heading-for-me",
            Self::WhenAndWhere => "heading-when-and-where",
            Self::Join => "heading-join",
            Self::FirstTime => "heading-first-time",
            Self::Access => "heading-access",
            Self::Cost => "heading-cost",
            Self::Offered => "heading-offered",
            Self::Conditions => "heading-conditions",
            Self::Safety => "heading-safety",
            Self::WhoRunsIt => "heading-who-runs-it",
            Self::More => "heading-more",
        }
    }
}

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
    Folded(Vec<Item>),
}

/// A line of a list, with what the group says about it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub text: Text,
    pub words: Option<Text>,
}

impl Line {
    pub fn new(text: Text, words: Text) -> Self {
        Self {
            text,
            words: Some(words).filter(|words| !words.is_empty()),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.words.is_none()
    }
}

/// When something happens: in words, and the next days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// The group's own.
    pub words: Option<Text>,
    /// The same from its rules, such as "every two weeks on Friday".
    pub rules: Vec<Text>,
    /// Days that are left out or added, and breaks.
    pub changes: Vec<Line>,
    /// The next ones, at most five.
    pub next: Vec<When>,
    /// The time zone, if the next ones are not in that of Britain and Ireland.
    pub zone: Option<Text>,
    /// Of a thing that is over: its last start.
    pub last: Option<NaiveDateTime>,
}

impl Times {
    pub(crate) fn count(&self) -> u64 {
        self.next.len() as u64
    }
}

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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactWay {
    Email,
    Phone,
    Text,
    Relay,
    Form,
    Message,
    Post,
    Other,
}

impl ContactWay {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 8] = [
        Self::Email,
        Self::Phone,
        Self::Text,
        Self::Relay,
        Self::Form,
        Self::Message,
        Self::Post,
        Self::Other,
    ];

    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Email => "contact-email",
            Self::Phone => "contact-phone",
            Self::Text => "contact-text",
            Self::Relay => "contact-relay",
            Self::Form => "contact-form",
            Self::Message => "contact-message",
            Self::Post => "contact-post",
            Self::Other => "contact-other",
        }
    }
}

/// Defines an enum whose values each have a key of the words.
macro_rules! keyed {
    ($(#[$doc:meta])* $name:ident { $($variant:ident => $key:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name {
            $($variant,)+
        }

        impl $name {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)+];

            pub(crate) fn key(self) -> &'static str {
                match self {
                    $(Self::$variant => $key,)+
                }
            }

            /// The value in words.
            pub fn in_words(self, words: Words) -> String {
                words.text(self.key())
            }
        }
    };
}

keyed! {
    /// The name of a fact, before its values.
    Label {
        ForPeople => "label-for-people",
        OnlyFor => "label-only-for",
        MainlyFor => "label-mainly-for",
        WelcomeFor => "label-welcome-for",
        Ages => "label-ages",
        Languages => "label-languages",
        Activities => "label-activities",
        Approaches => "label-approaches",
        Membership => "label-membership",
        OwnWords => "label-own-words",
        RejectedWords => "label-rejected-words",
        OtherNames => "label-other-names",
        HowToJoin => "label-how-to-join",
        Size => "label-size",
        ReplyTime => "label-reply-time",
        Price => "label-price",
        AccessThere => "label-access-there",
        Online => "label-online",
        Website => "label-website",
        Link => "label-link",
        LedBy => "label-led-by",
        Decisions => "label-decisions",
        Values => "label-values",
        Statement => "label-statement",
        PartOf => "label-part-of",
        Networks => "label-networks",
        Register => "label-register",
        Founded => "label-founded",
        Form => "label-form",
        Areas => "label-areas",
        RunsUntil => "label-runs-until",
        BackOn => "label-back-on",
        Tags => "label-tags",
        Room => "label-room",
        Features => "label-features",
        Toilets => "label-toilets",
        OutOfHours => "label-out-of-hours",
        SeenByOthers => "label-seen-by-others",
        OnSite => "label-on-site",
        Hours => "label-hours",
        Notice => "label-notice",
        Required => "label-required",
        Rules => "label-rules",
        OfferedTo => "label-offered-to",
        Amount => "label-amount",
        Deadline => "label-deadline",
        WhoDecides => "label-who-decides",
        Purpose => "label-purpose",
        NeededBy => "label-needed-by",
        CanPay => "label-can-pay",
        InReturn => "label-in-return",
        Items => "label-items",
        Source => "label-source",
        PeerWork => "label-peer-work",
        GivenBy => "label-given-by",
        AccreditedBy => "label-accredited-by",
        Length => "label-length",
        Entry => "label-entry",
        Licence => "label-licence",
        Reviewed => "label-reviewed",
        DecisionTime => "label-decision-time",
        HowToApply => "label-how-to-apply",
        CoDesignedWith => "label-co-designed-with",
        AccountableTo => "label-accountable-to",
        WithinReach => "label-within-reach",
        Perspective => "label-perspective",
        Partners => "label-partners",
        Roles => "label-roles",
        SelfDescription => "label-self-description",
        MeaningOfPeer => "label-meaning-of-peer",
        Formality => "label-formality",
        Duration => "label-duration",
        Courses => "label-courses",
        OnBehalfOf => "label-on-behalf-of",
        Permission => "label-permission",
        SpeaksFor => "label-speaks-for",
        SpeaksUntil => "label-speaks-until",
        Reports => "label-reports",
        Streams => "label-streams",
        CountedFrom => "label-counted-from",
        OtherDays => "label-other-days",
        Holidays => "label-holidays",
        BookFor => "label-book-for",
        BookAhead => "label-book-ahead",
        LongestLoan => "label-longest-loan",
        HoursAWeek => "label-hours-a-week",
        CreditWorth => "label-credit-worth",
        Background => "label-background",
        Handover => "label-handover",
        Instructions => "label-instructions",
        WhereGiven => "label-where-given",
        Reporting => "label-reporting",
        Checks => "label-checks",
        Expenses => "label-expenses",
        OfferedUntil => "label-offered-until",
        Situation => "label-situation",
        WhatHelped => "label-what-helped",
        WhatChanged => "label-what-changed",
        Deposit => "label-deposit",
        PaidBy => "label-paid-by",
        PaidUntil => "label-paid-until",
        Future => "label-future",
        Evaluation => "label-evaluation",
        HelpWanted => "label-help-wanted",
    }
}

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

keyed! {
    /// A sentence for something that a record states by a yes, a no or one of a few values.
    Sentence {
        OpenToNew => "says-open",
        ContactFirst => "says-contact-first",
        WaitingList => "says-waiting-list",
        ClosedToNew => "says-closed",
        MayBringSomeone => "says-may-bring-someone",
        ComeAlone => "says-come-alone",
        NotInACrisis => "says-not-in-a-crisis",
        ThereInACrisis => "says-there-in-a-crisis",
        AnyoneMayCome => "says-anyone",
        OtherGroupsMayCome => "says-other-groups",
        MembersOnly => "says-members",
        OnlineOnly => "says-online-only",
        OnlineToo => "says-online-too",
        FirstTimeFree => "says-first-time-free",
        SmallGroupsWelcome => "says-small-groups-welcome",
        NothingRequired => "says-nothing-required",
        CarersWelcome => "says-carers",
        PlaceHidden => "says-place-hidden",
        AskAboutAccess => "says-ask-about-access",
        OpenToUnconstituted => "says-open-to-unconstituted",
        ApplyByTalk => "says-apply-by-talk",
        ApplyByVideo => "says-apply-by-video",
        AnyTime => "says-any-time",
        RunningCosts => "says-running-costs",
        Accredited => "says-accredited",
        NoContact => "says-no-contact",
        VouchAffiliated => "says-vouch-affiliated",
        VouchSupported => "says-vouch-supported",
        VouchEndorsed => "says-vouch-endorsed",
        VouchKnown => "says-vouch-known",
        ConstitutedOnly => "says-constituted-only",
        ProjectOnly => "says-project-only",
        RunningCostsOnly => "says-running-costs-only",
        CaseStudies => "says-case-studies",
        CreativeFeedback => "says-creative-feedback",
        NotAccredited => "says-not-accredited",
        ToKeep => "says-to-keep",
        Mentoring => "says-mentoring",
        DoorSign => "says-door-sign",
        NoDoorSign => "says-no-door-sign",
        BookingBoard => "says-booking-board",
        NoBookingBoard => "says-no-booking-board",
        StaffTold => "says-staff-told",
        StaffNotTold => "says-staff-not-told",
        PeersPaid => "says-peers-paid",
        PeersUnpaid => "says-peers-unpaid",
        PeersTrained => "says-peers-trained",
        PeersUntrained => "says-peers-untrained",
        PeersSupervised => "says-peers-supervised",
        PeersUnsupervised => "says-peers-unsupervised",
        PeersProgress => "says-peers-progress",
        PeersNoProgress => "says-peers-no-progress",
    }
}
