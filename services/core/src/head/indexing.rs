//! The policy by which a group lets aggregators index its records.

use hedgerow_proto::v1;

use super::error::HeadError;
use crate::id::GroupId;

/// The aggregators that may keep, show and pass on the bodies under a head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Indexing {
    /// Every aggregator.
    Anyone,
    /// Only these aggregators, by their group ids.
    Named(Vec<GroupId>),
    /// No aggregator. They may keep the head, but no bodies.
    Nobody,
}

impl Indexing {
    /// Whether the policy includes an aggregator.
    #[must_use]
    pub fn permits(&self, aggregator: &GroupId) -> bool {
        match self {
            Self::Anyone => true,
            Self::Named(named) => named.contains(aggregator),
            Self::Nobody => false,
        }
    }

    /// Converts to the form that heads carry.
    #[must_use]
    pub fn to_proto(&self) -> v1::Indexing {
        let (policy, aggregators) = match self {
            Self::Anyone => (v1::IndexingPolicy::Anyone, Vec::new()),
            Self::Named(named) => (
                v1::IndexingPolicy::Named,
                named.iter().map(GroupId::to_vec).collect(),
            ),
            Self::Nobody => (v1::IndexingPolicy::Nobody, Vec::new()),
        };
        v1::Indexing {
            policy: policy.into(),
            aggregators,
        }
    }

    /// Reads a policy. A missing or unknown one permits no aggregator.
    pub(super) fn from_proto(indexing: Option<&v1::Indexing>) -> Result<Self, HeadError> {
        let Some(indexing) = indexing else {
            return Ok(Self::Nobody);
        };
        Ok(match indexing.policy() {
            v1::IndexingPolicy::Anyone => Self::Anyone,
            v1::IndexingPolicy::Named => {
                let named = indexing
                    .aggregators
                    .iter()
                    .map(|id| GroupId::try_from(id.as_slice()));
                Self::Named(
                    named
                        .collect::<Result<_, _>>()
                        .map_err(|_| HeadError::Malformed("a named aggregator's id is 32 bytes"))?,
                )
            }
            v1::IndexingPolicy::Nobody | v1::IndexingPolicy::Unspecified => Self::Nobody,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_unknown_indexing_policy_permits_nobody() {
        let aggregator = GroupId::from_bytes([1; 32]);
        for policy in [0, 3, 77] {
            let sent = v1::Indexing {
                policy,
                aggregators: vec![aggregator.to_vec()],
            };
            assert_eq!(Indexing::from_proto(Some(&sent)), Ok(Indexing::Nobody));
        }
        assert_eq!(Indexing::from_proto(None), Ok(Indexing::Nobody));
        assert!(Indexing::Named(vec![aggregator]).permits(&aggregator));
        assert!(!Indexing::Named(vec![]).permits(&aggregator));
        assert!(!Indexing::Nobody.permits(&aggregator));
        assert!(Indexing::Anyone.permits(&aggregator));
    }
}
