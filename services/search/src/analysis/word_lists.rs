//! English word lists: stop words, fillers, words for relatives, and irregular plurals.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Words without meaning for a search. They are indexed, but dropped from a query that has
/// other words.
const STOP_WORDS: &str = "\
    a able about actually again am an and any anybody anyone anyway anywhere are arent as ask asked \
    asking at be became because become been being but by came can cant come comes coming could \
    couldnt did didnt do does doesnt doing dont each etc feel feeling feels felt find finding for \
    from get gets getting go goes going gonna got gotta had hadnt has hasnt have havent having he \
    hello her here hers herself hes hey hi him himself his honestly how i id if ill im in into is \
    isnt it its itself ive just kind know lately like looking lot lots may maybe me might mine much \
    must my myself near nearby need needed needing needs of ok okay on only or ought our ours \
    ourselves please possible quite rather really recently recommend said saw say saying see she \
    shes should shouldnt since sit sitting so some somebody someone soon sort start started \
    starting still such suddenly suggest than thank thanks that thats the their them themselves \
    then there theres these they theyre theyve things think thinking this those to told too tried \
    try trying us very wanna want wanted wanting wants was wasnt we went were werent weve what \
    whats when where wheres which while who whom whos whose why will with wont would wouldnt you \
    youre youve your yours yourself";

/// Words that phrase a query rather than say its subject: they raise the score of documents
/// that have them, and no document needs them.
const FILLERS: &str = "\
    after afternoon afternoons age aged all also always around away before below between both cheap class \
    classes course courses during else evening evenings ever every everybody everyone everything \
    few first free friday fridays give good great group groups help helping helps join joining keep \
    less let local make making meet meeting meetings meets monday mondays more morning mornings most \
    never new night no nobody none not nothing now off one other others out over own people person \
    place places playing same saturday saturdays service services session sessions something somewhere \
    sunday sundays support supporting take talk talking through thursday thursdays today tomorrow \
    tonight tuesday tuesdays under until up use using way wednesday wednesdays week weekend weekends \
    weekly well without";

/// Fillers that say when: a text that has them is hardly about them.
const TIMES: &str = "\
    afternoon afternoons evening evenings friday fridays monday mondays morning mornings night \
    saturday saturdays sunday sundays thursday thursdays today tomorrow tonight tuesday tuesdays \
    wednesday wednesdays week weekend weekends weekly";

/// Fillers for a group and for what it does, whatever it is about.
const UNSPECIFIC: &str = "\
    beginner beginners class classes course courses group groups help learn learning lesson lessons meet meeting meetings meets people person place \
    places service services session sessions support";

/// Words that a sentence beside a need has for colour: no record is about them.
const ASIDES: &str = "\
    absolutely ago alive angry arriving awful bits can care cares completely constantly day days \
    difficult dread eleven entire exhausted feels five four guilty half happens hard hate hates \
    horrible hour hours hurts idea judged keeps keep knackered knew knows life look looks made mind \
    minute month months nice nine old round seem seems seven silly six slept something speak speaker speakers \
    speaking stare \
    stared staring story stuff stupid ten terrible thing thinks three times totally tried twenty \
    two ugly whole worse worst wrong year years yet";

/// Relatives. After a possessive they are the reason of a search and not its subject: `my mum
/// has dementia`.
const RELATIVES: &str = "\
    aunt auntie boyfriend brother child children cousin dad daughter family father friend \
    girlfriend gran grandad grandma grandson granddaughter grandmother grandfather husband kid \
    kids mam mate mom mother mum nan neighbour nephew niece parent parents partner sister son \
    teenager toddler uncle wife";

/// Relatives for whom a parent searches.
const CHILDREN: &str = "\
    child children daughter kid kids son teenager toddler";

/// What a person who searches for a relative may be looking for too: a group for those around
/// them.
const FOR_PARENTS: &str = "parents";
const FOR_CARERS: &str = "carers";

/// Words after which a relative is the reason of a search.
const POSSESSIVES: [&str; 6] = ["her", "his", "my", "our", "their", "your"];

/// Words that may stand between the words of a saying: `feeling very low`.
const SKIPPED_IN_SAYINGS: &str = "\
    a all always am an and are at be been being bit can could do for get getting going got had \
    has have her his i im in is it ive just me my of our quite really so still that the their \
    this to too very was who with would";

/// Words whose plural no stemmer handles, and number words, each with its other forms.
const IRREGULAR: [(&str, &[&str]); 4] = [
    ("woman", &["women", "womens", "womans"]),
    ("man", &["men", "mens", "mans"]),
    ("child", &["children", "childrens", "childs"]),
    ("12", &["twelve"]),
];

struct Lists {
    stop_words: HashSet<&'static str>,
    fillers: HashSet<&'static str>,
    relatives: HashSet<&'static str>,
    children: HashSet<&'static str>,
    times: HashSet<&'static str>,
    unspecific: HashSet<&'static str>,
    asides: HashSet<&'static str>,
    skipped_in_sayings: HashSet<&'static str>,
}

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    // `content_stems` checks stems, and these differ from their words.
    let stop_stems = [
        "abl", "ani", "anybodi", "becaus", "becom", "doe", "onli", "pleas", "possibl", "sinc",
        "thing", "veri",
    ];
    Lists {
        stop_words: STOP_WORDS.split_whitespace().chain(stop_stems).collect(),
        fillers: FILLERS.split_whitespace().collect(),
        relatives: RELATIVES.split_whitespace().collect(),
        children: CHILDREN.split_whitespace().collect(),
        times: TIMES.split_whitespace().collect(),
        unspecific: UNSPECIFIC.split_whitespace().collect(),
        asides: ASIDES.split_whitespace().collect(),
        skipped_in_sayings: SKIPPED_IN_SAYINGS.split_whitespace().collect(),
    }
});

/// Whether a lower-case word or stem has no meaning for a search.
pub fn is_stop_word(form: &str) -> bool {
    LISTS.stop_words.contains(form)
}

/// Whether a lower-case word is optional in a query that has other words.
pub fn is_filler(form: &str) -> bool {
    LISTS.fillers.contains(form)
}

/// Whether a relative is the reason of a search, by the words before.
pub fn is_someones_relative<'a>(before: &mut impl Iterator<Item = &'a String>, form: &str) -> bool {
    LISTS.relatives.contains(form) && before.any(|word| POSSESSIVES.contains(&word.as_str()))
}

/// Whether a lower-case word says when.
pub fn is_time(form: &str) -> bool {
    LISTS.times.contains(form)
}

/// Whether a lower-case word says only that there is a group, or when.
pub fn is_unspecific(form: &str) -> bool {
    LISTS.unspecific.contains(form) || is_time(form)
}

/// Whether a lower-case word, or a number, is no subject of a query that has a need.
pub fn is_aside(form: &str) -> bool {
    LISTS.asides.contains(form) || form.chars().all(|letter| letter.is_ascii_digit())
}

/// Whether a lower-case word is a relative.
pub fn is_relative(form: &str) -> bool {
    LISTS.relatives.contains(form)
}

/// The word by which groups for those around a relative describe themselves.
pub fn group_around(relative: &str) -> &'static str {
    match LISTS.children.contains(relative) {
        true => FOR_PARENTS,
        false => FOR_CARERS,
    }
}

/// Whether a lower-case word may stand between the words of a saying.
pub fn is_skipped_in_sayings(form: &str) -> bool {
    LISTS.skipped_in_sayings.contains(form)
}

/// Returns the singular of a lower-case word without accents. Unlike a stem it keeps every
/// other ending: `prisoners` becomes `prisoner`, not `prison`.
pub fn singular(form: &str) -> String {
    if let Some((base, _)) = IRREGULAR
        .iter()
        .find(|(base, others)| *base == form || others.contains(&form))
    {
        return (*base).to_owned();
    }
    if let Some(stem) = form.strip_suffix("ies").filter(|stem| stem.len() > 2) {
        return format!("{stem}y");
    }
    let without_s = form
        .strip_suffix('s')
        .filter(|rest| rest.len() > 2 && !rest.ends_with(['s', 'u', 'i']));
    without_s.unwrap_or(form).to_owned()
}
