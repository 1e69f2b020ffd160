//! A terminal for a program that asks.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, OptionalActions, Winsize, tcgetattr, tcsetattr, tcsetwinsize};

use crate::{Error, screen};

/// How long a program may take until it asks.
const PATIENCE: Duration = Duration::from_secs(30);

/// Wide enough that only what fills a line to its end goes on in the next.
const SIZE: Winsize =
    Winsize { ws_row: 40, ws_col: screen::WIDTH as u16, ws_xpixel: 0, ws_ypixel: 0 };

/// A terminal, at our end.
#[derive(Debug)]
pub struct Terminal {
    ours: File,
    theirs: File,
}

impl Terminal {
    /// Opens one.
    ///
    /// # Errors
    /// The system has none to give.
    pub fn open() -> Result<Terminal, Error> {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&ours)?;
        unlockpt(&ours)?;
        let name = ptsname(&ours, Vec::new())?;
        let path = std::ffi::OsStr::from_bytes(name.as_bytes());
        let theirs = OpenOptions::new().read(true).write(true).open(path)?;
        // What is typed is shown by whoever asks, and not a second time by the system.
        let mut settings = tcgetattr(&theirs)?;
        settings.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&theirs, OptionalActions::Now, &settings)?;
        // Without a size it would have no columns, and whoever takes away what was drawn takes more.
        tcsetwinsize(&theirs, SIZE)?;
        Ok(Terminal { ours: File::from(ours), theirs })
    }

    /// The end for a program.
    ///
    /// # Errors
    /// There are too many open files.
    pub fn end(&self) -> Result<File, Error> {
        Ok(self.theirs.try_clone()?)
    }

    /// Types `answer` as soon as `question` is on the screen and `meanwhile` has happened, and gives what is on it once the
    /// program has ended.
    ///
    /// # Errors
    /// The question was not asked.
    pub fn converse(
        self,
        question: &str,
        answer: &str,
        meanwhile: impl FnOnce() -> Result<(), Error>,
    ) -> Result<String, Error> {
        let Terminal { ours, theirs } = self;
        // As long as we hold their end, reading ours does not end.
        drop(theirs);
        let mut keyboard = ours.try_clone()?;
        let screen = read_on(ours);
        let begun = Instant::now();
        let mut seen = Vec::new();
        let mut asked = false;
        let mut meanwhile = Some(meanwhile);
        while let Ok(bytes) = screen.recv_timeout(PATIENCE.saturating_sub(begun.elapsed())) {
            seen.extend(bytes);
            if !asked && String::from_utf8_lossy(&seen).contains(question) {
                asked = true;
                meanwhile.take().map_or(Ok(()), |happens| happens())?;
                keyboard.write_all(format!("{answer}\r").as_bytes())?;
            }
        }
        let seen = screen::seen(&String::from_utf8_lossy(&seen));
        if asked { Ok(seen) } else { Err(format!("`{question}` was not asked: {seen}").into()) }
    }
}

/// Reads on a thread of its own, until nobody has the other end open any more.
fn read_on(mut screen: File) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        // On Linux the end shows as an error (EIO).
        while let Ok(length @ 1..) = screen.read(&mut buffer) {
            let bytes = buffer.get(..length).unwrap_or_default().to_vec();
            if sender.send(bytes).is_err() {
                break;
            }
        }
    });
    receiver
}
