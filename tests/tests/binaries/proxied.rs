//! A node behind a reverse proxy: links, cookies and forms are those of the proxy's name.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use hedgerow_core::endpoint::Endpoint;
use hedgerow_tests::program;
use hedgerow_tests::program::Server;

/// Passes requests on as nginx does with `proxy_set_header Host` and `X-Forwarded-For`. What ends TLS
/// is not of interest to the node, so that its visitors come without. Returns the port.
fn start_proxy(node: u16, host: Option<&'static str>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    thread::spawn(move || {
        for visitor in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || pass_on(visitor, node, host));
        }
    });
    port
}

fn pass_on(mut visitor: TcpStream, node: u16, host: Option<&str>) -> Option<()> {
    let mut reader = BufReader::new(visitor.try_clone().ok()?);
    let mut node = TcpStream::connect(("127.0.0.1", node)).ok()?;
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
        match host {
            Some(host) if lower.starts_with("host:") => head += &format!("host: {host}\r\n"),
            _ => head += &line,
        }
    }
    head += "x-forwarded-for: 203.0.113.5\r\n\r\n";
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    node.write_all(&[head.into_bytes(), body].concat()).ok()?;
    std::io::copy(&mut node, &mut visitor).ok()?;
    visitor.shutdown(Shutdown::Both).ok()
}

/// Sends a request, and returns the response.
fn send(port: u16, first: &str, headers: &str, body: &str) -> String {
    let mut tcp = TcpStream::connect(("127.0.0.1", port)).expect("a listener");
    let length = body.len();
    let request = format!(
        "{first} HTTP/1.1\r\nconnection: close\r\ncontent-length: {length}\r\n\
         content-type: application/x-www-form-urlencoded\r\n{headers}\r\n{body}"
    );
    tcp.write_all(request.as_bytes()).expect("a connection");
    let mut response = String::new();
    tcp.read_to_string(&mut response).expect("a response");
    response
}

/// Runs `console` on a node that has just started, until it has written where its pages are.
pub(super) fn console(folder: &Path) -> String {
    let at = folder.to_str().expect("a path in UTF-8");
    let began = Instant::now();
    loop {
        let output = program::run("hedgerow-node", &["--dir", at, "console"]);
        if output.status.success() {
            return String::from_utf8(output.stdout).expect("UTF-8");
        }
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(began.elapsed() < Duration::from_secs(30), "{error}");
        thread::sleep(Duration::from_millis(50));
    }
}

fn header<'a>(response: &'a str, name: &str) -> &'a str {
    let value = response
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    value.unwrap_or_else(|| panic!("no {name}: {response}"))
}

#[test]
fn a_console_behind_a_proxy_has_links_cookies_and_forms_of_the_proxys_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("node");
    program::init_node(&folder, &[]);
    let file = folder.join("hedgerow-node.toml");
    let config = fs::read_to_string(&file).expect("a configuration");
    let origin = "[site]\norigin = \"https://groups.example\"";
    fs::write(&file, config.replacen("[site]", origin, 1)).expect("a file");
    let server = Server::start("hedgerow-node", &folder);
    let address: Endpoint = server.address.parse().expect("an address");
    let proxy = start_proxy(address.port, None);
    let host = "host: groups.example\r\n";

    let printed = console(&folder);
    let link = printed.lines().next().expect("a link");
    let path = link
        .strip_prefix("https://groups.example")
        .expect("the proxy's name");
    let page = send(proxy, &format!("GET {path}"), host, "");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");

    // The page's own form signs in, and a form of another site does not.
    let token = page
        .split("name=\"")
        .skip(1)
        .filter_map(|part| part.split_once("\" value=\""));
    let fields: Vec<String> = token
        .filter_map(|(name, rest)| Some(format!("{name}={}", rest.split_once('"')?.0)))
        .collect();
    let body = fields.join("&");
    let post = format!("POST {path}");
    let evil = send(
        proxy,
        &post,
        &format!("{host}origin: https://evil.example\r\n"),
        &body,
    );
    assert!(evil.starts_with("HTTP/1.1 403"), "{evil}");
    let plain = send(
        proxy,
        &post,
        &format!("{host}origin: http://groups.example\r\n"),
        &body,
    );
    assert!(plain.starts_with("HTTP/1.1 403"), "{plain}");
    let own = send(
        proxy,
        &post,
        &format!("{host}origin: https://groups.example\r\n"),
        &body,
    );
    assert!(own.starts_with("HTTP/1.1 30"), "{own}");
    let cookie = header(&own, "set-cookie");
    assert!(
        cookie.starts_with("__Host-") && cookie.contains("; Secure"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().expect("a pair");
    let console = send(
        proxy,
        "GET /console",
        &format!("{host}cookie: {cookie}\r\n"),
        "",
    );
    // Signed in: on to the first group.
    assert!(console.starts_with("HTTP/1.1 303"), "{console}");

    // A person at the machine needs no proxy, and has a session of another kind.
    for headers in [String::new(), format!("cookie: {cookie}\r\n")] {
        let headers = format!("host: 127.0.0.1\r\n{headers}");
        let local = send(address.port, "GET /console", &headers, "");
        assert!(local.starts_with("HTTP/1.1 401"), "{local}");
    }

    // A proxy that does not keep the host would have strangers pass for people at this machine.
    let careless = start_proxy(address.port, Some("127.0.0.1"));
    let refused = send(careless, "GET /console", host, "");
    assert!(
        refused.starts_with("HTTP/1.1 421") && refused.contains("site.origin"),
        "{refused}"
    );
}

#[test]
fn a_proxy_without_an_origin_in_the_configuration_gets_the_setting_as_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("aggregator");
    program::init_aggregator(&folder);
    let server = Server::start("hedgerow-aggregator", &folder);
    let address: Endpoint = server.address.parse().expect("an address");
    let proxy = start_proxy(address.port, None);
    let refused = send(proxy, "GET /", "host: directory.example\r\n", "");
    assert!(
        refused.starts_with("HTTP/1.1 421") && refused.contains("site.origin"),
        "{refused}"
    );
    assert!(server.stop().success());

    let file = folder.join("hedgerow-aggregator.toml");
    let config = fs::read_to_string(&file).expect("a configuration");
    let origin = "[site]\norigin = \"https://directory.example\"";
    fs::write(&file, config.replacen("[site]", origin, 1)).expect("a file");
    let server = Server::start("hedgerow-aggregator", &folder);
    let address: Endpoint = server.address.parse().expect("an address");
    let proxy = start_proxy(address.port, None);
    let page = send(proxy, "GET /", "host: directory.example\r\n", "");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
}
