//! Contrast of the colours, by WCAG 2.2.

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../style.css");

/// Text on its ground, and the least contrast. 4.5 is for text, 3 for borders and rings.
const PAIRS: [(&str, &str, f64); 23] = [
    ("ink", "paper", 7.0),
    ("ink", "card", 7.0),
    ("ink", "leaf-soft", 7.0),
    ("ink", "care", 7.0),
    ("ink", "sun", 7.0),
    ("quiet", "paper", 4.5),
    ("quiet", "card", 4.5),
    ("leaf", "paper", 4.5),
    ("leaf", "card", 4.5),
    ("leaf", "leaf-soft", 4.5),
    ("on-leaf", "leaf", 4.5),
    ("on-berry", "berry", 4.5),
    ("berry", "card", 4.5),
    ("care-ink", "care", 4.5),
    ("care-ink", "card", 4.5),
    ("care-ink", "paper", 4.5),
    ("sky-ink", "sky", 4.5),
    ("edge", "card", 3.0),
    ("edge", "paper", 3.0),
    ("edge", "leaf-soft", 3.0),
    ("focus", "paper", 3.0),
    ("focus", "card", 3.0),
    ("focus", "leaf-soft", 3.0),
];

/// The colours of the block that follows a marker.
fn colours(after: &str) -> BTreeMap<&'static str, [f64; 3]> {
    let (_, rest) = STYLE.split_once(after).expect("the block");
    let (block, _) = rest.split_once('}').expect("its end");
    let declarations = block
        .split(';')
        .filter_map(|one| one.trim().split_once(": #"));
    declarations
        .map(|(name, digits)| {
            let number = u32::from_str_radix(digits, 16).expect("six digits");
            let channel = |shift: u32| linear(f64::from((number >> shift) & 0xff) / 255.0);
            (
                name.trim_start_matches("--"),
                [channel(16), channel(8), channel(0)],
            )
        })
        .collect()
}

fn linear(channel: f64) -> f64 {
    if channel <= 0.040_45 {
        channel / 12.92
    } else {
        ((channel + 0.055) / 1.055).powf(2.4)
    }
}

fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let luminance = |[red, green, blue]: [f64; 3]| 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_pair_of_colours_can_be_read_in_both_themes() {
    let light = colours("color-scheme: light dark;");
    let dark = colours("(prefers-color-scheme: dark) {\n  :root {");
    assert_eq!(light.len(), dark.len(), "each theme has every colour");
    for (theme, colours) in [("light", light), ("dark", dark)] {
        for (text, ground, least) in PAIRS {
            let contrast = contrast(colours[text], colours[ground]);
            assert!(
                contrast >= least,
                "{theme}: {text} on {ground}: {contrast:.2}"
            );
        }
    }
}

#[test]
fn contrast_is_that_of_the_standard() {
    assert!((contrast([0.0; 3], [1.0; 3]) - 21.0).abs() < 0.001);
    assert!((contrast([0.5; 3], [0.5; 3]) - 1.0).abs() < 0.001);
}
