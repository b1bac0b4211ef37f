//! The page for a person who opens the server's address in a browser.

use axum::Router;
use axum::response::Html;
use axum::routing::get;

/// Makes the routes of the page: `/`. The texts are the program's own, in plain sentences.
pub fn front_page(title: &'static str, sentences: &'static str) -> Router {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <h1>{title}</h1>\n<p>{sentences}</p>\n</html>\n"
    );
    Router::new().route("/", get(async move || Html(page)))
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_browser_gets_a_page_in_plain_words() {
        let routes = front_page("Hedgerow node", "A program connects here.");
        let request = http::Request::get("/")
            .body(axum::body::Body::empty())
            .unwrap();
        let response = routes.oneshot(request).await.unwrap();
        let kind = response.headers()[http::header::CONTENT_TYPE].clone();
        assert_eq!(kind, "text/html; charset=utf-8");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains("A program connects here."), "{text}");
    }
}
