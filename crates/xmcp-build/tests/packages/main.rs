//! Packages of their own, which cargo builds as it would anybody's: what the build script does in them, and what rustc makes
//! of what it generates.

mod cargo;
mod package;
mod rustc;
