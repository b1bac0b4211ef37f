//! Keys of new records, written into the files that they came from.

use std::collections::BTreeSet;
use std::fs;

use hedgerow_proto::steward_v1::StewardRecord;

use crate::context::Context;
use crate::document::Document;

/// Writes `key: …` below `kind: …` of each new document.
pub(super) fn keep(
    documents: &[Document],
    records: &[StewardRecord],
    context: &mut Context,
) -> anyhow::Result<()> {
    let files: BTreeSet<&str> = documents
        .iter()
        .map(|document| document.origin.file.as_str())
        .collect();
    for file in files {
        let keys: Vec<Option<String>> = documents
            .iter()
            .zip(records)
            .filter(|(document, _)| document.origin.file == file)
            .map(|(document, record)| {
                let name = record.name.clone().unwrap_or_default();
                document.key.is_none().then_some(name.key)
            })
            .collect();
        let text = fs::read_to_string(file).unwrap_or_default();
        match with_keys(&text, &keys) {
            Some(text) => {
                fs::write(file, text)?;
                writeln!(context.notes, "The keys are in {file} now.")?;
            }
            None => writeln!(
                context.notes,
                "The keys could not be written into {file}: put them there by hand."
            )?,
        }
    }
    Ok(())
}

/// The text with a key below each document's `kind:` line. `None` if a document does not
/// have such a line, as in JSON.
fn with_keys(text: &str, keys: &[Option<String>]) -> Option<String> {
    let mut out = String::with_capacity(text.len() + keys.len() * 40);
    let mut keys = keys.iter();
    let mut is_replaced = false;
    for line in text.split_inclusive('\n') {
        if line.starts_with("---") {
            is_replaced = false;
        }
        // The old key of a record that was taken back.
        if is_replaced && line.starts_with("key:") {
            continue;
        }
        out += line;
        if !line.starts_with("kind:") {
            continue;
        }
        if let Some(key) = keys.next()? {
            if !line.ends_with('\n') {
                out.push('\n');
            }
            out += &format!("key: {key}\n");
            is_replaced = true;
        }
    }
    keys.next().is_none().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_below_the_kind_of_each_new_document() {
        let text = "# a note\nkind: listing\nname: A\n---\nkind: event\nkey: ab\n---\nkind: story";
        let keys = [Some("11".to_owned()), None, Some("22".to_owned())];
        assert_eq!(
            with_keys(text, &keys).as_deref(),
            Some(
                "# a note\nkind: listing\nkey: 11\nname: A\n---\nkind: event\nkey: ab\n---\n\
                 kind: story\nkey: 22\n"
            )
        );
        assert_eq!(with_keys("{\"kind\": \"listing\"}", &keys[..1]), None);
    }

    #[test]
    fn the_key_of_a_record_that_was_taken_back_is_replaced() {
        let text = "kind: event\nkey: old\ntitle: A\n---\nkind: event\nkey: kept\n";
        assert_eq!(
            with_keys(text, &[Some("new".to_owned()), None]).as_deref(),
            Some("kind: event\nkey: new\ntitle: A\n---\nkind: event\nkey: kept\n")
        );
    }
}
