//! Pages as they leave a printer, on A4, and as pictures.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::browser::Browser;

/// Inches.
const A4: (f64, f64) = (8.27, 11.69);
/// At this resolution a cheap printer shows the smallest modules of a code.
const DOTS_PER_INCH: &str = "150";

/// A printed page of the site.
pub struct Paper {
    folder: TempDir,
    file: PathBuf,
}

impl Browser {
    /// Prints the page that is open.
    pub async fn print(&self) -> Paper {
        let paper = json!({ "paperWidth": A4.0, "paperHeight": A4.1, "printBackground": false });
        let printed = self.tools("Page.printToPDF", paper).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("printed.pdf");
        fs::write(&file, bytes(&printed)).unwrap();
        Paper { folder, file }
    }

    /// Takes a picture of the whole page that is open, in the format of the file's name.
    pub async fn picture(&self, file: &Path) {
        let size =
            "const root = document.documentElement; return [root.clientWidth, root.scrollHeight]";
        let size = self.run(size).await;
        let format = file.extension().unwrap().to_str().unwrap();
        let whole = json!({
            "format": format, "captureBeyondViewport": true,
            "clip": { "x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1 },
        });
        let taken = self.tools("Page.captureScreenshot", whole).await;
        fs::write(file, bytes(&taken)).unwrap();
    }
}

/// The file in a response of the developer tools.
fn bytes(response: &Value) -> Vec<u8> {
    Base64::decode_vec(response["data"].as_str().unwrap()).unwrap()
}

impl Paper {
    /// Copies the PDF to a file.
    pub fn keep(&self, file: &Path) {
        fs::copy(&self.file, file).unwrap();
    }

    /// The words of each sheet of paper, in the order of the page.
    pub fn sheets(&self) -> Vec<String> {
        let output = Command::new("pdftotext")
            .args(["-raw", "-enc", "UTF-8"])
            .arg(&self.file)
            .arg("-")
            .output()
            .expect("poppler-utils is installed: ./tests/run does it");
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        let sheets = text.trim_end_matches('\u{c}').split('\u{c}');
        sheets.map(str::to_owned).collect()
    }

    /// Heights of all words, in points, from the smallest to the largest.
    pub fn heights(&self) -> Vec<f64> {
        let output = Command::new("pdftotext")
            .arg("-bbox")
            .arg(&self.file)
            .arg("-")
            .output()
            .expect("poppler-utils is installed: ./tests/run does it");
        let text = String::from_utf8(output.stdout).unwrap();
        let side = |line: &str, name: &str| -> Option<f64> {
            let (_, value) = line.split_once(&format!(" {name}=\""))?;
            value.split('"').next()?.parse().ok()
        };
        let words = text.lines().filter(|line| line.contains("<word "));
        let mut heights: Vec<f64> = words
            .map(|line| side(line, "yMax").unwrap() - side(line, "yMin").unwrap())
            .collect();
        heights.sort_by(f64::total_cmp);
        heights
    }

    /// What the codes on the paper say to the camera of a phone.
    pub fn codes(&self) -> BTreeSet<String> {
        let drawn = Command::new("pdftoppm")
            .args(["-r", DOTS_PER_INCH, "-png"])
            .arg(&self.file)
            .arg(self.folder.path().join("sheet"))
            .status()
            .expect("poppler-utils is installed: ./tests/run does it");
        assert!(drawn.success());
        let mut pictures: Vec<PathBuf> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|it| it == "png"))
            .collect();
        pictures.sort();
        let read = Command::new("zbarimg")
            .args(["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"])
            .args(pictures)
            .output()
            .expect("zbar-tools is installed: ./tests/run does it");
        let text = String::from_utf8(read.stdout).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}
