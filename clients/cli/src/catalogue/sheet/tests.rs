use super::*;

fn cells(text: &str) -> Vec<Vec<String>> {
    let sheet = Sheet::read(text.as_bytes(), None).expect("a table");
    let rows = sheet.rows.iter();
    rows.map(|row| row.cells.iter().map(|cell| clean(cell).0).collect())
        .collect()
}

#[test]
fn rows_that_are_quoted_whole_are_split() {
    let text = "\"Name;Town\"\n\"A \"\"good\"\" group;Leeds\"\n\"B;York\"\n";
    let sheet = Sheet::read(text.as_bytes(), None).expect("a table");
    assert_eq!(sheet.headers, ["Name", "Town"]);
    assert_eq!(sheet.rows[0].cells, ["A \"good\" group", "Leeds"]);
    assert_eq!((sheet.rows[1].position.row, sheet.separator), (3, ';'));
    let single = Sheet::read(b"Name\nA\n", None).expect("a table");
    assert_eq!(single.headers, ["Name"]);
}

#[test]
fn rows_are_counted_as_spreadsheets_and_editors_count_them() {
    let sheet =
        Sheet::read(b"name,text\r\nA,\"one\r\ntwo\"\r\n\r\n , \r\nB,x\r\n", None).expect("a table");
    let positions: Vec<_> = sheet
        .rows
        .iter()
        .map(|row| row.position.to_string())
        .collect();
    assert_eq!(positions, ["row 2", "row 5 (line 6)"]);
    let old = Sheet::read(b"name\rA\rB", None).expect("a table");
    assert_eq!(old.rows[1].position, Position { row: 3, line: 3 });
}

#[test]
fn quotation_marks_and_line_breaks_within_cells_are_kept() {
    let read = cells("a\tb\n\"x\ty\"\tHarbour 12\" club\n\"say \"\"hi\"\"\"\t\"two\nlines\"\n");
    assert_eq!(read[0], ["x y", "Harbour 12\" club"]);
    assert_eq!(read[1], ["say \"hi\"", "two\nlines"]);
    let error = Sheet::read(b"a,b\nx,\"y\n", None).expect_err("open");
    assert!(error.starts_with("row 2: a quotation mark"), "{error}");
}

#[test]
fn separators_are_detected_from_the_first_line() {
    for (text, separator) in [
        ("name;town\nA;2,50", ';'),
        ("name\ttown, city\nA\tB", '\t'),
        ("\"a;b;c\",d\n1,2", ','),
        ("name\nA; B", ','),
        ("name|town\nA|B", '|'),
    ] {
        let sheet = Sheet::read(text.as_bytes(), None).expect("a table");
        assert_eq!(sheet.separator, separator, "{text}");
    }
}

#[test]
fn encodings_are_detected() {
    let text = "name\nGrŵp Żółw’s £5";
    let units =
        |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { text.encode_utf16().flat_map(bytes).collect() };
    let little = units(u16::to_le_bytes);
    let marked = |mark: &[u8], bytes: &[u8]| [mark, bytes].concat();
    for (bytes, encoding) in [
        (text.as_bytes().to_vec(), Encoding::Utf8),
        (marked(b"\xef\xbb\xbf", text.as_bytes()), Encoding::Utf8),
        (marked(b"\xff\xfe", &little), Encoding::Utf16Le),
        (
            marked(b"\xfe\xff", &units(u16::to_be_bytes)),
            Encoding::Utf16Be,
        ),
        (little, Encoding::Utf16Le),
    ] {
        let sheet = Sheet::read(&bytes, None).expect("a table");
        assert_eq!(sheet.encoding, encoding);
        assert_eq!(sheet.headers, ["name"]);
        assert_eq!(sheet.rows[0].cells, ["Grŵp Żółw’s £5"]);
        assert!(!sheet.is_guessed || encoding == Encoding::Utf16Le);
    }
    let windows = b"name\nMen\x92s Caf\xe9 \x80\xa32";
    let sheet = Sheet::read(windows, None).expect("a table");
    assert_eq!(
        (sheet.encoding, sheet.is_guessed),
        (Encoding::Windows1252, true)
    );
    assert_eq!(sheet.rows[0].cells, ["Men’s Café €£2"]);
}

#[test]
fn entities_are_decoded_once_and_hidden_characters_removed() {
    assert_eq!(
        clean(" Caf&eacute; &amp;amp; Tea &#8217;&#x2019; A&B & C; &unknown; "),
        (
            "Café &amp; Tea ’’ A&B & C; &unknown;".to_owned(),
            vec![Change::Entities]
        )
    );
    assert_eq!(
        clean("\u{202e}zero\u{200b}width\u{7}\tx"),
        ("zerowidth x".to_owned(), vec![Change::Invisible])
    );
    assert_eq!(clean("Tea & chat"), ("Tea & chat".to_owned(), vec![]));
}

#[test]
fn files_that_are_no_text_table_are_rejected() {
    for (bytes, part) in [
        (b"PK\x03\x04rest".to_vec(), "spreadsheet"),
        (b" \n,,\n".to_vec(), "empty"),
        (vec![b'a'; MAX_FILE_BYTES + 1], "larger"),
        ("a,".repeat(MAX_COLUMNS + 1).into_bytes(), "columns"),
    ] {
        // The last column of the long header is empty and does not count.
        let error = Sheet::read(&bytes, None).expect_err(part);
        assert!(error.contains(part), "{error}");
    }
    let many = "a\n".repeat(MAX_ROWS + 2);
    assert!(
        Sheet::read(many.as_bytes(), None)
            .expect_err("rows")
            .contains("rows")
    );
}
