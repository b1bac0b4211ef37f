//! Posted forms. What a person types is posted, never part of an address: addresses are kept by
//! browsers, servers and everything between them.

use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::multipart;

/// Maximum size of a visitor's form in bytes.
const MAX_BYTES: usize = 64 * 1024;
/// Maximum number of its fields, repeated ones included.
const MAX_FIELDS: usize = 200;
/// Maximum size of a form over a whole record. The record itself is smaller, but letters of most
/// languages take three times their bytes in a form, and a draft has the record twice.
pub const MAX_RECORD_BYTES: usize = 384 * 1024;
/// Maximum number of fields of such a form.
const MAX_RECORD_FIELDS: usize = 4_000;

/// The fields of a posted form, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// With the status of the page to show: 413 for a form that is too long, 415 for a body that
    /// is not a form, 400 for one that ends too early.
    pub async fn read(headers: &HeaderMap, body: Body) -> Result<Self, StatusCode> {
        Self::read_within(headers, body, (MAX_BYTES, MAX_FIELDS)).await
    }

    /// Reads the body of a request with a form over a whole record, or with a file.
    ///
    /// # Errors
    /// Like [`Self::read`].
    pub async fn read_record(headers: &HeaderMap, body: Body) -> Result<Self, StatusCode> {
        let kind = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
        if let Some(boundary) = kind.and_then(multipart::boundary) {
            let bytes = bytes_within(body, MAX_RECORD_BYTES).await?;
            let fields = multipart::parse(&bytes, boundary);
            return fields.map(Self).ok_or(StatusCode::BAD_REQUEST);
        }
        Self::read_within(headers, body, (MAX_RECORD_BYTES, MAX_RECORD_FIELDS)).await
    }

    async fn read_within(
        headers: &HeaderMap,
        body: Body,
        (max_bytes, max_fields): (usize, usize),
    ) -> Result<Self, StatusCode> {
        let kind = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes);
        if !kind.is_some_and(|kind| kind.starts_with(b"application/x-www-form-urlencoded")) {
            return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
        let form = Self::parse(&bytes_within(body, max_bytes).await?);
        if form.0.len() > max_fields {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        Ok(form)
    }

    /// Parses an encoded form. Anything that is not UTF-8 becomes U+FFFD.
    pub fn parse(bytes: &[u8]) -> Self {
        let fields = form_urlencoded::parse(bytes).take(MAX_RECORD_FIELDS + 1);
        let fields = fields.map(|(name, value)| (name.into_owned(), value.into_owned()));
        Self(fields.collect())
    }

    /// The first value of a field, without space around it; empty if it is absent.
    pub fn get(&self, name: &str) -> &str {
        let first = self.0.iter().find(|(field, _)| field == name);
        first.map_or("", |(_, value)| value.trim())
    }

    /// The values of a field that are not empty, without space around them.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let fields = self.0.iter().filter(move |(field, _)| field == name);
        fields
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    pub fn push(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Removes a field, or only its fields with one value.
    pub fn remove(&mut self, name: &str, value: Option<&str>) {
        self.0.retain(|(field, has)| {
            field != name || value.is_some_and(|value| value.trim() != has.trim())
        });
    }

    /// The form as it is posted.
    pub fn encode(&self) -> String {
        let mut encoder = form_urlencoded::Serializer::new(String::new());
        encoder.extend_pairs(self.fields());
        encoder.finish()
    }

    /// The fields as the query of an address.
    pub fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.fields());
        query.finish()
    }

    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

async fn bytes_within(body: Body, max_bytes: usize) -> Result<axum::body::Bytes, StatusCode> {
    let read = Limited::new(body, max_bytes).collect().await;
    let bytes = read.map_err(|error| {
        if is_too_long(error.as_ref()) {
            StatusCode::PAYLOAD_TOO_LARGE
        } else {
            StatusCode::BAD_REQUEST
        }
    })?;
    Ok(bytes.to_bytes())
}

/// Whether a limit ended the body: this one, or that of the server below, which is in the chain
/// of its error.
fn is_too_long(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut chain = std::iter::successors(Some(error), |error| error.source());
    chain.any(|error| error.downcast_ref::<LengthLimitError>().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(kind: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, http::HeaderValue::from_static(kind));
        headers
    }

    const FORM: &str = "application/x-www-form-urlencoded";

    #[tokio::test]
    async fn a_form_is_read_field_by_field() {
        let body = Body::from("q=+hearing+voices&who=women&who=%26&near=&who=");
        let form = Form::read(&headers(FORM), body).await.unwrap();
        assert_eq!(form.get("q"), "hearing voices");
        assert_eq!(form.all("who").collect::<Vec<_>>(), ["women", "&"]);
        assert_eq!(form.get("near"), "");
        let mut form = form;
        form.remove("who", Some("&"));
        assert_eq!(form.all("who").collect::<Vec<_>>(), ["women"]);
        form.remove("who", None);
        assert_eq!(form.all("who").count(), 0);
        form.push("near", "Leeds & café");
        assert_eq!(
            form.to_query(),
            "q=+hearing+voices&near=&near=Leeds+%26+caf%C3%A9"
        );
        assert_eq!(Form::parse(form.to_query().as_bytes()), form);
    }

    #[tokio::test]
    async fn a_form_is_bounded() {
        let read = async |kind, body: String| Form::read(&headers(kind), body.into()).await;
        let long = format!("q={}", "x".repeat(MAX_BYTES));
        assert_eq!(read(FORM, long).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
        let many = "q=&".repeat(MAX_FIELDS + 1);
        assert_eq!(read(FORM, many).await, Err(StatusCode::PAYLOAD_TOO_LARGE));
        let other = read("application/json", "{}".to_owned()).await;
        assert_eq!(other, Err(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
}
