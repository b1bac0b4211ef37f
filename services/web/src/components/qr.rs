//! A QR code.

use std::fmt::Write as _;

use askama::filters::HtmlSafe;
use qrcode::{Color, EcLevel, QrCode};

/// Light modules around a code, as ISO/IEC 18004 wants them. Without them phones do not find it.
const QUIET: usize = 4;

/// An address as a picture for the camera of a phone. It is dark on light in both themes, because
/// many phones do not read the reverse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Qr {
    /// What the picture is, for people who do not see it.
    label: String,
    /// Modules of a side, the quiet ones included.
    side: usize,
    /// The dark modules, as a path of an SVG.
    path: String,
}

impl Qr {
    /// `None` if the content is too long for a code.
    pub fn new(content: &str, label: &str) -> Option<Self> {
        let code = QrCode::with_error_correction_level(content, EcLevel::M).ok()?;
        let (width, colors) = (code.width(), code.to_colors());
        let mut path = String::new();
        for (y, row) in colors.chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|one, next| one == next) {
                if run[0] == Color::Dark {
                    let (left, length) = (x + QUIET, run.len());
                    // Cannot fail: it is a string.
                    let _ = write!(path, "M{left} {}h{length}v1h-{length}z", y + QUIET);
                }
                x += run.len();
            }
        }
        Some(Self {
            label: label.to_owned(),
            side: width + 2 * QUIET,
            path,
        })
    }
}

impl std::fmt::Display for Qr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { label, side, path } = self;
        write!(
            f,
            "<svg class=\"qr\" viewBox=\"0 0 {side} {side}\" role=\"img\" aria-label=\""
        )?;
        crate::escape::write_escaped(f, label)?;
        write!(f, "\"><path d=\"{path}\"/></svg>")
    }
}

impl HtmlSafe for Qr {}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes the path of a code, drawn with a number of dots a module.
    fn decoded(svg: &str, dots: usize) -> Option<String> {
        let (_, rest) = svg.split_once("viewBox=\"0 0 ")?;
        let side: usize = rest.split(' ').next()?.parse().ok()?;
        let (_, rest) = svg.split_once(" d=\"")?;
        let path = rest.split('"').next()?;
        let mut is_dark = vec![false; side * side];
        for run in path.split('M').skip(1) {
            let (at, rest) = run.split_once('h')?;
            let (x, y) = at.split_once(' ')?;
            let (x, y): (usize, usize) = (x.parse().ok()?, y.parse().ok()?);
            let length: usize = rest.split('v').next()?.parse().ok()?;
            is_dark[y * side + x..][..length].fill(true);
        }
        let picture = |x: usize, y: usize| match is_dark[y / dots * side + x / dots] {
            true => 0,
            false => 255,
        };
        let mut image =
            rqrr::PreparedImage::prepare_from_greyscale(side * dots, side * dots, picture);
        let grids = image.detect_grids();
        grids.first()?.decode().ok().map(|(_, content)| content)
    }

    #[test]
    fn a_reader_gets_the_address_back() {
        for address in [
            "https://directory.example/",
            &format!(
                "https://directory.example/group/{}/listing/k-1",
                "ab".repeat(32)
            ),
            "https://directory.example/search?q=caf%C3%A9&near=Leeds",
        ] {
            let code = Qr::new(address, "Code").unwrap();
            assert_eq!(decoded(&code.to_string(), 4).as_deref(), Some(address));
        }
        assert_eq!(Qr::new(&"x".repeat(5_000), "Code"), None);
    }
}
