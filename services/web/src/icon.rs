//! Icons. A page has the drawings once, at its end, and each icon refers to one of them. An icon only
//! repeats what the words next to it say, so that programs that read pages aloud leave it out.

use std::fmt;

use askama::filters::HtmlSafe;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Leaf,
    People,
    Calendar,
    Room,
    Hand,
    Place,
    Clock,
    Door,
    Voice,
    Archive,
    Seal,
    Link,
    Cross,
    Search,
    Help,
    Exit,
}

impl Icon {
    const ALL: [Self; 16] = [
        Self::Leaf,
        Self::People,
        Self::Calendar,
        Self::Room,
        Self::Hand,
        Self::Place,
        Self::Clock,
        Self::Door,
        Self::Voice,
        Self::Archive,
        Self::Seal,
        Self::Link,
        Self::Cross,
        Self::Search,
        Self::Help,
        Self::Exit,
    ];

    /// The name of its drawing in a page.
    fn id(self) -> String {
        format!("i{}", self as u8)
    }

    /// The drawing in a square of 24, in strokes.
    fn drawing(self) -> &'static str {
        match self {
            Self::Leaf => "<path d='M5 19C4 10 9 4 20 4c1 11-5 16-13 15M5 19c2-5 5-8 9-10'/>",
            Self::People => {
                "<circle cx='9' cy='8' r='3.2'/><path d='M3 20c0-4 2.5-6.5 6-6.5s6 2.5 6 6.5'/><path d='M15.5 5.2a3.2 3.2 0 0 1 0 6M17.5 14.2c2.2.8 3.5 3 3.5 5.8'/>"
            }
            Self::Calendar => {
                "<rect x='4' y='5.5' width='16' height='14.5' rx='2'/><path d='M4 10h16M8.5 3v4M15.5 3v4'/>"
            }
            Self::Room => "<path d='M4 20V6l8-3 8 3v14M3 20h18M9.5 20v-6h5v6'/>",
            Self::Hand => {
                "<path d='M12 20s-7.5-4.6-7.5-10A4.2 4.2 0 0 1 12 7.5 4.2 4.2 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10z'/>"
            }
            Self::Place => {
                "<path d='M12 21s-6.5-6.2-6.5-11a6.5 6.5 0 0 1 13 0c0 4.8-6.5 11-6.5 11z'/><circle cx='12' cy='10' r='2.3'/>"
            }
            Self::Clock => "<circle cx='12' cy='12' r='8.5'/><path d='M12 7v5.3l3.5 2'/>",
            Self::Door => "<path d='M6 21V4h9l3 2v15M4 21h16M14.5 12v1.5'/>",
            Self::Voice => "<path d='M4 5h16v11h-8.5L7 20v-4H4z'/><path d='M8 9h8M8 12h5'/>",
            Self::Archive => {
                "<rect x='3.5' y='4' width='17' height='5' rx='1'/><path d='M5 9v11h14V9M10 13h4'/>"
            }
            Self::Seal => {
                "<circle cx='12' cy='10' r='6.5'/><path d='M9 10l2.2 2.2L15.2 8M8.5 15.5L7 21.5l5-2 5 2-1.5-6'/>"
            }
            Self::Link => {
                "<path d='M10 14l4-4M8.5 11.5l-2.3 2.3a3.5 3.5 0 0 0 5 5l2.3-2.3M15.5 12.5l2.3-2.3a3.5 3.5 0 0 0-5-5l-2.3 2.3'/>"
            }
            Self::Cross => "<path d='M6.5 6.5l11 11M17.5 6.5l-11 11'/>",
            Self::Search => "<circle cx='10.5' cy='10.5' r='6'/><path d='M15 15l5.5 5.5'/>",
            Self::Help => {
                "<path d='M12 20.5l-7-6.3C1.5 10.5 4 5 8.5 5c1.6 0 2.8.8 3.5 2 .7-1.2 1.9-2 3.5-2C20 5 22.5 10.5 19 14.2z'/>"
            }
            Self::Exit => "<path d='M13 4H5v16h8M10 12h10M16.5 8l4 4-4 4'/>",
        }
    }
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.id();
        write!(
            f,
            "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"#{id}\"/></svg>"
        )
    }
}

impl HtmlSafe for Icon {}

/// The drawings that the icons of a page refer to.
pub(crate) struct Drawings(&'static [Icon]);

impl Drawings {
    pub(crate) const ALL: Self = Self(&Icon::ALL);
    /// Those of a page that has no icon besides its frame, and needs its bytes for something else.
    pub(crate) const OF_FRAME: Self = Self(&[Icon::Leaf, Icon::Help, Icon::Exit]);
}

impl fmt::Display for Drawings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Hidden by its size: browsers draw nothing of an element that is not displayed.
        f.write_str("<svg class=\"sr\" aria-hidden=\"true\">")?;
        for icon in self.0 {
            let (id, drawing) = (icon.id(), icon.drawing());
            write!(
                f,
                "<symbol id=\"{id}\" viewBox=\"0 0 24 24\">{drawing}</symbol>"
            )?;
        }
        f.write_str("</svg>")
    }
}

impl HtmlSafe for Drawings {}

/// A hedgerow in blossom, as an ornament.
pub(crate) struct Hedge;

impl fmt::Display for Hedge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "<svg class=\"hedge\" viewBox=\"0 0 800 70\" preserveAspectRatio=\"xMidYMax slice\" \
             aria-hidden=\"true\">\
             <path class=\"far\" d='M0 70V42q30-44 61 -1q32-39 65 4q33-41 66 -3q35-49 71 -3\
             q32-44 65 -1q35-40 71 0q21-40 42 2q28-40 56 -3q35-47 71 4q31-40 62 2q35-38 70 -1\
             q22-41 45 -3q27-50 55 3V70z'/>\
             <path class=\"near\" d='M0 70V56q19-35 39 0q29-26 58 4q27-36 55 -4q20-27 41 0\
             q28-31 57 0q23-33 47 0q25-28 50 0q19-33 39 2q28-26 57 -1q25-26 51 0q28-32 57 0\
             q27-34 55 -3q20-31 41 2q21-35 43 2q19-33 38 -3q18-37 37 -3q17-28 35 4V70z'/>\
             <path class=\"bloom\" d='M20 54h.1M70 58h.1M128 60h.1M206 55h.1M262 62h.1M331 57h.1M402 60h.1\
             M458 55h.1M520 61h.1M580 56h.1M640 60h.1M690 57h.1M748 55h.1M785 60h.1'/></svg>",
        )
    }
}

impl HtmlSafe for Hedge {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_has_a_drawing_in_the_page() {
        let drawings = Drawings::ALL.to_string();
        for icon in Icon::ALL {
            let shown = icon.to_string();
            let (_, rest) = shown.split_once("href=\"#").unwrap();
            let (id, _) = rest.split_once('"').unwrap();
            assert_eq!(
                drawings.matches(&format!("id=\"{id}\"")).count(),
                1,
                "{icon:?}"
            );
        }
        // As many as there are, so that none is forgotten here.
        assert_eq!(Icon::Exit as usize + 1, Icon::ALL.len());
    }
}
