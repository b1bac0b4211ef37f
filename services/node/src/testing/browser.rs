//! A browser without scripts: HTTP/1.1 without TLS, a jar for cookies, forms as pages have them.

use std::collections::BTreeMap;

use hedgerow_web::form::Form;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A page as it came.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location").unwrap_or_default()
    }

    /// The value of a hidden field, or of one with a value.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        let at = self.body.find(&format!("name=\"{name}\""))?;
        let after = &self.body[at..];
        let value = after.split_once("value=\"")?.1;
        let value = value.split_once('"')?.0;
        let unescaped = value.replace("&quot;", "\"").replace("&#39;", "'");
        Some(unescaped.replace("&lt;", "<").replace("&amp;", "&"))
    }

    pub(crate) fn has(&self, words: &str) -> bool {
        self.body.contains(words)
    }
}

pub(crate) struct Browser {
    port: u16,
    pub(crate) cookies: BTreeMap<String, String>,
    /// Sent in place of the headers that a form of the site's own page has.
    pub(crate) origin: Option<String>,
}

impl Browser {
    pub(crate) fn new(port: u16) -> Self {
        Self {
            port,
            cookies: BTreeMap::new(),
            origin: None,
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, "", None).await
    }

    /// Posts fields and follows no redirect.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut form = Form::default();
        for (name, value) in fields {
            form.push(name, value);
        }
        let body = form.encode();
        self.send(
            "POST",
            path,
            &body,
            Some("application/x-www-form-urlencoded"),
        )
        .await
    }

    /// Loads a page and posts fields to it with its token, as a person does.
    pub(crate) async fn fill_in(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        let token = page.value("token").unwrap_or_default();
        let mut all = vec![("token", token.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }

    pub(crate) async fn send(
        &mut self,
        method: &str,
        path: &str,
        body: &str,
        kind: Option<&str>,
    ) -> Page {
        let host = format!("127.0.0.1:{}", self.port);
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request += &format!("Cookie: {}\r\n", pairs.join("; "));
        }
        if method == "POST" {
            let own = format!("http://{host}");
            let origin = self.origin.as_ref().unwrap_or(&own);
            let site = if *origin == own {
                "same-origin"
            } else {
                "cross-site"
            };
            request += &format!("Origin: {origin}\r\nSec-Fetch-Site: {site}\r\n");
        }
        if let Some(kind) = kind {
            request += &format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len());
        }
        request += "\r\n";
        request += body;
        let mut stream = TcpStream::connect(&host).await.unwrap();
        // A server that refuses a long body may close before it has read all of it.
        drop(stream.write_all(request.as_bytes()).await);
        let mut response = Vec::new();
        drop(stream.read_to_end(&mut response).await);
        self.keep(parse(&response))
    }

    fn keep(&mut self, page: Page) -> Page {
        for (name, value) in &page.headers {
            let pair = value
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='));
            if let Some((cookie, secret)) = pair.filter(|_| name == "set-cookie") {
                if secret.is_empty() {
                    self.cookies.remove(cookie);
                } else {
                    self.cookies.insert(cookie.to_owned(), secret.to_owned());
                }
            }
        }
        page
    }
}

fn parse(response: &[u8]) -> Page {
    let text = String::from_utf8_lossy(response);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers: Vec<(String, String)> = headers
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let is_chunked = headers.iter().any(|(name, _)| name == "transfer-encoding");
    Page {
        status: status
            .and_then(|status| status.parse().ok())
            .unwrap_or_default(),
        headers,
        body: if is_chunked {
            unchunked(body)
        } else {
            body.to_owned()
        },
    }
}

fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or_default();
        if size == 0 || size > rest.len() {
            break;
        }
        whole += &rest[..size];
        body = rest[size..].trim_start_matches("\r\n");
    }
    whole
}
