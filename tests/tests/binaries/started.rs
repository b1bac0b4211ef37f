//! Servers with a port that the system chooses, stopped as soon as they have started.

use std::net::TcpStream;

use hedgerow_core::endpoint::Endpoint;
use hedgerow_tests::program;
use hedgerow_tests::program::Server;

#[test]
fn a_server_prints_the_port_that_it_got_and_may_be_stopped_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let phrase = folder.path().join("phrase");
    let phrase = phrase.to_str().expect("a path in UTF-8");
    let any_port = ["init", "--listen", "127.0.0.1:0"];
    for (name, more) in [
        ("hedgerow-node", &[][..]),
        ("hedgerow-aggregator", &["--phrase-file", phrase][..]),
    ] {
        let home = folder.path().join(name);
        program::run_in(&home, name, &[&any_port, more].concat());
        for _ in 0..3 {
            let server = Server::start(name, &home);
            let address: Endpoint = server.address.parse().expect("a printed address");
            TcpStream::connect((address.host.as_str(), address.port)).expect("it listens there");
            let log = server.log();
            assert!(server.stop().success(), "{name}:\n{log}");
        }
    }
}
