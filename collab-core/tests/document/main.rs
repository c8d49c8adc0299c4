//! What a document promises, by its public interface.

mod support;
mod text;
