//! Secrets that a person types at a terminal: never shown, never in an argument.

use hedgerow_core::phrase::Phrase;
use hedgerow_tests::terminal::Terminal;

use super::machines::{Machines, assert_has, assert_no_part_of_phrase};

/// Asserts that a terminal has shown no word of the phrase.
fn assert_no_word(words: &str, shown: &str) {
    let shown: Vec<&str> = shown
        .split(|letter: char| !letter.is_alphabetic())
        .collect();
    for word in words.split(' ') {
        assert!(!shown.contains(&word), "a word was shown: {shown:?}");
    }
}

#[test]
fn the_words_are_typed_unseen_and_a_wrong_one_is_named_by_its_number() {
    let machines = Machines::new();
    // Twelve words that no message of a program has.
    let words = Phrase::from_entropy([0x5b; 16]).words().join(" ");
    std::fs::write(machines.phrase_file(), &words).expect("a file");
    let aggregator = machines.aggregator("aggregator");
    let node = machines.node(&[&aggregator]);
    machines.publish_well("node", &aggregator, "Kettle");
    machines.until_found(&aggregator, "kettle");
    node.kill();

    machines.init("new", &[&aggregator]);
    let folder = machines.path("new").display().to_string();
    let recover = ["--dir", &folder, "group", "recover", "kettle"];
    let mut terminal = Terminal::start("hedgerow-node", &recover);
    let words: Vec<&str> = words.split(' ').collect();
    terminal.wait_for("The twelve words of `kettle`:");
    let wrong = [&words[..4], &["hegderow"]].concat().join(" ");
    terminal.type_hidden(&wrong);
    terminal.wait_for("word 5 is not in the word list");
    terminal.wait_for("The words from word 5 on:");
    terminal.type_hidden(words[4]);
    terminal.wait_for("5 of 12 words read.");
    terminal.wait_for("The words from word 6 on:");
    terminal.type_hidden(&words[5..].join(" "));
    terminal.wait_for("12 words read.");
    terminal.wait_for("Recover? [y/N]");
    terminal.type_line("y");
    let (status, shown, visible) = terminal.finish();
    assert!(status.success(), "{shown}");
    assert_has(&shown, &["Kettle: comes back", "was recovered"]);
    assert_has(&visible, &["recover"]);
    let words = words.join(" ");
    assert_no_word(&words, &shown);
    assert!(!shown.contains("hegderow"), "{shown}");
    assert_no_part_of_phrase(&words, &visible);

    // The steward's command reads them the same way.
    let node = machines.start("new");
    let steward = machines.path("new/stewards/kettle.json");
    let steward = steward.display().to_string();
    let rotate = ["group", "rotate", "--steward", &steward];
    let mut terminal = Terminal::start("hedgerow", &rotate);
    terminal.wait_for("The twelve words of your group:");
    terminal.type_hidden(&words.to_uppercase());
    terminal.wait_for("12 words read.");
    let (status, shown, visible) = terminal.finish();
    assert!(status.success(), "{shown}");
    assert_has(&shown, &["key event 2 is signed"]);
    assert_no_word(&words, &shown.to_lowercase());
    assert_no_part_of_phrase(&words, &visible.to_lowercase());
    machines.assert_phrase_is_nowhere("new", &[&node]);
}

#[test]
fn a_passphrase_for_a_move_is_made_if_none_is_typed() {
    let (machines, aggregator, node) = Machines::with_published_group();
    node.stop();
    let file = machines.path("kettle.move").display().to_string();
    let folder = machines.path("node").display().to_string();
    let move_to = ["--dir", &folder, "group", "move", "kettle", "--to", &file];
    let mut terminal = Terminal::start("hedgerow-node", &move_to);
    terminal.wait_for("Move? [y/N]");
    terminal.type_line("y");
    terminal.wait_for("A passphrase for the file");
    terminal.type_hidden("short");
    terminal.wait_for("expected at least 12");
    terminal.wait_for("A passphrase for the file");
    terminal.type_hidden("");
    let (status, shown, _) = terminal.finish();
    assert!(status.success(), "{shown}");
    let passphrase = shown
        .lines()
        .map(str::trim)
        .find(|line| line.len() == 24 && line.split('-').all(|part| part.len() == 4))
        .expect("a passphrase is shown");

    machines.init("new", &[&aggregator]);
    let folder = machines.path("new").display().to_string();
    let phrase = machines.phrase_file();
    let recover = [
        "--dir", &folder, "group", "recover", "kettle", "--from", &file,
    ];
    let recover = [&recover[..], &["--phrase-file", phrase, "--yes"]].concat();
    let mut terminal = Terminal::start("hedgerow-node", &recover);
    terminal.wait_for("The passphrase of");
    terminal.type_hidden("another passphrase");
    terminal.wait_for("encrypted with another passphrase");
    terminal.wait_for("The passphrase of");
    terminal.type_hidden(passphrase);
    let (status, shown, visible) = terminal.finish();
    assert!(status.success(), "{shown}");
    assert_has(&shown, &["Records in the move file: 1", "was deleted"]);
    for text in [&shown, &visible] {
        assert!(!text.contains(passphrase), "{text}");
    }
}

/// Types back the words that a program requests after it has shown all of them.
fn repeat_words(terminal: &mut Terminal) {
    let shown = terminal.wait_for("Repeat word ");
    let words: Vec<&str> = shown
        .lines()
        .filter_map(|line| line.trim().split_once(". "))
        .filter(|(number, _)| number.parse::<usize>().is_ok())
        .map(|(_, word)| word)
        .collect();
    assert_eq!(words.len(), 12, "{shown}");
    for index in 0..3 {
        if index > 0 {
            terminal.wait_for("Repeat word ");
        }
        let number: usize = terminal
            .wait_for(" (not shown):")
            .parse()
            .expect("the number of a word");
        terminal.type_hidden(words[number - 1]);
    }
}

#[test]
fn every_program_has_three_words_of_a_new_phrase_typed_back_unseen() {
    let machines = Machines::new();
    machines.init("node", &[]);
    let [aggregator, node] = ["aggregator", "node"].map(|name| machines.path(name));
    let commitment = machines.path("commitment.txt").display().to_string();
    let of_folder = |folder: &std::path::Path, arguments: &[&str]| -> Vec<String> {
        let dir = ["--dir".to_owned(), folder.display().to_string()];
        let arguments = arguments.iter().map(|&argument| argument.to_owned());
        dir.into_iter().chain(arguments).collect()
    };
    let new = ["group", "new", "--commitment-file", &commitment].map(str::to_owned);
    for (program, arguments) in [
        ("hedgerow-aggregator", of_folder(&aggregator, &["init"])),
        ("hedgerow-node", of_folder(&node, &["group", "add", "us"])),
        ("hedgerow", new.to_vec()),
    ] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut terminal = Terminal::start(program, &arguments);
        repeat_words(&mut terminal);
        let (status, shown, _) = terminal.finish();
        assert!(status.success(), "{program}: {shown}");
        assert_eq!(
            shown.matches("Repeat word").count(),
            3,
            "{program}: {shown}"
        );
    }
}
