//! What every [`Store`] must do, as one suite.
