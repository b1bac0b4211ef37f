//! Backups that a server makes by itself, and the deletion of old ones.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, thread};

use anyhow::Context;
use hedgerow_core::random::Random;
use hedgerow_core::time::{Clock, Timestamp};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::backed_up::BackedUp;
use super::error::BackupError;
use super::failure::Failure;
use super::pack::{Options, pack, remove_unfinished};
use super::settings::{BackupSettings, FOLDER, TAKEN_BACK_DAYS};
use super::stored::{Prune, file_name, newest};
use crate::metrics::{Counter, Gauge, Metrics};
use crate::private_files::create_private_dir;
use crate::trusted_time::TrustedTime;

/// How often the clock is compared with the time of the next backup.
const CHECK_INTERVAL: Duration = Duration::from_secs(60);
/// How often old backups are deleted, and the time after a failure.
const HOUR: Duration = Duration::from_secs(60 * 60);

/// The backups of one server, as configured.
#[derive(Clone)]
pub struct Schedule {
    server: &'static dyn BackedUp,
    data_dir: PathBuf,
    settings: BackupSettings,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    newest: Gauge,
    failures: Counter,
}

/// When something was done last, and the clock for deletions.
struct Progress {
    trusted: TrustedTime,
    newest: Option<Timestamp>,
    failed: Option<Instant>,
    pruned: Option<(Timestamp, Instant)>,
}

impl Schedule {
    /// Checks the settings that need the machine: the passphrase, and the folder.
    ///
    /// # Errors
    /// If backups could not be made with them.
    pub fn new(
        server: &'static dyn BackedUp,
        (data_dir, settings): (PathBuf, BackupSettings),
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, BackupError> {
        if settings.every.is_some() {
            settings.passphrase(&data_dir)?;
        }
        if settings.keep_days > TAKEN_BACK_DAYS {
            tracing::warn!(
                keep_days = settings.keep_days,
                "what groups take back stays in backups for as long as these are kept, and not only \
                 for {TAKEN_BACK_DAYS} days: tell the groups, or lower backup.keep_days"
            );
        }
        let schedule = Self {
            server,
            data_dir,
            settings,
            clock,
            random,
            newest: Gauge::default(),
            failures: Counter::default(),
        };
        schedule.note_newest();
        Ok(schedule)
    }

    /// Adds the metrics of backups.
    pub fn register(&self, metrics: &mut Metrics) {
        let interval: Gauge = Gauge::default();
        let seconds = self
            .settings
            .every
            .map_or(0, |every| every.duration().as_secs());
        interval.set(i64::try_from(seconds).unwrap_or(i64::MAX));
        metrics.add(
            "backup_interval_seconds",
            "Time between two backups; 0 if the server makes none by itself",
            &interval,
        );
        metrics.add(
            "backup_newest_timestamp_seconds",
            "When the newest backup was made, in seconds since 1970; 0 without one",
            &self.newest,
        );
        metrics.add(
            "backup_failures",
            "Backups that the server could not make",
            &self.failures,
        );
    }

    /// Makes backups and deletes old ones until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut progress = Progress {
            trusted: TrustedTime::new(self.clock.now(), Instant::now()),
            newest: self.note_newest(),
            failed: None,
            pruned: None,
        };
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.pass(&mut progress, Instant::now()) => {}
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(CHECK_INTERVAL) => {}
            }
        }
    }

    async fn pass(&self, progress: &mut Progress, timer: Instant) {
        let now = self.clock.now();
        if self.is_due(progress, now, timer) {
            let making = self.clone();
            let made = on_thread(async move { making.make(now).await }).await;
            progress.failed = None;
            match made {
                Ok(file) => tracing::info!(file = %file.display(), "made a backup"),
                Err(error) => {
                    let error = format!("{error:#}");
                    tracing::error!(error, "cannot make a backup; retrying in an hour");
                    self.failures.inc();
                    progress.failed = Some(timer);
                    Failure { at: now, error }.write(&self.data_dir);
                }
            }
            progress.newest = self.note_newest();
        }
        let is_later = |(at, at_timer): (Timestamp, Instant)| {
            now.since(at).max(timer.duration_since(at_timer)) >= HOUR
        };
        if progress.pruned.is_none_or(is_later) {
            progress.pruned = Some((now, timer));
            let deadline = progress.trusted.observe((now, timer), progress.newest);
            let pruning = self.clone();
            let pruned = on_thread(async move { pruning.prune(deadline.now) }).await;
            if let Err(error) = pruned {
                tracing::error!(error = format!("{error:#}"), "cannot delete old backups");
            }
            progress.newest = self.note_newest();
        }
    }

    fn is_due(&self, progress: &Progress, now: Timestamp, timer: Instant) -> bool {
        let Some(every) = self.settings.every else {
            return false;
        };
        if progress
            .failed
            .is_some_and(|at| timer.duration_since(at) < HOUR)
        {
            return false;
        }
        // One from the future was made by a clock that was wrong: it must not be the last.
        let is_recent = |made: Timestamp| made <= now && now.since(made) < every.duration();
        !progress.newest.is_some_and(is_recent)
    }

    async fn make(&self, now: Timestamp) -> anyhow::Result<PathBuf> {
        let passphrase = self.settings.passphrase(&self.data_dir)?;
        let folder = self.settings.folder(&self.data_dir);
        if self.settings.is_inside() {
            create_private_dir(&folder)?;
        }
        // Elsewhere it must exist: a disk that is not mounted must not be replaced by a folder of
        // the disk below.
        let name = file_name(self.server.program(), now, passphrase.is_some());
        let file = folder.join(name);
        let options = Options {
            passphrase: passphrase.as_ref(),
            random: self.random.as_ref(),
            now,
        };
        fs::metadata(&folder).map_err(BackupError::read(&folder))?;
        pack(self.server, &self.data_dir, &file, options).await?;
        Failure::clear(&self.data_dir);
        Ok(file)
    }

    /// Deletes old backups in both folders. The own one has those that were made by hand, and
    /// before upgrades.
    fn prune(&self, now: Timestamp) -> anyhow::Result<()> {
        remove_unfinished(&self.data_dir)?;
        let prune = |is_own| Prune {
            program: self.server.program(),
            is_own,
            keep: usize::try_from(self.settings.keep).unwrap_or(usize::MAX),
            // The next pass is an hour away, and must not be a day too late.
            keep_for: self.settings.keep_for().saturating_sub(HOUR),
        };
        prune(true).run(&self.data_dir.join(FOLDER), now)?;
        if !self.settings.is_inside() {
            prune(false).run(&self.settings.folder(&self.data_dir), now)?;
        }
        Ok(())
    }

    /// Reads when the newest backup was made, for the metric and for the next one.
    fn note_newest(&self) -> Option<Timestamp> {
        let folder = self.settings.folder(&self.data_dir);
        let newest = newest(self.server.program(), &folder);
        self.newest.set(newest.map_or(0, Timestamp::as_seconds));
        newest
    }
}

/// Runs work that copies, hashes and encrypts for minutes on a thread of its own, because the
/// threads of the runtime serve calls.
async fn on_thread<T: Send + 'static>(
    work: impl Future<Output = anyhow::Result<T>> + Send + 'static,
) -> anyhow::Result<T> {
    let (sender, receiver) = oneshot::channel();
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let result = match runtime {
            Ok(runtime) => runtime.block_on(work),
            Err(error) => Err(error).context("cannot start a runtime"),
        };
        // Fails if the server has stopped meanwhile.
        let _ = sender.send(result);
    };
    let spawned = thread::Builder::new().name("backup".to_owned()).spawn(run);
    spawned.context("cannot start a thread")?;
    receiver.await.context("the thread ended")?
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::atomic::Ordering;

    use hedgerow_testkit::{ManualClock, SeededRandom};
    use hedgerow_transport::clock::SystemClock;

    use super::*;
    use crate::backup::Interval;
    use crate::backup::testing::Fake;

    const START: Timestamp = Timestamp::from_seconds(1_800_000_000);
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    struct Test {
        server: &'static Fake,
        data_dir: tempfile::TempDir,
        clock: Arc<ManualClock>,
        schedule: Schedule,
        progress: Progress,
        timer: Instant,
    }

    impl Test {
        fn new(settings: BackupSettings) -> Self {
            let data_dir = tempfile::tempdir().unwrap();
            fs::write(data_dir.path().join("fake.sqlite"), "records").unwrap();
            fs::write(data_dir.path().join("secret"), "kettle kettle").unwrap();
            let server: &'static Fake = Box::leak(Box::default());
            let clock = Arc::new(ManualClock::at(START));
            let random = Arc::new(SeededRandom::new(1));
            let at = (data_dir.path().to_owned(), settings);
            let schedule = Schedule::new(server, at, clock.clone(), random).unwrap();
            let timer = Instant::now();
            let progress = Progress {
                trusted: TrustedTime::new(START, timer),
                newest: schedule.note_newest(),
                failed: None,
                pruned: None,
            };
            Self {
                server,
                data_dir,
                clock,
                schedule,
                progress,
                timer,
            }
        }

        async fn pass_after(&mut self, time: Duration) {
            self.clock.advance(time);
            self.timer += time;
            self.schedule.pass(&mut self.progress, self.timer).await;
        }

        fn names(&self, folder: &Path) -> Vec<String> {
            let entries = fs::read_dir(folder).unwrap();
            let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<String> = names.filter(|name| name != "lock").collect();
            names.sort();
            names
        }
    }

    fn daily() -> BackupSettings {
        BackupSettings {
            every: Some(Interval::DAY),
            ..BackupSettings::default()
        }
    }

    #[tokio::test]
    async fn a_backup_is_made_each_day_and_kept_for_less_than_a_week() {
        let mut test = Test::new(daily());
        let own = test.data_dir.path().join(FOLDER);
        test.pass_after(Duration::ZERO).await;
        let [first] = &test.names(&own)[..] else {
            panic!("there is no backup");
        };
        let first = first.clone();
        assert_eq!(test.schedule.newest.get(), START.as_seconds());
        let thread = test.server.checked_on.lock().clone();
        assert_eq!(thread.as_deref(), Some("backup"), "not one that serves");
        for _ in 0..23 {
            test.pass_after(HOUR).await;
        }
        assert_eq!(test.names(&own).len(), 1);
        test.pass_after(HOUR).await;
        assert_eq!(test.names(&own).len(), 2);
        for _ in 0..6 * 24 - 2 {
            test.pass_after(HOUR).await;
        }
        assert!(test.names(&own).contains(&first), "it is not six days old");
        test.pass_after(HOUR).await;
        assert!(
            !test.names(&own).contains(&first),
            "it would be seven days old"
        );
        assert_eq!(test.names(&own).len(), 6);
    }

    #[tokio::test]
    async fn backups_by_hand_and_of_before_an_upgrade_are_deleted_without_a_schedule_too() {
        let mut test = Test::new(BackupSettings::default());
        let own = test.data_dir.path().join(FOLDER);
        fs::create_dir(&own).unwrap();
        for name in ["before-0006.tar", "by-hand.tar", "x.tar.part"] {
            fs::write(own.join(name), "").unwrap();
        }
        // The files have the machine's time.
        test.clock.set(SystemClock.now());
        test.pass_after(Duration::ZERO).await;
        assert_eq!(test.names(&own), ["before-0006.tar", "by-hand.tar"]);
        test.pass_after(DAY * 6).await;
        assert_eq!(test.names(&own).len(), 2);
        test.pass_after(DAY).await;
        assert_eq!(test.names(&own), [""; 0], "and none was made");
    }

    #[tokio::test]
    async fn a_failure_is_counted_noted_and_retried_after_an_hour() {
        let mut test = Test::new(daily());
        test.server.is_broken.store(true, Ordering::SeqCst);
        test.pass_after(Duration::ZERO).await;
        test.pass_after(HOUR / 2).await;
        assert_eq!(test.schedule.failures.get(), 1);
        let failure = Failure::read(test.data_dir.path()).unwrap();
        assert_eq!(failure.at.as_seconds(), START.as_seconds());
        assert!(
            failure.error.contains("the database is broken"),
            "{failure:?}"
        );
        test.server.is_broken.store(false, Ordering::SeqCst);
        test.pass_after(HOUR / 2).await;
        assert_eq!(test.schedule.failures.get(), 1);
        assert_eq!(Failure::read(test.data_dir.path()), None);
        let mut metrics = Metrics::default();
        test.schedule.register(&mut metrics);
        let text = metrics.text();
        let made = START.plus(HOUR).as_seconds();
        for line in [
            "hedgerow_backup_interval_seconds 86400".to_owned(),
            format!("hedgerow_backup_newest_timestamp_seconds {made}"),
            "hedgerow_backup_failures_total 1".to_owned(),
        ] {
            assert!(text.contains(&line), "{line}: {text}");
        }
    }

    #[tokio::test]
    async fn backups_for_another_disk_are_encrypted_and_never_written_below_its_mount() {
        let disk = tempfile::tempdir().unwrap();
        let mounted = disk.path().join("mounted");
        let mut settings = daily();
        settings.folder.clone_from(&mounted);
        settings.passphrase_file = Some(PathBuf::from("secret"));
        let mut test = Test::new(settings);
        test.pass_after(Duration::ZERO).await;
        assert_eq!(test.schedule.failures.get(), 1, "it is not mounted");
        assert!(!mounted.exists());
        fs::create_dir(&mounted).unwrap();
        test.pass_after(HOUR).await;
        let [name] = &test.names(&mounted)[..] else {
            panic!("there is no backup");
        };
        assert!(name.starts_with("hedgerow-fake-") && name.ends_with(".backup"));
        let bytes = fs::read(mounted.join(name)).unwrap();
        assert!(!bytes.windows(7).any(|part| part == b"records"));
        assert!(test.names(&test.data_dir.path().join(FOLDER)).is_empty());
    }

    #[tokio::test]
    async fn a_clock_that_was_ahead_stops_no_backup() {
        let mut test = Test::new(daily());
        let own = test.data_dir.path().join(FOLDER);
        test.clock.advance(DAY * 365);
        test.pass_after(Duration::ZERO).await;
        test.clock.turn_back(DAY * 365);
        test.pass_after(Duration::ZERO).await;
        assert_eq!(test.names(&own).len(), 2);
    }
}
