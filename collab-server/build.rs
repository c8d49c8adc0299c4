//! Embeds `web/dist` afresh when it changes. Only release builds embed; a debug build reads the
//! folder at run time, and a missing folder would make cargo run this script for every build.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=../web/dist");
    }
}
