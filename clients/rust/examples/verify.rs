#![expect(clippy::print_stdout, reason = "an example prints its results")]

use hedgerow_client::{Directory, GroupId, Options};

/// Fetches and verifies everything that a group publishes, and compares the heads of any
/// further servers.
///
/// `cargo run --example verify -- https://HOST:PORT#sha256=… GROUP [SERVER…]`
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("give an aggregator's address")?;
    let group: GroupId = arguments.next().ok_or("give a group's id")?.parse()?;
    let mut options = Options::default();
    for source in arguments {
        options.sources.push(source.parse()?);
    }
    let now = options.now();
    let verified = Directory::new(&address, options)?
        .get_all_records(&group)
        .await?;
    for record in &verified.value().records {
        println!("{}  {}", record.name(), record.title().unwrap_or_default());
    }
    let (records, evidence) = (verified.value(), verified.evidence());
    let (missing, age) = (records.missing.len(), evidence.head_age(now));
    println!("{missing} records missing; the head is {age:?} old");
    let agreement = evidence.agreement();
    println!(
        "{} of {} servers have the same head, {} a newer one",
        agreement.agreed, agreement.queried, agreement.newer
    );
    Ok(())
}
