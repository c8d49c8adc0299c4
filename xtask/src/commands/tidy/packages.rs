//! Arrows between the npm packages: their manifests and every import in their sources.

use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::npm;
use crate::workspace::Workspace;

/// Which of our npm packages each of them may use. Tests, and so `tests/interop`, may use anything.
const ARROWS: [(&str, &[&str]); 2] = [("collab-wasm", &[]), ("web", &["collab-wasm"])];

/// What the app must reach only through `collab-wasm`.
const BANNED_IN_WEB: [&str; 8] = [
    "yjs",
    "y-protocols",
    "lib0",
    "y-websocket",
    "y-indexeddb",
    "y-monaco",
    "y-codemirror.next",
    "ws",
];

const SOURCES: [&str; 4] = [".ts", ".tsx", ".mjs", ".js"];

pub(super) fn check(workspace: &Workspace, tracked: &[String]) -> Result<Vec<String>> {
    let mut violations = Vec::new();
    for (package, allowed) in ARROWS {
        let used = declared(workspace, package)?;
        let wrong = used.iter().filter(|name| !may_use(package, allowed, name));
        violations.extend(wrong.map(|name| format!("{package}/package.json: must not use {name}")));

        let folder = format!("{package}/");
        let sources = tracked.iter().filter(|path| {
            let is_test = path.contains("/test/") || path.contains(".test.");
            path.starts_with(&folder) && !is_test && SOURCES.iter().any(|end| path.ends_with(end))
        });
        for path in sources {
            let source = fs::read_to_string(workspace.path(path)).context(path.clone())?;
            let wrong = imports(&source).filter(|import| {
                if import.starts_with('.') {
                    leaves_package(path, import)
                } else {
                    !may_use(package, allowed, import)
                }
            });
            violations.extend(wrong.map(|import| format!("{path}: must not import {import}")));
        }
    }
    Ok(violations)
}

/// The names of all dependencies that a package declares.
fn declared(workspace: &Workspace, package: &str) -> Result<Vec<String>> {
    let file = workspace.path(package).join("package.json");
    let manifest: Value = serde_json::from_str(&fs::read_to_string(&file)?)
        .with_context(|| format!("cannot read {}", file.display()))?;
    let kinds = ["dependencies", "devDependencies", "peerDependencies"];
    let listed = kinds.iter().filter_map(|kind| manifest[kind].as_object());
    Ok(listed.flat_map(|map| map.keys().cloned()).collect())
}

fn may_use(package: &str, allowed: &[&str], import: &str) -> bool {
    let is = |name: &str| {
        import.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let ours = npm::WORKSPACES.iter().copied().chain(["interop"]).find(|name| is(name));
    ours.is_none_or(|name| name == package || allowed.contains(&name))
        && !(package == "web" && BANNED_IN_WEB.iter().any(|name| is(name)))
}

/// What stands in quotes behind `from`, `import` or `import(`.
fn imports(source: &str) -> impl Iterator<Item = &str> {
    source.split_inclusive(['\'', '"']).zip(source.split(['\'', '"']).skip(1)).filter_map(
        |(before, quoted)| {
            let words = before.trim_end_matches(['\'', '"']).trim_end();
            let keyword = words.trim_end_matches('(');
            let is_import = keyword.ends_with("from") || keyword.ends_with("import");
            // Between the end of one string and the start of the next lies code, not a name.
            (is_import && !quoted.is_empty() && !quoted.contains(char::is_whitespace))
                .then_some(quoted)
        },
    )
}

/// Whether a relative import climbs out of the top-level folder that its file lies in.
fn leaves_package(path: &str, import: &str) -> bool {
    let depth_below_package = path.matches('/').count().saturating_sub(1);
    let climbs = import.split('/').filter(|part| *part == "..").count();
    climbs > depth_below_package
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_found_in_every_form() {
        let source = "import a from 'a'\nimport \"b\"\nexport { c } from './c.ts'\n\
                      const d = await import('d/e')\nconst text = 'not an import'";
        assert_eq!(imports(source).collect::<Vec<_>>(), ["a", "b", "./c.ts", "d/e"]);
    }

    #[test]
    fn web_reaches_yjs_only_through_our_package() {
        assert!(may_use("web", &["collab-wasm"], "collab-wasm/monaco"));
        assert!(may_use("web", &["collab-wasm"], "react"));
        assert!(!may_use("web", &["collab-wasm"], "yjs"));
        assert!(!may_use("collab-wasm", &[], "web"));
    }

    #[test]
    fn relative_imports_stay_in_their_package() {
        assert!(!leaves_package("web/src/pad/tabs.tsx", "../room/files.ts"));
        assert!(leaves_package("web/src/main.tsx", "../../collab-wasm/src-ts/index.ts"));
    }
}
