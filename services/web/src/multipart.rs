//! Forms with a file (`multipart/form-data`, RFC 7578).

/// Maximum number of parts.
const MAX_PARTS: usize = 50;

/// The boundary that a content type states. `None` for another kind of form.
pub(crate) fn boundary(kind: &[u8]) -> Option<&str> {
    let kind = std::str::from_utf8(kind).ok()?;
    let rest = kind.strip_prefix("multipart/form-data")?;
    let boundary = rest
        .split(';')
        .find_map(|part| part.trim().strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// The fields of a form. A file is the field's text: anything that is not UTF-8 becomes U+FFFD.
/// `None` if it ends too early or has too many parts.
pub(crate) fn parse(body: &[u8], boundary: &str) -> Option<Vec<(String, String)>> {
    let mark = format!("--{boundary}");
    let mut fields = Vec::new();
    let mut rest = body.get(find(body, mark.as_bytes())? + mark.len()..)?;
    let next = format!("\r\n{mark}");
    while !rest.starts_with(b"--") {
        if fields.len() >= MAX_PARTS {
            return None;
        }
        let part = rest.strip_prefix(b"\r\n")?;
        let head_end = find(part, b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(part.get(..head_end)?);
        let content = part.get(head_end + 4..)?;
        let end = find(content, next.as_bytes())?;
        let value = String::from_utf8_lossy(content.get(..end)?);
        fields.push((name_in(&head)?, value.into_owned()));
        rest = content.get(end + next.len()..)?;
    }
    Some(fields)
}

/// The name of a field in the head of its part.
fn name_in(head: &str) -> Option<String> {
    let disposition = head.lines().find(|line| {
        line.get(..20)
            .is_some_and(|name| name.eq_ignore_ascii_case("content-disposition:"))
    })?;
    let name = disposition
        .split(';')
        .find_map(|part| part.trim().strip_prefix("name="))?;
    Some(name.trim_matches('"').to_owned())
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--x\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\nabc\r\n--x\r\n\
        content-disposition: form-data; name=\"file\"; filename=\"a.ics\"\r\nContent-Type: text/calendar\
        \r\n\r\nBEGIN:VCALENDAR\r\n--not the end\r\nEND\r\n--x--\r\n";

    #[test]
    fn a_form_with_a_file_is_read() {
        let kind = b"multipart/form-data; boundary=\"x\"";
        assert_eq!(boundary(kind), Some("x"));
        let fields = parse(BODY.as_bytes(), "x").unwrap();
        let file = "BEGIN:VCALENDAR\r\n--not the end\r\nEND".to_owned();
        let expected = [
            ("token".to_owned(), "abc".to_owned()),
            ("file".to_owned(), file),
        ];
        assert_eq!(fields, expected);
        assert_eq!(boundary(b"application/x-www-form-urlencoded"), None);
    }

    #[test]
    fn what_ends_too_early_is_no_form() {
        for length in 0..BODY.len() - 4 {
            assert_eq!(parse(&BODY.as_bytes()[..length], "x"), None, "{length}");
        }
        let part = "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--x";
        let many = format!("--x{}--", part.repeat(MAX_PARTS + 1));
        assert_eq!(parse(many.as_bytes(), "x"), None);
    }
}
