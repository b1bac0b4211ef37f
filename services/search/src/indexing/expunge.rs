//! Which segments still have the words of deleted documents.
//!
//! The engine only marks documents as deleted. Their words stay in the files of their segment until
//! it is merged with others, and a large segment may never be. So old segments with deleted
//! documents are written again, each alone.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use hedgerow_core::time::Timestamp;
use tantivy::index::{SegmentComponent, SegmentId, SegmentMeta};
use tokio::time::Instant;

use crate::error::IndexError;

/// The age from which a segment is written again for a deleted document. A third of the week after
/// which nothing is left of what was taken back, and long enough that large segments are not
/// written again for each single one.
const MIN_AGE: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// How often to check whether the engine has written the segments, in the background.
pub const REWRITE_CHECK: Duration = Duration::from_secs(1);

/// The segments that are being written again.
#[derive(Default)]
pub struct Expunge {
    /// When segments were last searched for deleted documents.
    pub searched: Option<Timestamp>,
    pub rewriting: Vec<SegmentId>,
    pub began: Option<Instant>,
    pub checked: Option<Instant>,
}

/// Returns the segments with deleted documents that are old enough.
pub fn segments_to_rewrite(
    engine: &tantivy::Index,
    folder: &Path,
    now: Timestamp,
) -> Result<Vec<SegmentId>, IndexError> {
    let segments = engine.searchable_segment_metas()?;
    let due = segments.iter().filter(|segment| {
        let made = written_at(folder, segment);
        segment.has_deletes() && made.is_none_or(|made| now.since(made) >= MIN_AGE)
    });
    Ok(due.map(SegmentMeta::id).collect())
}

/// When a segment was written. Its files never change, so this outlives restarts.
fn written_at(folder: &Path, segment: &SegmentMeta) -> Option<Timestamp> {
    let file = folder.join(segment.relative_path(SegmentComponent::Store));
    let since = fs::metadata(file).ok()?.modified().ok()?;
    let since = since.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs())
        .ok()
        .map(Timestamp::from_seconds)
}

#[cfg(test)]
mod tests {
    use hedgerow_store::contract::StoredGroup;
    use hedgerow_testkit::files_containing;
    use hedgerow_testkit::samples::listing;

    use super::*;
    use crate::testing::IndexedStore;

    const WORD: &str = "zanzibarwhisper";

    /// Whether any segment has the word in a dictionary, for deleted documents too.
    fn has_word(indexed: &IndexedStore) -> bool {
        let current = indexed.index.current();
        let fields = [current.fields.forms, current.fields.title];
        current.searcher.segment_readers().iter().any(|segment| {
            fields.iter().any(|field| {
                let dictionary = segment.inverted_index(*field).unwrap();
                let mut words = dictionary.terms().stream().unwrap();
                let mut found = false;
                while let Some((word, _)) = words.next() {
                    found |= word.starts_with(&WORD.as_bytes()[..10]);
                }
                found
            })
        })
    }

    /// Whether any file of the index has the word as it was published.
    fn is_in_files(indexed: &IndexedStore) -> bool {
        let folder = indexed.folder.path().join("index");
        !files_containing(&folder, &[WORD]).is_empty()
    }

    #[tokio::test]
    async fn words_that_were_taken_back_leave_the_files_after_two_days() {
        let mut indexed = IndexedStore::start().await;
        let mut group = StoredGroup::new(1);
        group.put("listing", "a", &listing("Zanzibarwhisper", "Tea.", None));
        group.put("listing", "b", &listing("Kept", "Tea.", None));
        indexed.publish(&mut group).await;
        assert!(has_word(&indexed) && is_in_files(&indexed));
        group.withdraw("listing", "a");
        indexed.publish(&mut group).await;
        assert!(has_word(&indexed), "the checks below can fail");

        let last = fs::metadata(indexed.folder.path().join("index/meta.json"));
        let written = last.unwrap().modified().unwrap();
        let written = written.duration_since(SystemTime::UNIX_EPOCH);
        let written = i64::try_from(written.unwrap().as_secs()).unwrap();
        let written = Timestamp::from_seconds(written);
        let due = |indexed: &IndexedStore| {
            let folder = indexed.folder.path().join("index");
            let due = segments_to_rewrite(indexed.index.engine(), &folder, indexed.now());
            due.unwrap().len()
        };
        indexed
            .clock
            .set(written.plus(MIN_AGE).minus(Duration::from_secs(3600)));
        assert_eq!(due(&indexed), 0);
        indexed
            .clock
            .set(written.plus(MIN_AGE + Duration::from_secs(60)));
        assert_eq!(due(&indexed), 1);
        indexed.restart().await;
        let began = std::time::Instant::now();
        while has_word(&indexed) || is_in_files(&indexed) {
            assert!(
                began.elapsed() < Duration::from_secs(30),
                "the word is still there"
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let (current, _) = indexed.index.current_snapshot();
        assert_eq!(current.searcher.num_docs(), 1, "the other one is kept");
    }
}
