//! No word of a seeker comes out of the process.

use std::io;
use std::sync::Mutex;

use tracing_subscriber::fmt::MakeWriter;

use super::*;

#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl io::Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Heard {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Hears what libraries write by the `log` crate: the search engine does.
impl log::Log for Heard {
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
    let heard = Heard::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(heard.clone())
        .finish();
    // For the whole process: the threads of the search engine are heard too.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    log::set_logger(Box::leak(Box::new(heard.clone()))).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let seeker = Seeker::new().await;
        let mut group = TestGroup::new(1);
        group.put("listing", "a", &listing("Knitting", "", Some("Leeds")));
        seeker.town.publish(&mut group).await;
        for request in [
            words(MARKER),
            v1::SearchRequest {
                tags: vec![MARKER.into()],
                ..words("knitting")
            },
            v1::SearchRequest {
                near: near(MARKER, 1_000),
                ..words("knitting")
            },
            v1::SearchRequest {
                page_token: MARKER.into(),
                ..words(MARKER)
            },
            v1::SearchRequest {
                query: MARKER.repeat(60),
                ..v1::SearchRequest::default()
            },
            v1::SearchRequest {
                age: Some(17),
                ..words(MARKER)
            },
            v1::SearchRequest {
                collections: vec![MARKER.to_uppercase()],
                ..words(MARKER)
            },
        ] {
            // As the server does: a failure becomes a status, where faults are logged.
            let answer = search::search(&seeker.directory, request).await;
            let _ = answer.map_err(tonic::Status::from);
        }
    });
    let heard = String::from_utf8_lossy(&heard.0.lock().unwrap()).to_lowercase();
    for library in ["tantivy", "sqlx"] {
        assert!(heard.contains(library), "the test hears {library}");
    }
    let told = heard.lines().find(|line| line.contains(MARKER));
    assert_eq!(told, None);
}
