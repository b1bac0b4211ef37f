use super::file::check;
use complete::complete;
use contents::contents;
use disorder::disorder;
use form::read;
use keys::keys;

mod complete;
mod contents;
mod disorder;
mod form;
mod keys;
mod parts;

const ABOUT: &str = "Streams of Sync and Push (protobuf hedgerow.feed.v1.SyncItem each), read by a \
    receiver with usual limits. Key events count as soon as they are verified; the rest counts only if \
    the stream ends well. The order is key events, head, basis, then removals, leaves, bodies and \
    missing hashes in any order, except that a body comes after its leaf, then end, then nothing.";

#[test]
fn streams_get_the_verdicts_of_the_vectors() {
    let mut made = complete();
    made.extend(keys());
    made.extend(disorder());
    made.extend(contents());
    check("sync_streams.json", ABOUT, made, |vector| {
        let name = &vector.name;
        let outcome = read(vector.held.as_ref(), &vector.items);
        assert_eq!(outcome.verdict, vector.verdict, "{name}");
        assert_eq!(outcome.key_log_tip, vector.key_log_tip, "{name}");
        assert_eq!(outcome.result, vector.result, "{name}");
    });
}
