//! Files that are not tables of text, whatever their name.

/// Files by their first bytes, with what to do.
const KINDS: [(&[u8], &str); 11] = [
    (
        b"PK\x03\x04",
        "the file is a spreadsheet, not a text table: save it as “CSV UTF-8” first",
    ),
    (
        b"\xd0\xcf\x11\xe0",
        "the file is a spreadsheet, not a text table: save it as “CSV UTF-8” first",
    ),
    (
        b"%PDF",
        "the file is a PDF, not a table: ask for the spreadsheet it was made from, or copy the \
         table into one, and save that as “CSV UTF-8”",
    ),
    (
        b"{\\rtf",
        "the file is a text document, not a table: copy the table into a spreadsheet and save it as \
         “CSV UTF-8”",
    ),
    (b"\x89PNG", IMAGE),
    (b"\xff\xd8\xff", IMAGE),
    (b"GIF8", IMAGE),
    (b"\x1f\x8b", "the file is compressed: unpack it first"),
    (
        b"SQLite format 3",
        "the file is a database: export its table as CSV first",
    ),
    (
        b"BEGIN:VCALENDAR",
        "the file is a calendar, not a table: `hedgerow new event` makes events",
    ),
    (
        b"BEGIN:VCARD",
        "the file holds persons' contacts, which are not published: make a table of groups",
    ),
];
const IMAGE: &str = "the file is a picture, not a table: type the table into a spreadsheet and save \
                     it as “CSV UTF-8”";
const WEB_PAGE: &str = "the file is a web page, not a table: if a link was to download a table, open \
                        it in a browser; else copy the table into a spreadsheet and save it as “CSV \
                        UTF-8”";
const DATA: &str = "the file is JSON or XML, not a table: import reads rows and columns; save them as \
                    “CSV UTF-8”";

/// Why a file cannot be a table, and what to do; `None` if it may be one.
pub(super) fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    let known = KINDS.iter().find(|(start, _)| bytes.starts_with(start));
    if let Some((_, advice)) = known {
        return Some(advice);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.trim_ascii_start();
    let start: Vec<u8> = start.iter().take(200).map(u8::to_ascii_lowercase).collect();
    // Programs name tables of web pages .xls.
    let pages: [&[u8]; 5] = [b"<!doctype html", b"<html", b"<head", b"<meta", b"<table"];
    if pages.iter().any(|tag| start.starts_with(tag)) {
        return Some(WEB_PAGE);
    }
    let is_json = (start.starts_with(b"{") || start.starts_with(b"[{"))
        && start.contains(&b'"')
        && start.contains(&b':');
    (is_json || start.starts_with(b"<?xml")).then_some(DATA)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_files_are_named_and_tables_are_not() {
        for (bytes, part) in [
            (&b"%PDF-1.4\n"[..], "PDF"),
            (b"PK\x03\x04", "spreadsheet"),
            (b"\n<!DOCTYPE html><html>", "web page"),
            (b"<table><tr>", "web page"),
            (b"{\"a\": 1}", "JSON"),
            (b"[{\"a\": 1}]", "JSON"),
            (b"\xef\xbb\xbf<?xml version", "JSON or XML"),
            (b"\x89PNG\r\n", "picture"),
            (b"{\\rtf1", "text document"),
        ] {
            let advice = other_kind(bytes).expect(part);
            assert!(advice.contains(part), "{advice}");
        }
        for table in [
            &b"name,town"[..],
            b"[test] A,b",
            b"\"name\"",
            b"",
            b"<b>x</b>,y",
        ] {
            assert_eq!(other_kind(table), None);
        }
    }
}
