//! A writer behind a buffer of operations.

use crate::error::IndexError;
use crate::index::Index;
use crate::indexing::writer::{Operation, Writer};

/// Number of buffered records that triggers a flush.
const MAX_BUFFERED_RECORDS: usize = 500;

/// Buffers operations and runs the writer on blocking threads. Without the buffer, hundreds of
/// small groups would each cost a thread switch, which takes longer than the write.
pub struct BufferedWriter<'a> {
    index: &'a Index,
    /// `None` while a blocking thread uses it, and after a failure: then everything since the
    /// last commit is lost.
    writer: Option<Writer>,
    operations: Vec<Operation>,
    /// The number of records that the operations concern.
    records: usize,
}

impl<'a> BufferedWriter<'a> {
    pub async fn open(index: &'a Index) -> Result<Self, IndexError> {
        let opened = index.clone();
        let writer = tokio::task::spawn_blocking(move || open_writer(&opened)).await??;
        Ok(Self {
            index,
            writer: Some(writer),
            operations: Vec::new(),
            records: 0,
        })
    }

    /// The number of flushed changes since the last commit.
    pub fn pending(&self) -> usize {
        self.writer.as_ref().map_or(0, Writer::pending)
    }

    /// Buffers an operation.
    pub async fn push(&mut self, operation: Operation) -> Result<(), IndexError> {
        self.records += match &operation {
            Operation::PutGroup(_, records) => 1 + records.len(),
            _ => 1,
        };
        self.operations.push(operation);
        if self.records >= MAX_BUFFERED_RECORDS {
            self.flush().await?;
        }
        Ok(())
    }

    /// Applies the buffered operations in order.
    pub async fn flush(&mut self) -> Result<(), IndexError> {
        let operations = std::mem::take(&mut self.operations);
        self.records = 0;
        if operations.is_empty() {
            return Ok(());
        }
        let now = self.index.now();
        self.run(move |writer| writer.apply(operations, now)).await
    }

    /// Runs the writer on a thread that may block.
    pub async fn run<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Writer) -> Result<T, IndexError> + Send + 'static,
    ) -> Result<T, IndexError> {
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => open_writer(self.index)?,
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

fn open_writer(index: &Index) -> Result<Writer, IndexError> {
    Writer::open(index.engine(), index.fields(), index.config())
}
