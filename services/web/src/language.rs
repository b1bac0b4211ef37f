//! The pages of a site in the language that a reader chooses, without a cookie: each language has
//! the same addresses behind a part of its own, `/cy/whats-on`.
//!
//! Templates write addresses without that part. The layer here adds it to the links and forms of
//! pages that were reached with it, so that a reader stays in the language.

use std::fmt::Write as _;

use axum::Router;
use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use http::header::{ACCEPT_LANGUAGE, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use http::{HeaderValue, StatusCode};
use http_body_util::BodyExt as _;

use crate::escape::write_escaped;
use crate::words::{languages, primary};

/// Beginnings of attributes that lead to pages of the site.
const LINKS: [&str; 3] = [" href=\"/", " action=\"/", " formaction=\"/"];
/// Files are the same in all languages, so that browsers keep one of each.
const FILES: &str = "assets/";

/// A site in the language that the browser prefers, and in each of its languages by its addresses.
/// `posted_only` are the addresses at which no page can be opened: from there, the links to other
/// languages lead to the first page.
pub fn in_each_language(site: &Router, posted_only: &'static [&'static str]) -> Router {
    let with_links = |tag: Option<&'static str>| {
        let layer = move |request: Request, next: Next| translated(request, next, tag, posted_only);
        site.clone().layer(from_fn(layer))
    };
    languages().fold(with_links(None), |routes, language| {
        let tag = primary(language.tag);
        routes.nest(&format!("/{tag}"), with_links(Some(tag)))
    })
}

async fn translated(
    mut request: Request,
    next: Next,
    tag: Option<&'static str>,
    posted_only: &'static [&'static str],
) -> Response {
    if let Some(tag) = tag {
        let chosen = HeaderValue::from_static(tag);
        request.headers_mut().insert(ACCEPT_LANGUAGE, chosen);
    }
    let here = here(&request, tag, posted_only);
    let response = next.run(request).await;
    let (mut parts, body) = response.into_parts();
    if let Some(tag) = tag
        && let Some(location) = parts.headers.get(LOCATION)
        && let Some(path) = location.to_str().ok().and_then(|it| it.strip_prefix('/'))
        && !path.starts_with('/')
        && let Ok(location) = HeaderValue::from_str(&address(tag, path))
    {
        parts.headers.insert(LOCATION, location);
    }
    let kind = parts.headers.get(CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return Response::from_parts(parts, body);
    }
    // The page is in memory already, and its body cannot fail.
    let bytes = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => return Response::from_parts(parts, Body::empty()),
    };
    parts.headers.remove(CONTENT_LENGTH);
    // An address without a page is not repeated on the page that says so.
    let here = match parts.status {
        StatusCode::NOT_FOUND => String::new(),
        _ => here,
    };
    let body = match std::str::from_utf8(&bytes) {
        Ok(page) => Body::from(with_addresses(page, tag, &here)),
        Err(_) => Body::from(bytes),
    };
    Response::from_parts(parts, body)
}

/// The path of the page without its language, for links to the others. What somebody typed is in
/// none of them: a posted form opens empty, and a query is left out.
fn here(request: &Request, tag: Option<&str>, posted_only: &[&str]) -> String {
    let uri = request.extensions().get::<OriginalUri>();
    let uri = uri.map_or_else(|| request.uri(), |original| &original.0);
    let path = uri.path();
    let prefix = tag.map_or_else(String::new, |tag| format!("/{tag}"));
    let path = path.strip_prefix(&prefix).unwrap_or(path);
    if posted_only.contains(&path) || path == "/" {
        return String::new();
    }
    path.to_owned()
}

/// An address of this site, from its part after the first `/`, in a language.
fn address(tag: &str, path: &str) -> String {
    match path {
        "" => format!("/{tag}"),
        path => format!("/{tag}/{path}"),
    }
}

/// The page with the language in its addresses, and with its own address in the links to other
/// languages. Texts have no quotes of their own, so that only attributes match.
fn with_addresses(page: &str, tag: Option<&str>, here: &str) -> String {
    let mut out = String::with_capacity(page.len() + page.len() / 16);
    let mut rest = page;
    while let Some((at, link)) = LINKS
        .iter()
        .filter_map(|link| rest.find(link).map(|at| (at, *link)))
        .min()
    {
        let (before, after) = rest.split_at(at + link.len());
        out.push_str(before);
        let end = after.find('"').unwrap_or(after.len());
        let (path, following) = after.split_at(end);
        if following.starts_with("\" hreflang=") {
            out.push_str(path);
            // Writing to a text cannot fail.
            let _ = write_escaped(&mut out, here);
        } else if let Some(tag) = tag
            && !path.starts_with(['/', '\\'])
            && !path.starts_with(FILES)
        {
            let separator = if path.is_empty() { "" } else { "/" };
            let _ = write!(out, "{tag}{separator}{path}");
        } else {
            out.push_str(path);
        }
        rest = following;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use axum::response::Html;
    use axum::routing::{get, post};
    use http::HeaderMap;
    use tower::ServiceExt as _;

    use super::*;
    use crate::components::LanguageLinks;
    use crate::words::Words;

    async fn page(headers: HeaderMap) -> Html<String> {
        let languages = headers.get(ACCEPT_LANGUAGE);
        let languages = languages.and_then(|value| value.to_str().ok());
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 28).unwrap();
        let words = Words::new(languages.unwrap_or_default(), day);
        let links = LanguageLinks::new(words);
        Html(format!(
            "<html lang=\"{}\"><link href=\"/assets/a.css\"><a href=\"/\">1</a> \
             <a href=\"/whats-on?a=1\">2</a> <a href=\"//other.example\">3</a> \
             <a href=\"https://other.example/\">4</a> <form action=\"/search\">\
             <button formaction=\"/sheet\">5</button></form>{links}",
            words.tag()
        ))
    }

    fn site() -> Router {
        let goes = || async { (StatusCode::SEE_OTHER, [(LOCATION, "/done")]) };
        let routes = Router::new()
            .route("/", get(page))
            .route("/about", get(page).post(page))
            .route("/sheet", post(page))
            .route("/go", get(goes))
            .fallback(|headers: HeaderMap| async { (StatusCode::NOT_FOUND, page(headers).await) })
            .route("/file", get(|| async { " href=\"/about\"" }));
        in_each_language(&routes, &["/sheet"])
    }

    async fn call(method: &str, path: &str, accept: &str) -> (HeaderMap, String) {
        let request = http::Request::builder().method(method).uri(path);
        let request = request.header(ACCEPT_LANGUAGE, accept);
        let request = request.body(Body::empty()).unwrap();
        let response = site().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        (parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn an_address_keeps_its_language_in_every_link_and_form() {
        for path in ["/cy", "/cy/about", "/cy/about?x=1"] {
            let (_, page) = call("GET", path, "en").await;
            assert!(page.contains("<html lang=\"cy\">"), "{path}: {page}");
            for link in [
                "href=\"/assets/a.css\"",
                "href=\"/cy\">1",
                "href=\"/cy/whats-on?a=1\"",
                "href=\"//other.example\"",
                "href=\"https://other.example/\"",
                " action=\"/cy/search\"",
                " formaction=\"/cy/sheet\"",
            ] {
                assert!(page.contains(link), "{path}: {link} in {page}");
            }
            let here = path.strip_prefix("/cy").unwrap();
            let here = here.split('?').next().unwrap();
            let english = format!("href=\"/en{here}\" hreflang=\"en\"");
            assert!(page.contains(&english), "{path}: {page}");
        }
        assert_eq!(call("GET", "/cy/go", "en").await.0[LOCATION], "/cy/done");
        assert_eq!(call("GET", "/cy/file", "en").await.1, " href=\"/about\"");
    }

    #[tokio::test]
    async fn without_a_choice_the_browser_decides_and_links_lead_to_the_same_page() {
        let (_, page) = call("GET", "/about?x=%3C", "en").await;
        assert!(page.contains("<html lang=\"en-GB\">"), "{page}");
        assert!(page.contains(" href=\"/\">1"), "{page}");
        let welsh = "href=\"/cy/about\" hreflang=\"cy\" lang=\"cy\">Cymraeg<";
        assert!(page.contains(welsh), "{page}");
        let (_, page) = call("GET", "/about", "cy").await;
        assert!(
            page.contains("href=\"/en/about\" hreflang=\"en\""),
            "{page}"
        );
        let (_, page) = call("GET", "/no&'page", "en").await;
        assert!(!page.contains("page\" hreflang"), "{page}");
        assert!(page.contains("href=\"/cy\" hreflang"), "{page}");
        // What was posted is in no address, and a page that is only posted has none.
        let (_, page) = call("POST", "/about?x=1", "en").await;
        assert!(page.contains("href=\"/cy/about\" hreflang"), "{page}");
        let (_, page) = call("POST", "/sheet", "en").await;
        assert!(page.contains("href=\"/cy\" hreflang"), "{page}");
        assert_eq!(call("GET", "/go", "en").await.0[LOCATION], "/done");
    }
}
