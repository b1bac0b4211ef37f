use prost::Message;

/// A record with the name of its attack.
pub struct HostileRecord {
    pub attack: String,
    pub collection: &'static str,
    /// The encoded body.
    pub body: Vec<u8>,
}

impl HostileRecord {
    pub(super) fn new(attack: &str, collection: &'static str, body: &impl Message) -> Self {
        Self {
            attack: attack.to_owned(),
            collection,
            body: body.encode_to_vec(),
        }
    }
}
