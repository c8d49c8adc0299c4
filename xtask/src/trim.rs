//! Takes out of a browser module what no browser shows: the making of panic messages, `Debug`, and
//! what errors say in words, since JavaScript is told codes; and the places in the source that panics name.
//!
//! A panic there ends in a trap either way: the standard library writes its message to a standard
//! error that does not exist. Nothing that the product says is made by `Debug`. The compiler can
//! leave both out only on nightly (`-Z fmt-debug=none`, a standard library built anew).

use anyhow::Result;
use walrus::ir::Value;
use walrus::{
    ConstExpr, DataKind, FunctionBuilder, FunctionId, FunctionKind, LocalFunction, Module, ValType,
};

/// Functions of the standard library that end in a panic.
const PANICS: [&str; 4] = [
    "core::panicking::",
    "core::slice::index::slice_index_fail",
    "core::str::slice_error_fail",
    "std::panicking::",
];

/// A module without them, nor what only they used, nor its names. `module` must have its names.
pub(crate) fn trim(module: &[u8]) -> Result<Vec<u8>> {
    let mut module = walrus::ModuleConfig::new()
        .generate_name_section(false)
        .generate_producers_section(false)
        .parse(module)?;
    let panics = named(&module, |name| PANICS.iter().any(|panic| name.starts_with(panic)));
    let debugs = named(&module, |name| is_debug(name) || is_words_of_error(name));
    for id in panics {
        replace(&mut module, id, |body| _ = body.unreachable());
    }
    for id in debugs {
        // `Ok(())`, with nothing written.
        replace(&mut module, id, |body| _ = body.i32_const(0));
    }
    walrus::passes::gc::run(&mut module);
    let segments: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for segment in segments {
        let data = module.data.get_mut(segment);
        if let DataKind::Active { offset: ConstExpr::Value(Value::I32(start)), .. } = data.kind {
            blank_places(&mut data.value, start.cast_unsigned());
        }
    }
    Ok(module.emit_wasm())
}

/// The size of a `core::panic::Location`: where the file's name lies, its length, line and column.
const PLACE_BYTES: usize = 16;

/// Blanks the places that panics would have named, and the names of their files. `start` is the
/// address of `data`.
fn blank_places(data: &mut [u8], start: u32) {
    let number = |data: &[u8], at: usize| {
        data.get(at..at + 4).map_or(0, |n| u32::from_le_bytes([n[0], n[1], n[2], n[3]]))
    };
    let mut blanks = Vec::new();
    for at in (0..data.len().saturating_sub(PLACE_BYTES)).step_by(4) {
        let (name, len) = (number(data, at).wrapping_sub(start) as usize, number(data, at + 4));
        let name = name..name.saturating_add(len as usize);
        let is_file = data.get(name.clone()).is_some_and(|name| name.ends_with(b".rs"));
        if is_file && len < 256 && number(data, at + 8) > 0 && number(data, at + 12) > 0 {
            blanks.extend([at..at + PLACE_BYTES, name]);
        }
    }
    for blank in blanks {
        data[blank].fill(0);
    }
}

fn is_debug(name: &str) -> bool {
    name.contains(" as core::fmt::Debug>::fmt") || name.contains("<impl core::fmt::Debug for ")
}

/// Errors of ours and of those whose errors ours hold; the words of everything else are read.
fn is_words_of_error(name: &str) -> bool {
    let Some((kind, _)) = name.split_once(" as core::fmt::Display>::fmt") else { return false };
    ["Error", "ErrorCode", "JsonUnexpected", "Refusal", "Fault", "Cause"]
        .iter()
        .any(|ending| kind.ends_with(ending))
}

fn named(module: &Module, wanted: impl Fn(&str) -> bool) -> Vec<FunctionId> {
    let local = module.funcs.iter_local();
    local
        .map(|(id, _)| id)
        .filter(|id| {
            let name = module.funcs.get(*id).name.as_deref();
            name.is_some_and(|name| wanted(&without_hashes(name)))
        })
        .collect()
}

/// `core[c5930c85a12de822]::fmt` as `core::fmt`.
fn without_hashes(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        match after.split_once(']') {
            Some((hash, behind)) if hash.len() == 16 && hash.bytes().all(is_hex) => rest = behind,
            _ => {
                plain.push('[');
                rest = after;
            }
        }
    }
    plain + rest
}

const fn is_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

/// Gives a function another body, if `write` can write one for its results: none, or one number.
fn replace(
    module: &mut Module,
    id: FunctionId,
    write: impl FnOnce(&mut walrus::InstrSeqBuilder<'_>),
) {
    let kind = module.types.get(module.funcs.get(id).ty()).clone();
    if !matches!(kind.results(), [] | [ValType::I32]) {
        return;
    }
    let arguments = kind.params().iter().map(|kind| module.locals.add(*kind)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, kind.params(), kind.results());
    write(&mut builder.func_body());
    let body: LocalFunction = builder.local_func(arguments);
    module.funcs.get_mut(id).kind = FunctionKind::Local(body);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_crates_are_left_out_and_slices_stay() {
        let name = "<[u8] as core[c5930c85a12de822]::fmt::Debug>::fmt";
        assert_eq!(without_hashes(name), "<[u8] as core::fmt::Debug>::fmt");
        assert!(is_debug(&without_hashes(name)));
    }

    #[test]
    fn places_are_blanked_with_the_names_of_their_files_and_nothing_else_is() {
        let place = |name: u32, len: u32| [name, len, 7, 9].map(u32::to_le_bytes).concat();
        let mut data = [&b"keep/a.rs"[..], b"b.rskee"].concat();
        data.extend(place(1_009, 4));
        data.extend(place(1_013, 3));
        data.extend([1; 4]);
        blank_places(&mut data, 1_000);
        let expected = [&b"keep/a.rs"[..], &[0; 4], b"kee", &[0; 16], &place(1_013, 3), &[1; 4]];
        assert_eq!(data, expected.concat());
    }

    #[test]
    fn errors_are_not_put_into_words_and_numbers_are() {
        assert!(is_words_of_error(
            "<collab_core::document::error::DocumentError as core::fmt::Display>::fmt"
        ));
        assert!(!is_words_of_error("<serde_json::value::Value as core::fmt::Display>::fmt"));
    }
}
