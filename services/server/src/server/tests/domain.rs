//! A server with a domain, without an authority.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;

use hedgerow_core::time::Timestamp;
use hedgerow_testkit::{ConstantRandom, ManualClock};
use hedgerow_transport::tls::{ServerTrust, client_config};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::acme::{AcmeConfig, PublicNameParts};

const DOMAIN: &str = "directory.example";

/// Starts a server with a domain.
async fn start(folder: &Path, limits: ServerLimits) -> (Running, PublicName) {
    let identity = Identity::generate(&[]).unwrap();
    let name = PublicName::open(PublicNameParts {
        domain: DOMAIN.parse().unwrap(),
        config: AcmeConfig::default(),
        data_dir: folder,
        identity: &identity,
        clock: Arc::new(ManualClock::at(Timestamp::from_seconds(1_800_000_000))),
        random: Arc::new(ConstantRandom(0)),
    })
    .unwrap();
    let pages = Router::new().route("/", axum::routing::get(|| async { "hello" }));
    let set = name.clone();
    let change = move |server: Server| server.public_name(Some(set));
    let running = Running::start_with(limits, identity, pages, change).await;
    (running, name)
}

/// Accepts every certificate, as an authority does: the proof has an extension that others reject.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Makes a handshake with these protocols.
async fn handshake(
    server: &Running,
    name: &str,
    protocols: &[&[u8]],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut config = client_config(ServerTrust::AnyKey).unwrap();
    let any = AnyCertificate(hedgerow_transport::tls::provider());
    config.dangerous().set_certificate_verifier(Arc::new(any));
    config.alpn_protocols = protocols.iter().map(|it| it.to_vec()).collect();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, server.tcp().await).await
}

const CHALLENGE: &[u8] = b"acme-tls/1";

#[tokio::test]
async fn only_a_check_of_the_domain_gets_the_proof_and_nothing_follows_it() {
    let folder = tempfile::tempdir().unwrap();
    let (server, name) = start(folder.path(), ServerLimits::default()).await;
    handshake(&server, DOMAIN, &[CHALLENGE]).await.unwrap_err();

    let challenge = name.certificates().answer(&[7; 32]).unwrap();
    let mut checked = handshake(&server, DOMAIN, &[CHALLENGE]).await.unwrap();
    let (_, session) = checked.get_ref();
    assert_eq!(session.alpn_protocol(), Some(CHALLENGE));
    let proof = session.peer_certificates().unwrap()[0].clone();
    // The extension of RFC 8737 (1.3.6.1.5.5.7.1.31), critical, with the digest in it.
    let extension = [
        &[6, 8, 0x2b, 6, 1, 5, 5, 7, 1, 31, 1, 1, 0xff, 4, 34, 4, 32],
        &[7; 32][..],
    ]
    .concat();
    let is_in = proof.windows(extension.len()).any(|part| part == extension);
    assert!(is_in, "{proof:?}");
    assert_ne!(
        hedgerow_transport::tls::spki_hash(&proof),
        server.address.pin,
        "not the server's own key"
    );
    let request = b"GET / HTTP/1.1\r\nhost: directory.example\r\n\r\n";
    drop(checked.write_all(request).await);
    let mut response = Vec::new();
    drop(checked.read_to_end(&mut response).await);
    assert!(response.is_empty(), "{response:?}");

    // Others get the usual certificate meanwhile.
    handshake(&server, "other.example", &[CHALLENGE])
        .await
        .unwrap_err();
    for protocols in [&[CHALLENGE, b"http/1.1"][..], &[b"http/1.1"], &[]] {
        let stream = handshake(&server, DOMAIN, protocols).await.unwrap();
        let own = &stream.get_ref().1.peer_certificates().unwrap()[0];
        let key = hedgerow_transport::tls::spki_hash(own);
        assert_eq!(key, server.address.pin, "{protocols:?}");
    }
    server.check().await.unwrap();

    drop(challenge);
    handshake(&server, DOMAIN, &[CHALLENGE]).await.unwrap_err();
    server.stop().await;
}

#[tokio::test]
async fn a_page_under_another_host_is_refused_over_http2_and_the_connection_stays() {
    let folder = tempfile::tempdir().unwrap();
    let (server, _name) = start(folder.path(), ServerLimits::default()).await;
    let stream = handshake(&server, DOMAIN, &[b"h2"]).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    let connection = tokio::spawn(connection);
    for (host, status, text) in [
        (
            "other.example",
            421,
            "Open https://directory.example/ instead.\n",
        ),
        (
            "127.0.0.1",
            421,
            "Open https://directory.example/ instead.\n",
        ),
        (DOMAIN, 200, "hello"),
    ] {
        let request = http::Request::get(format!("https://{host}/"));
        let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), status, "{host}");
        // The server's own certificate is not one to remember.
        let https_only = http::header::STRICT_TRANSPORT_SECURITY;
        assert!(!response.headers().contains_key(https_only), "{host}");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, text, "{host}");
    }
    drop(sender);
    connection.await.unwrap().unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_check_of_the_domain_has_the_bounds_of_every_connection() {
    let folder = tempfile::tempdir().unwrap();
    let limits = ServerLimits {
        handshake_seconds: 1,
        connections_per_peer: 4,
        ..ServerLimits::default()
    };
    let (server, name) = start(folder.path(), limits).await;
    let _challenge = name.certificates().answer(&[7; 32]).unwrap();
    // Half a handshake holds a place for its time and no longer.
    let mut stalled = server.tcp().await;
    stalled.write_all(&[0x16, 3, 1]).await.unwrap();
    let ended = timeout(Duration::from_secs(10), stalled.read(&mut [0])).await;
    assert!(matches!(ended, Ok(Ok(0) | Err(_))), "{ended:?}");
    // One whose client keeps it open after the check holds none.
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(handshake(&server, DOMAIN, &[CHALLENGE]).await.unwrap());
    }
    server.check().await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn private_networks_get_pages_without_tls_only_if_that_is_allowed() {
    let Some(own) = local_ip() else {
        eprintln!("skipped: this machine has no address on a private network");
        return;
    };
    let pages = Router::new().route("/", axum::routing::get(|| async { "hello" }));
    for is_allowed in [false, true] {
        let identity = Identity::generate(&[]).unwrap();
        let listener = bind("[::]:0".parse().unwrap()).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Server::new(ServerLimits::default(), &identity)
            .unwrap()
            .routes(standard_services(&[]).await.unwrap())
            .pages(pages.clone())
            .on_local_network(is_allowed);
        let stop = CancellationToken::new();
        let task = tokio::spawn(server.serve(listener, stop.clone().cancelled_owned()));
        let get = async |host: &str| {
            let mut tcp = TcpStream::connect((own, port)).await.unwrap();
            let request = format!("GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
            drop(tcp.write_all(request.as_bytes()).await);
            let mut response = Vec::new();
            drop(tcp.read_to_end(&mut response).await);
            String::from_utf8_lossy(&response).into_owned()
        };
        let page = get(&SocketAddr::new(own, port).to_string()).await;
        let rebound = get(&format!("rebound.example:{port}")).await;
        if is_allowed {
            assert!(page.starts_with("HTTP/1.1 200"), "{page}");
            assert!(rebound.starts_with("HTTP/1.1 421"), "{rebound}");
        } else {
            assert!(!page.starts_with("HTTP"), "{page}");
        }
        stop.cancel();
        task.await.unwrap();
    }
}

/// Returns an address of this machine on a private network, if it has one.
fn local_ip() -> Option<IpAddr> {
    // No packet is sent: the system chooses the address for a route.
    let chosen = |from: &str, to: &str| {
        let socket = UdpSocket::bind(from).ok()?;
        socket.connect(to).ok()?;
        Some(socket.local_addr().ok()?.ip())
    };
    let (v4, v6) = (
        chosen("0.0.0.0:0", "198.51.100.1:9"),
        chosen("[::]:0", "[2001:db8::1]:9"),
    );
    let mut own = [v4, v6].into_iter().flatten();
    own.find(|ip| Peer(SocketAddr::new(*ip, 0)).is_private())
}
