//! `/edit/{kind}/{key}/form/{page}`: a record as a form.

use axum::extract::Path;
use hedgerow_forms::Posted;
use hedgerow_record_views::times::today;
use hedgerow_web::Text;
use hedgerow_web::components::{Caption, FieldGroup};
use hedgerow_web::form::Form as Fields;
use hedgerow_web::pages::console::edit::{FillIn, FillInView, FormPart};

use super::super::draft::Drafts;
use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, invalid, page, see_other};
use super::super::steward::InGroup;
use super::outcome::last_page;
use super::target::Target;
use super::work::Work;

type Problems = Vec<(String, Caption)>;

/// The names in the address that the extractors of group and record do not read.
type PageOf = Path<(String, String, String, String)>;

/// `GET`.
pub(super) async fn show(visit: InGroup, target: Target, Path((.., of)): PageOf) -> Shown {
    let mut work = Work::read(&visit, &target).await?;
    let of = page_name(&work, &of)?;
    let drafts = Drafts::new(&visit.steward, Some(&visit.group.id));
    // A page that was posted after its session had ended.
    let key = target.page_key(of);
    if let Some(kept) = drafts.read(&key).await? {
        drafts.delete(&key).await?;
        let posted = posted(&kept.form);
        return match apply(&visit, &mut work, &posted) {
            Ok(()) => {
                work.save(&visit, &target, &target.form_path(&visit, of))
                    .await?;
                page(&view(&visit, &target, &work, of, None))
            }
            Err(problems) => {
                let shown = groups(&target, &work, of, Some((&posted, "")));
                invalid(&with_problems(&visit, &target, &work, of, shown, problems))
            }
        };
    }
    page(&view(&visit, &target, &work, of, None))
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
        let shown = groups(&target, &work, of, Some((&posted, form.get("more"))));
        return invalid(&with_problems(&visit, &target, &work, of, shown, problems));
    }
    let revision: i64 = form.get("revision").parse().unwrap_or_default();
    if revision != before.revision && before.is_saved() && work.body != before.body {
        // Another window saved meanwhile. Neither version is lost: the person chooses.
        let window = work.body;
        work.body = before.body;
        work.window = Some(window);
        work.save(&visit, &target, &path).await?;
        return see_other(&format!("{}/conflict", target.path(&visit)));
    }
    work.save(&visit, &target, &path).await?;
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
    target: &Target,
    work: &Work,
    of: &str,
    posted: Option<(&Posted, &str)>,
) -> Vec<FieldGroup> {
    let Some(page) = work.form.page(of) else {
        return Vec::new();
    };
    let mut groups = match posted {
        Some((posted, more)) => page.posted(&work.body, posted, more),
        None => page.controls(&work.body),
    };
    if of == last_page(&work.form) {
        groups.push(match posted {
            Some((posted, _)) => work.envelope.posted(target.kind, posted),
            None => work.envelope.group(target.kind),
        });
    }
    groups
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
            others.extend(match error {
                Caption::Key(key) => Some(Text::plain(&visit.steward.words().text(key))),
                Caption::Words(words) => Some(words),
            });
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
        Some((_, more)) => groups(target, work, of, Some((&Posted::default(), more))),
        None => groups(target, work, of, None),
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
    let page = work.form.page(of);
    let title = page.map_or("", |page| page.title);
    let heading = if title.is_empty() {
        target.kind_key()
    } else {
        title
    };
    let view = FillInView {
        title: work.title(),
        heading,
        groups,
        parts: parts(visit, target, work, of),
        action: target.form_path(visit, of),
        back: target.back(visit),
        form_key: target.page_key(of),
        revision: work.revision,
        errors,
        is_draft: work.is_saved(),
    };
    FillIn::new(visit.frame(target.nav()), view)
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
