//! No word of a seeker leaves the process by logs or traces.

use std::io;
use std::sync::Mutex;

use tracing_subscriber::fmt::MakeWriter;

use super::*;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Captured {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Hears what libraries write by the `log` crate: the search engine does.
impl log::Log for Captured {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        self.0.lock().unwrap().extend_from_slice(line.as_bytes());
    }

    fn flush(&self) {}
}

const MARKER: &str = "zyxmarker";

#[test]
fn no_query_is_logged_or_traced_at_any_level() {
    let captured = Captured::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(captured.clone())
        .finish();
    // For the whole process, so that the threads of the search engine are captured too.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    log::set_logger(Box::leak(Box::new(captured.clone()))).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let seeker = Seeker::new().await;
        let mut group = StoredGroup::new(1);
        group.put("listing", "a", &listing("Knitting", "", Some("Leeds")));
        seeker.publish(&mut group).await;
        for request in [
            words(MARKER).into(),
            SearchFilter {
                tags: vec![MARKER.into()],
                ..words("knitting")
            }
            .into(),
            SearchFilter {
                near: near(MARKER, 1_000),
                ..words("knitting")
            }
            .into(),
            SearchRecordsRequest {
                page_token: MARKER.into(),
                ..words(MARKER).into()
            },
            SearchFilter {
                query: MARKER.repeat(60),
                ..any()
            }
            .into(),
            SearchFilter {
                age: Some(17),
                ..words(MARKER)
            }
            .into(),
            SearchFilter {
                collections: vec![MARKER.to_uppercase()],
                ..words(MARKER)
            }
            .into(),
        ] {
            // As the server does: a failure becomes a status, where faults are logged.
            let response = search_records::search_records(&seeker.directory, request).await;
            let _ = response.map_err(tonic::Status::from);
        }
    });
    let captured = String::from_utf8_lossy(&captured.0.lock().unwrap()).to_lowercase();
    for library in ["tantivy", "sqlx"] {
        assert!(captured.contains(library), "logs of {library} are captured");
    }
    let leak = captured.lines().find(|line| line.contains(MARKER));
    assert_eq!(leak, None);
}
