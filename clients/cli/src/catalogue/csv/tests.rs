use std::fmt::Write as _;

use chrono::NaiveDate;
use hedgerow_input::schedule_words;
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
    assert_eq!(table.headers.unmatched, ["Venue", "Notes"]);
    let price = |row: usize| {
        table.rows[row]
            .entry
            .listing
            .price
            .clone()
            .expect("a price")
    };
    let amount = price(0).amount.map(|it| (it.currency, it.minor_units));
    assert_eq!(amount, Some(("GBP".to_owned(), 250)));
    assert_eq!(price(1).kind(), v1::PriceKind::Free);
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
        wrong[0].starts_with("row 2: the postcode LS6 is not in Cornwall"),
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

#[test]
fn what_surrounds_a_table_is_left_out_and_said() {
    let table = read(
        "Directory of groups,,,\nUpdated March 2024,,,\n,,,\nName,Town,When,Website\nA,Leeds,Tuesdays 7pm,\n\
         B,York,,\nTotal: 2 groups,,,\n* ring first,,,\n",
    );
    assert_eq!(names(&table), ["A", "B"]);
    assert_eq!(problems(&table), [""; 0]);
    assert!(table.about[0].contains("row 4"), "{:?}", table.about);
    assert!(has_note(&table, "a total", 7) && has_note(&table, "a note about", 8));
    let two_rows = read("Group,Venue,When,,,Notes\n,,Day,From,To,\nA,Hall,Tuesday,19:00,20:00,x\n");
    let schedule = &two_rows.rows[0].entry.listing.schedules[0];
    assert_eq!(schedule.words, "Tuesday 19:00–20:00");
}

#[test]
fn cells_that_state_nothing_are_empty() {
    let table = read(
        "name,town,website,postcode\nA,Leeds,\\N,NULL\nB,n/a,n/a,N/A\nC,-,none,–\nD,#N/A,#REF!,null\n",
    );
    assert_eq!(problems(&table), [""; 0]);
    assert_eq!(names(&table), ["A", "B", "C", "D"]);
    assert_eq!((place(&table, 0), place(&table, 3)), ("Leeds", ""));
    assert!(has_note(&table, "#REF!", 5));
    assert!(!has_note(&table, "not a known postcode", 2));
}

#[test]
fn markup_is_taken_out_of_cells() {
    let table = read(
        "name,town,description,website\n<b>Bold</b> group,Leeds,\
         \"<p>We meet &amp; talk.<br/>Come along</p><script>alert(1)</script> 5 < 6\",\
         \"<a href=\"\"https://example.org/a\"\">us</a>\"\nB,Leeds,&lt;p&gt;Tea&lt;/p&gt;,\n",
    );
    assert_eq!(names(&table), ["Bold group", "B"]);
    let listing = |row: usize| &table.rows[row].entry.listing;
    assert_eq!(listing(0).summary, "We meet & talk.\nCome along\n 5 < 6");
    assert_eq!(listing(0).website, "https://example.org/a");
    assert_eq!(listing(1).summary, "Tea");
    assert!(has_note(&table, "HTML tags", 2) && has_note(&table, "HTML tags", 3));
}

#[test]
fn unclear_times_are_asked_about_and_published_only_in_words() {
    let text = b"Name,Town,When\nA,Leeds,Thursdays 7-9\nB,Leeds,12/5 7pm\nC,Leeds,every other Monday 7pm\n\
        D,Leeds,Tuesdays 7-9pm\nE,Leeds,by appointment\n";
    let mut options = options();
    options.defaults.reads_times = true;
    let table = read_as(text, &options, None).expect("a table");
    let asked = |table: &Table, part: &str| -> Vec<usize> {
        let questions = table.questions.iter();
        let rows = questions.filter(|(text, _)| text.contains(part));
        rows.flat_map(|(_, rows)| rows.iter().map(|at| at.row))
            .collect()
    };
    assert_eq!(asked(&table, "--unclear-times pm"), [2]);
    assert_eq!(asked(&table, "--dates day-first"), [3]);
    assert_eq!(asked(&table, "column “starting”"), [4]);
    assert_eq!(table.questions.len(), 3, "{:?}", table.questions);
    let starts = |table: &Table| -> Vec<String> {
        let rows = table.rows.iter();
        rows.map(|row| row.entry.listing.schedules[0].start.clone())
            .collect()
    };
    assert_eq!(starts(&table), ["", "", "", "2026-03-03T19:00", ""]);
    options.defaults.half = Some(schedule_words::HalfDay::Later);
    options.defaults.order = Some(schedule_words::DateOrder::DayFirst);
    let table = read_as(text, &options, None).expect("a table");
    assert_eq!(
        starts(&table),
        [
            "2026-03-05T19:00",
            "2026-05-12T19:00",
            "",
            "2026-03-03T19:00",
            ""
        ]
    );
    assert_eq!(asked(&table, ""), [4]);
}

#[test]
fn a_first_date_with_the_month_first_makes_the_others_unclear() {
    let text = b"Name,Town,When,Starting\nA,Leeds,every other Tuesday 7pm,03/24/2026\n\
        B,Leeds,Wednesdays 7pm,03/04/2026\nC,Leeds,every other Tuesday 7pm,24/03/2026\n";
    let mut options = options();
    options.defaults.reads_times = true;
    let table = read_as(text, &options, None).expect("a table");
    let start =
        |table: &Table, row: usize| table.rows[row].entry.listing.schedules[0].start.clone();
    assert_eq!(start(&table, 0), "");
    assert_eq!(start(&table, 1), "", "April or March");
    assert_eq!(start(&table, 2), "2026-03-24T19:00");
    let questions: Vec<_> = table.questions.keys().collect();
    assert!(
        questions
            .iter()
            .any(|text| text.contains("“03/04/2026” may have the month first")),
        "{questions:?}"
    );
    options.defaults.order = Some(schedule_words::DateOrder::MonthFirst);
    let table = read_as(text, &options, None).expect("a table");
    assert_eq!(start(&table, 0), "2026-03-24T19:00");
    assert_eq!(start(&table, 1), "2026-03-04T19:00");
}

#[test]
fn positions_and_further_columns_become_fields() {
    let table = read(
        "Name,Latitude,Longitude,Monday,Tuesday,Cost,Languages,Wheelchair access,Rooms,Capacity,Foo\n\
         A,53.80,-1.55,09:00-17:00,09:00-17:00,Free,\"Polish, English\",Yes,Hall,30,x\n\
         B,430000,433500,,,,,,,,\n",
    );
    assert_eq!(problems(&table), [""; 0]);
    let listing = &table.rows[0].entry.listing;
    assert_eq!(place(&table, 0), "Leeds");
    assert_eq!(listing.places[0].precision(), v1::Precision::Town);
    assert_eq!(listing.languages, ["pl", "en"]);
    assert_eq!(listing.schedules[0].words, "Monday to Tuesday 09:00-17:00");
    assert_eq!(
        listing.price.as_ref().map(v1::Price::kind),
        Some(v1::PriceKind::Free)
    );
    assert!(listing.anything_else.contains("Capacity: 30"));
    assert_eq!(
        listing.accessibility.as_ref().map(|it| it.text.as_str()),
        Some("Wheelchair access: yes")
    );
    assert_eq!(table.headers.unmatched, ["Foo"]);
    assert_eq!(place(&table, 1), "");
    assert!(has_note(&table, "not in degrees", 3) && has_note(&table, "by the position", 2));
}

#[test]
fn a_place_that_is_only_known_elsewhere_is_placed_by_its_position() {
    let table = read("Name,Town,Latitude,Longitude\nA,Redhill,51.37,-2.71\n");
    assert_eq!(problems(&table), [""; 0]);
    assert!(has_note(&table, "“Redhill” was placed by its position", 2));
    assert_eq!(
        table.rows[0].entry.listing.places[0].regions[0].name,
        "South West"
    );
}

#[test]
fn a_location_is_a_position_a_place_or_an_address() {
    let table = read(
        "Name,Location\nA,\"53.80,-1.55\"\nB,York\nC,\"St Mary's Hall, Harrogate\"\nD,\"The Hub, LS6 3AA\"\n",
    );
    assert_eq!(problems(&table), [""; 0]);
    let places: Vec<_> = (0..3).map(|row| place(&table, row)).collect();
    assert_eq!(places, ["Leeds", "York", "Harrogate"]);
    assert_ne!(place(&table, 3), "");
}

#[test]
fn a_stated_separator_and_lost_accents_are_recognised() {
    let table = read("sep=;\nname;town\nMenâ€™s Shed;Leeds\n");
    assert_eq!(table.sheet.separator, ';');
    assert_eq!(table.rows[0].position.row, 3);
    assert!(table.sheet.is_garbled);
}

#[test]
fn a_time_column_belongs_to_the_day_next_to_it() {
    let mut options = options();
    options.defaults.reads_times = true;
    let text = "Name,Town,Day,Time\nA,Leeds,Tues,7-9pm\nB,York,Mon & Wed,10.30am to 12.30pm\n";
    let table = read_as(text.as_bytes(), &options, None).expect("a table");
    let words = |row: usize| table.rows[row].entry.listing.schedules[0].words.clone();
    assert_eq!(
        (words(0).as_str(), words(1).as_str()),
        ("Tues 7-9pm", "Mon & Wed 10.30am to 12.30pm")
    );
    let rules = &table.rows[1].entry.listing.schedules[0].rrules;
    assert_eq!(rules, &["FREQ=WEEKLY;BYDAY=MO,WE"]);
    let text = "Name,Town,Day,Times\nA,Leeds,Tuesday,7-9pm\nB,Leeds,Tuesday,Fridays 7pm\n";
    let table = read_as(text.as_bytes(), &options, None).expect("a table");
    let words = |row: usize| table.rows[row].entry.listing.schedules[0].words.clone();
    assert_eq!(
        (words(0).as_str(), words(1).as_str()),
        ("Tuesday 7-9pm", "Fridays 7pm")
    );
}

#[test]
fn an_address_over_several_columns_has_its_town() {
    let table = read(
        "Name,Address 1,Address 2,Address 3,Address 4\n\
         A,St Mary Hall,Main Street,Otley,West Yorkshire\n\
         B,The Hub,12 High St,Skipton,\n\
         C,The Centre,5 Low Road,Richmond,North Yorkshire\n\
         D,The Hall,Somewhere Lane,,\n\
         E,The Hall,Newport,,\n\
         F,The Hall,Main St,,Kent\n",
    );
    assert_eq!(problems(&table), [""; 0]);
    let places: Vec<_> = (0..6).map(|row| place(&table, row)).collect();
    assert_eq!(places[..2], ["Otley", "Skipton"]);
    assert_eq!(places[3..], ["", "", "Kent"]);
    let regions = &table.rows[2].entry.listing.places[0].regions;
    assert_eq!(
        (places[2], regions[0].name.as_str()),
        ("Richmond", "Yorkshire and the Humber")
    );
    assert!(has_note(&table, "no town was found in the address", 5));
    assert!(has_note(
        &table,
        "“Newport” in the address may be several places",
        6
    ));
    assert!(table.headers.unmatched.is_empty(), "{:?}", table.headers);
}

#[test]
fn eastings_are_positions_and_headings_are_no_groups() {
    let table = read(
        "Name,Easting,Northing,Website\nLEEDS,,,\nA,430000,433500,http:/a.example.org\nB,430,433,\n",
    );
    assert_eq!(problems(&table), [""; 0]);
    assert_eq!((table.rows.len(), place(&table, 0)), (2, "Leeds"));
    assert_eq!(table.rows[0].entry.listing.website, "http://a.example.org");
    assert!(has_note(&table, "looks like a heading", 2));
    assert!(has_note(&table, "easting and northing", 4));
}

#[test]
fn postcodes_are_taken_out_of_what_is_around_them() {
    let table = read(
        "Name,Postcode\nA,YO1-7HH\nB,hu1 1aa.\nC,LS6 2AB / LS1 1AA\nD,LSI 3AB\nE,LS1 4D\nF,ring us\n",
    );
    assert_eq!(problems(&table), [""; 0]);
    let places: Vec<_> = (0..6).map(|row| place(&table, row)).collect();
    assert_eq!(
        places,
        ["York", "Kingston upon Hull", "Leeds", "Leeds", "Leeds", ""]
    );
    assert!(has_note(&table, "was read as one in YO1", 2));
    assert!(has_note(&table, "not a known postcode", 7));
}
