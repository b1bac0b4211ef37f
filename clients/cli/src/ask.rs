//! Questions to the person at the terminal.

use crate::context::Context;
use crate::usage::Usage;

/// Asks a question and returns the typed line without spaces around it.
///
/// # Errors
/// If no person is at the terminal, or the input has ended.
pub fn line(question: &str, context: &mut Context) -> anyhow::Result<String> {
    let Some(answers) = &mut context.answers else {
        let message = format!("cannot ask “{question}”, as this is not a terminal");
        return Err(Usage(message).into());
    };
    write!(context.notes, "{question} ")?;
    context.notes.flush()?;
    let mut typed = String::new();
    if answers.read_line(&mut typed)? == 0 {
        writeln!(context.notes)?;
        return Err(Usage(format!(
            "cannot read an answer to “{question}”: the input has ended"
        ))
        .into());
    }
    Ok(typed.trim().to_owned())
}

/// Asks a question with yes or no; an empty line means no.
///
/// # Errors
/// As [`line`].
pub fn yes(question: &str, context: &mut Context) -> anyhow::Result<bool> {
    loop {
        match line(&format!("{question} [y/N]"), context)?
            .to_lowercase()
            .as_str()
        {
            "y" | "yes" => return Ok(true),
            "" | "n" | "no" => return Ok(false),
            _ => writeln!(context.notes, "Type yes or no.")?,
        }
    }
}
