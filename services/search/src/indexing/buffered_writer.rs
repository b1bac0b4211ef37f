//! A writer behind a buffer of operations.

use tokio_util::sync::CancellationToken;

use crate::error::IndexError;
use crate::index::Index;
use crate::indexing::writer::{Operation, Writer};

/// Number of buffered records that fill the buffer.
const MAX_BUFFERED_RECORDS: usize = 500;
/// Bytes of buffered records that fill the buffer. Take-backs and small additions are committed
/// between two flushes, so that one flush may not take long.
pub const MAX_BUFFERED_BYTES: usize = 256 * 1024;

/// Buffers operations and runs the writer on blocking threads. Without the buffer, hundreds of
/// small groups would each cost a thread switch, which takes longer than the write.
pub struct BufferedWriter<'a> {
    index: &'a Index,
    /// `None` while a blocking thread uses it, and after a failure: then everything since the
    /// last commit is lost.
    writer: Option<Writer>,
    operations: Vec<Operation>,
    /// The number of records that the operations concern, and their bytes.
    records: usize,
    bytes: usize,
    stop: CancellationToken,
}

impl<'a> BufferedWriter<'a> {
    pub async fn open(index: &'a Index, stop: CancellationToken) -> Result<Self, IndexError> {
        let (opened, token) = (index.clone(), stop.clone());
        let writer = tokio::task::spawn_blocking(move || open_writer(&opened, token)).await??;
        Ok(Self {
            index,
            writer: Some(writer),
            operations: Vec::new(),
            records: 0,
            bytes: 0,
            stop,
        })
    }

    /// The number of flushed changes since the last commit.
    pub fn pending(&self) -> usize {
        self.writer.as_ref().map_or(0, Writer::pending)
    }

    /// Buffers an operation. Returns whether the buffer is full, and has to be flushed.
    pub fn push(&mut self, operation: Operation) -> bool {
        let (records, bytes) = operation.size();
        self.records += records;
        self.bytes += bytes;
        self.operations.push(operation);
        self.records >= MAX_BUFFERED_RECORDS || self.bytes >= MAX_BUFFERED_BYTES
    }

    /// Applies the buffered operations in order. Returns the number of records that were indexed
    /// without their times.
    pub async fn flush(&mut self) -> Result<u64, IndexError> {
        let operations = std::mem::take(&mut self.operations);
        (self.records, self.bytes) = (0, 0);
        if operations.is_empty() {
            return Ok(0);
        }
        let now = self.index.now();
        self.run(move |writer| {
            writer.apply(operations, now)?;
            Ok(writer.take_too_costly())
        })
        .await
    }

    /// Runs the writer on a thread that may block.
    pub async fn run<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Writer) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, IndexError> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => open_writer(self.index, self.stop.clone())?,
        };
        let (writer, result) = tokio::task::spawn_blocking(move || {
            let result = work(&mut writer);
            (writer, result)
        })
        .await?;
        let result = result?;
        self.writer = Some(writer);
        Ok(result)
    }

    /// Waits for merges, so that the files on disk are complete.
    pub async fn finish(self) -> Result<(), IndexError> {
        match self.writer {
            Some(writer) => tokio::task::spawn_blocking(move || writer.finish()).await?,
            None => Ok(()),
        }
    }
}

fn open_writer(index: &Index, stop: CancellationToken) -> Result<Writer, IndexError> {
    Writer::open(index.engine(), index.fields(), index.config(), stop)
}
