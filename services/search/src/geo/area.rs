//! Areas that are not circles.

use std::sync::Arc;

use hedgerow_proto::v1;

/// Whether a point is in an area. Called for each point in the circle around the area, so it is
/// as cheap as a lookup.
pub type PointTest = Arc<dyn Fn(&v1::Point) -> bool + Send + Sync>;
