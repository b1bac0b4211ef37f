//! A browser's connection to a server's pages: HTTP/1.1 over TLS, with the pinned key.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_transport::tls::{ServerTrust, client_config};
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE, HOST};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// A request for a page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageRequest {
    pub path: String,
    /// The posted form, encoded. `None` for `GET`.
    pub form: Option<String>,
}

impl PageRequest {
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            form: None,
        }
    }

    pub fn post(path: &str, fields: &[(&str, String)]) -> Self {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        Self {
            path: path.to_owned(),
            form: Some(form.finish()),
        }
    }
}

/// A page as it was sent.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: StatusCode,
    pub body: Bytes,
    /// From the request to the last byte.
    pub time: Duration,
}

/// One connection.
pub struct PageClient {
    sender: http1::SendRequest<Full<Bytes>>,
    host: String,
}

impl PageClient {
    pub async fn connect(address: &Endpoint) -> anyhow::Result<Self> {
        let pin = address.pin.context("an address with the hash of its key")?;
        let mut config = client_config(ServerTrust::Pinned(pin))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let tcp = TcpStream::connect((address.host.as_str(), address.port)).await?;
        tcp.set_nodelay(true)?;
        let name = ServerName::try_from(address.host.clone())?;
        let tls = TlsConnector::from(Arc::new(config));
        let stream = tls.connect(name, tcp).await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self {
            sender,
            host: format!("{}:{}", address.host, address.port),
        })
    }

    /// Requests a page. Fails unless it is served, with what it says instead.
    pub async fn open(&mut self, request: &PageRequest) -> anyhow::Result<Page> {
        let page = self.request(request).await?;
        ensure!(
            page.status.is_success(),
            "{} returned {}: {}",
            request.path,
            page.status,
            String::from_utf8_lossy(&page.body[..page.body.len().min(2_000)])
        );
        Ok(page)
    }

    /// Requests a page, which may be one that says why another is not served.
    pub async fn request(&mut self, request: &PageRequest) -> anyhow::Result<Page> {
        let (method, body) = match &request.form {
            Some(form) => (Method::POST, Bytes::from(form.clone())),
            None => (Method::GET, Bytes::new()),
        };
        let mut message = Request::builder()
            .method(method)
            .uri(&request.path)
            .header(HOST, &self.host)
            .header(ACCEPT_ENCODING, "gzip");
        if request.form.is_some() {
            message = message.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let message = message.body(Full::new(body))?;
        let began = Instant::now();
        self.sender.ready().await?;
        let response = self.sender.send_request(message).await?;
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        let time = began.elapsed();
        Ok(Page { status, body, time })
    }
}
