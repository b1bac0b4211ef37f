//! HTML entities, which tables that came out of websites contain.

/// Of U+00A0 to U+00FF, in their order.
const LATIN_1: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg \
    macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 \
    iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute \
    Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml \
    Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml \
    igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute \
    ucirc uuml yacute thorn yuml";
const OTHERS: [(&str, char); 22] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("hellip", '…'),
    ("bull", '•'),
    ("euro", '€'),
    ("trade", '™'),
    ("wcirc", 'ŵ'),
    ("ycirc", 'ŷ'),
    ("Wcirc", 'Ŵ'),
    ("Ycirc", 'Ŷ'),
    ("thinsp", ' '),
];
/// Bytes of the longest entity between `&` and `;`.
const MAX_NAME: usize = 8;

/// Decodes each entity once. `None` if there is none. An `&` of its own stays.
pub(super) fn decode_entities(text: &str) -> Option<String> {
    let mut decoded = String::new();
    let mut rest = text;
    let mut has_any = false;
    while let Some(at) = rest.find('&') {
        let (before, after) = rest.split_at(at);
        decoded.push_str(before);
        let name = after[1..].split_once(';').map(|(name, _)| name);
        match name.and_then(|name| Some((name, decode(name)?))) {
            Some((name, letter)) => {
                decoded.push(letter);
                has_any = true;
                rest = &after[name.len() + 2..];
            }
            None => {
                decoded.push('&');
                rest = &after[1..];
            }
        }
    }
    decoded.push_str(rest);
    has_any.then_some(decoded)
}

fn decode(name: &str) -> Option<char> {
    if name.len() > MAX_NAME {
        return None;
    }
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    let latin = (0xa0..=0xff).zip(LATIN_1.split_whitespace());
    let latin = latin.filter(|(_, known)| *known == name);
    let mut letters = latin.filter_map(|(code, _)| char::from_u32(code));
    letters.next().or_else(|| {
        let other = OTHERS.iter().find(|(known, _)| *known == name);
        other.map(|(_, letter)| *letter)
    })
}
