//! A program at a terminal, where a person reads and types.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::process::arguments_and_environment;
use crate::program;

/// Longest wait for the program.
const LIMIT: Duration = Duration::from_secs(60);

/// A program and its terminal. Dropping it kills the program.
pub struct Terminal {
    child: Child,
    /// The person's side of the terminal.
    person: File,
    output: Receiver<Vec<u8>>,
    shown: String,
    /// The length of `shown` up to the end of the last text that was waited for.
    read: usize,
    visible: String,
}

impl Terminal {
    /// Starts a program with a terminal of its own.
    ///
    /// # Panics
    /// If the system has no pseudo-terminals, or the program does not start.
    pub fn start(name: &str, arguments: &[&str]) -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudo-terminal");
        grantpt(&person)
            .and_then(|()| unlockpt(&person))
            .expect("its other side");
        let path = ptsname(&person, Vec::new()).expect("its name");
        let program_side = || {
            OpenOptions::new()
                .read(true)
                .write(true)
                .open(OsStr::from_bytes(path.as_bytes()))
                .expect("its other side")
        };
        // util-linux's setsid makes the terminal the controlling one, which /dev/tty stands for.
        let child = Command::new("setsid")
            .arg("--ctty")
            .arg(program::path(name))
            .args(arguments)
            .env("HEDGEROW_SETTINGS", "/nowhere/settings.json")
            .stdin(program_side())
            .stdout(program_side())
            .stderr(program_side())
            .spawn()
            .expect("setsid of util-linux starts");
        let person = File::from(person);
        let mut reader = person.try_clone().expect("a second handle");
        let (sender, output) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Fails once the program has closed its side.
            while let Ok(count) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            person,
            output,
            shown: String::new(),
            read: 0,
            visible: String::new(),
        }
    }

    /// Waits until the program shows a text after the last one that was waited for. Returns what is
    /// between the two.
    ///
    /// # Panics
    /// If it does not come, with everything that was shown.
    pub fn wait_for(&mut self, text: &str) -> String {
        let began = Instant::now();
        loop {
            if let Some(at) = self.shown[self.read..].find(text) {
                let between = self.shown[self.read..self.read + at].to_owned();
                self.read += at + text.len();
                self.visible += &arguments_and_environment(self.child.id());
                return between;
            }
            let left = LIMIT.saturating_sub(began.elapsed());
            let Ok(bytes) = self.output.recv_timeout(left) else {
                panic!("no “{text}” in:\n{}", self.shown);
            };
            self.shown += &String::from_utf8_lossy(&bytes);
        }
    }

    /// Types a line, as after a question whose answer may be shown.
    ///
    /// # Panics
    /// If the program has closed its terminal.
    pub fn type_line(&mut self, line: &str) {
        writeln!(self.person, "{line}").expect("the terminal is open");
    }

    /// Types a line as soon as the terminal no longer shows what is typed.
    ///
    /// # Panics
    /// If the program does not turn that off.
    pub fn type_hidden(&mut self, line: &str) {
        let began = Instant::now();
        while tcgetattr(&self.person)
            .expect("the terminal's modes")
            .local_modes
            .contains(LocalModes::ECHO)
        {
            assert!(
                began.elapsed() < LIMIT,
                "the terminal still shows what is typed:\n{}",
                self.shown
            );
            thread::sleep(Duration::from_millis(5));
        }
        self.type_line(line);
    }

    /// Waits until the program exits. Returns its status, everything that the terminal has shown,
    /// and the arguments and environment that others could read.
    ///
    /// # Panics
    /// If the program does not exit.
    pub fn finish(mut self) -> (ExitStatus, String, String) {
        let status = self.child.wait().expect("the program exits");
        while let Ok(bytes) = self.output.recv_timeout(LIMIT) {
            self.shown += &String::from_utf8_lossy(&bytes);
        }
        let shown = std::mem::take(&mut self.shown);
        (status, shown, std::mem::take(&mut self.visible))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
