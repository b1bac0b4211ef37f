//! Who may see a record: which view it stands in, or none.

use hedgerow_core::name::View;
use hedgerow_proto::v1;
use v1::record_audience::Audience as Wire;

/// Who may see a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Everyone: the public view.
    Public,
    /// Nobody: it stays on the node, in no head.
    NodeOnly,
    /// A circle of groups. Kept on the node until circles exist.
    Circle(View),
}

/// An audience that names no view.
#[derive(Debug, thiserror::Error)]
#[error("a circle is named by 1 to 64 characters of a-z, 0-9, '.' and '-'")]
pub struct MalformedAudience;

const CIRCLE: &str = "circle:";

impl Audience {
    /// What a steward asked for; `None` where the kind of record decides.
    pub fn asked_for(
        audience: Option<&v1::RecordAudience>,
    ) -> Result<Option<Self>, MalformedAudience> {
        match audience.and_then(|audience| audience.audience.as_ref()) {
            None => Ok(None),
            Some(Wire::Public(true)) => Ok(Some(Self::Public)),
            Some(Wire::NodeOnly(true)) => Ok(Some(Self::NodeOnly)),
            // "Not public" and "not only here" do not say who.
            Some(Wire::Public(false) | Wire::NodeOnly(false)) => Ok(None),
            Some(Wire::Circle(name)) => circle(name).map(Some),
        }
    }

    /// As it is written in the store.
    pub fn to_text(&self) -> String {
        match self {
            Self::Public => "public".to_owned(),
            Self::NodeOnly => "node-only".to_owned(),
            Self::Circle(view) => format!("{CIRCLE}{}", view.as_str()),
        }
    }

    /// From how it is written in the store.
    pub fn from_text(text: &str) -> Result<Self, MalformedAudience> {
        match text {
            "public" => Ok(Self::Public),
            "node-only" => Ok(Self::NodeOnly),
            other => circle(other.strip_prefix(CIRCLE).ok_or(MalformedAudience)?),
        }
    }

    /// As it is told to the steward.
    pub fn to_proto(&self) -> v1::RecordAudience {
        let audience = match self {
            Self::Public => Wire::Public(true),
            Self::NodeOnly => Wire::NodeOnly(true),
            Self::Circle(view) => Wire::Circle(view.as_str().to_owned()),
        };
        v1::RecordAudience {
            audience: Some(audience),
        }
    }
}

/// The public view is not a circle: it may not be reached by naming it as one.
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
            assert_eq!(Audience::from_text(&text).expect("written here"), audience);
        }
    }

    #[test]
    fn a_circle_cannot_be_the_public_view() {
        for name in ["public", ""] {
            let asked = v1::RecordAudience {
                audience: Some(Wire::Circle(name.to_owned())),
            };
            assert!(Audience::asked_for(Some(&asked)).is_err());
        }
    }
}
