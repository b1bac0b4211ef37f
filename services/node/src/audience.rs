//! Audiences of records, and their forms in the store and on the wire.

use hedgerow_core::name::View;
use hedgerow_proto::steward_v1;
use steward_v1::record_audience::Audience as Wire;

/// Who may see a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everyone: the record is in the public view.
    Public,
    /// Only the steward: the record is in no head and never leaves the node.
    NodeOnly,
    /// A circle of groups. Treated as node-only until circles are implemented.
    Circle(View),
}

/// A circle name that is not a valid view name.
#[derive(Debug, thiserror::Error)]
#[error("a circle is named by 1 to 64 characters of a-z, 0-9, '.' and '-'")]
pub struct MalformedAudience;

const CIRCLE_PREFIX: &str = "circle:";

impl Audience {
    /// Parses the requested audience. `None` means that the default of the record's kind
    /// applies.
    pub fn from_proto(
        audience: Option<&steward_v1::RecordAudience>,
    ) -> Result<Option<Self>, MalformedAudience> {
        match audience.and_then(|audience| audience.audience.as_ref()) {
            None => Ok(None),
            Some(Wire::Public(true)) => Ok(Some(Self::Public)),
            Some(Wire::NodeOnly(true)) => Ok(Some(Self::NodeOnly)),
            // "Not public" and "not node-only" do not name an audience.
            Some(Wire::Public(false) | Wire::NodeOnly(false)) => Ok(None),
            Some(Wire::Circle(name)) => circle(name).map(Some),
        }
    }

    /// Formats the audience for the store.
    pub fn to_text(&self) -> String {
        match self {
            Self::Public => "public".to_owned(),
            Self::NodeOnly => "node-only".to_owned(),
            Self::Circle(view) => format!("{CIRCLE_PREFIX}{}", view.as_str()),
        }
    }

    /// Parses the form in the store.
    pub fn from_text(text: &str) -> Result<Self, MalformedAudience> {
        match text {
            "public" => Ok(Self::Public),
            "node-only" => Ok(Self::NodeOnly),
            other => circle(other.strip_prefix(CIRCLE_PREFIX).ok_or(MalformedAudience)?),
        }
    }

    pub fn to_proto(&self) -> steward_v1::RecordAudience {
        let audience = match self {
            Self::Public => Wire::Public(true),
            Self::NodeOnly => Wire::NodeOnly(true),
            Self::Circle(view) => Wire::Circle(view.as_str().to_owned()),
        };
        steward_v1::RecordAudience {
            audience: Some(audience),
        }
    }
}

/// Parses a circle's name. Rejects the public view, so that a record meant for a circle
/// cannot become public by its name.
fn circle(name: &str) -> Result<Audience, MalformedAudience> {
    let view = View::parse(name).map_err(|_| MalformedAudience)?;
    if view == View::public() {
        return Err(MalformedAudience);
    }
    Ok(Audience::Circle(view))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_survives_the_store() {
        let circle = Audience::Circle(View::parse("kx3v").expect("a view"));
        for audience in [Audience::Public, Audience::NodeOnly, circle] {
            let text = audience.to_text();
            assert_eq!(Audience::from_text(&text).expect("valid"), audience);
        }
    }

    #[test]
    fn a_circle_cannot_be_the_public_view() {
        for name in ["public", ""] {
            let request = steward_v1::RecordAudience {
                audience: Some(Wire::Circle(name.to_owned())),
            };
            assert!(Audience::from_proto(Some(&request)).is_err());
        }
    }
}
