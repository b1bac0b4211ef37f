//! A steward who publishes and takes back by a node.

use hedgerow_client::{Options, Steward, StewardToken};
use hedgerow_core::name::RecordName;
use hedgerow_proto::steward_v1::record_audience::Audience;
use hedgerow_proto::{steward_v1, v1};
use hedgerow_testkit::samples;
use prost::Message as _;

/// A steward of the group `measured`, with at most one changing record.
pub struct NodeClient {
    steward: Steward,
    published: Option<RecordName>,
}

impl NodeClient {
    /// Makes a client from a node's folder.
    pub fn new(folder: &std::path::Path) -> anyhow::Result<Self> {
        let token = StewardToken::read(&folder.join("stewards/measured.json"))?;
        Ok(Self {
            steward: Steward::new(token, Options::default())?,
            published: None,
        })
    }

    pub fn group_id(&self) -> hedgerow_core::id::GroupId {
        self.steward.group_id()
    }

    /// Publishes a record with a word, or takes it back.
    pub async fn change(&mut self, word: Option<&str>) -> Result<(), String> {
        match (word, &self.published) {
            (Some(word), _) => {
                let record = self.steward.create_record("listing", draft(word)).await;
                let record = record.map_err(|error| error.to_string())?;
                let name = record.name.ok_or("a record without a name")?;
                let name = RecordName::parse(&name.collection, &name.key);
                self.published = Some(name.map_err(|error| error.to_string())?);
            }
            (None, Some(name)) => {
                let withdrawn = self.steward.withdraw_record(name).await;
                withdrawn.map_err(|error| error.to_string())?;
                self.published = None;
            }
            (None, None) => {}
        }
        Ok(())
    }
}

fn draft(word: &str) -> steward_v1::RecordDraft {
    let listing = v1::Listing {
        languages: vec!["en".into()],
        activity_state: v1::ActivityState::Active.into(),
        ..samples::listing(&format!("Word {word}"), "Invented.", None)
    };
    steward_v1::RecordDraft {
        body: listing.encode_to_vec(),
        language: "en".into(),
        audience: Some(steward_v1::RecordAudience {
            audience: Some(Audience::Public(true)),
        }),
        ..Default::default()
    }
}
