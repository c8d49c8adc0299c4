//! Updates in the second encoding of Yjs: read into the first one, and written from it.
//!
//! Everything here speaks v1, which a relay can check, merge and cut where it lies. The second
//! encoding sorts the fields of all structs into columns and writes each column by runs, so it is
//! smaller for large documents, and cannot be read but from its start. Whoever imports or exports
//! v2 converts at the border.
//!
//! The grammar is that of yjs 13.6 (`src/utils/UpdateEncoder.js`) and lib0 (`encoding.js`):
//!
//! ```text
//! update    = varUint(0) . nine columns, each as varBytes . rest
//! columns   = keyNumbers . clients . leftClocks . rightClocks . infos . strings . parentInfos . typeRefs . lengths
//! rest      = varUint(clients) . (varUint(structs) . varUint(clock) . values, binaries and skips)* . deleteSet
//! deleteSet = varUint(clients) . (varUint(client) . varUint(ranges) . (varUint(gap) . varUint(length - 1))*)*
//! ```

mod column_readers;
mod column_writers;
mod from_v1;
mod json_reader;
mod json_writer;
mod to_v1;

pub use from_v1::from_v1;
pub use to_v1::to_v1;

/// lib0's tags of values (`encoding.js`, `writeAny`).
mod tag {
    pub(super) const UNDEFINED: u8 = 127;
    pub(super) const NULL: u8 = 126;
    pub(super) const INTEGER: u8 = 125;
    pub(super) const FLOAT32: u8 = 124;
    pub(super) const FLOAT64: u8 = 123;
    pub(super) const FALSE: u8 = 121;
    pub(super) const TRUE: u8 = 120;
    pub(super) const STRING: u8 = 119;
    pub(super) const OBJECT: u8 = 118;
    pub(super) const ARRAY: u8 = 117;
}

/// Type reference of an XML element, which has a name, and of a hook, which nobody may send.
const XML_ELEMENT: u64 = 3;
const XML_HOOK: u64 = 5;
