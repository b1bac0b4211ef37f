//! Invented groups, generated once and kept as the messages that push them.

use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{fs, io};

use anyhow::Context as _;
use hedgerow_core::id::GroupId;
use hedgerow_core::time::Clock as _;
use hedgerow_demo::Generated;
use hedgerow_proto::feed_v1;
use hedgerow_proto::feed_v1::sync_item::Item;
use hedgerow_testkit::FakeGroup;
use hedgerow_transport::clock::SystemClock;
use prost::Message as _;

use crate::report::progress;

/// Part of the file names: to increase when the files are generated in another way.
pub const VERSION: u32 = 2;
/// Heads expire after four weeks, so the files are generated again well before.
const MAX_AGE: Duration = Duration::from_secs(20 * 24 * 60 * 60);
/// Measured on the generator's output.
const RECORDS_PER_THOUSAND_GROUPS: u64 = 2_853;
/// The number of generators that run at the same time, each for its own file.
const SHARDS: u64 = 2;
const MAX_PUBLICATION_BYTES: u32 = 256 << 20;

/// The size of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Generated groups, each with a listing, events and spaces.
    pub groups: u64,
    /// Generated groups whose records one publisher signs: 1 if each group publishes for
    /// itself, more for a network or council that publishes many.
    pub per_publisher: u64,
}

impl Shape {
    /// Enough groups for about this number of records.
    pub fn with_records(records: u64, per_publisher: u64) -> Self {
        Self {
            groups: (records * 1000).div_ceil(RECORDS_PER_THOUSAND_GROUPS),
            per_publisher,
        }
    }
}

/// Publications in files.
#[derive(Debug, Clone)]
pub struct Dataset {
    files: Vec<PathBuf>,
    pub publishers: u64,
    /// The records of all publishers.
    pub records: u64,
}

/// The messages of one publisher's push: key event, head, leaves, bodies, end.
pub type Publication = Vec<feed_v1::SyncItem>;

/// Opens the files of a shape in the scratch folder. Generates them if they are missing or old.
pub fn prepare(scratch: &Path, shape: Shape) -> anyhow::Result<Dataset> {
    let count = shape.groups.div_ceil(shape.per_publisher).max(1);
    let shards = SHARDS.min(count);
    let publishers_each = count.div_ceil(shards);
    let files: Vec<PathBuf> = (0..shards)
        .map(|shard| {
            scratch.join(format!(
                "groups-v{VERSION}-{}-by-{}.{shard}",
                shape.groups, shape.per_publisher
            ))
        })
        .collect();
    if !files.iter().all(|file| is_fresh(file)) {
        progress(&format!("generating {} groups …", shape.groups));
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..)
                .zip(&files)
                .map(|(shard, file)| {
                    let from = (shard * publishers_each * shape.per_publisher).min(shape.groups);
                    let to = (from + publishers_each * shape.per_publisher).min(shape.groups);
                    scope.spawn(move || generate(file, from, to, shape.per_publisher))
                })
                .collect();
            workers.into_iter().try_for_each(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|_| anyhow::bail!("a generator panicked"))
            })
        })?;
    }
    let mut dataset = Dataset {
        files,
        publishers: 0,
        records: 0,
    };
    for file in &dataset.files {
        let (publishers, records) = read_header(&mut File::open(file)?)?;
        dataset.publishers += publishers;
        dataset.records += records;
    }
    Ok(dataset)
}

fn is_fresh(file: &Path) -> bool {
    fs::metadata(file)
        .and_then(|metadata| metadata.modified())
        .is_ok_and(|modified| modified.elapsed().is_ok_and(|age| age < MAX_AGE))
}

/// Runs the generator, and writes its lines as signed publications.
fn generate(file: &Path, from: u64, to: u64, per_publisher: u64) -> anyhow::Result<()> {
    let generator = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/generate.py");
    let mut child = Command::new("python3")
        .arg(&generator)
        .args([
            "--seed",
            "7",
            "--start",
            &from.to_string(),
            "--groups",
            &(to - from).to_string(),
        ])
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start the generator: python3 was not found")?;
    let output = child.stdout.take().context("the generator has no output")?;
    let mut partial = file.as_os_str().to_owned();
    partial.push(format!(".partial-{}", std::process::id()));
    let mut writer = BufWriter::with_capacity(1 << 20, File::create(&partial)?);
    write_header(&mut writer, 0, 0)?;
    let now = SystemClock.now();
    let (mut publishers, mut records) = (0, 0);
    let mut current: Option<FakeGroup> = None;
    let mut listings = 0;
    for text in BufReader::with_capacity(1 << 20, output).lines() {
        let line = Generated::read(&text?).context("cannot read a line of the generator")?;
        if line.id == line.group {
            if listings % per_publisher == 0 {
                records += write_publication(&mut writer, current.take())?;
                current = Some(FakeGroup::new(from + listings, now));
                publishers += 1;
            }
            listings += 1;
        }
        let publisher = current
            .as_mut()
            .context("the generator did not begin with a listing")?;
        let key = line.id.trim_start_matches("urn:uuid:");
        publisher.put_body(line.body.collection(), key, &line.body.encode());
    }
    records += write_publication(&mut writer, current)?;
    anyhow::ensure!(child.wait()?.success(), "{} failed", generator.display());
    writer.seek(SeekFrom::Start(0))?;
    write_header(&mut writer, publishers, records)?;
    writer.flush()?;
    fs::rename(&partial, file)?;
    Ok(())
}

/// Writes a publisher's first publication, and returns the number of its records.
fn write_publication(writer: &mut impl Write, publisher: Option<FakeGroup>) -> anyhow::Result<u64> {
    let Some(mut publisher) = publisher else {
        return Ok(0);
    };
    let head = publisher.sign();
    let mut bytes = Vec::new();
    for item in publisher.whole(&head) {
        item.encode_length_delimited(&mut bytes)?;
    }
    writer.write_all(&u32::try_from(bytes.len())?.to_le_bytes())?;
    writer.write_all(&bytes)?;
    Ok(publisher.records.len() as u64)
}

fn write_header(writer: &mut impl Write, publishers: u64, records: u64) -> io::Result<()> {
    writer.write_all(&publishers.to_le_bytes())?;
    writer.write_all(&records.to_le_bytes())
}

fn read_header(reader: &mut impl Read) -> io::Result<(u64, u64)> {
    let mut bytes = [[0; 8]; 2];
    reader.read_exact(&mut bytes[0])?;
    reader.read_exact(&mut bytes[1])?;
    Ok((u64::from_le_bytes(bytes[0]), u64::from_le_bytes(bytes[1])))
}

impl Dataset {
    /// Calls `each` with every publication in order, until it returns `false`.
    pub fn publications(
        &self,
        mut each: impl FnMut(Publication) -> anyhow::Result<bool>,
    ) -> anyhow::Result<()> {
        for file in &self.files {
            let mut reader = BufReader::with_capacity(1 << 20, File::open(file)?);
            let (publishers, _) = read_header(&mut reader)?;
            for _ in 0..publishers {
                let mut length = [0; 4];
                reader.read_exact(&mut length)?;
                let length = u32::from_le_bytes(length);
                anyhow::ensure!(
                    length <= MAX_PUBLICATION_BYTES,
                    "{} is damaged: remove it, so that it is generated again",
                    file.display()
                );
                let mut bytes = vec![0; length as usize];
                reader.read_exact(&mut bytes)?;
                let mut rest = bytes.as_slice();
                let mut items = Vec::new();
                while !rest.is_empty() {
                    items.push(feed_v1::SyncItem::decode_length_delimited(&mut rest)?);
                }
                if !each(items)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// The bytes of a publication's records.
pub fn bodies(publication: &Publication) -> impl Iterator<Item = &[u8]> {
    publication.iter().filter_map(|item| match &item.item {
        Some(Item::Body(body)) => Some(body.record.as_slice()),
        _ => None,
    })
}

/// The id of the group that a publication is from, after verification of its key event.
pub fn group_id(publication: &Publication) -> anyhow::Result<GroupId> {
    let event = publication.iter().find_map(|item| match &item.item {
        Some(Item::KeyEvent(event)) => Some(event),
        _ => None,
    });
    let log = hedgerow_core::key_log::KeyLog::verify(event)?;
    Ok(log.group_id())
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_generator_has_the_same_output_as_ever() {
        let generator = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/generate.py");
        let output = Command::new("python3")
            .arg(generator)
            .args(["--groups", "200", "--seed", "7"])
            .output()
            .unwrap();
        let hash: String = Sha256::digest(&output.stdout)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            hash, "fbb9220a30e22871910ee70626babce040e97492487a529fc34f4d0e79c88a60",
            "benchmarks are only comparable over the same groups; if the vocabulary or gazetteer \
             of services/core/data changed, put the new hash here and run the benchmarks again"
        );
    }

    #[test]
    fn every_generated_record_passes_the_rules_of_a_receiver() {
        use hedgerow_core::record::ParsedRecord;
        use hedgerow_core::rules;
        use hedgerow_core::sync::{SyncLimits, SyncReader, SyncStep};

        let scratch = tempfile::tempdir().unwrap();
        for per_publisher in [1, 7] {
            let dataset = prepare(
                scratch.path(),
                Shape {
                    groups: 60,
                    per_publisher,
                },
            )
            .unwrap();
            let (mut publishers, mut records) = (0, 0);
            dataset
                .publications(|publication| {
                    let group = group_id(&publication)?;
                    let mut reader = SyncReader::new(SyncLimits::default(), None, Some(group));
                    let mut complete = false;
                    for item in publication {
                        match reader.accept(item)? {
                            SyncStep::Body { record, .. } => {
                                let parsed = ParsedRecord::parse(&record, &group)?;
                                rules::check_received(&parsed).unwrap();
                                records += 1;
                            }
                            step => complete |= step == SyncStep::Complete,
                        }
                    }
                    assert!(complete);
                    publishers += 1;
                    Ok(true)
                })
                .unwrap();
            assert_eq!((publishers, records), (dataset.publishers, dataset.records));
            assert_eq!(publishers, 60_u64.div_ceil(per_publisher));
        }
    }
}
