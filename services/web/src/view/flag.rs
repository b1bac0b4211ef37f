use crate::view::keyed::keyed;

keyed! {
    /// A value with words of the site itself, in the reader's language.
    Flag {
        AnyRole => "flag-any-role",
        OpenToNew => "flag-open-to-new",
        FirstTimeFree => "flag-first-time-free",
        Free => "flag-free",
        Online => "flag-online",
        InPerson => "flag-in-person",
        Morning => "flag-morning",
        Afternoon => "flag-afternoon",
        Evening => "flag-evening",
        Today => "flag-today",
        ThisWeekend => "flag-this-weekend",
        ThisWeek => "flag-this-week",
        Weekend => "flag-weekend",
        Weekday => "flag-weekday",
        Unconstituted => "flag-unconstituted",
        ByTalk => "flag-by-talk",
        ByVideo => "flag-by-video",
        AnyTime => "flag-any-time",
        RunningCosts => "flag-running-costs",
    }
}
