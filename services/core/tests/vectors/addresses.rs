use hedgerow_core::endpoint::{Endpoint, EndpointError};
use hedgerow_proto::v1;
use serde::{Deserialize, Serialize};

use super::file::{check, unhex, verdict};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Vector {
    name: String,
    /// `text`: an address as people write it. `head`: the fields `url` and `spki_sha256` of an
    /// endpoint in a head.
    form: String,
    text: String,
    /// Hex; only with `head`.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    spki_sha256: String,
    verdict: String,
    /// The one text by which equal addresses are compared; empty if the address is invalid.
    canonical: String,
}

const ABOUT: &str = "Addresses by the grammar of docs/PROTOCOL.md. The verdict is ok or the reason of \
    the refusal. Two addresses are the same if their canonical texts are equal: the host in lower \
    case, IPv6 as in RFC 5952. The order of checks is scheme, key hash, extra parts, host, port; in \
    a head, a # in the url comes first and spki_sha256 last.";

fn parsed(form: &str, text: &str, spki_sha256: &str) -> Result<Endpoint, EndpointError> {
    match form {
        "text" => Endpoint::parse(text),
        "head" => Endpoint::from_proto(&v1::Endpoint {
            url: text.to_owned(),
            spki_sha256: unhex(spki_sha256),
        }),
        other => panic!("unknown form {other}"),
    }
}

fn text(name: &str, text: &str, verdict: &str) -> Vector {
    vector(name, "text", text, "", verdict)
}

fn vector(name: &str, form: &str, text: &str, spki_sha256: &str, verdict: &str) -> Vector {
    Vector {
        name: name.to_owned(),
        form: form.to_owned(),
        text: text.to_owned(),
        spki_sha256: spki_sha256.to_owned(),
        verdict: verdict.to_owned(),
        canonical: parsed(form, text, spki_sha256)
            .map(|endpoint| endpoint.to_string())
            .unwrap_or_default(),
    }
}

/// A domain name of `length` bytes.
fn name_of(length: usize) -> String {
    let labels = format!("{}.", "a".repeat(63)).repeat(3);
    format!("{labels}{}", "b".repeat(length - labels.len()))
}

fn domain_names() -> Vec<Vector> {
    let label = "a".repeat(63);
    let at = |host: &str| format!("https://{host}:7443");
    let host = |name: &str, host: &str, verdict: &str| text(name, &at(host), verdict);
    vec![
        host("a domain name", "node.example", "ok"),
        host("one label", "localhost", "ok"),
        host("one letter", "a", "ok"),
        host("upper case", "Node.EXAMPLE", "ok"),
        host(
            "punycode is a label like others",
            "xn--caf-dma.example",
            "ok",
        ),
        host("malformed punycode is not decoded", "xn--a.xn--0", "ok"),
        host("two hyphens in a row", "a--b.example", "ok"),
        host("digits in labels", "1.2node.example", "ok"),
        host("a last label that ends with digits", "node.e4", "ok"),
        host("a label of 63", &format!("{label}.example"), "ok"),
        host("a last label of 63", &format!("a.{label}"), "ok"),
        host("a name of 253", &name_of(253), "ok"),
        host(
            "a label of 64",
            &format!("{label}a.example"),
            "address_host",
        ),
        host("a name of 254", &name_of(254), "address_host"),
        host("an underscore", "node_x.example", "address_host"),
        host(
            "an underscore in front",
            "_tcp.node.example",
            "address_host",
        ),
        host("letters beyond ASCII", "caf\u{e9}.example", "address_host"),
        host("full-width letters", "\u{ff4e}ode.example", "address_host"),
        host(
            "an ideographic full stop",
            "node\u{3002}example",
            "address_host",
        ),
        host("a final dot", "node.example.", "address_host"),
        host("a dot in front", ".node.example", "address_host"),
        host("an empty label", "node..example", "address_host"),
        host("only a dot", ".", "address_host"),
        host("no host", "", "address_host"),
        host("a hyphen in front", "-node.example", "address_host"),
        host(
            "a hyphen at the end of a label",
            "node-.example",
            "address_host",
        ),
        host("a hyphen at the end", "node.example-", "address_host"),
        host("percent-encoding", "node%2eexample", "address_host"),
        host("a space", "node .example", "address_host"),
        host("a line break", "node\n.example", "address_host"),
        host("a zero byte", "node\0.example", "address_host"),
        host("a backslash", "node.example\\a", "address_host"),
        host("two colons", "node.example:1", "address_host"),
    ]
}

fn ip_addresses() -> Vec<Vector> {
    let host = |name: &str, host: &str, verdict: &str| {
        text(name, &format!("https://{host}:7443"), verdict)
    };
    vec![
        host("IPv4", "192.0.2.7", "ok"),
        host("the lowest IPv4", "0.0.0.0", "ok"),
        host("the highest IPv4", "255.255.255.255", "ok"),
        host("an octet of 256", "192.0.2.256", "address_host"),
        host("an octet with a leading zero", "192.0.02.7", "address_host"),
        host("three numbers", "1.2.3", "address_host"),
        host("five numbers", "1.2.3.4.5", "address_host"),
        host("two numbers", "127.1", "address_host"),
        host("one number", "2130706433", "address_host"),
        host("a hexadecimal number", "0x7f.1", "address_host"),
        host("a hexadecimal last label", "a.0x7f", "address_host"),
        host("a numeric last label", "node.7", "address_host"),
        host(
            "a last label that begins with a digit",
            "node.4e",
            "address_host",
        ),
        host("IPv4 in brackets", "[192.0.2.7]", "address_host"),
        host("IPv6", "[2001:db8::7]", "ok"),
        host("IPv6 in upper case", "[2001:DB8::7]", "ok"),
        host(
            "IPv6 in full",
            "[2001:0db8:0000:0000:0000:0000:0000:0007]",
            "ok",
        ),
        host(
            "a single group of zeros, shortened",
            "[2001:db8::1:2:3:4:5]",
            "ok",
        ),
        host("the longer run is shortened", "[2001:0:0:1:0:0:0:7]", "ok"),
        host(
            "of two equal runs the first is shortened",
            "[2001:0:0:1:1:0:0:7]",
            "ok",
        ),
        host("no address", "[::]", "ok"),
        host("this machine", "[::1]", "ok"),
        host("seven groups and ::", "[1:2:3:4:5:6:7::]", "ok"),
        host(":: and seven groups", "[::1:2:3:4:5:6:7]", "ok"),
        host("IPv4 mapped to IPv6", "[::ffff:192.0.2.7]", "ok"),
        host("IPv4 mapped to IPv6, in groups", "[::FFFF:C000:207]", "ok"),
        host("IPv4 at the end of IPv6", "[64:ff9b::192.0.2.7]", "ok"),
        host("six groups and IPv4", "[1:2:3:4:5:6:192.0.2.7]", "ok"),
        host(
            "seven groups and IPv4",
            "[1:2:3:4:5:6:7:192.0.2.7]",
            "address_host",
        ),
        host("IPv4 before groups", "[192.0.2.7::1]", "address_host"),
        host(
            "IPv4 with a leading zero",
            "[::ffff:192.0.02.7]",
            "address_host",
        ),
        host("eight groups and ::", "[1:2:3:4:5:6:7:8::]", "address_host"),
        host("nine groups", "[1:2:3:4:5:6:7:8:9]", "address_host"),
        host("seven groups", "[1:2:3:4:5:6:7]", "address_host"),
        host("two ::", "[1::2::3]", "address_host"),
        host("three colons", "[1:::2]", "address_host"),
        host("a group of five digits", "[::00001]", "address_host"),
        host("no hexadecimal digit", "[::g]", "address_host"),
        host("a zone", "[fe80::1%25lo]", "address_host"),
        host("a zone, not encoded", "[fe80::1%lo]", "address_host"),
        host("an empty zone", "[::1%25]", "address_host"),
        host("a future version", "[v1.a]", "address_host"),
        host("empty brackets", "[]", "address_host"),
        host("a space in brackets", "[::1 ]", "address_host"),
        host("brackets twice", "[[::1]]", "address_host"),
        host("a name in brackets", "[node]", "address_host"),
        host("IPv6 without brackets", "2001:db8::7", "address_host"),
        host("an open bracket", "[::1", "address_host"),
        host("a closing bracket", "::1]", "address_host"),
        text("IPv6 without a port", "https://[::1]", "address_port"),
        text(
            "IPv6 and a port without a colon",
            "https://[::1]443",
            "address_port",
        ),
    ]
}

fn ports_and_parts() -> Vec<Vector> {
    let after = |name: &str, rest: &str, verdict: &str| {
        text(name, &format!("https://node.example{rest}"), verdict)
    };
    let hex = "0123456789abcdef".repeat(4);
    let pinned =
        |name: &str, pin: &str, verdict: &str| after(name, &format!(":7443#{pin}"), verdict);
    vec![
        after("the lowest port", ":1", "ok"),
        after("the highest port", ":65535", "ok"),
        after("the usual port is written too", ":443", "ok"),
        after("no port", "", "address_port"),
        after("an empty port", ":", "address_port"),
        after("port 0", ":0", "address_port"),
        after("port 65536", ":65536", "address_port"),
        after("a port of 2^32 + 443", ":4294967739", "address_port"),
        after("a leading zero", ":0443", "address_port"),
        after("zeros only", ":00000", "address_port"),
        after("a plus sign", ":+443", "address_port"),
        after("a minus sign", ":-443", "address_port"),
        after("a hexadecimal port", ":0x1bb", "address_port"),
        after("a space after the port", ":443 ", "address_port"),
        after("a line break after the port", ":443\n", "address_port"),
        after("digits beyond ASCII", ":\u{ff14}43", "address_port"),
        after("a slash", ":443/", "address_extra"),
        after("a path", ":443/a", "address_extra"),
        after("a query", ":443?a=b", "address_extra"),
        after("an empty query", ":443?", "address_extra"),
        text("a user", "https://me@node.example:443", "address_extra"),
        text(
            "a password",
            "https://me:1@node.example:443",
            "address_extra",
        ),
        text(
            "an empty user",
            "https://@node.example:443",
            "address_extra",
        ),
        text("a path without a host", "https:///a:443", "address_extra"),
        pinned("a key hash", &format!("sha256={hex}"), "ok"),
        pinned(
            "a key hash in upper case",
            &format!("sha256={}", hex.to_uppercase()),
            "address_pin",
        ),
        pinned("63 digits", &format!("sha256={}", &hex[1..]), "address_pin"),
        pinned("65 digits", &format!("sha256={hex}0"), "address_pin"),
        pinned("no digits", "sha256=", "address_pin"),
        pinned("another algorithm", &format!("sha512={hex}"), "address_pin"),
        pinned(
            "the algorithm in upper case",
            &format!("SHA256={hex}"),
            "address_pin",
        ),
        pinned("no algorithm", &hex, "address_pin"),
        pinned("an empty fragment", "", "address_pin"),
        pinned(
            "a second fragment",
            &format!("sha256={hex}#"),
            "address_pin",
        ),
        pinned(
            "two key hashes",
            &format!("sha256={hex}&sha256={hex}"),
            "address_pin",
        ),
        pinned(
            "a space after the key hash",
            &format!("sha256={hex} "),
            "address_pin",
        ),
        after(
            "a path and a key hash",
            &format!(":443/#sha256={hex}"),
            "address_extra",
        ),
        after(
            "no port and a key hash",
            &format!("#sha256={hex}"),
            "address_port",
        ),
        after("a path and a bad key hash", ":443/#sha256=0", "address_pin"),
        text("a bad host and a bad port", "https://a_b:0", "address_host"),
        text("plain HTTP", "http://node.example:443", "address_scheme"),
        text(
            "the scheme in upper case",
            "HTTPS://node.example:443",
            "address_scheme",
        ),
        text(
            "a space in front",
            " https://node.example:443",
            "address_scheme",
        ),
        text("one slash", "https:/node.example:443", "address_scheme"),
        text("no scheme", "node.example:443", "address_scheme"),
        text("nothing", "", "address_scheme"),
        text("a scheme alone", "https://", "address_host"),
    ]
}

fn in_heads() -> Vec<Vector> {
    let (url, hash) = ("https://node.example:7443", "ab".repeat(32));
    let head =
        |name: &str, url: &str, hash: &str, verdict: &str| vector(name, "head", url, hash, verdict);
    vec![
        head("public roots", url, "", "ok"),
        head("a pinned key", url, &hash, "ok"),
        head(
            "another spelling in a head",
            "https://NODE.example:7443",
            "",
            "ok",
        ),
        head("a key hash of 31 bytes", url, &hash[2..], "address_pin"),
        head(
            "a key hash of 33 bytes",
            url,
            &format!("{hash}00"),
            "address_pin",
        ),
        head(
            "a key hash in the url",
            &format!("{url}#sha256={hash}"),
            "",
            "address_extra",
        ),
        head(
            "an empty fragment in the url",
            &format!("{url}#"),
            "",
            "address_extra",
        ),
        head(
            "a fragment and no TLS",
            "http://node.example:80#",
            "",
            "address_extra",
        ),
        head("no url", "", "", "address_scheme"),
        head(
            "a bad url and a bad key hash",
            "https://a_b:1",
            "00",
            "address_host",
        ),
    ]
}

#[test]
fn addresses_get_the_verdicts_of_the_vectors() {
    let made = [
        domain_names(),
        ip_addresses(),
        ports_and_parts(),
        in_heads(),
    ]
    .concat();
    check("addresses.json", ABOUT, made, |vector| {
        let found = parsed(&vector.form, &vector.text, &vector.spki_sha256);
        let name = &vector.name;
        assert_eq!(
            verdict(&found, EndpointError::reason),
            vector.verdict,
            "{name}"
        );
        let Ok(endpoint) = found else { return };
        assert_eq!(endpoint.to_string(), vector.canonical, "{name}");
        assert_eq!(Endpoint::parse(&vector.canonical), Ok(endpoint), "{name}");
    });
}
