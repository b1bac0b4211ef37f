//! `/edit/{kind}/{key}/form/{page}`: a record as a form.

use axum::extract::Path;
use hedgerow_forms::Posted;
use hedgerow_record_views::recurrence::rule_in_words;
use hedgerow_record_views::times::today;
use hedgerow_web::components::{Caption, FieldGroup};
use hedgerow_web::form::Form as Fields;
use hedgerow_web::pages::console::edit::{FillIn, FillInView, FormPart};
use hedgerow_web::{Text, Words};
use http::StatusCode;

use super::super::draft::Drafts;
use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, invalid, page, see_other, without_page};
use super::super::steward::InGroup;
use super::outcome::last_page;
use super::target::Target;
use super::work::Work;

type Problems = Vec<(String, Caption)>;

/// The names in the address that the extractors of group and record do not read.
type PageOf = Path<(String, String, String, String)>;

/// `GET`.
pub(super) async fn show(visit: InGroup, target: Target, Path((.., of)): PageOf) -> Shown {
    let work = Work::read(&visit, &target).await?;
    let of = page_name(&work, &of)?;
    let drafts = Drafts::new(&visit.steward, Some(&visit.group.id));
    let Some(kept) = drafts.read(&target.page_key(of)).await? else {
        return page(&view(&visit, &target, &work, of, None));
    };
    // Typed into a page that was lost, or whose session had ended.
    let posted = posted(&kept.form);
    let shown = groups(&visit, &target, &work, of, Some((&posted, "")));
    let revision = kept.form.get("revision").parse().unwrap_or_default();
    let mut view = view_of(&visit, &target, &work, of, shown, Vec::new());
    view.is_typed = true;
    // Another window may have saved since then: the form is the one that was typed into.
    view.revision = revision;
    page(&FillIn::new(visit.frame(target.nav()), view))
}

/// `POST …/draft`: keeps what is typed, as it is, until the page is saved.
pub(super) async fn keep(
    visit: InGroup,
    target: Target,
    Path((.., of)): PageOf,
    ConsoleForm(form): ConsoleForm,
) -> Shown {
    let work = Work::read(&visit, &target).await?;
    let of = page_name(&work, &of)?;
    if form.get("revision").parse() != Ok(work.revision) {
        // The page was saved meanwhile, here or in another window.
        return without_page(StatusCode::CONFLICT);
    }
    keep_typed(&visit, &target, of, &form).await?;
    without_page(StatusCode::NO_CONTENT)
}

async fn keep_typed(
    visit: &InGroup,
    target: &Target,
    of: &str,
    form: &Fields,
) -> Result<(), Failed> {
    let mut form = form.clone();
    form.remove("next", None);
    form.push("next", &target.form_path(visit, of));
    let drafts = Drafts::new(&visit.steward, Some(&visit.group.id));
    drafts.put(&target.page_key(of), &form).await.map(drop)
}

/// `POST`: saves what was typed, and goes on to check it, or adds an empty part to a list.
pub(super) async fn save(
    visit: InGroup,
    target: Target,
    Path((.., of)): PageOf,
    ConsoleForm(form): ConsoleForm,
) -> Shown {
    let mut work = Work::read(&visit, &target).await?;
    let of = page_name(&work, &of)?;
    let posted = posted(&form);
    let path = target.form_path(&visit, of);
    let before = work.clone();
    if let Err(problems) = apply(&visit, &mut work, &posted) {
        // Nothing of it is lost if the person goes away now.
        keep_typed(&visit, &target, of, &form).await?;
        let more = form.get("more");
        let shown = groups(&visit, &target, &work, of, Some((&posted, more)));
        return invalid(&with_problems(&visit, &target, &work, of, shown, problems));
    }
    let drafts = Drafts::new(&visit.steward, Some(&visit.group.id));
    let revision: i64 = form.get("revision").parse().unwrap_or_default();
    if revision != before.revision && before.is_saved() && work.body != before.body {
        // Another window saved meanwhile. Neither version is lost: the person chooses.
        let window = work.body;
        work.body = before.body;
        work.window = Some(window);
        work.save(&visit, &target, &path).await?;
        drafts.delete(&target.page_key(of)).await?;
        return see_other(&format!("{}/conflict", target.path(&visit)));
    }
    work.save(&visit, &target, &path).await?;
    drafts.delete(&target.page_key(of)).await?;
    let more = form.get("more");
    if !more.is_empty() {
        return page(&view(&visit, &target, &work, of, Some((&posted, more))));
    }
    match form.get("do") {
        "save" => {
            visit.steward.flash("edit-saved").await?;
            see_other(&path)
        }
        _ => see_other(&format!("{}/check", target.path(&visit))),
    }
}

fn page_name(work: &Work, name: &str) -> Result<&'static str, Failed> {
    let page = work.form.page(name).ok_or_else(Failed::not_found)?;
    Ok(page.name)
}

fn posted(form: &Fields) -> Posted {
    Posted::new(form.fields())
}

fn apply(visit: &InGroup, work: &mut Work, posted: &Posted) -> Result<(), Problems> {
    let mut envelope = work.envelope.clone();
    let of_envelope = envelope.apply(work.form.kind(), posted);
    let mut body = work.body.clone();
    let of_body = work
        .form
        .apply(&mut body, posted, today(visit.shared().now()));
    let mut problems = of_body.err().unwrap_or_default();
    problems.extend(of_envelope.err().unwrap_or_default());
    if problems.is_empty() {
        work.body = body;
        work.envelope = envelope;
        Ok(())
    } else {
        Err(problems)
    }
}

/// The groups of a page, with what was posted and one more part in a list.
fn groups(
    visit: &InGroup,
    target: &Target,
    work: &Work,
    of: &str,
    posted: Option<(&Posted, &str)>,
) -> Vec<FieldGroup> {
    let Some(page) = work.form.page(of) else {
        return Vec::new();
    };
    let words = visit.steward.words();
    let mut groups = match posted {
        Some((posted, more)) => {
            let today = today(visit.shared().now());
            page.posted(&work.body, posted, more, today)
        }
        None => page.controls(&work.body),
    };
    let controls = groups.iter_mut().flat_map(|group| &mut group.controls);
    controls.for_each(|control| control.change_captions(&|caption| describe_rules(caption, words)));
    if of == last_page(&work.form) {
        groups.push(match posted {
            Some((posted, _)) => work.envelope.posted(target.kind, posted),
            None => work.envelope.group(target.kind),
        });
    }
    groups
}

/// Says recurrence rules that the form cannot change, if there are words for all of them.
fn describe_rules(caption: &mut Caption, words: Words) {
    if let Caption::Rules(rules) = caption {
        let said = rules.iter().map(|rule| rule_in_words(rule, words));
        let said = said.collect::<Option<Vec<_>>>();
        *caption = said.map_or(Caption::Key("form-as-it-is"), |said| {
            Caption::Words(Text::plain(&said.join("; ")))
        });
    }
}

fn with_problems(
    visit: &InGroup,
    target: &Target,
    work: &Work,
    of: &str,
    mut groups: Vec<FieldGroup>,
    problems: Problems,
) -> FillIn {
    let mut others = Vec::new();
    for (name, error) in problems {
        let mut controls = groups.iter_mut().flat_map(|group| &mut group.controls);
        if !controls.any(|control| control.set_error(&name, &error)) {
            others.push(Text::plain(&error.plain(visit.steward.words())));
        }
    }
    build(visit, target, work, of, groups, others)
}

fn view(
    visit: &InGroup,
    target: &Target,
    work: &Work,
    of: &str,
    posted: Option<(&Posted, &str)>,
) -> FillIn {
    let groups = match posted {
        // What was saved is shown as it was saved, and the list has room for one more.
        Some((_, more)) => groups(visit, target, work, of, Some((&Posted::default(), more))),
        None => groups(visit, target, work, of, None),
    };
    build(visit, target, work, of, groups, Vec::new())
}

fn build(
    visit: &InGroup,
    target: &Target,
    work: &Work,
    of: &str,
    groups: Vec<FieldGroup>,
    errors: Vec<Text>,
) -> FillIn {
    let view = view_of(visit, target, work, of, groups, errors);
    FillIn::new(visit.frame(target.nav()), view)
}

fn view_of(
    visit: &InGroup,
    target: &Target,
    work: &Work,
    of: &str,
    groups: Vec<FieldGroup>,
    errors: Vec<Text>,
) -> FillInView {
    let page = work.form.page(of);
    let title = page.map_or("", |page| page.title);
    let heading = if title.is_empty() {
        target.kind_key()
    } else {
        title
    };
    FillInView {
        title: work.title(),
        heading,
        groups,
        parts: parts(visit, target, work, of),
        action: target.form_path(visit, of),
        back: target.back(visit),
        discard: format!("{}/discard", target.path(visit)),
        form_key: target.page_key(of),
        revision: work.revision,
        errors,
        is_draft: work.is_saved(),
        is_typed: false,
    }
}

/// The pages of a form.
pub(super) fn parts(visit: &InGroup, target: &Target, work: &Work, here: &str) -> Vec<FormPart> {
    let pages = work.form.pages().iter();
    pages
        .map(|page| FormPart {
            title: page.title,
            href: target.form_path(visit, page.name),
            is_here: page.name == here,
        })
        .collect()
}
