//! The directory's pages, as a browser on the same machine gets them.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use hedgerow_core::endpoint::Endpoint;
use hedgerow_testkit::files_containing;
use hedgerow_testkit::http::request;
use hedgerow_tests::program;
use hedgerow_tests::program::Server;

/// A word that nothing else contains.
const MARKER: &str = "zyxmarker";

#[test]
fn what_a_visitor_types_is_in_no_log_and_no_file_of_the_directory() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let home = folder.path().join("aggregator");
    program::init_aggregator(&home);
    let server = Server::start_with_log("hedgerow-aggregator", &home, "trace");
    let address: Endpoint = server.address.parse().expect("a printed address");
    let port = address.port;
    assert!(request(port, "GET", "/", "").starts_with("HTTP/1.1 200"));
    for form in [
        format!("q={MARKER}"),
        format!("q=depression&near={MARKER}"),
        format!("q=depression&who={MARKER}&in={MARKER}"),
        format!("q={MARKER}&page={MARKER}"),
    ] {
        let response = request(port, "POST", "/search", &form);
        assert!(response.contains(MARKER), "{form}: {response}");
        assert!(!response.starts_with("HTTP/1.1 5"), "{form}: {response}");
        let events = request(port, "POST", "/whats-on", &form);
        assert!(!events.starts_with("HTTP/1.1 5"), "{form}: {events}");
    }
    request(port, "GET", &format!("/group/{MARKER}"), "");
    let log = server.log();
    assert!(log.contains("call ended"), "calls are logged: {log}");
    assert!(!log.to_lowercase().contains(MARKER), "{log}");
    assert!(server.stop().success());
    let found = files_containing(folder.path(), &[MARKER]);
    assert!(found.is_empty(), "{found:?}");
}

/// A running demonstration, ended when it is dropped.
struct Demonstration(Child);

impl Drop for Demonstration {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_demonstration_prints_the_address_of_pages_on_which_a_group_is_found() {
    let mut child = Command::new(program::path("hedgerow-demo"))
        .args(["demo", "--no-open"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let _demonstration = Demonstration(child);
    // Kept until the end: the demonstration could not print its other lines if they were closed.
    let mut lines = output.lines().map_while(Result::ok);
    let port = lines
        .by_ref()
        .filter_map(|line| {
            let (_, address) = line.split_once("http://127.0.0.1:")?;
            address.trim_end_matches('/').parse().ok()
        })
        .next()
        .expect("an address of pages");
    assert!(request(port, "GET", "/", "").contains("Find people who understand"));
    let form = "q=depression&near=Sheffield&within=20mi&who=women";
    let results = request(port, "POST", "/search", form);
    assert!(results.starts_with("HTTP/1.1 200"), "{results}");
    let (_, hits) = results.split_once("<ol class=\"hits\"").expect("hits");
    let (_, record) = hits.split_once("<a href=\"").expect("a hit");
    let (record, _) = record.split_once('"').expect("its address");
    let page = request(port, "GET", record, "");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("Is it for me?"), "{page}");
}
