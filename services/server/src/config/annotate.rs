//! Annotated configurations, for the `init` command of a program.

use serde::Serialize;

/// Comments that the files of both servers have, by the line of a template that inserts them.
const SHARED: [(&str, &str); 5] = [
    (
        "@domain",
        r#"# https://NAME/ without a warning: it gets a certificate for the name and renews it. The name's
# DNS records must lead here, and port 443 to `listen`; docs/OPERATING.md says how. Setting it
# means that you agree to the terms of the authority, https://letsencrypt.org/repository/."#,
    ),
    (
        "@proxies",
        r#"# The addresses of that proxy, unless it is on this machine. Whatever reaches this server from
# them without TLS is believed, so name no network that strangers are in.
proxies"#,
    ),
    (
        "@backup",
        r#"[backup]
# Backups that this server makes by itself, such as "1 day" or "6 hours". Without it there are
# only those that you make.
# every = "1 day"
# Where they are: "backups" is in the folder of this file and helps against mistakes; the full
# path of another disk, with the file of a passphrase, also against a lost one.
folder
# passphrase_file = "backup-passphrase"
# The most that are kept, and for how many days. What groups take back is in backups until then,
# so more than 7 days has to be said to them.
keep
keep_days"#,
    ),
    (
        "@acme",
        r#"[acme]
# The authority that signs the certificate of `domain`, and an e-mail address to which it may
# write if something is wrong.
directory
# contact = "operator@example.org""#,
    ),
    (
        "@metrics",
        r#"[metrics]
# The address at which a collector such as Prometheus reads metrics, under /metrics. Use one
# of this machine or of a private network, because whatever reaches it may read it. Without
# it metrics are off.
# listen = "127.0.0.1:9464""#,
    ),
];

/// Fills a template with the values of a configuration. A template line that is a name of
/// `SHARED` becomes its lines. A line that is only a key becomes `key = value`, with the value
/// from the `[section]` above it; every other line is copied. Because the values come from
/// `config`, they cannot differ from the defaults in force. A key without a value stays as it is,
/// which is not valid TOML.
///
/// # Errors
/// If the configuration cannot be written as TOML.
pub fn annotate(template: &str, config: &impl Serialize) -> Result<String, toml::ser::Error> {
    let values = toml::Table::try_from(config)?;
    let mut section = Some(&values);
    let mut text = String::new();
    let lines = template.lines().flat_map(|line| {
        let shared = SHARED.iter().find(|(name, _)| *name == line);
        shared.map_or(line, |(_, lines)| *lines).split('\n')
    });
    for line in lines {
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

    #[test]
    fn comments_of_both_servers_are_inserted_with_the_values_of_each() {
        let config = toml::toml! { [backup]
            keep = 3
        };
        let written = annotate("@domain\n\n@backup\n", &config).unwrap();
        assert!(written.starts_with("# https://NAME/ without"), "{written}");
        assert!(written.contains("letsencrypt.org/repository/.\n\n[backup]\n"));
        assert!(written.contains("\nkeep = 3\n"), "{written}");
    }
}
