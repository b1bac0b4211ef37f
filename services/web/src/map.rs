//! Pictures of the regions and of the councils of a region, drawn by the server as SVG. Each area
//! is a number of hexagons that is coloured by how many groups are in it. `data/README.md` says
//! where the shapes come from.

mod hexagons;
mod picture;
mod shades;
mod shapes;

pub use picture::{MapPicture, PictureWords};
pub use shapes::{Area, View, regions, view};
