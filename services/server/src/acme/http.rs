//! HTTPS to the authority.
//!
//! A connection for each request: a certificate takes about ten of them, once in months. Only
//! https, no redirects, and bounded responses. The address is the operator's own choice, so that
//! it may be on a private network.

use std::future::Future;
use std::io;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hedgerow_transport::tls::provider;
use http::header::HOST;
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::domain::HTTPS_PORT;
use super::error::AcmeError;

/// Longest response, in bytes. The largest is a chain of certificates.
const MAX_RESPONSE_BYTES: usize = super::certificate::MAX_CHAIN_BYTES;
/// Longest time of a request with its connection.
const MAX_REQUEST_TIME: Duration = Duration::from_secs(30);

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A client for one authority.
#[derive(Clone)]
pub(super) struct AuthorityClient {
    tls: Arc<ClientConfig>,
}

impl AuthorityClient {
    /// Makes a client that trusts the public roots, or those of a file instead.
    pub(super) fn new(roots: Option<&Path>) -> Result<Self, AcmeError> {
        let roots = match roots {
            Some(file) => read_roots(file)?,
            None => RootCertStore {
                roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
            },
        };
        let tls = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(crate::identity::IdentityError::from)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { tls: Arc::new(tls) })
    }

    async fn send(&self, request: Request<BodyWrapper<Bytes>>) -> Result<Response<Bytes>, Failure> {
        let (host, port) = authority(request.uri())?;
        let tcp = TcpStream::connect((host.as_str(), port)).await?;
        let name = ServerName::try_from(host.clone())?;
        let tls = TlsConnector::from(Arc::clone(&self.tls));
        let stream = tls.connect(name, tcp).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let (mut parts, body) = request.into_parts();
        let value = match parts.uri.port_u16() {
            Some(port) => format!("{}:{port}", parts.uri.host().unwrap_or_default()),
            None => host,
        };
        parts.headers.insert(HOST, HeaderValue::try_from(value)?);
        // A request to the server itself has the path alone.
        parts.uri = parts
            .uri
            .path_and_query()
            .map_or_else(|| Uri::from_static("/"), |path| Uri::from(path.clone()));
        let body = Full::new(body.collect().await?.to_bytes());
        let exchange = async {
            let response = sender
                .send_request(Request::from_parts(parts, body))
                .await?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, MAX_RESPONSE_BYTES).collect().await?;
            Ok::<_, Failure>(Response::from_parts(parts, body.to_bytes()))
        };
        // The connection does its part of the exchange while it is polled. It may end before the
        // response was read from it.
        let mut exchange = std::pin::pin!(exchange);
        tokio::select! {
            response = &mut exchange => response,
            ended = connection => {
                ended?;
                exchange.await
            }
        }
    }
}

impl HttpClient for AuthorityClient {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let client = self.clone();
        Box::pin(async move {
            let response = timeout(MAX_REQUEST_TIME, client.send(request)).await;
            match response {
                Ok(Ok(response)) => Ok(BytesResponse::from(response.map(Full::new))),
                Ok(Err(failure)) => Err(Error::Other(failure)),
                Err(late) => Err(Error::Other(late.into())),
            }
        })
    }
}

/// Returns host and port of an https address.
fn authority(uri: &Uri) -> io::Result<(String, u16)> {
    let invalid = || io::Error::new(io::ErrorKind::InvalidInput, "expected an https:// address");
    if uri.scheme() != Some(&http::uri::Scheme::HTTPS) {
        return Err(invalid());
    }
    let host = uri.host().ok_or_else(invalid)?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    Ok((bare.to_owned(), uri.port_u16().unwrap_or(HTTPS_PORT)))
}

fn read_roots(file: &Path) -> Result<RootCertStore, AcmeError> {
    let text = std::fs::read(file).map_err(|source| AcmeError::Read {
        path: file.to_owned(),
        source,
    })?;
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(&text) {
        let added = root.map(|root| roots.add(root));
        match added {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return Err(AcmeError::Roots),
        }
    }
    if roots.is_empty() {
        return Err(AcmeError::Roots);
    }
    Ok(roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_addresses_are_requested() {
        let parsed = |text: &str| authority(&text.parse().unwrap()).ok();
        let of = |host: &str, port| Some((host.to_owned(), port));
        assert_eq!(parsed("https://ca.example/dir"), of("ca.example", 443));
        assert_eq!(parsed("https://[::1]:14000/dir"), of("::1", 14_000));
        assert_eq!(parsed("http://ca.example/dir"), None);
        assert_eq!(parsed("/dir"), None);
    }

    #[test]
    fn a_file_without_roots_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("roots.pem");
        let message = |file: &Path| AuthorityClient::new(Some(file)).err().unwrap().to_string();
        assert!(message(&file).starts_with("cannot read "));
        std::fs::write(&file, "none").unwrap();
        assert!(message(&file).contains("`acme.roots`"));
    }
}
