#![expect(clippy::print_stdout, reason = "an example prints its results")]

use hedgerow_client::directory_v1::{SearchFilter, SearchRecordsRequest};
use hedgerow_client::{Directory, Options};

/// `cargo run --example search -- https://HOST:PORT#sha256=… kettle`
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("give an aggregator's address")?;
    let directory = Directory::new(&address, Options::default())?;
    let filter = SearchFilter {
        query: arguments.collect::<Vec<_>>().join(" "),
        ..SearchFilter::default()
    };
    let request = SearchRecordsRequest {
        filter: Some(filter),
        ..SearchRecordsRequest::default()
    };
    for hit in directory.search(request).await?.hits {
        match hit.record {
            Ok(record) => println!("{}", record.value().title().unwrap_or_default()),
            Err(error) => eprintln!("skipped: {error}"),
        }
    }
    Ok(())
}
