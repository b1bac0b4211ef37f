//! Checks `docs/APPENDIX-A.md`, which maps questions to fields, against the vocabulary and
//! the protocol's descriptors, so that it cannot go out of date.

use std::collections::BTreeSet;

use hedgerow_core::vocabulary::vocabulary;
use prost::Message as _;
use prost_types::FileDescriptorSet;

const MAP: &str = include_str!("../../../docs/APPENDIX-A.md");

/// The items of Appendix A.
const ITEMS: std::ops::RangeInclusive<u32> = 1..=16;

struct Row {
    item: String,
    group: String,
    field: String,
}

fn rows() -> Vec<Row> {
    let cells = MAP.lines().filter_map(|line| {
        let line = line.trim().strip_prefix('|')?.strip_suffix('|')?;
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [item, question, group, field] = cells.as_slice() else {
            panic!("not four cells: {line}");
        };
        let heading = *item == "item" || item.chars().all(|c| c == '-' || c == ':');
        assert!(heading || !question.is_empty(), "no question: {line}");
        (!heading).then(|| Row {
            item: (*item).to_owned(),
            group: (*group).to_owned(),
            field: field.trim_matches('`').to_owned(),
        })
    });
    cells.collect()
}

fn fields() -> BTreeSet<String> {
    let set = FileDescriptorSet::decode(hedgerow_proto::FILE_DESCRIPTOR_SET)
        .expect("the embedded descriptors are well formed");
    let messages = set.file.iter().flat_map(|file| {
        file.message_type
            .iter()
            .map(move |message| (file.package(), message))
    });
    messages
        .flat_map(|(package, message)| {
            let names = message
                .field
                .iter()
                .map(prost_types::FieldDescriptorProto::name);
            names.map(move |name| format!("{package}.{}.{name}", message.name()))
        })
        .collect()
}

#[test]
fn every_item_of_appendix_a_has_a_field() {
    let items: BTreeSet<_> = rows()
        .iter()
        .filter_map(|row| row.item.parse().ok())
        .collect();
    let missing: Vec<_> = ITEMS.filter(|item| !items.contains(item)).collect();
    assert!(missing.is_empty(), "items without a row: {missing:?}");
    assert!(items.iter().all(|item| ITEMS.contains(item)), "{items:?}");
}

#[test]
fn every_group_of_the_vocabulary_has_a_field() {
    let named: BTreeSet<_> = rows().into_iter().map(|row| row.group).collect();
    let groups: BTreeSet<_> = vocabulary()
        .groups()
        .iter()
        .map(|group| group.id.clone())
        .collect();
    let missing: Vec<_> = groups.difference(&named).collect();
    assert!(missing.is_empty(), "groups without a row: {missing:?}");
    let strange: Vec<_> = named
        .difference(&groups)
        .filter(|name| *name != "–")
        .collect();
    assert!(
        strange.is_empty(),
        "groups that are not in the vocabulary: {strange:?}"
    );
}

#[test]
fn every_item_that_is_the_basis_of_a_term_has_a_row() {
    let rows = rows();
    for term in vocabulary().terms() {
        let Some(items) = term.basis.split("item").nth(1) else {
            continue;
        };
        let number: String = items
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        let has_row = rows.iter().any(|row| row.item == number);
        assert!(
            has_row,
            "{} rests on item {number}, which has no row",
            term.id
        );
    }
}

#[test]
fn every_field_exists() {
    let fields = fields();
    let missing: Vec<_> = rows()
        .into_iter()
        .map(|row| row.field)
        .filter(|field| !fields.contains(field))
        .collect();
    assert!(
        missing.is_empty(),
        "fields that are not in the protocol: {missing:?}"
    );
}
