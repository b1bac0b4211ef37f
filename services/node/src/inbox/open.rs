//! Opening what came sealed.

use hedgerow_core::id::{GroupId, RequestId};
use hedgerow_core::keys::EncryptionSecret;
use hedgerow_core::seal::{ContactMessage, SealedFor, SealedKind};
use hedgerow_proto::inbox_v1::SealedMessage;
use hedgerow_web::Text;

use crate::messages::Message;

/// Opens a visitor's message with one of the group's secrets. `None` if it cannot be opened or
/// read: anyone can leave bytes that look sealed.
pub(super) fn open(
    secrets: &[EncryptionSecret],
    group: &GroupId,
    id: RequestId,
    message: &SealedMessage,
) -> Option<Message> {
    let kind = SealedKind::ContactMessage;
    if message.payload_type != kind.payload_type() || !message.sender_id.is_empty() {
        return None;
    }
    let place = SealedFor {
        kind,
        sender: None,
        receiver: *group,
        id,
    };
    let content = secrets
        .iter()
        .find_map(|secret| place.open(secret, &message.sealed).ok())?;
    let opened = ContactMessage::decode(&content).ok()?;
    // As for a form of this node: without controls, and a way to answer on one line.
    let plain = |text: &str| Text::plain(text).as_str().trim().to_owned();
    Some(Message {
        text: plain(&opened.text),
        reply: plain(&opened.reply).replace('\n', " "),
    })
}
