//! The web page, embedded into the binary from `web/dist`, and the terminal chat at `/tui`.
//!
//! Files under `assets/` carry a hash in their names and are cached for ever; everything else is
//! revalidated by its ETag. A path that names no file gets the page itself, which reads its
//! session from the address. A debug build reads the folder at run time instead of embedding it.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use std::fmt::Write;

#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Dist;

/// The chat of `examples/tui-chat` for the browser; all its files lie below `tui/`.
#[derive(RustEmbed)]
#[folder = "../examples/tui-chat/web/dist"]
#[allow_missing = true]
struct Tui;

const TUI: &str = "tui";
const TUI_INDEX: &str = "tui/index.html";
const INDEX: &str = "index.html";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const REVALIDATE: &str = "no-cache";

/// What is shown where the page was not built.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>collab</title>\
    <h1>The relay runs</h1><p>This binary was built without the web page. Build it and the page \
    with <code>cargo xtask start</code>. Clients connect to <code>/sync/{room}</code>.</p></html>";

/// Answers `GET` and `HEAD` for every path that is not a route.
pub(super) async fn serve(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = uri.path().trim_matches('/');
    let path = if path == TUI { TUI_INDEX } else { path };
    if let Some(response) = file(path, &headers) {
        return response;
    }
    if names_a_file(path) {
        return (StatusCode::NOT_FOUND, "not found\n").into_response();
    }
    file(INDEX, &headers).unwrap_or_else(|| Html(NOT_BUILT).into_response())
}

fn file(path: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = find(path)?;
    let content_type = content_type(plain.metadata.mimetype())?;
    let (encoding, file) = match compressed(path, headers) {
        Some((encoding, smaller)) => (Some(HeaderValue::from_static(encoding)), smaller),
        None => (None, plain),
    };
    let etag = etag(&file);
    let cache = if path.starts_with("assets/") { FOR_EVER } else { REVALIDATE };
    let caching = [
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
        (header::ETAG, HeaderValue::try_from(&etag).ok()?),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|tag| tag.trim() == etag)) {
        return Some((StatusCode::NOT_MODIFIED, caching).into_response());
    }
    let mut response = (caching, content_type, file.data).into_response();
    if let Some(encoding) = encoding {
        response.headers_mut().insert(header::CONTENT_ENCODING, encoding);
    }
    Some(response)
}

fn find(path: &str) -> Option<EmbeddedFile> {
    Dist::get(path).or_else(|| Tui::get(path))
}

fn content_type(mime: &str) -> Option<[(HeaderName, HeaderValue); 1]> {
    let charset = if mime.starts_with("text/") { "; charset=utf-8" } else { "" };
    let value = HeaderValue::try_from(format!("{mime}{charset}")).ok()?;
    Some([(header::CONTENT_TYPE, value)])
}

/// A file that the build compressed beside the plain one, if the client reads it.
fn compressed(path: &str, headers: &HeaderMap) -> Option<(&'static str, EmbeddedFile)> {
    let accepted = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let accepts = |name| {
        accepted.split(',').any(|entry| entry.split(';').next().map(str::trim) == Some(name))
    };
    let as_it_lies = |name, ending| {
        let file = accepts(name).then(|| find(&format!("{path}.{ending}"))).flatten()?;
        Some((name, file))
    };
    as_it_lies("br", "br").or_else(|| as_it_lies("gzip", "gz"))
}

fn etag(file: &EmbeddedFile) -> String {
    let mut etag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..12] {
        // Writing to a String cannot fail.
        let _ = write!(etag, "{byte:02x}");
    }
    etag.push('"');
    etag
}

/// A last segment with a dot names a file, so its absence is an error and not a page.
fn names_a_file(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.contains('.'))
}
