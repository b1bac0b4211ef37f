//! One picture as SVG, within a page or as a file.

use askama::Template;
use askama::filters::HtmlSafe;

use super::shades::{STEPS, Shades};
use super::shapes::{Area, Frame, View, land_in};
use crate::words::Words;

/// Numbers in a line of the picture: on a phone they are as large as other small text.
const NUMBERS_IN_WIDTH: f64 = 26.0;
/// Squares of a pattern in a line of the picture.
const SQUARES_IN_WIDTH: f64 = 62.0;
/// The width of a digit and the height of a line, of the size of the text.
const DIGIT_WIDTH: f64 = 0.62;
const LINE_HEIGHT: f64 = 1.15;
/// The size of small text, of that of a number, and the width of a letter, of the size of the text.
const SMALL: f64 = 0.55;
const LETTER_WIDTH: f64 = 0.56;
/// Lines of a legend in a file.
const LEGEND_LINE: f64 = 1.7;

/// What a picture says in words.
#[derive(Clone, Debug, Default)]
pub struct PictureWords {
    pub title: String,
    pub description: String,
    /// What an area without groups is called in the legend.
    pub none: String,
    /// `and more`, after the least count of the last step.
    pub and_more: String,
    /// The sources of the shapes, at the foot of a file.
    pub credit: String,
}

/// The areas of a view, each with its count of groups.
#[derive(Template)]
#[template(path = "map/picture.html")]
pub struct MapPicture<'a> {
    t: Words,
    view: &'a View,
    words: PictureWords,
    areas: Vec<Shown<'a>>,
    shades: Shades,
    /// Whether it is a file of its own, with its colours and its legend.
    is_file: bool,
}

/// An area of the picture.
struct Shown<'a> {
    area: &'a Area,
    count: u64,
    /// The name and the count in words.
    label: String,
    /// Empty if it is no link.
    href: String,
}

/// A step of the legend.
struct LegendStep {
    step: usize,
    range: String,
    /// Where its line is in a file.
    y: String,
}

impl HtmlSafe for MapPicture<'_> {}

impl<'a> MapPicture<'a> {
    /// `count` has an area's number and what it is called; `href` its address, if it has one.
    pub fn new(
        t: Words,
        view: &'a View,
        words: PictureWords,
        count: impl Fn(&Area) -> (u64, String),
        href: impl Fn(&Area) -> Option<String>,
    ) -> Self {
        let areas: Vec<Shown<'a>> = view
            .areas
            .iter()
            .map(|area| {
                let (count, label) = count(area);
                Shown {
                    area,
                    count,
                    label,
                    href: href(area).unwrap_or_default(),
                }
            })
            .collect();
        let greatest = areas.iter().map(|shown| shown.count).max();
        Self {
            t,
            view,
            words,
            areas,
            shades: Shades::up_to(greatest.unwrap_or_default()),
            is_file: false,
        }
    }

    /// The picture as a file.
    pub fn file(mut self) -> String {
        self.is_file = true;
        for shown in &mut self.areas {
            shown.href.clear();
        }
        self.render().unwrap_or_default()
    }

    fn frame(&self) -> &Frame {
        &self.view.frame
    }

    /// The size of a number.
    fn text_size(&self) -> f64 {
        let frame = self.frame();
        // A tall picture is less wide on a page.
        frame.width().max(frame.height() * 0.72) / NUMBERS_IN_WIDTH
    }

    /// The frame, in a file with space for the title and the legend.
    fn view_box(&self) -> String {
        let frame = self.frame();
        let (mut north, mut height) = (frame.north, frame.height());
        if self.is_file {
            north -= 3.0 * self.text_size();
            height += (3.0 + LEGEND_LINE * (STEPS as f64 + 2.0) + 6.0) * self.text_size();
        }
        format!(
            "{:.0} {north:.0} {:.0} {height:.0}",
            frame.west,
            frame.width()
        )
    }

    fn transform(&self) -> String {
        self.view.grid.transform()
    }

    /// Undoes the scale of the grid within patterns.
    fn square_transform(&self) -> String {
        let (across, down) = self.view.grid.step;
        format!("scale({:.4} {:.4})", 1.0 / across, 1.0 / down)
    }

    fn grid_scale(&self) -> String {
        let (across, down) = self.view.grid.step;
        format!("scale({across:.5} {down:.5})")
    }

    /// The side of a square of a pattern.
    fn square(&self) -> String {
        format!(
            "{:.1}",
            self.text_size() * NUMBERS_IN_WIDTH / SQUARES_IN_WIDTH
        )
    }

    fn land(&self) -> Vec<&'static str> {
        land_in(self.frame())
    }

    fn step(&self, shown: &Shown<'_>) -> usize {
        self.shades.step_of(shown.count)
    }

    /// The numbers that have space, the greatest first, each at its position.
    fn numbers(&self) -> Vec<(f64, f64, u64)> {
        let size = self.text_size();
        let mut counted: Vec<&Shown<'_>> =
            self.areas.iter().filter(|shown| shown.count > 0).collect();
        counted.sort_by_key(|shown| std::cmp::Reverse(shown.count));
        let mut placed: Vec<(f64, f64, f64)> = Vec::new();
        let mut numbers = Vec::new();
        for shown in counted {
            let (x, y) = shown.area.label;
            let digits = self.t.short_number(shown.count).chars().count();
            let half = size * DIGIT_WIDTH * (digits as f64 + 1.0) / 2.0;
            let overlaps = placed.iter().any(|(other_x, other_y, other_half)| {
                (x - other_x).abs() < half + other_half && (y - other_y).abs() < size * LINE_HEIGHT
            });
            if !overlaps {
                placed.push((x, y, half));
                numbers.push((x, y, shown.count));
            }
        }
        numbers
    }

    fn number(&self, count: &u64) -> String {
        self.t.short_number(*count)
    }

    /// The legend, from no group to most.
    fn legend(&self) -> Vec<LegendStep> {
        let none = (0, self.words.none.clone());
        let ranges = self.shades.ranges().map(|(step, least, greatest)| {
            let range = match greatest {
                Some(greatest) if greatest == least => written(least),
                Some(greatest) => format!("{} – {}", written(least), written(greatest)),
                None => format!("{} {}", written(least), self.words.and_more),
            };
            (step, range)
        });
        let steps = std::iter::once(none).chain(ranges).enumerate();
        let step = |(line, (step, range))| LegendStep {
            step,
            range,
            y: self.line(line),
        };
        steps.map(step).collect()
    }

    /// The box of a sample in the legend: some squares of a pattern.
    fn sample_box(&self) -> (String, String) {
        let side = self.text_size();
        (format!("{:.1}", 2.0 * side), format!("{side:.1}"))
    }

    /// The size of a sample in steps of the grid.
    fn sample_size(&self) -> (String, String) {
        let (across, down) = self.view.grid.step;
        let side = self.text_size();
        (
            format!("{:.2}", 2.0 * side / across),
            format!("{:.2}", side / down),
        )
    }

    /// Where a line of a file is, counted from the foot of the picture.
    fn line(&self, number: usize) -> String {
        let lines = number as f64 + 1.0;
        format!(
            "{:.1}",
            self.frame().south + lines * LEGEND_LINE * self.text_size()
        )
    }

    /// The sources in lines that fit, each with where it is.
    fn credit(&self) -> Vec<(String, String)> {
        let size = self.text_size() * SMALL;
        let letters = (self.frame().width() / (size * LETTER_WIDTH)) as usize;
        let mut lines: Vec<String> = Vec::new();
        for word in self.words.credit.split(' ') {
            match lines.last_mut() {
                Some(line) if line.chars().count() + word.chars().count() < letters => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        let first = self.frame().south + LEGEND_LINE * (STEPS as f64 + 2.5) * self.text_size();
        let place = |(at, line)| (format!("{:.1}", first + 1.4 * size * at as f64), line);
        lines.into_iter().enumerate().map(place).collect()
    }

    fn frame_box(&self) -> String {
        let frame = self.frame();
        let size = (frame.width(), frame.height());
        format!("{} {} {} {}", frame.west, frame.north, size.0, size.1)
    }

    fn start(&self) -> String {
        format!("{:.1}", self.frame().west + self.text_size())
    }

    /// Where the words of a line of the legend begin.
    fn words_start(&self) -> String {
        format!("{:.1}", self.frame().west + 3.6 * self.text_size())
    }

    fn title_line(&self) -> String {
        format!("{:.1}", self.frame().north - 1.2 * self.text_size())
    }

    fn size(&self) -> String {
        format!("{:.1}", self.text_size())
    }

    fn small_size(&self) -> String {
        format!("{:.1}", self.text_size() * SMALL)
    }
}

fn written(count: u64) -> String {
    crate::words::in_groups(&count.to_string())
}
