//! The Merkle tree over a view's records: leaves sorted by name, hashed as in RFC 6962.
//!
//! A head signs the tree's root. A receiver has exactly the published records if its own root
//! equals the signed one.

mod difference;
mod error;
mod inclusion;
mod leaf;
mod manifest;
mod merkle;

pub use difference::Difference;
pub use error::TreeError;
pub use inclusion::{AbsenceProof, InclusionProof, TreeProof};
pub use leaf::Leaf;
pub(crate) use manifest::check_order;
pub use manifest::{HashedManifest, Manifest};

#[cfg(test)]
mod tests;
