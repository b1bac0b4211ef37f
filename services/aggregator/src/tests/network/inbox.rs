//! Messages of visitors to groups that fetch them, and people who try to get at them.

use std::path::Path;

use hedgerow_core::id::{GroupId, RequestId};
use hedgerow_core::key_log::commitment_to;
use hedgerow_core::keys::{EncryptionSecret, SigningKey};
use hedgerow_core::random::RandomExt as _;
use hedgerow_core::seal::{ContactMessage, SealedFor, SealedKind};
use hedgerow_core::signed_request::{RequestDraft, body_hash};
use hedgerow_proto::inbox_v1;
use hedgerow_proto::inbox_v1::inbox_service_client::InboxServiceClient;
use hedgerow_testkit::samples::listing;
use hedgerow_transport::failure::CallFailure;
use http::StatusCode;
use prost::Message as _;
use scraper::{Html, Selector};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;

const FETCH: &str = "FetchMessages";
const ACKNOWLEDGE: &str = "AcknowledgeMessages";
/// Words that nothing else contains.
const MARKER: &str = "zyxmarker";

/// A group whose node can open messages.
struct Reader {
    group: FakeGroup,
    secret: EncryptionSecret,
}

impl Reader {
    /// A group with an encryption key of which the test has the secret, pushed to an aggregator.
    async fn pushed(number: u64, served: &Served) -> Self {
        let mut group = FakeGroup::new(number, now());
        group.put(
            "listing",
            "own",
            &listing("Tea", "Weekly tea", Some("Sheffield")),
        );
        let mut reader = Self {
            group,
            secret: EncryptionSecret::from_seed([0; 32]),
        };
        reader
            .rotate(served, 0x50 + u8::try_from(number).unwrap() * 8)
            .await;
        reader
    }

    /// Replaces the keys, and pushes a head under them.
    async fn rotate(&mut self, served: &Served, seed: u8) {
        self.secret = EncryptionSecret::from_seed([seed; 32]);
        let index = self.group.log.tip_index() + 1;
        let key = SigningKey::from_seed([seed + u8::try_from(index).unwrap(); 32]);
        let event = self.group.log.rotate(
            &self.group.recovery_key(index),
            &key.public(),
            self.secret.public(),
            commitment_to(&self.group.recovery_key(index + 1).public()),
        );
        self.group.log.append(&event.unwrap()).unwrap();
        self.group.signing = key;
        self.group.seq = hedgerow_core::head::Seq::FIRST;
        self.group.previous = None;
        let head = self.group.sign();
        let pushed = served.push(self.group.whole(&head)).await;
        assert!(!pushed.receipt.is_empty());
    }

    fn draft(&self, served: &Served, method: &str, body: &[u8]) -> RequestDraft {
        RequestDraft {
            method: format!("hedgerow.inbox.v1.InboxService/{method}"),
            sender: self.group.id(),
            sender_key_index: self.group.log.tip_index(),
            receiver: served.id,
            request_id: RequestId::from_bytes(SystemRandom.bytes()),
            issue_time: now(),
            expire_time: now().plus(Duration::from_secs(60)),
            body_hash: body_hash(body),
        }
    }

    fn fetch_request(&self, served: &Served) -> inbox_v1::FetchMessagesRequest {
        let body = inbox_v1::FetchMessages { keep_open: true }.encode_to_vec();
        inbox_v1::FetchMessagesRequest {
            request: self.draft(served, FETCH, &body).sign(&self.group.signing),
            body,
        }
    }

    async fn fetch(&self, served: &Served) -> Vec<inbox_v1::SealedMessage> {
        served
            .fetch(self.fetch_request(served))
            .await
            .unwrap()
            .messages
    }

    async fn acknowledge(&self, served: &Served, ids: Vec<Vec<u8>>) {
        let body = inbox_v1::AcknowledgeMessages { request_ids: ids }.encode_to_vec();
        let request = inbox_v1::AcknowledgeMessagesRequest {
            request: self
                .draft(served, ACKNOWLEDGE, &body)
                .sign(&self.group.signing),
            body,
        };
        served.inbox().acknowledge_messages(request).await.unwrap();
    }

    fn open(&self, message: &inbox_v1::SealedMessage) -> ContactMessage {
        let place = place(self.group.id(), &message.request_id);
        let content = place.open(&self.secret, &message.sealed).unwrap();
        ContactMessage::decode(&content).unwrap()
    }

    fn path(&self) -> String {
        format!("/group/{}/message", self.group.id())
    }
}

fn place(receiver: GroupId, id: &[u8]) -> SealedFor {
    SealedFor {
        kind: SealedKind::ContactMessage,
        sender: None,
        receiver,
        id: RequestId::try_from(id).unwrap(),
    }
}

impl Served {
    fn inbox(&self) -> InboxServiceClient<Channel> {
        bounded!(InboxServiceClient::new(self.channel.clone()))
    }

    async fn fetch(
        &self,
        request: inbox_v1::FetchMessagesRequest,
    ) -> Result<inbox_v1::FetchMessagesResponse, CallFailure> {
        let response = self.inbox().fetch_messages(request).await;
        response
            .map(tonic::Response::into_inner)
            .map_err(CallFailure::from)
    }

    async fn refusal(&self, request: inbox_v1::FetchMessagesRequest) -> String {
        self.fetch(request).await.unwrap_err().reason
    }

    /// A page as a browser on this machine gets it: without TLS.
    async fn page(&self, method: &str, path: &str, form: &str) -> (StatusCode, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.address.port))
            .await
            .unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
            self.address.port,
            form.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await.unwrap();
        let response = String::from_utf8_lossy(&response).into_owned();
        let status = response.split(' ').nth(1).unwrap().parse::<u16>().unwrap();
        (StatusCode::from_u16(status).unwrap(), response)
    }
}

/// Whether a page has a form for a message.
fn has_form(page: &str) -> bool {
    let body = page.split_once("\r\n\r\n").unwrap().1;
    let form = Selector::parse("form#seal textarea[name=message]").unwrap();
    Html::parse_document(body).select(&form).next().is_some()
}

/// Whether a file below a folder contains the marker.
fn is_marked(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_marked(&path);
        }
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes
            .windows(MARKER.len())
            .any(|part| part == MARKER.as_bytes())
    })
}

#[tokio::test]
async fn a_message_waits_sealed_until_its_group_acknowledges_it() {
    let served = Served::start(Vec::new()).await;
    let reader = Reader::pushed(1, &served).await;
    let own_page = format!("/group/{}", reader.group.id());
    assert!(!has_form(&served.page("GET", &own_page, "").await.1));
    let form = format!("message={MARKER}+one%0Atwo&reply=the+desk");
    let (status, _) = served.page("POST", &reader.path(), &form).await;
    assert_eq!(
        status,
        StatusCode::NOT_FOUND,
        "its node does not fetch here"
    );

    assert!(reader.fetch(&served).await.is_empty());
    assert!(has_form(&served.page("GET", &own_page, "").await.1));
    assert!(has_form(&served.page("GET", &reader.path(), "").await.1));
    let (status, sent) = served.page("POST", &reader.path(), &form).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{sent}");
    assert!(!sent.contains(MARKER), "{sent}");
    let sent = served
        .page("GET", &format!("{}/sent", reader.path()), "")
        .await;
    assert_eq!(sent.0, StatusCode::OK);

    for _ in 0..2 {
        let waiting = reader.fetch(&served).await;
        assert_eq!(waiting.len(), 1, "until it is acknowledged");
        assert_eq!(waiting[0].sealed.len(), 1_072);
        let message = reader.open(&waiting[0]);
        assert_eq!(*message.text, format!("{MARKER} one\ntwo"));
        assert_eq!(*message.reply, "the desk");
    }
    let waiting = reader.fetch(&served).await;
    reader
        .acknowledge(&served, vec![waiting[0].request_id.clone()])
        .await;
    assert!(reader.fetch(&served).await.is_empty());
    let folder = served.stop().await;
    assert!(!is_marked(folder.path()));
}

#[tokio::test]
async fn what_a_browser_has_sealed_is_kept_as_it_is() {
    let served = Served::start(Vec::new()).await;
    let mut reader = Reader::pushed(1, &served).await;
    reader.fetch(&served).await;
    let message = ContactMessage {
        text: MARKER.to_owned().into(),
        reply: String::new().into(),
    };
    let id = [7; 16];
    let old_secret = reader.secret.clone();
    let old_key = reader.group.log.tip_index();
    let sealed =
        place(reader.group.id(), &id).seal(&old_secret.public(), &message.encode(), &SystemRandom);
    let sealed = hex::encode(sealed.unwrap());
    // Between the page and its form, the group has replaced its keys.
    reader.rotate(&served, 0x90).await;
    let id = hex::encode(id);
    for (form, expected) in [
        (
            format!("sealed={sealed}&id={id}&key=9"),
            StatusCode::BAD_REQUEST,
        ),
        (
            format!("sealed={sealed}&id=7&key=1"),
            StatusCode::BAD_REQUEST,
        ),
        (
            format!("sealed={}&id={id}&key=1", &sealed[2..]),
            StatusCode::BAD_REQUEST,
        ),
        (format!("sealed=xyz&id={id}&key=1"), StatusCode::BAD_REQUEST),
        (
            format!("sealed={sealed}&id={id}&key={old_key}"),
            StatusCode::SEE_OTHER,
        ),
        // A double press.
        (
            format!("sealed={sealed}&id={id}&key={old_key}"),
            StatusCode::SEE_OTHER,
        ),
    ] {
        let (status, page) = served.page("POST", &reader.path(), &form).await;
        assert_eq!(status, expected, "{page}");
    }
    let waiting = reader.fetch(&served).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].receiver_key_index, old_key);
    reader.secret = old_secret;
    assert_eq!(reader.open(&waiting[0]), message);
    served.stop().await;
}

#[tokio::test]
async fn only_the_group_fetches_its_messages_and_each_request_counts_once() {
    let served = Served::start(Vec::new()).await;
    let mut reader = Reader::pushed(1, &served).await;
    let thief = Reader::pushed(2, &served).await;
    reader.fetch(&served).await;
    served.page("POST", &reader.path(), "message=Hello").await;
    let waiting = reader.fetch(&served).await;

    assert!(thief.fetch(&served).await.is_empty(), "another group's box");
    thief
        .acknowledge(&served, vec![waiting[0].request_id.clone()])
        .await;
    assert_eq!(
        reader.fetch(&served).await.len(),
        1,
        "not the thief's to delete"
    );

    let body = inbox_v1::FetchMessages { keep_open: true }.encode_to_vec();
    let draft = || reader.draft(&served, FETCH, &body);
    let signed = |draft: RequestDraft, key: &SigningKey| inbox_v1::FetchMessagesRequest {
        request: draft.sign(key),
        body: body.clone(),
    };
    let own = &reader.group.signing;
    let forged = signed(draft(), &thief.group.signing);
    assert_eq!(served.refusal(forged).await, "signature_mismatch");
    let elsewhere = RequestDraft {
        receiver: reader.group.id(),
        ..draft()
    };
    let elsewhere = signed(elsewhere, own);
    assert_eq!(served.refusal(elsewhere).await, "request_wrong_receiver");
    let other_method = signed(reader.draft(&served, ACKNOWLEDGE, &body), own);
    assert_eq!(served.refusal(other_method).await, "request_wrong_method");
    let mut other_body = signed(draft(), own);
    other_body.body = Vec::new();
    assert_eq!(served.refusal(other_body).await, "request_body_mismatch");
    let mut long_body = signed(draft(), own);
    long_body.body = vec![0; 4_097];
    assert_eq!(served.refusal(long_body).await, "too_long");
    let stranger = RequestDraft {
        sender: GroupId::from_bytes([5; 32]),
        ..draft()
    };
    assert_eq!(served.refusal(signed(stranger, own)).await, "group_unknown");
    let old = RequestDraft {
        issue_time: now().minus(Duration::from_secs(600)),
        expire_time: now().minus(Duration::from_secs(1)),
        ..draft()
    };
    let refused = served.fetch(signed(old, own)).await.unwrap_err();
    assert_eq!(refused.reason, "request_expired");
    let theirs: Timestamp = refused.metadata["time"].parse().unwrap();
    assert!(now().since(theirs) < Duration::from_secs(60));
    let early = RequestDraft {
        issue_time: now().plus(Duration::from_secs(400)),
        expire_time: now().plus(Duration::from_secs(500)),
        ..draft()
    };
    let early = signed(early, own);
    assert_eq!(served.refusal(early).await, "request_from_the_future");

    let request = signed(draft(), own);
    assert_eq!(
        served.fetch(request.clone()).await.unwrap().messages.len(),
        1
    );
    assert_eq!(served.refusal(request.clone()).await, "request_repeated");
    let reused = RequestDraft {
        request_id: RequestId::from_bytes([9; 16]),
        ..draft()
    };
    served.fetch(signed(reused.clone(), own)).await.unwrap();
    let reused = RequestDraft {
        issue_time: reused.issue_time.minus(Duration::from_secs(1)),
        ..reused
    };
    assert_eq!(
        served.refusal(signed(reused, own)).await,
        "request_id_reused"
    );

    let before = reader.fetch_request(&served);
    reader.rotate(&served, 0x90).await;
    assert_eq!(served.refusal(before).await, "request_key_ended");
    let ahead = RequestDraft {
        sender_key_index: reader.group.log.tip_index() + 1,
        ..reader.draft(&served, FETCH, &body)
    };
    let ahead = signed(ahead, &reader.group.signing);
    assert_eq!(served.refusal(ahead).await, "request_key_unknown");

    // After a restart, nothing is forgotten.
    let config = Config::new(served.folder.path());
    let port = served.address.port;
    let served = Served::serve_at(config, served.stop().await, port).await;
    assert_eq!(reader.fetch(&served).await.len(), 1);
    assert_eq!(served.refusal(request).await, "request_key_ended");
    let replayed = reader.fetch_request(&served);
    served.fetch(replayed.clone()).await.unwrap();
    let config = Config::new(served.folder.path());
    let served = Served::serve_at(config, served.stop().await, port).await;
    assert_eq!(served.refusal(replayed).await, "request_repeated");
    served.stop().await;
}

#[tokio::test]
async fn a_flood_is_bounded_and_says_so_with_the_words_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.inbox.per_group = 2;
    config.inbox.per_network_and_hour = 4;
    let served = Served::make(config, folder).await;
    let (one, two) = (
        Reader::pushed(1, &served).await,
        Reader::pushed(2, &served).await,
    );
    one.fetch(&served).await;
    two.fetch(&served).await;
    let mut statuses = Vec::new();
    for reader in [&one, &one, &one, &two, &two] {
        let form = "message=please+keep+this";
        let (status, page) = served.page("POST", &reader.path(), form).await;
        if status != StatusCode::SEE_OTHER {
            assert!(page.contains("please keep this"), "{page}");
        }
        statuses.push(status);
    }
    let expected = [
        StatusCode::SEE_OTHER,
        StatusCode::SEE_OTHER,
        StatusCode::SERVICE_UNAVAILABLE,
        StatusCode::SEE_OTHER,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    assert_eq!(statuses, expected);
    assert_eq!(one.fetch(&served).await.len(), 2);
    let long = format!("message={}", "a".repeat(2_001));
    for (form, why) in [("message=+", "nothing"), (long.as_str(), "too long")] {
        let (status, _) = served.page("POST", &one.path(), form).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{why}");
    }
    served.stop().await;
}

#[tokio::test]
async fn a_closed_inbox_and_one_that_is_not_offered_take_nothing() {
    let served = Served::start(Vec::new()).await;
    let reader = Reader::pushed(1, &served).await;
    reader.fetch(&served).await;
    served.page("POST", &reader.path(), "message=Hello").await;
    let body = inbox_v1::FetchMessages { keep_open: false }.encode_to_vec();
    let close = inbox_v1::FetchMessagesRequest {
        request: reader
            .draft(&served, FETCH, &body)
            .sign(&reader.group.signing),
        body,
    };
    let left = served.fetch(close).await.unwrap().messages;
    assert_eq!(left.len(), 1, "what waits can still be fetched");
    let (status, _) = served.page("POST", &reader.path(), "message=Hello").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    served.stop().await;

    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path());
    config.inbox.offered = false;
    let served = Served::make(config, folder).await;
    let reader = Reader::pushed(1, &served).await;
    let request = reader.fetch_request(&served);
    assert_eq!(served.refusal(request).await, "inbox_not_offered");
    served.stop().await;
}

#[tokio::test]
async fn a_group_cannot_have_more_requests_remembered_than_may_be() {
    let served = Served::start(Vec::new()).await;
    let reader = Reader::pushed(1, &served).await;
    let mut refused = None;
    for _ in 0..1_001 {
        if let Err(failure) = served.fetch(reader.fetch_request(&served)).await {
            refused = Some(failure);
            break;
        }
    }
    let refused = refused.expect("a refusal");
    assert_eq!(refused.reason, "requests_per_group");
    assert!(refused.retry_after.is_some());
    served.stop().await;
}
