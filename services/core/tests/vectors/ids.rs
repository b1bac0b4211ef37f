use hedgerow_core::endpoint::Endpoint;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::{Collection, RecordKey, View};
use serde::{Deserialize, Serialize};

use super::file::{check, verdict};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Vector {
    /// `id`, `view`, `collection`, `key` or `address`.
    form: String,
    text: String,
    verdict: String,
}

const ABOUT: &str = "Text forms: ids and hashes (64 lowercase hex digits), views, collections, keys \
    (1-64 of a-z 0-9 . -; the empty view means public), addresses (https://HOST:PORT, optionally \
    #sha256=HEX). The verdict is ok or the reason of the refusal.";

fn made() -> Vec<Vector> {
    let hex = "0123456789abcdef".repeat(4);
    let vector = |form: &str, text: &str, verdict: &str| Vector {
        form: form.to_owned(),
        text: text.to_owned(),
        verdict: verdict.to_owned(),
    };
    vec![
        vector("id", &hex, "ok"),
        vector("id", &hex.to_uppercase(), "id_malformed"),
        vector("id", &hex[1..], "id_malformed"),
        vector("id", &format!("{hex}00"), "id_malformed"),
        vector("id", &hex.replace('0', "g"), "id_malformed"),
        vector("view", "", "ok"),
        vector("view", "public", "ok"),
        vector("view", "7f3a", "ok"),
        vector("view", "Public", "view_malformed"),
        vector("collection", "listing", "ok"),
        vector("collection", "a-kind.of-2031", "ok"),
        vector("collection", "", "collection_malformed"),
        vector("collection", "a_kind", "collection_malformed"),
        vector("key", &"a".repeat(64), "ok"),
        vector("key", "jigsaw-2013.sodit", "ok"),
        vector("key", &"a".repeat(65), "key_malformed"),
        vector("key", "", "key_malformed"),
        vector("key", "a key", "key_malformed"),
        vector("key", "caf\u{e9}", "key_malformed"),
        vector("address", "https://node.example:7443", "ok"),
        vector("address", "https://192.0.2.7:443", "ok"),
        vector("address", "https://[2001:db8::7]:443", "ok"),
        vector(
            "address",
            &format!("https://node.example:7443#sha256={hex}"),
            "ok",
        ),
        vector("address", "http://node.example:7443", "address_scheme"),
        vector("address", "https://node.example", "address_port"),
        vector("address", "https://node.example:0", "address_port"),
        vector("address", "https://node.example:65536", "address_port"),
        vector("address", "https://node.example:7443/", "address_extra"),
        vector("address", "https://me@node.example:7443", "address_extra"),
        vector("address", "https://-node.example:7443", "address_host"),
        vector("address", "https://2001:db8::7:443", "address_host"),
        vector(
            "address",
            "https://node.example:7443#sha256=00",
            "address_pin",
        ),
        vector("address", "https://node.example:7443#md5=00", "address_pin"),
    ]
}

#[test]
fn text_forms_are_parsed_as_in_the_vectors() {
    check("ids.json", ABOUT, made(), |vector| {
        let text = &vector.text;
        let found = match vector.form.as_str() {
            "id" => verdict(
                &text.parse::<GroupId>(),
                hedgerow_core::id::MalformedId::reason,
            ),
            "view" => verdict(&View::parse(text), hedgerow_core::name::NameError::reason),
            "collection" => verdict(
                &Collection::parse(text),
                hedgerow_core::name::NameError::reason,
            ),
            "key" => verdict(
                &RecordKey::parse(text),
                hedgerow_core::name::NameError::reason,
            ),
            "address" => verdict(
                &Endpoint::parse(text),
                hedgerow_core::endpoint::EndpointError::reason,
            ),
            other => panic!("unknown form {other}"),
        };
        assert_eq!(found, vector.verdict, "{} {text:?}", vector.form);
    });
}
