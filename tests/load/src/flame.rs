//! Flame graphs: stacks from `perf script`, drawn as SVG without a script. (`inferno`, the
//! library for this, has a licence that `deny.toml` does not allow.)

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The number of samples of each stack, outermost function first.
pub type Stacks = BTreeMap<Vec<String>, u64>;

const WIDTH: f64 = 1200.0;
const ROW: f64 = 16.0;
/// Narrower boxes are omitted, so that a picture stays small.
const MIN_BOX_WIDTH: f64 = 1.2;
/// Deeper frames are omitted.
const MAX_DEPTH: usize = 60;

/// Counts the stacks in the output of `perf script --fields comm,ip,sym`.
pub fn fold(script: &str) -> Stacks {
    let mut stacks = Stacks::new();
    for sample in script.split("\n\n") {
        let mut names: Vec<String> = sample
            .lines()
            .filter(|line| line.starts_with(char::is_whitespace))
            .filter_map(|line| line.trim().split_once(' '))
            .map(|(_, name)| shorten(name))
            .collect();
        if names.is_empty() {
            continue;
        }
        names.reverse();
        *stacks.entry(names).or_default() += 1;
    }
    stacks
}

/// A function's name without its hash and without type arguments.
fn shorten(name: &str) -> String {
    let name = name.trim();
    let name = match name.rsplit_once("::h") {
        Some((name, hash)) if hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => {
            name
        }
        _ => name,
    };
    let mut out = String::new();
    let mut depth = 0_u32;
    for letter in name.chars() {
        match letter {
            '<' => depth += 1,
            '>' if depth > 1 => depth -= 1,
            '>' => depth = 0,
            _ if depth < 2 => out.push(letter),
            _ => {}
        }
    }
    out
}

/// A function in the picture with its callees.
#[derive(Default)]
struct Frame {
    count: u64,
    called: BTreeMap<String, Frame>,
}

/// Draws the stacks.
pub fn draw(title: &str, stacks: &Stacks) -> String {
    let mut root = Frame::default();
    for (names, count) in stacks {
        root.count += count;
        let mut frame = &mut root;
        for name in names.iter().take(MAX_DEPTH) {
            frame = frame.called.entry(name.clone()).or_default();
            frame.count += count;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "pixels")]
    let scale = WIDTH / root.count.max(1) as f64;
    let mut boxes = String::new();
    let mut deepest = 0;
    let mut x = 0.0;
    for (name, frame) in &root.called {
        x = draw_frame(&mut boxes, name, frame, x, 0, scale, &mut deepest);
    }
    #[expect(clippy::cast_precision_loss, reason = "pixels")]
    let height = (deepest as f64 + 3.0) * ROW;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"monospace\" font-size=\"11\">\n<text x=\"4\" y=\"13\">{}: {} samples, the \
         outermost function on top</text>\n{boxes}</svg>\n",
        escaped(title),
        root.count
    )
}

/// Draws a frame with its callees, and returns the x of the next frame.
fn draw_frame(
    boxes: &mut String,
    name: &str,
    frame: &Frame,
    x: f64,
    depth: usize,
    scale: f64,
    deepest: &mut usize,
) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "pixels")]
    let (width, y) = (frame.count as f64 * scale, (depth as f64 + 1.5) * ROW);
    let end = x + width;
    if width < MIN_BOX_WIDTH {
        return end;
    }
    *deepest = depth.max(*deepest);
    let share = width * 100.0 / WIDTH;
    let name = escaped(name);
    let _ = write!(
        boxes,
        "<g><title>{name}: {share:.1} %</title><rect x=\"{x:.1}\" y=\"{y:.0}\" width=\"{:.1}\" \
         height=\"15\" fill=\"{}\"/>",
        (width - 0.3).max(0.3),
        colour(&name)
    );
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "how many letters fit"
    )]
    let fit = (width / 6.8) as usize;
    if fit > 3 {
        let label: String = last_parts(&name).chars().take(fit).collect();
        let label = label
            .rsplit_once('&')
            .map_or(label.as_str(), |(whole, entity)| {
                if entity.contains(';') {
                    label.as_str()
                } else {
                    whole
                }
            });
        let _ = write!(
            boxes,
            "<text x=\"{:.1}\" y=\"{:.0}\">{label}</text>",
            x + 2.0,
            y + 11.0
        );
    }
    boxes.push_str("</g>\n");
    let mut at = x;
    for (name, called) in &frame.called {
        at = draw_frame(boxes, name, called, at, depth + 1, scale, deepest);
    }
    end
}

/// The last two parts of a path: enough to recognise a function in a narrow box.
fn last_parts(name: &str) -> &str {
    let mut ends = name.rmatch_indices("::");
    ends.next();
    ends.next().map_or(name, |(at, _)| &name[at + 2..])
}

fn colour(name: &str) -> String {
    let hash = name.bytes().fold(7_u32, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(byte.into())
    });
    format!(
        "hsl({},{}%,{}%)",
        15 + hash % 40,
        70 + hash / 64 % 25,
        62 + hash / 4096 % 14
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "worker\n\t 12 leaf::work::h0123456789abcdef\n\t 34 <main::Thing<u8> as Run>::run\n\nworker\n\t 12 leaf::work::h0123456789abcdef\n\t 34 <main::Thing<u8> as Run>::run\n";

    #[test]
    fn samples_are_counted_by_stack() {
        let stacks = fold(SCRIPT);
        let expected = vec![
            "main::Thing as Run::run".to_owned(),
            "leaf::work".to_owned(),
        ];
        assert_eq!(stacks, Stacks::from([(expected, 2)]));
    }

    #[test]
    fn a_picture_is_drawn_without_a_script() {
        let picture = draw("ingest", &fold(SCRIPT));
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
        assert!(picture.contains("leaf::work: 100.0 %") && !picture.contains("<script"));
    }
}
