//! Pictures of the regions and of the councils of a region, drawn by the server as SVG. Each area
//! is a number of hexagons that is coloured by how many groups are in it. `data/README.md` says
//! where the shapes come from. An operator may load outlines instead of hexagons.

mod hexagons;
mod locator;
mod outlines;
mod picture;
mod shades;
mod shapes;

pub use locator::Locator;
pub use outlines::Ring;
pub use picture::{MapPicture, PictureWords};
pub use shapes::{Area, Maps, View};
