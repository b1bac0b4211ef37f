//! `hedgerow-node` without arguments, as a person starts it by its icon.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use hedgerow_tests::program;

/// Where a node listens whose configuration names nothing else.
const PORT: u16 = 7440;

/// A node that was started without arguments. Dropping it kills it.
struct Node(Child);

impl Node {
    /// Starts it for a person whose home is `home`, with a program that opens pages.
    fn start(home: &Path) -> Self {
        let opener = home.join("bin/xdg-open");
        fs::create_dir_all(home.join("bin")).expect("a folder");
        let script = "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$@\" > \"$HOME/part\"\nmv \"$HOME/part\" \
                      \"$HOME/opened\"\n";
        fs::write(&opener, script).expect("a script");
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(&opener, executable).expect("its mode");
        let mut path = home.join("bin").into_os_string();
        path.push(":");
        path.push(env::var_os("PATH").unwrap_or_default());
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(home.join("log"))
            .expect("a log file");
        let mut command = Command::new(program::path("hedgerow-node"));
        for name in ["CI", "SSH_CONNECTION", "SSH_TTY", "HEDGEROW_NODE_DIR"] {
            command.env_remove(name);
        }
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] {
            command.env(name, home.join(name));
        }
        let child = command
            .current_dir(home)
            .env("HOME", home)
            .env("PATH", path)
            .env("DISPLAY", ":0")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            .spawn()
            .expect("the program starts");
        Self(child)
    }

    fn stop(mut self) {
        let id = self.0.id().to_string();
        let signalled = Command::new("kill").arg(id).status();
        assert!(signalled.expect("kill starts").success());
        assert!(self.0.wait().expect("the node exits").success());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until the opener was called, and returns the file that it was to open.
fn opened(home: &Path) -> PathBuf {
    let file = home.join("opened");
    let began = Instant::now();
    while !file.exists() {
        let log = fs::read_to_string(home.join("log")).unwrap_or_default();
        assert!(began.elapsed() < Duration::from_secs(60), "{log}");
        thread::sleep(Duration::from_millis(50));
    }
    let called = fs::read_to_string(&file).expect("its arguments");
    let (count, file) = called.trim_end().split_once('\n').expect("two lines");
    assert_eq!(count, "1", "{called}");
    // Other users can read the arguments of a program.
    assert!(!called.contains("link"), "{called}");
    PathBuf::from(file)
}

/// The path of the link that a page leads to.
fn link_of(page: &Path) -> String {
    let mode = fs::metadata(page).expect("the page").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let page = fs::read_to_string(page).expect("the page");
    let origin = format!("http://127.0.0.1:{PORT}");
    let (_, link) = page.split_once(&format!("url={origin}")).expect(&page);
    link.split('"').next().unwrap_or_default().to_owned()
}

fn request(method: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", PORT)).expect("it listens there");
    let origin = format!("127.0.0.1:{PORT}");
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {origin}\r\nOrigin: http://{origin}\r\nSec-Fetch-Site: \
         same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: \
         0\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    response
}

#[test]
fn a_node_without_arguments_makes_its_folder_and_opens_its_console() {
    if let Err(error) = std::net::TcpListener::bind(("127.0.0.1", PORT)) {
        panic!("port {PORT} is used by another program, stop it: {error}");
    }
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path().canonicalize().expect("a folder");
    let node = Node::start(&home);
    let page = opened(&home);
    let folder = home.join("hedgerow-node");
    assert_eq!(page, folder.join("open-console.html"));
    let mode = fs::metadata(&folder)
        .expect("a folder")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
    let config = folder.join("hedgerow-node.toml");
    fs::File::options()
        .append(true)
        .open(&config)
        .and_then(|mut file| file.write_all(b"# mine\n"))
        .expect("a configuration");
    let link = link_of(&page);
    // Reading the page does not use the link; its button does, once.
    for _ in 0..2 {
        let response = request("GET", &link);
        assert!(response.starts_with("HTTP/1.1 200 "), "{response}");
    }
    let response = request("POST", &link);
    assert!(response.starts_with("HTTP/1.1 303 "), "{response}");
    assert!(response.contains("hedgerow-console="), "{response}");
    let response = request("POST", &link);
    assert!(response.starts_with("HTTP/1.1 422 "), "{response}");
    node.stop();
    assert!(!page.exists(), "the page is deleted");
    let log = fs::read_to_string(home.join("log")).expect("a log");
    assert!(!log.contains("/console/link/"), "{log}");

    // The next start keeps the folder, and opens the console again.
    fs::remove_file(home.join("opened")).expect("the first call");
    let node = Node::start(&home);
    let page = opened(&home);
    assert_ne!(link_of(&page), link, "another link");
    let kept = fs::read_to_string(&config).expect("a configuration");
    assert!(kept.ends_with("# mine\n"), "{kept}");
    node.stop();
}
