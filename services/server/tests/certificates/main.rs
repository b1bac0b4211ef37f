//! Certificates for the domain of a server, from an authority on this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::time::{Clock, Timestamp};
use hedgerow_server::acme::{AcmeConfig, CertificateStatus, PublicName, PublicNameParts};
use hedgerow_server::identity::Identity;
use hedgerow_server::limits::ServerLimits;
use hedgerow_server::listen::bind;
use hedgerow_server::metrics::Metrics;
use hedgerow_server::server::{Server, standard_services};
use hedgerow_transport::clock::{SystemClock, SystemRandom};
use hedgerow_transport::connector::{Connector, ConnectorConfig, Trust};
use hedgerow_transport::tls::ServerTrust;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use https::{Visited, Visitor};
use pebble::{BLOCKED, Pebble, eventually, free_port};

mod https;
mod pebble;

const DOMAIN: &str = "directory.example";
/// Longer than any test.
const LONG: Duration = Duration::from_hours(24 * 90);

/// A server with a domain, its page and its certificate.
struct Site {
    folder: PathBuf,
    port: u16,
    identity: Identity,
    metrics: Metrics,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Site {
    /// Starts it as both programs do.
    async fn start(folder: &Path, port: u16, domain: &str, config: AcmeConfig) -> Self {
        fs::create_dir_all(folder).expect("a folder");
        let identity =
            Identity::load_or_generate(folder, || vec![domain.to_owned()]).expect("a certificate");
        let name = PublicName::open(PublicNameParts {
            domain: domain.parse().expect("a domain"),
            config,
            data_dir: folder,
            identity: &identity,
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        })
        .expect("a valid configuration");
        let mut metrics = Metrics::default();
        name.register(&mut metrics);
        let pages = Router::new().route("/", get(|| async { "hello" }));
        let server = Server::new(ServerLimits::default(), &identity)
            .expect("a certificate with its key")
            .routes(standard_services(&[]).await.expect("descriptions"))
            .pages(pages)
            .public_name(Some(name.clone()));
        let listener = bind(([127, 0, 0, 1], port).into())
            .await
            .expect("a free port");
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(name.run(stop.clone()));
        tasks.spawn(server.serve(listener, stop.clone().cancelled_owned()));
        tasks.close();
        Self {
            folder: folder.to_owned(),
            port,
            identity,
            metrics,
            stop,
            tasks,
        }
    }

    async fn stop(self) {
        self.stop.cancel();
        self.tasks.wait().await;
    }

    /// Opens its page as a browser that trusts the authority.
    async fn visit(&self, pebble: &Pebble) -> std::io::Result<Visited> {
        let visitor = Visitor::with_roots(&[pebble.root().await]);
        visitor.open(self.port, DOMAIN, DOMAIN).await
    }

    /// Waits until browsers are served.
    async fn obtained(&self, pebble: &Pebble) -> Visited {
        eventually("browsers accept the certificate", || async {
            self.visit(pebble).await.ok()
        })
        .await
    }

    /// Waits for a failed attempt, and returns its text.
    async fn failure(&self) -> String {
        eventually("an attempt failed", || async {
            let status = CertificateStatus::read(&self.folder).expect("a status");
            Some(status?.failure?.text)
        })
        .await
    }

    fn metric(&self, name: &str) -> i64 {
        let text = self.metrics.text();
        let line = text.lines().find(|line| line.starts_with(name));
        let value = line.and_then(|line| line.split(' ').next_back());
        value.expect("a metric").parse().expect("a number")
    }
}

#[tokio::test]
async fn a_domain_gets_a_certificate_for_the_servers_own_key() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let Some(mut pebble) = Pebble::prepare(&folder.path().join("pebble"), port, LONG) else {
        return;
    };
    pebble.start().await;
    let site = Site::start(&folder.path().join("site"), port, DOMAIN, pebble.config()).await;
    let page = site.obtained(&pebble).await;
    assert!(page.response.starts_with("HTTP/1.1 200"), "{page:?}");
    assert!(page.response.ends_with("hello"), "{page:?}");
    let https_only = "strict-transport-security: max-age=31536000";
    assert!(page.response.contains(https_only), "{page:?}");

    // Clients with the key's hash get the same key under every name.
    let pin = site.identity.spki_hash();
    assert_eq!(page.key(), pin);
    let pinned = Visitor::with_key(ServerTrust::Pinned(pin));
    let by_domain = pinned.open(port, DOMAIN, DOMAIN).await.unwrap();
    assert_eq!(by_domain.certificate, page.certificate);
    let by_address = pinned.open(port, "127.0.0.1", DOMAIN).await.unwrap();
    assert_ne!(by_address.certificate, page.certificate);
    assert!(!by_address.response.contains(https_only), "{by_address:?}");
    let call = Connector::new(ConnectorConfig::default()).channel(
        &Endpoint {
            host: "127.0.0.1".to_owned(),
            port,
            pin: Some(pin),
        },
        Trust::Configured,
    );
    let call = tonic::client::Grpc::new(call.unwrap()).ready().await;
    call.unwrap();

    // A program without the key's hash trusts the authority, as browsers do, and no other name.
    let public = Visitor::with_roots(&[pebble.root().await]);
    let serving = [0, 0, 0, 0, 2, 8, 1];
    assert_eq!(public.check_health(port, DOMAIN).await.unwrap(), serving);
    assert!(public.check_health(port, "other.example").await.is_err());
    assert!(public.check_health(port, "localhost").await.is_err());

    // Pages are served under the domain alone.
    let elsewhere = pinned.open(port, DOMAIN, "other.example").await.unwrap();
    let refused = &elsewhere.response;
    assert!(refused.starts_with("HTTP/1.1 421"), "{refused}");
    assert!(refused.ends_with("Open https://directory.example/ instead.\n"));

    let now = SystemClock.now().as_seconds();
    let expires = site.metric("hedgerow_certificate_expires_seconds");
    assert!((expires - now - 90 * 24 * 3600).abs() < 3600, "{expires}");
    assert_eq!(site.metric("hedgerow_certificate_failures_total"), 0);
    let status = CertificateStatus::read(&site.folder).unwrap().unwrap();
    assert!(status.is_valid(SystemClock.now()) && status.failure.is_none());
    #[cfg(unix)]
    for file in ["acme-account.json", "public-certificate.pem"] {
        use std::os::unix::fs::PermissionsExt;
        let file = fs::metadata(site.folder.join(file)).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
    site.stop().await;
}

#[tokio::test]
async fn a_certificate_is_renewed_before_it_expires() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let life = Duration::from_secs(15);
    let Some(mut pebble) = Pebble::prepare(&folder.path().join("pebble"), port, life) else {
        return;
    };
    pebble.start().await;
    let site = Site::start(&folder.path().join("site"), port, DOMAIN, pebble.config()).await;
    let first = site.obtained(&pebble).await.certificate;
    let second = eventually("the certificate is renewed", || async {
        // Never without a valid one.
        let page = site.visit(&pebble).await.unwrap();
        (page.certificate != first).then_some(page)
    })
    .await;
    assert_eq!(second.key(), site.identity.spki_hash());
    assert_eq!(pebble.accounts_made(), 1, "{}", pebble.log());
    site.stop().await;
}

#[tokio::test]
async fn a_restarted_server_keeps_its_account_and_its_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let Some(mut pebble) = Pebble::prepare(&folder.path().join("pebble"), port, LONG) else {
        return;
    };
    pebble.start().await;
    let own = folder.path().join("site");
    let site = Site::start(&own, port, DOMAIN, pebble.config()).await;
    let first = site.obtained(&pebble).await.certificate;
    site.stop().await;

    let site = Site::start(&own, port, DOMAIN, pebble.config()).await;
    let page = site.visit(&pebble).await.unwrap();
    assert_eq!(page.certificate, first, "the kept one, at once");
    site.stop().await;

    // With another contact, and without its certificate.
    fs::remove_file(own.join("public-certificate.pem")).unwrap();
    let config = AcmeConfig {
        contact: Some("other@example.org".to_owned()),
        ..pebble.config()
    };
    let site = Site::start(&own, port, DOMAIN, config).await;
    let third = site.obtained(&pebble).await.certificate;
    assert_ne!(third, first);
    assert_eq!(pebble.accounts_made(), 1, "{}", pebble.log());
    let account = fs::read_to_string(own.join("acme-account.json")).unwrap();
    assert!(account.contains("other@example.org"), "{account}");
    site.stop().await;

    // A certificate for another domain is not used.
    let other = "other.example";
    let site = Site::start(&own, port, other, pebble.config()).await;
    let root = pebble.root().await;
    let visitor = Visitor::with_roots(&[root]);
    eventually("the new domain has a certificate", || async {
        visitor.open(port, other, other).await.ok()
    })
    .await;
    assert!(site.visit(&pebble).await.is_err());
    assert_eq!(pebble.accounts_made(), 1, "{}", pebble.log());
    site.stop().await;
}

#[tokio::test]
async fn the_old_certificate_is_served_while_the_authority_is_down() {
    let folder = tempfile::tempdir().unwrap();
    let port = free_port();
    let life = Duration::from_secs(3);
    let Some(mut pebble) = Pebble::prepare(&folder.path().join("pebble"), port, life) else {
        return;
    };
    pebble.start().await;
    let own = folder.path().join("site");
    let site = Site::start(&own, port, DOMAIN, pebble.config()).await;
    site.obtained(&pebble).await;
    site.stop().await;
    pebble.stop();
    let expires = CertificateStatus::read(&own).unwrap().unwrap().expires;
    eventually("the certificate has expired", || async {
        (SystemClock.now() > expires?).then_some(())
    })
    .await;

    let site = Site::start(&own, port, DOMAIN, pebble.config()).await;
    let text = site.failure().await;
    assert!(text.contains("cannot reach the authority https://localhost:"));
    assert!(text.contains("`acme.directory`"), "{text}");
    assert!(site.metric("hedgerow_certificate_failures_total") > 0);
    let expired = site.metric("hedgerow_certificate_expires_seconds");
    assert_eq!(Some(expired), expires.map(Timestamp::as_seconds));
    // Clients that compare the key are served, whatever the date.
    let pinned = Visitor::with_key(ServerTrust::Pinned(site.identity.spki_hash()));
    let page = pinned.open(port, DOMAIN, DOMAIN).await.unwrap();
    assert!(page.response.ends_with("hello"), "{page:?}");

    // It comes back, and has forgotten the account.
    pebble.start().await;
    site.obtained(&pebble).await;
    assert_eq!(pebble.accounts_made(), 2, "{}", pebble.log());
    site.stop().await;
}

#[tokio::test]
async fn a_domain_that_leads_elsewhere_or_is_refused_is_reported_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    // The authority looks for the server where there is none.
    let elsewhere = free_port();
    let Some(mut pebble) = Pebble::prepare(&folder.path().join("pebble"), elsewhere, LONG) else {
        return;
    };
    pebble.start().await;
    let port = free_port();
    let site = Site::start(&folder.path().join("site"), port, DOMAIN, pebble.config()).await;
    let text = site.failure().await;
    assert!(text.contains("the authority rejected"), "{text}");
    assert!(
        text.contains("DNS records of directory.example name"),
        "{text}"
    );
    assert!(text.contains("port 443 there leads to"), "{text}");
    eventually("it is tried again", || async {
        let status = CertificateStatus::read(&site.folder).unwrap()?;
        (status.failure?.failures > 1).then_some(())
    })
    .await;
    let own = Visitor::with_key(ServerTrust::Pinned(site.identity.spki_hash()));
    let page = own.open(port, DOMAIN, DOMAIN).await.unwrap();
    assert!(page.response.ends_with("hello"), "{page:?}");
    site.stop().await;

    let refused = Site::start(&folder.path().join("other"), port, BLOCKED, pebble.config()).await;
    let text = refused.failure().await;
    assert!(text.contains("Check `domain`"), "{text}");
    refused.stop().await;
}
