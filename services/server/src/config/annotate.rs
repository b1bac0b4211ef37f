//! Annotated configurations, for the `init` command of a program.

use serde::Serialize;

/// Fills a template with the values of a configuration. A template line that is only a key
/// becomes `key = value`, with the value from the `[section]` above it; every other line is
/// copied. Because the values come from `config`, they cannot differ from the defaults in
/// force. A key without a value stays as it is, which is not valid TOML.
///
/// # Errors
/// If the configuration cannot be written as TOML.
pub fn annotate(template: &str, config: &impl Serialize) -> Result<String, toml::ser::Error> {
    let values = toml::Table::try_from(config)?;
    let mut section = Some(&values);
    let mut text = String::new();
    for line in template.lines() {
        let name = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'));
        if let Some(name) = name {
            section = values.get(name).and_then(toml::Value::as_table);
        }
        match section.and_then(|section| section.get(line)) {
            Some(value) => {
                let entry = toml::Table::from_iter([(line.to_owned(), value.clone())]);
                text.push_str(&toml::to_string_pretty(&entry)?);
            }
            None => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Config {
        listen: &'static str,
        sources: Vec<&'static str>,
        retry: Retry,
    }

    #[derive(Serialize)]
    struct Retry {
        seconds: u64,
        ratio: f64,
    }

    #[test]
    fn keys_get_the_values_of_their_section_and_other_lines_are_copied() {
        let config = Config {
            listen: "127.0.0.1:1",
            sources: vec!["a", "b"],
            retry: Retry {
                seconds: 60,
                ratio: 1.0,
            },
        };
        let template = "# Where.\nlisten\nsources\n\n[retry]\nseconds\nratio\n# off = 1\nlisten\n";
        assert_eq!(
            annotate(template, &config).unwrap(),
            "# Where.\nlisten = \"127.0.0.1:1\"\nsources = [\n    \"a\",\n    \"b\",\n]\n\n\
             [retry]\nseconds = 60\nratio = 1.0\n# off = 1\nlisten\n"
        );
    }
}
