//! Icons, drawn in the page itself. Each only repeats what the words next to it say, so that
//! programs that read pages aloud leave them out.

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
    /// The drawing in a square of 24, in strokes.
    fn drawing(self) -> &'static str {
        match self {
            Self::Leaf => "<path d='M5 19C4 10 9 4 20 4c1 11-5 16-13 15M5 19c2-5 5-8 9-10'/>",
            Self::People => {
                "<circle cx='9' cy='8' r='3.2'/><path d='M3 20c0-4 2.500-6.500 6-6.500s6 2.500 6 6.500'/><path d='M15.500 5.200a3.200 3.200 0 0 1 0 6M17.500 14.200c2.200.8 3.500 3 3.500 5.800'/>"
            }
            Self::Calendar => {
                "<rect x='4' y='5.500' width='16' height='14.500' rx='2'/><path d='M4 10h16M8.500 3v4M15.500 3v4'/>"
            }
            Self::Room => "<path d='M4 20V6l8-3 8 3v14M3 20h18M9.500 20v-6h5v6'/>",
            Self::Hand => {
                "<path d='M12 20s-7.500-4.600-7.500-10A4.200 4.200 0 0 1 12 7.500 4.200 4.200 0 0 1 19.500 10c0 5.400-7.500 10-7.500 10z'/>"
            }
            Self::Place => {
                "<path d='M12 21s-6.500-6.200-6.500-11a6.500 6.500 0 0 1 13 0c0 4.800-6.500 11-6.500 11z'/><circle cx='12' cy='10' r='2.300'/>"
            }
            Self::Clock => "<circle cx='12' cy='12' r='8.500'/><path d='M12 7v5.300l3.500 2'/>",
            Self::Door => "<path d='M6 21V4h9l3 2v15M4 21h16M14.500 12v1.500'/>",
            Self::Voice => "<path d='M4 5h16v11h-8.500L7 20v-4H4z'/><path d='M8 9h8M8 12h5'/>",
            Self::Archive => {
                "<rect x='3.500' y='4' width='17' height='5' rx='1'/><path d='M5 9v11h14V9M10 13h4'/>"
            }
            Self::Seal => {
                "<circle cx='12' cy='10' r='6.500'/><path d='M9 10l2.200 2.200L15.200 8M8.500 15.500L7 21.500l5-2 5 2-1.500-6'/>"
            }
            Self::Link => {
                "<path d='M10 14l4-4M8.500 11.500l-2.300 2.300a3.500 3.500 0 0 0 5 5l2.300-2.300M15.500 12.500l2.300-2.300a3.500 3.500 0 0 0-5-5l-2.300 2.300'/>"
            }
            Self::Cross => "<path d='M6.500 6.500l11 11M17.500 6.500l-11 11'/>",
            Self::Search => "<circle cx='10.500' cy='10.500' r='6'/><path d='M15 15l5.500 5.500'/>",
            Self::Help => {
                "<path d='M12 20.500l-7-6.300C1.500 10.500 4 5 8.500 5c1.600 0 2.800.8 3.500 2 .7-1.200 1.900-2 3.500-2C20 5 22.500 10.500 19 14.200z'/>"
            }
            Self::Exit => "<path d='M13 4H5v16h8M10 12h10M16.500 8l4 4-4 4'/>",
        }
    }
}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\" focusable=\"false\">{}</svg>",
            self.drawing()
        )
    }
}

impl HtmlSafe for Icon {}

/// A hedgerow in blossom, as an ornament.
pub(crate) struct Hedge;

impl fmt::Display for Hedge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "<svg class=\"hedge\" viewBox=\"0 0 800 70\" preserveAspectRatio=\"xMidYMax slice\" \
             aria-hidden=\"true\" focusable=\"false\">\
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
