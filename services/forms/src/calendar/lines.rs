//! Content lines of a calendar file.

/// Values longer than this are cut: no field of a record is longer.
const MAX_VALUE: usize = 16 * 1024;

/// A line of an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Property {
    /// In capitals, without the name of a group.
    pub(super) name: String,
    parameters: Vec<(String, String)>,
    pub(super) value: String,
}

/// The lines of a file, each in one piece.
pub(super) fn unfolded(text: &str) -> impl Iterator<Item = String> + use<> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) if last.len() < 2 * MAX_VALUE => last.push_str(rest),
            (Some(_), Some(_)) => {}
            _ => lines.push(line.to_owned()),
        }
    }
    lines.into_iter()
}

impl Property {
    /// Reads `NAME;PARAMETER=value;OTHER="va:lue":VALUE`.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let mut is_quoted = false;
        let mut parts = Vec::new();
        let mut begin = 0;
        let mut value = None;
        for (at, letter) in line.char_indices() {
            match letter {
                '"' => is_quoted = !is_quoted,
                ';' | ':' if !is_quoted => {
                    parts.push(line.get(begin..at)?);
                    begin = at + 1;
                    if letter == ':' {
                        value = line.get(begin..);
                        break;
                    }
                }
                _ => {}
            }
        }
        let (name, parameters) = parts.split_first()?;
        let name = name.rsplit('.').next()?.trim().to_ascii_uppercase();
        let parameters = parameters.iter().filter_map(|part| part.split_once('='));
        let parameters = parameters.map(|(name, value)| {
            let value = value.trim_matches('"').to_owned();
            (name.trim().to_ascii_uppercase(), value)
        });
        let value: String = value?.chars().take(MAX_VALUE).collect();
        Some(Self {
            name,
            parameters: parameters.collect(),
            value,
        })
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value as a text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut letters = self.value.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some('n' | 'N') => text.push('\n'),
                    Some(other) => text.push(other),
                    None => {}
                },
                other => text.push(other),
            }
        }
        text
    }
}
