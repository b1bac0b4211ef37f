//! A browser with one page.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hedgerow_testkit::program::free_port;
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use url::{ParseError, Url};

const ARGUMENTS: [&str; 11] = [
    "--headless=new",
    // The checks run as root in containers, where Chromium has no sandbox and little shared memory.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1280,1000",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
];
const MAX_WAIT: Duration = Duration::from_secs(30);
/// The narrowest screen that pages are made for.
pub const NARROW: u32 = 320;
pub const PHONE: u32 = 360;
pub const WIDE: u32 = 1280;

/// A command of Chromium's own.
#[derive(Debug)]
struct Vendor {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}

/// The driver's process, ended when it is dropped; its browser ends with it.
struct Driver(Child);

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub struct Browser {
    pub client: Client,
    _driver: Driver,
}

/// The folder of what npm installs.
pub fn node_modules() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/browser/node_modules");
    assert!(
        folder.exists(),
        "{} is missing: ./tests/run installs it",
        folder.display()
    );
    folder
}

impl Browser {
    pub async fn start() -> Self {
        let port = free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed: ./tests/run does it");
        let driver = Driver(driver);
        let until = Instant::now() + MAX_WAIT;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < until, "chromedriver does not listen");
            sleep(Duration::from_millis(50));
        }
        let capabilities = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "args": ARGUMENTS },
            "goog:loggingPrefs": { "performance": "ALL" },
        });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(serde_json::from_value(capabilities).unwrap())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("the browser starts");
        let browser = Self {
            client,
            _driver: driver,
        };
        // What is clicked would still move otherwise.
        browser.prefer("prefers-reduced-motion", "reduce").await;
        browser
    }

    /// Ends the browser. It would stay for a while if only its driver ended.
    pub async fn close(self) {
        self.client.clone().close().await.unwrap();
    }

    /// Sends a command of the developer tools.
    pub async fn tools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        let path = "goog/cdp/execute";
        let sent = self.client.issue_cmd(Vendor { path, body }).await;
        sent.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Makes the window as wide as a screen of so many pixels.
    pub async fn resize(&self, width: u32) {
        let metrics = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600,
        });
        self.tools("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    pub async fn disable_scripts(&self) {
        let off = json!({ "value": true });
        self.tools("Emulation.setScriptExecutionDisabled", off)
            .await;
    }

    /// Sets what a person prefers: `("prefers-color-scheme", "dark")`.
    pub async fn prefer(&self, feature: &str, value: &str) {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.tools("Emulation.setEmulatedMedia", features).await;
    }

    pub async fn open(&self, address: &str) {
        self.client.goto(address).await.unwrap();
    }

    pub async fn find(&self, selector: &str) -> Element {
        let found = self.client.wait().at_most(MAX_WAIT);
        found
            .for_element(Locator::Css(selector))
            .await
            .unwrap_or_else(|error| panic!("{selector}: {error}"))
    }

    /// Clicks what leads to another page, and waits for it.
    pub async fn follow(&self, selector: &str) {
        let link = self.find(selector).await;
        let page = self.find("html").await;
        // As a person scrolls what the leave button covers; the driver finds it in view there.
        let middle = "arguments[0].scrollIntoView({ block: 'center' })";
        let element = serde_json::to_value(&link).unwrap();
        self.client.execute(middle, vec![element]).await.unwrap();
        link.click().await.unwrap();
        self.until_replaced(&page, selector).await;
    }

    /// Waits until another page has taken the place of the one with this root.
    pub(crate) async fn until_replaced(&self, page: &Element, action: &str) {
        let until = Instant::now() + MAX_WAIT;
        // The root of the old page is gone with it.
        while page.tag_name().await.is_ok() {
            assert!(Instant::now() < until, "{action} leads nowhere");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.find("main").await;
    }

    /// Posts fields to an address of the site whose page is open.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) {
        let script = "const form = document.createElement('form');
            form.method = 'post';
            form.action = arguments[0];
            for (const [name, value] of arguments[1]) {
                const field = document.createElement('input');
                field.type = 'hidden';
                [field.name, field.value] = [name, value];
                form.append(field);
            }
            const send = document.createElement('button');
            send.id = 'send-it';
            send.textContent = 'Send';
            form.append(send);
            document.querySelector('main').prepend(form);";
        let arguments = vec![json!(path), json!(fields)];
        self.client.execute(script, arguments).await.unwrap();
        self.follow("#send-it").await;
    }

    pub async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text().await.unwrap()
    }

    pub async fn count(&self, selector: &str) -> usize {
        self.client
            .find_all(Locator::Css(selector))
            .await
            .unwrap()
            .len()
    }

    /// Runs a function's body in the page, and returns its value.
    pub async fn run(&self, script: &str) -> Value {
        let result = self.client.execute(script, Vec::new()).await;
        result.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Like [`run`](Self::run), for a script that calls its argument when it is done.
    pub async fn run_async(&self, script: &str) -> Result<Value, CmdError> {
        self.client.execute_async(script, Vec::new()).await
    }

    /// The requests since this was called last, as the browser logs them: address and headers.
    pub async fn requests(&self) -> Vec<(String, Value)> {
        let body = json!({ "type": "performance" });
        let path = "se/log";
        let entries = self.client.issue_cmd(Vendor { path, body }).await.unwrap();
        let entries = entries.as_array().cloned().unwrap_or_default();
        let messages = entries.iter().filter_map(|entry| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &message["message"];
            let request = &message["params"]["request"];
            (message["method"] == "Network.requestWillBeSent").then(|| {
                (
                    request["url"].as_str().unwrap_or_default().to_owned(),
                    request.clone(),
                )
            })
        });
        messages.collect()
    }
}
