//! Imports have one style, and the files of a crate do not import in circles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::layout::{each_source, members, root};

/// The path of a file's module below the crate's root: `search`, `filters`.
type Module = Vec<String>;

/// One import. `use crate::filters::Filters as Wanted` has the name `Wanted`.
#[derive(Debug)]
struct Import {
    path: Vec<String>,
    name: String,
}

/// The `use` items at the top level of a file. Those of inline test modules are indented and
/// not included.
fn use_items(text: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        if let Some(item) = &mut open {
            item.push_str(line.trim());
        } else if line.starts_with("use ") || line.starts_with("pub") && line.contains(" use ") {
            open = Some(line.to_owned());
        }
        if let Some(item) = open.take_if(|item| item.ends_with(';')) {
            items.push(item);
        }
    }
    items
}

/// Splits `use a::b::{C, D as E};` into its imports. Another test rejects nested braces.
fn imports(item: &str) -> Vec<Import> {
    let (_, tree) = item.split_once("use ").expect("a use item");
    let tree = tree.trim_end_matches(';');
    let (module, names) = match tree.split_once('{') {
        Some((module, names)) => (module, names.trim_end_matches('}')),
        None => tree.rsplit_once("::").unwrap_or(("", tree)),
    };
    let path: Vec<String> = module
        .split("::")
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| {
            let (original, name) = name.split_once(" as ").unwrap_or((name, name));
            let mut path = path.clone();
            path.push(original.to_owned());
            Import {
                path,
                name: name.to_owned(),
            }
        })
        .collect()
}

/// The imports of each file of a crate.
struct Crate {
    files: BTreeMap<Module, Vec<Import>>,
}

impl Crate {
    fn read(folder: &str) -> Self {
        let source = root().join(folder).join("src");
        let mut files = BTreeMap::new();
        each_source(&format!("{folder}/src"), &mut |path, text| {
            let relative = path.strip_prefix(&source).expect("a source of the crate");
            if let Some(module) = module_of(relative) {
                let items = use_items(text);
                files.insert(
                    module,
                    items.iter().flat_map(|item| imports(item)).collect(),
                );
            }
        });
        Self { files }
    }

    /// The file that defines the item that `module` imports by `path`. Re-exports are
    /// followed, so importing from a parent that only re-exports a child is not a circle.
    fn target(&self, module: &Module, path: &[String], depth: usize) -> Option<Module> {
        let mut absolute: Module = match path.first()?.as_str() {
            "crate" => Vec::new(),
            "self" => module.clone(),
            "super" => module[..module.len().checked_sub(1)?].to_vec(),
            child => {
                let mut own = module.clone();
                own.push(child.to_owned());
                return self
                    .files
                    .contains_key(&own)
                    .then(|| self.within(own, &path[1..], depth))
                    .flatten();
            }
        };
        let mut rest = &path[1..];
        while rest.first().is_some_and(|part| part == "super") {
            absolute.pop();
            rest = &rest[1..];
        }
        self.within(absolute, rest, depth)
    }

    fn within(&self, mut module: Module, mut rest: &[String], depth: usize) -> Option<Module> {
        while let Some((part, left)) = rest.split_first() {
            let mut child = module.clone();
            child.push(part.clone());
            if !self.files.contains_key(&child) {
                break;
            }
            (module, rest) = (child, left);
        }
        let imports = self.files.get(&module)?;
        let re_export = rest
            .first()
            .and_then(|name| imports.iter().find(|import| import.name == *name));
        match re_export {
            Some(import) if depth < 8 => self
                .target(&module, &import.path, depth + 1)
                .or(Some(module)),
            _ => Some(module),
        }
    }

    /// The files from which each file imports.
    fn edges(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let targets = |(module, imports): (_, &Vec<Import>)| {
            let mut targets: BTreeSet<Module> = imports
                .iter()
                .filter_map(|import| self.target(module, &import.path, 0))
                .collect();
            targets.remove(module);
            (module, targets)
        };
        self.files.iter().map(targets).collect()
    }
}

/// The module of a file, or `None` for tests, which may import in circles.
fn module_of(relative: &Path) -> Option<Module> {
    let mut parts: Vec<String> = relative
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if parts
        .iter()
        .any(|part| part == "tests" || part == "testing")
    {
        return None;
    }
    if parts == ["lib"] || parts == ["main"] {
        parts.clear();
    }
    Some(parts)
}

/// A circle of files, if there is one.
fn circle(edges: &BTreeMap<&Module, BTreeSet<Module>>) -> Option<Vec<String>> {
    // Repeatedly removes the files that import from no file that is left. If any remain, each
    // of them leads into a circle.
    let mut left: BTreeSet<&Module> = edges.keys().copied().collect();
    loop {
        let is_free = |module: &&Module| !edges[*module].iter().any(|to| left.contains(to));
        let free: Vec<&Module> = left.iter().copied().filter(is_free).collect();
        if free.is_empty() {
            break;
        }
        for module in free {
            left.remove(module);
        }
    }
    // Following the imports of a file that is left returns to a file on the path.
    let mut path = vec![*left.first()?];
    loop {
        let next = edges[path.last()?].iter().find(|to| left.contains(to))?;
        if let Some(start) = path.iter().position(|module| *module == next) {
            let names = path[start..].iter().map(|module| module.join("::"));
            return Some(names.collect());
        }
        path.push(next);
    }
}

#[test]
fn files_of_a_crate_do_not_import_in_circles() {
    let circles: Vec<String> = members()
        .iter()
        .filter_map(|folder| {
            let found = circle(&Crate::read(folder).edges())?;
            Some(format!("{folder}: {}", found.join(" -> ")))
        })
        .collect();
    assert!(
        circles.is_empty(),
        "these files import in a circle; move the shared items into a file that imports from \
         none of them:\n{}",
        circles.join("\n")
    );
}

#[test]
fn each_module_is_imported_in_one_item_without_nested_braces() {
    let mut wrong = Vec::new();
    for folder in members() {
        for part in ["src", "tests", "examples", "build.rs"] {
            let part = format!("{folder}/{part}");
            if !root().join(&part).is_dir() {
                continue;
            }
            each_source(&part, &mut |path, text| {
                let mut block = BTreeSet::new();
                let mut has_attribute = false;
                for line in text.lines() {
                    // An item with an attribute, such as `#[cfg(test)]`, cannot be merged.
                    let is_alone = std::mem::replace(&mut has_attribute, line.starts_with("#["));
                    if !line.starts_with("use ") && !line.starts_with("pub use ") {
                        // Only this ends a block: other lines continue a multi-line item.
                        if line.is_empty() {
                            block.clear();
                        }
                        continue;
                    }
                    if is_alone {
                        continue;
                    }
                    let module = line.split(['{', ';']).next().unwrap_or_default();
                    let module = match line.contains('{') {
                        true => module.trim_end_matches("::"),
                        false => module.rsplit_once("::").map_or("", |(module, _)| module),
                    };
                    if line.matches('{').count() > 1
                        || !module.is_empty() && !block.insert(module.to_owned())
                    {
                        wrong.push(format!("{}: {line}", path.display()));
                    }
                }
            });
        }
    }
    assert!(
        wrong.is_empty(),
        "these modules need one `use` item each, without nested braces (see CONTRIBUTING.md):\n{}",
        wrong.join("\n")
    );
}

#[test]
fn a_circle_is_found_and_a_re_export_is_not_a_circle() {
    let file = |text: &str| {
        use_items(text)
            .iter()
            .flat_map(|item| imports(item))
            .collect()
    };
    let module = |name: &str| name.split("::").map(str::to_owned).collect::<Module>();
    let mut files = BTreeMap::from([
        (Vec::new(), file("")),
        (module("a"), file("mod b;\npub use b::{B, C as D};")),
        (module("a::b"), file("use super::c::E;")),
        (module("a::c"), file("use crate::a::Missing;")),
    ]);
    files.insert(module("user"), file("use crate::a::D;"));
    let crate_of = |files| Crate { files };
    let made = crate_of(files);
    assert_eq!(
        made.edges()[&module("user")],
        BTreeSet::from([module("a::b")]),
        "the re-export is followed"
    );
    assert_eq!(
        circle(&made.edges()).map(|circle| circle.len()),
        Some(3),
        "a imports from b, b from c, and c from a"
    );
    let mut files = made.files;
    files.insert(module("a::c"), file(""));
    assert_eq!(circle(&crate_of(files).edges()), None);
}
