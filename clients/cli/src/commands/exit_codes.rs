//! `hedgerow exit-codes`.

use crate::Context;
use crate::Exit;
use crate::exit::CODES;

pub fn run(context: &mut Context) -> anyhow::Result<Exit> {
    writeln!(context.out, "{CODES}")?;
    Ok(Exit::Done)
}
