#![expect(clippy::print_stdout, reason = "an example prints its results")]

use hedgerow_client::{ChangeState, Feed, Options};

/// Prints each group's head as it changes, until the server rejects the call.
///
/// `cargo run --example watch -- https://HOST:PORT#sha256=… [CURSOR]`
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("give a server's address")?;
    let cursor = arguments.next().unwrap_or_default();
    let mut watch = Feed::new(&address, Options::default())?.watch(&cursor);
    loop {
        let change = watch.next().await?;
        let state = match change.state {
            ChangeState::Head(head) => match *head {
                Ok(evidence) => format!("{} records", evidence.head().count()),
                Err(error) => format!("not verified: {error}"),
            },
            ChangeState::Status(status) => format!("{:?}", status.into_claimed()),
            ChangeState::Unchanged => continue,
        };
        // Store the cursor to resume here in the next run.
        if let Some(group) = change.group_id {
            println!("{group} {state} (cursor {})", change.cursor);
        }
    }
}
