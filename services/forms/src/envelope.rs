//! What a record has besides its body: who may see it, its language, and the consent to a story.

use hedgerow_core::language::{language_by_name, languages};
use hedgerow_input::day::parse_day;
use hedgerow_web::components::{Caption, ChoiceOption, Control, FieldGroup, Input};

use crate::posted::{Posted, normal};

/// The audience of everyone.
pub const PUBLIC: &str = "public";
/// The audience of those who look after the group.
pub const NODE_ONLY: &str = "node-only";
const AUDIENCES: [(&str, &str); 2] = [
    (PUBLIC, "form-audience-public"),
    (NODE_ONLY, "form-audience-ours"),
];
/// Own words have one language, English if nothing is said.
const DEFAULT_LANGUAGE: &str = "en";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    /// [`PUBLIC`], [`NODE_ONLY`] or another one, which stays as it is.
    pub audience: String,
    /// A BCP 47 tag.
    pub language: String,
    /// Consent of the people of a story: when it was given, when to ask again, and how.
    pub given: String,
    pub review: String,
    pub consent: String,
}

impl Envelope {
    /// That of a new record. Stories and what a group says about its worries stay on the node until
    /// its people decide otherwise.
    pub fn new(kind: &str) -> Self {
        let audience = match kind {
            "story" | "circumstances" => NODE_ONLY,
            _ => PUBLIC,
        };
        Self {
            audience: audience.to_owned(),
            language: DEFAULT_LANGUAGE.to_owned(),
            ..Self::default()
        }
    }

    pub fn is_public(&self) -> bool {
        self.audience == PUBLIC
    }

    /// The controls for a kind of record.
    pub fn group(&self, kind: &str) -> FieldGroup {
        let control = |name: &str, label, help, input| Control {
            name: format!("record.{name}"),
            label: Caption::Key(label),
            help,
            error: None,
            is_rare: false,
            input,
        };
        let mut options: Vec<ChoiceOption> = AUDIENCES
            .iter()
            .map(|(value, key)| ChoiceOption {
                value: (*value).to_owned(),
                label: Caption::Key(key),
                is_chosen: self.audience == *value,
            })
            .collect();
        if !options.iter().any(|option| option.is_chosen) {
            options.push(ChoiceOption {
                value: self.audience.clone(),
                label: Caption::Key("form-as-it-is"),
                is_chosen: true,
            });
        }
        let audience = Input::Choice { options, own: None };
        let language = Input::Line(name_of(&self.language));
        let mut controls = Vec::new();
        let is_story = kind == "story";
        if is_story {
            let help = Some("form-consent-hint");
            let text = Input::Text(normal(&self.consent));
            controls.extend([
                control(
                    "given",
                    "form-consent-given",
                    help,
                    Input::Day(self.given.clone()),
                ),
                control(
                    "review",
                    "form-consent-review",
                    None,
                    Input::Day(self.review.clone()),
                ),
                control("consent", "form-consent-words", None, text),
            ]);
        }
        controls.extend([
            control("audience", "form-audience", None, audience),
            control("language", "form-language", None, language),
        ]);
        FieldGroup {
            heading: "form-g-envelope",
            is_open: is_story || kind == "circumstances",
            controls,
        }
    }

    /// The controls as they were posted.
    pub fn posted(&self, kind: &str, posted: &Posted) -> FieldGroup {
        let mut group = self.group(kind);
        for control in &mut group.controls {
            posted.fill(&control.name, &mut control.input);
        }
        group
    }

    /// Changes it as a form says.
    ///
    /// # Errors
    /// What cannot be read, by the names of the controls.
    pub fn apply(&mut self, kind: &str, posted: &Posted) -> Result<(), Vec<(String, Caption)>> {
        let shown = self.group(kind);
        let typed = self.posted(kind, posted);
        let mut problems = Vec::new();
        for (before, after) in shown.controls.iter().zip(&typed.controls) {
            if before.input == after.input {
                continue;
            }
            let name = after.name.strip_prefix("record.").unwrap_or_default();
            match (name, &after.input) {
                ("audience", Input::Choice { options, .. }) => {
                    let chosen = options.iter().find(|option| option.is_chosen);
                    if let Some(chosen) = chosen {
                        chosen.value.clone_into(&mut self.audience);
                    }
                }
                ("language", Input::Line(name)) => {
                    self.language = language_by_name(name).unwrap_or(name).to_owned();
                }
                ("consent", Input::Text(words)) => words.clone_into(&mut self.consent),
                (field @ ("given" | "review"), Input::Day(text)) => {
                    let day = match parse_day(text) {
                        Some(day) => day.to_string(),
                        None if text.is_empty() => String::new(),
                        None => {
                            let error = Caption::Key("form-error-day");
                            problems.push((after.name.clone(), error));
                            continue;
                        }
                    };
                    if field == "given" {
                        self.given = day;
                    } else {
                        self.review = day;
                    }
                }
                _ => {}
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems)
        }
    }
}

fn name_of(tag: &str) -> String {
    let named =
        languages().find(|(known, name)| *known == tag && language_by_name(name) == Some(tag));
    named.map_or(tag, |(_, name)| name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_stays_private_until_its_people_agree() {
        let mut story = Envelope::new("story");
        assert!(!story.is_public());
        let fields = [
            ("record.audience", "public"),
            ("record.given", "4 March 2027"),
            ("record.language", "Welsh"),
        ];
        story.apply("story", &Posted::new(fields)).unwrap();
        assert!(story.is_public());
        assert_eq!((&*story.given, &*story.language), ("2027-03-04", "cy"));
        let wrong = story.apply("story", &Posted::new([("record.given", "soon")]));
        assert_eq!(wrong.unwrap_err()[0].0, "record.given");
        let mut circle = Envelope {
            audience: "circle:abc".to_owned(),
            ..Envelope::new("event")
        };
        let before = circle.clone();
        circle.apply("event", &Posted::new([])).unwrap();
        assert_eq!(circle, before);
    }
}
