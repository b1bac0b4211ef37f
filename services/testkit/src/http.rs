//! Requests without TLS, as a browser on the same machine sends them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// Requests a page of a server on this machine, and returns the response with its head. `form` is
/// what a form posts; it may be empty.
///
/// # Panics
/// If there is no response.
pub fn request(port: u16, method: &str, path: &str, form: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("a connection");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    response
}
