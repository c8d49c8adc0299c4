//! The app as a person uses it: keys, mouse and what is on the screen. No socket, no terminal.

mod keys;
mod mouse;
mod passwords;
mod screen;
mod scrolling;
mod searching;
mod stage;
