//! Choices of one press next to results, with what each would give: days, and organisations of
//! every role.

use hedgerow_proto::directory_v1::SearchRecordsResponse;
use hedgerow_web::form::Form;
use hedgerow_web::view::{Choice, Flag};
use hedgerow_web::{Text, Words};

use super::facets::{FLAGS, TIMES};
use super::search_form::parse_form;
use super::visit::Visit;

/// Hits up to which the choices are counted: each count takes as long as a search, and a person
/// who has thousands of results needs no number to choose a day.
const MAX_COUNTED: i32 = 2_000;
const DAYS: [Flag; 3] = [Flag::Today, Flag::ThisWeekend, Flag::ThisWeek];

/// The choices that a search can offer.
#[derive(Debug, Default)]
pub(super) struct Quick {
    /// The days, with their numbers of hits if they were counted; empty if a time is chosen.
    days: Vec<(&'static str, Option<u64>)>,
    /// The hits that organisations of other roles add, or have added. `None` if not counted.
    pub(super) other_roles: Option<u64>,
}

impl Quick {
    /// Counts them. They are offered without numbers if that fails.
    pub(super) async fn count(
        visit: &Visit,
        form: &Form,
        response: &SearchRecordsResponse,
    ) -> Self {
        let total = response.total_size;
        let has_time = TIMES.iter().any(|field| !form.get(field).is_empty());
        let values = FLAGS.iter().filter(|(flag, ..)| DAYS.contains(flag));
        let values = values.filter(|_| total > 0 && !has_time);
        let days: Vec<&'static str> = values.map(|(_, _, value)| *value).collect();
        let mut relaxations = response.relaxations.iter();
        // Counts are of complete matches, which these hits are not.
        let is_partial = total > 0 && relaxations.any(|it| it.filter == "query");
        let mut forms: Vec<Form> = days.iter().map(|day| on_day(form, day)).collect();
        // A role that was named stays as it is.
        if form.get("role").is_empty() {
            forms.push(of_other_roles(form));
        }
        let filters = forms.iter().map(|form| parse_form(form, visit));
        let filters: Result<Vec<_>, _> = filters.map(|it| it.map(|it| it.filter)).collect();
        let counts = match filters {
            Ok(filters) if !is_partial && total <= MAX_COUNTED => {
                visit.count(filters).await.unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let mut counts = counts.into_iter();
        let days = days.into_iter().map(|day| (day, counts.next())).collect();
        let total = u64::try_from(total).unwrap_or_default();
        Self {
            days,
            other_roles: counts.next().map(|count| count.abs_diff(total)),
        }
    }

    /// The days on which there is something.
    pub(super) fn days(&self, words: Words) -> Vec<Choice> {
        let days = self.days.iter().filter(|(_, count)| *count != Some(0));
        let day =
            |(value, count): &(&'static str, Option<u64>)| choice("set-on", value, *count, words);
        days.map(day).collect()
    }

    /// What organisations of other roles have, for a search that nothing matches.
    pub(super) fn other_roles(&self, words: Words) -> Option<Choice> {
        let count = self.other_roles.filter(|count| *count > 0)?;
        Some(choice("any-role", "yes", Some(count), words))
    }
}

/// The choice of a flag's value. A button may have another name than the flag's field.
fn choice(name: &'static str, value: &str, count: Option<u64>, words: Words) -> Choice {
    let flag = FLAGS.iter().find(|(_, field, of)| {
        *of == value && (*field == name || name.strip_prefix("set-") == Some(field))
    });
    Choice {
        name,
        value: value.to_owned(),
        label: Text::plain(&flag.map_or_else(String::new, |(flag, ..)| flag.in_words(words))),
        count,
        is_chosen: false,
    }
}

fn on_day(form: &Form, day: &str) -> Form {
    let mut form = form.clone();
    form.push("on", day);
    form
}

/// The search with organisations of every role, or without them if it has them.
fn of_other_roles(form: &Form) -> Form {
    let mut other = form.clone();
    match form.get("any-role").is_empty() {
        true => other.push("any-role", "yes"),
        false => other.remove("any-role", None),
    }
    other
}
