use std::fmt::Write as _;

use chrono::NaiveDate;
use hedgerow_places::Places;
use hedgerow_proto::v1;

use super::*;

const HEADER: &str = "scheme,id,name,source_title,source_year,place,roles,tags\n";

fn options() -> TableOptions {
    TableOptions {
        defaults: Defaults {
            scheme: Some("d-1".to_owned()),
            source_title: Some("A directory".to_owned()),
            year: Some(2026),
            today: NaiveDate::from_ymd_opt(2026, 3, 1).expect("a day"),
            ..Default::default()
        },
        ..Default::default()
    }
}

fn read_as(bytes: &[u8], options: &TableOptions, area: Option<&str>) -> Result<Table, Vec<String>> {
    let places = PlaceFinder::new(Places::embedded(), area).expect("an area");
    read_table(bytes, options, &places)
}

fn read(text: &str) -> Table {
    read_as(text.as_bytes(), &options(), None).expect("a table")
}

fn problems(table: &Table) -> Vec<String> {
    table.problems.iter().map(ToString::to_string).collect()
}

fn names(table: &Table) -> Vec<&str> {
    table
        .rows
        .iter()
        .map(|row| row.entry.listing.name.as_str())
        .collect()
}

fn place(table: &Table, row: usize) -> &str {
    let places = &table.rows[row].entry.listing.places;
    places.first().map_or("", |place| place.name.as_str())
}

fn has_note(table: &Table, part: &str, row: usize) -> bool {
    let notes = table.notes.iter().filter(|(text, _)| text.contains(part));
    notes
        .flat_map(|(_, rows)| rows)
        .any(|position| position.row == row)
}

#[test]
fn a_row_becomes_a_catalogued_listing() {
    let table = read(&format!(
        "{HEADER}dir-2024,a-1,A group,A directory,2024,Leeds,network; support-group,\
         community:women; walking\n"
    ));
    let entry = &table.rows[0].entry;
    let listing = &entry.listing;
    assert_eq!(
        (entry.subject.scheme.as_str(), entry.subject.id.as_str()),
        ("dir-2024", "a-1")
    );
    assert_eq!(listing.places[0].geonames_id, 2_644_688);
    assert_eq!(listing.who_for[0].communities, ["community:women"]);
    assert_eq!(listing.tags, ["walking"]);
    assert_eq!(listing.roles.len(), 2);
    assert_eq!(
        listing.source.as_ref().expect("a source").recorded_year,
        2024
    );
}

#[test]
fn every_wrong_row_is_reported_with_its_row_and_line() {
    let table = read(&format!(
        "{HEADER}dir,a,,T,20x4,Atlantis,,\r\ndir,b,\"B\r\nb\",T,2024,Atlantis,,\r\ndir,c,C,T,2024,,king,\r\n\
         dir,d,D,T,2024,Leeds,,\r\n"
    ));
    let wrong = problems(&table);
    assert_eq!(wrong.len(), 5, "{wrong:?}");
    assert!(wrong[0].starts_with("row 2: `name` is empty"), "{wrong:?}");
    assert!(wrong[1].contains("the year “20x4”"), "{wrong:?}");
    assert!(
        wrong[3].starts_with("row 3: no known place is called Atlantis"),
        "{wrong:?}"
    );
    assert!(
        wrong[4].starts_with("row 4 (line 5): “king” is not a role"),
        "{wrong:?}"
    );
    assert_eq!(names(&table), ["D"]);
}

#[test]
fn an_unknown_header_is_named_once() {
    let mut text = "scheme,id,name,source_title,source_year,Phone,shoe size\n".to_owned();
    for row in 0..500 {
        writeln!(text, "d-1,r{row},A{row},T,2024,1,2").expect("text");
    }
    let table = read(&text);
    assert_eq!((table.rows.len(), table.problems.len()), (500, 0));
    assert_eq!(table.headers.unmatched, ["shoe size"]);
    assert_eq!(table.headers.telephones, ["Phone"]);
}

#[test]
fn one_id_twice_is_reported_with_both_rows_however_far_apart() {
    let mut text = "scheme,id,name,source_title,source_year,summary,place\n".to_owned();
    for row in 0..60 {
        writeln!(text, "d-1,r{row},N{row},T,2024,x,Leeds").expect("text");
    }
    let table = read(&format!(
        "{text}d-1,r3,Other,T,2024,y,Leeds\nd-1,r4,N4,T,2024,x,Leeds\n"
    ));
    assert_eq!(
        problems(&table),
        ["row 62: the id r3 is also the id of row 5: give each row its own"]
    );
    assert_eq!(
        table.problems[0].subject,
        Some(("d-1".to_owned(), "r3".to_owned()))
    );
    assert!(has_note(&table, "is the same as row 6", 63));
    assert_eq!(table.rows.len(), 60);
}

#[test]
fn a_source_without_a_year_is_reported_once_and_a_default_fills_it() {
    let text = b"scheme,id,name,source_title,place\nd-1,a,A,T,Leeds\nd-1,b,B,T,Leeds\n";
    let mut options = options();
    options.defaults.year = None;
    let wrong = read_as(text, &options, None).expect_err("no year");
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].contains("--year"), "{wrong:?}");
    options.defaults.year = Some(2019);
    let table = read_as(text, &options, None).expect("a table");
    let source = table.rows[0]
        .entry
        .listing
        .source
        .clone()
        .expect("a source");
    assert_eq!((source.recorded_year, source.date.as_str()), (2019, "2019"));
}

#[test]
fn what_is_missing_is_reported_together_with_wrong_rows() {
    let wrong =
        read_as(b"Name,Town\nA,Atlantis\n", &TableOptions::default(), None).expect_err("wrong");
    let all = wrong.join("\n");
    for part in [
        "--scheme",
        "--source-title",
        "--year",
        "row 2: no known place",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
}

#[test]
fn semicolons_and_windows_1252_are_read() {
    let table = read_as(
        b"Group;Venue;City;Price;Notes\n[test] Caf\xe9 R\xe9union;St Mary\x92s Hall;Brighton;2,50;\x93x\x94\n\
          [test] Zo\xeb\x92s Garden;\"Plot 12; behind\";Hove;0;x\n",
        &options(),
        None,
    )
    .expect("a table");
    assert_eq!(
        names(&table),
        ["[test] Café Réunion", "[test] Zoë’s Garden"]
    );
    assert_eq!((place(&table, 0), place(&table, 1)), ("Brighton", "Hove"));
    assert_eq!(table.headers.unmatched, ["Venue", "Price", "Notes"]);
}

#[test]
fn one_name_is_placed_by_the_evidence_of_its_row() {
    let table = read(
        "Name,Town,Postcode,County\nA,Chorlton,M21 9EG,\nB,Newport,,Isle of Wight\nC,Newport,NP20 1AA,\nD,,LS6 3AA,\n",
    );
    assert_eq!(problems(&table), [""; 0]);
    let regions: Vec<_> = (0..4)
        .map(|row| {
            table.rows[row].entry.listing.places[0].regions[0]
                .name
                .clone()
        })
        .collect();
    assert_eq!(
        regions,
        [
            "North West",
            "South East",
            "Wales",
            "Yorkshire and the Humber"
        ]
    );
    assert_eq!(place(&table, 1), "Newport");
}

#[test]
fn a_name_of_several_places_is_never_settled_silently() {
    let table = read("Name,Town\nA,Chorlton\nB,Clapham\nC,Cheadle\n");
    let placed: Vec<_> = (0..table.rows.len())
        .map(|row| (names(&table)[row], place(&table, row)))
        .collect();
    assert!(placed.is_empty(), "{placed:?}");
    assert_eq!(table.problems.len(), 3);
    let within = read_as(
        b"Name,Town\nA,Chorlton\nC,Cheadle\n",
        &options(),
        Some("Greater Manchester"),
    );
    let within = within.expect("a table");
    assert_eq!(problems(&within), [""; 0]);
}

#[test]
fn a_postcode_far_from_its_county_is_reported() {
    let table = read(
        "Name,Postcode,County\nA,LS6 3AA,Cornwall\nB,TR18 2AA,Cornwall\nC,XX99 9XX,Cornwall\n",
    );
    let wrong = problems(&table);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(
        wrong[0].starts_with("row 2: the postcode district LS6 is not in Cornwall"),
        "{wrong:?}"
    );
    assert!(has_note(&table, "not a known postcode", 4));
    assert_eq!(place(&table, 1), "Cornwall");
}

#[test]
fn rows_that_look_the_same_are_taken_once() {
    let table = read(
        "Name,Town,Postcode\nOpen Door Circle,Leeds,LS6 3AA\nOther,Leeds,LS6 3AA\n  open door CIRCLE ,Leeds,ls63aa\n\
         Open Door Circle,Leeds,LS6 1AB\n",
    );
    assert_eq!(table.rows.len(), 3);
    assert!(has_note(&table, "looks the same as row 2", 4));
    let ids: Vec<_> = table
        .rows
        .iter()
        .map(|row| row.entry.subject.id.as_str())
        .collect();
    assert_eq!(
        ids,
        [
            "open-door-circle-ls6",
            "other-ls6",
            "open-door-circle-ls6-2"
        ]
    );
}

#[test]
fn text_stays_text_and_unsafe_websites_are_left_out() {
    let table = read(
        "Name,Description,Website\n\"=HYPERLINK(\"\"x\"\")\",a,https://example.org\nDash,\"- first\n- second\",javascript:alert(1)\n\
         At,b,http://user:secret@example.org/\n\u{202e}gnirts,zero\u{200b}width,www.example.org\nTea &amp; talk,c,\n",
    );
    assert_eq!(problems(&table), [""; 0]);
    assert_eq!(
        names(&table),
        ["=HYPERLINK(\"x\")", "Dash", "At", "gnirts", "Tea & talk"]
    );
    let listings: Vec<_> = table.rows.iter().map(|row| &row.entry.listing).collect();
    assert_eq!(listings[1].summary, "- first\n- second");
    let websites: Vec<_> = listings.iter().map(|it| it.website.as_str()).collect();
    assert_eq!(
        websites,
        ["https://example.org", "", "", "https://www.example.org", ""]
    );
    assert!(
        has_note(&table, "formula", 2) && has_note(&table, "nobody can see", 5),
        "{:?}",
        table.notes
    );
    assert!(has_note(&table, "decoded", 6));
}

#[test]
fn times_stay_in_words_until_their_dates_are_wanted() {
    let text = b"Group,When,Starting,Where\nA,\"first Tuesday of the month, 7pm\",,Leeds\nB,by appointment,,Leeds\n";
    let table = read_as(text, &options(), None).expect("a table");
    let schedule = &table.rows[0].entry.listing.schedules[0];
    assert_eq!(
        (schedule.words.as_str(), schedule.rrules.len()),
        ("first Tuesday of the month, 7pm", 0)
    );
    assert!(has_note(&table, "--read-times", 2) && !has_note(&table, "--read-times", 3));
    let mut options = options();
    options.defaults.reads_times = true;
    let table = read_as(text, &options, None).expect("a table");
    let schedule = |row: usize| -> &v1::Schedule { &table.rows[row].entry.listing.schedules[0] };
    assert_eq!(schedule(0).rrules, ["FREQ=MONTHLY;BYDAY=1TU"]);
    assert_eq!(schedule(0).words, "first Tuesday of the month, 7pm");
    assert_eq!(
        (schedule(1).words.as_str(), schedule(1).rrules.len()),
        ("by appointment", 0)
    );
}

#[test]
fn long_and_short_rows_are_accepted_and_said() {
    let table = read("Name,Address,Description\nShort,Town Hall\nLong,Town Hall,text,extra,more\n");
    assert_eq!(table.rows.len(), 2);
    assert!(has_note(&table, "more cells than the header", 3));
}
