//! Positions as numbers: degrees, grid references.

use std::sync::OnceLock;

use regex::Regex;

use super::pattern::Pattern;

/// Patterns that nothing but a position matches.
fn certain() -> &'static [Pattern] {
    static PATTERNS: OnceLock<[Pattern; 3]> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        [
            // 54.97783, -1.61780
            r"-?\b\d{1,3}\.\d{3,}\s*(?:°|º|deg(?:rees)?)?\s*(?:[NSns]|north|south)?\s*[,;/|\s]\s*[NSEWnsew]?\s?-?\d{1,3}\.\d{3,}",
            r"(?i)\blat(?:itude)?\b\W{0,4}-?\d{1,2}\.\d{2,}.{0,20}?\b(?:lon|lng|long|longitude)\b\W{0,4}-?\d{1,3}\.\d{2,}",
            r#"\d{1,3}\s*[°º]\s*\d{1,2}(?:\.\d+)?\s*['"]"#,
        ]
        .map(Pattern::new)
    })
}

/// Patterns that something else may match too.
fn likely() -> &'static [Regex] {
    static PATTERNS: OnceLock<Vec<Regex>> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let degree = r"(?:°|º|d\b|deg\b|degs\b|degree|degrees)";
        compile(&[
            r"(?i)\blat(?:itude)?\b\W{0,4}-?\d{1,2}(?:\.\d+)?.{0,30}?\b(?:lon|lng|long|longitude)\b\W{0,4}-?\d",
            r"\b\d{1,3}\.\d{3,}\s*[°º]",
            // Two places after the point, within these islands: 54.97 -1.61.
            r"\b(?:49|5\d|60)\.\d{2,}\s*[,;/|\s]\s*-?[0-9]\.\d{2,}",
            // With a decimal comma.
            r"\b\d{1,2},\d{4,}\s*[;/|\s]\s*-?\d{1,3},\d{4,}",
            &format!(r"(?i)\b\d{{1,3}}\s*{degree}\s*,?\s*\d{{1,2}}(?:\.\d+)?\s*(?:'|minutes?\b|mins?\b|m\b)"),
            &format!(r"(?i)\b\d{{1,2}}\.\d+\s*{degree}?\s*(?:n|north)\b.{{0,12}}?\d{{1,3}}\.\d+\s*{degree}?\s*(?:w|e|west|east)\b"),
            r"(?i)\b[ns]\s?\d{1,2}\.\d+.{0,4}[ew]\s?\d{1,3}\.\d+",
            r"(?i)\b[ns]\s?\d{1,2}[°º\s]\s?\d{1,2}(?:\.\d+)?.{0,6}?[ew]\s?\d{1,3}[°º\s]\s?\d{1,2}",
            r"(?i)\b\d{1,2}\s\d{1,2}\s\d{1,2}(?:\.\d+)?\s?[ns]\b.{0,4}\d{1,3}\s\d{1,2}\s\d{1,2}",
            // A National Grid reference: NZ 246 641. Without SC, with which the numbers of
            // Scottish charities begin.
            r"\b(?:[HNOT][A-HJ-Z]|S[A-BD-HJ-Z])[\s-]?\d{3,5}[\s-]\d{3,5}\b",
            r"\b(?:[HNOT][A-HJ-Z]|S[A-BD-HJ-Z])[\s-]?\d{6}(?:\d{2}){0,2}\b",
            // The Irish grid in the north: J 338 740.
            r"\b[BCDGHJ]\s?(?:\d{3}\s\d{3}|\d{4}\s\d{4}|\d{5}\s\d{5})\b",
            r"\b[CDGHJ]\d{6}(?:\d{2}){0,2}\b",
            r"(?i)\b(?:easting|grid ref(?:erence)?|os ref)\b\W{0,4}[a-z]{0,2}\s?\d{3,6}",
            // In small letters a grid reference needs more evidence.
            r"(?i)\bgrid\b.{0,25}?\b[a-z]{1,2}\s?\d{3,5}\s?\d{3,5}\b",
        ])
    })
}

fn compile(patterns: &[&str]) -> Vec<Regex> {
    let regex = |pattern: &&str| Regex::new(pattern).expect("the pattern is a constant");
    patterns.iter().map(regex).collect()
}

pub(super) fn find_certain(text: &str) -> Option<&str> {
    certain()
        .iter()
        .find_map(|pattern| pattern.find_all(text).next())
}

pub(super) fn find_likely(text: &str) -> Option<&str> {
    find(likely(), text)
}

/// Finds a position in a text whose numbers were written as words: two decimal numbers, of
/// which the first can be a latitude of these islands.
pub(super) fn find_spelled(text: &str) -> Option<&str> {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| {
        Regex::new(r"\b(?:49|5\d|60)\.\d+\D{1,40}?\d{1,2}\.\d+|\b(?:49|5\d|60)\.\d+\s*(?:degrees|north|n\b)")
            .expect("the pattern is a constant")
    });
    pattern.find(text).map(|part| part.as_str())
}

fn find<'t>(patterns: &[Regex], text: &'t str) -> Option<&'t str> {
    patterns
        .iter()
        .find_map(|pattern| pattern.find(text))
        .map(|part| part.as_str())
}
