//! The app that `new` makes and `init` adds to a crate: what there is to choose, which files it has, and what is in them.

mod blueprint;
mod choices;
mod framework;
mod manifest;
mod package_name;
mod questions;
mod template;

pub(crate) use blueprint::{Blueprint, File, variables_with_key};
pub(crate) use choices::{Auth, Choices, Options, Part, Transport};
pub(crate) use framework::Framework;
pub(crate) use manifest::Dependency;
pub(crate) use package_name::PackageName;
pub(crate) use questions::Questions;
