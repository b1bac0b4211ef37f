//! HTML markup, which tables that came out of websites contain.

/// Elements whose tags are taken out. Other text between angle brackets stays.
const ELEMENTS: [&str; 46] = [
    "a",
    "abbr",
    "address",
    "article",
    "b",
    "blockquote",
    "body",
    "br",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
    "wbr",
];
/// Elements that end a line.
const LINES: [&str; 18] = [
    "address",
    "article",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "p",
    "table",
    "tr",
];
/// Elements whose content is not shown as text.
const HIDDEN: [&str; 2] = ["script", "style"];
/// Characters of the longest tag: links have long addresses.
const MAX_TAG: usize = 2_000;

/// Takes tags out of a cell. `None` if there are none. `5 < 6` and `<3` stay.
pub(super) fn strip_tags(text: &str) -> Option<String> {
    let mut stripped = String::with_capacity(text.len());
    let mut rest = text;
    let mut has_any = false;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        stripped.push_str(before);
        let Some((name, length)) = tag(from) else {
            stripped.push('<');
            rest = &from[1..];
            continue;
        };
        has_any = true;
        rest = &from[length..];
        if HIDDEN.contains(&name.as_str()) && !from.starts_with("</") {
            let end = rest.to_ascii_lowercase().find(&format!("</{name}"));
            rest = end.map_or("", |end| &rest[end..]);
        } else if LINES.contains(&name.as_str()) && !stripped.ends_with('\n') {
            stripped.push('\n');
        }
    }
    stripped.push_str(rest);
    has_any.then(|| stripped.trim().to_owned())
}

/// The address of the first link, for a cell that is to hold one.
pub fn link(cell: &str) -> Option<&str> {
    let lower = cell.to_ascii_lowercase();
    let at = lower.find("href=")? + "href=".len();
    let quoted = cell.get(at..)?;
    let quote = quoted
        .chars()
        .next()
        .filter(|it| matches!(it, '"' | '\''))?;
    quoted[1..].split(quote).next()
}

/// The lower-case name of the tag or comment at the start, and its bytes.
fn tag(text: &str) -> Option<(String, usize)> {
    if text.starts_with("<!--") {
        let end = text.find("-->")?;
        return Some((String::new(), end + 3));
    }
    let inner = text[1..].trim_start_matches('/');
    let name: String = inner
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase();
    let after = &inner[name.len()..];
    let is_tag = after.starts_with(|it: char| it == '>' || it == '/' || it.is_whitespace());
    let is_known = ELEMENTS.contains(&name.as_str()) || HIDDEN.contains(&name.as_str());
    if !is_tag || !is_known {
        return None;
    }
    let end = text.find('>').filter(|end| *end <= MAX_TAG)?;
    Some((name, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_taken_out_and_other_brackets_stay() {
        for (html, text) in [
            ("<p>We meet.<br/>Come along</p>", "We meet.\nCome along"),
            ("<b>Bold</b> <i class=\"x\">group</i>", "Bold group"),
            ("a<script>alert('<p>')</script>b", "ab"),
            ("<ul><li>One</li><li>Two</li></ul>", "One\nTwo"),
            ("a<!-- note -->b", "ab"),
            ("<P>Up</P>", "Up"),
            ("<script>never closed", ""),
        ] {
            assert_eq!(strip_tags(html).as_deref(), Some(text), "{html}");
        }
        for text in [
            "5 < 6 > 4",
            "I <3 tea",
            "<info@example>",
            "<bogus>",
            "a <b",
            "<",
        ] {
            assert_eq!(strip_tags(text), None, "{text}");
        }
    }

    #[test]
    fn the_address_of_a_link_is_found() {
        assert_eq!(
            link("<a class=x HREF='https://example.org/a'>us</a>"),
            Some("https://example.org/a")
        );
        assert_eq!(link("href="), None);
        assert_eq!(link("https://example.org"), None);
    }
}
