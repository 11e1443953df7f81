//! The commands, a file or a folder each.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod connect;
pub(crate) mod create;
pub(crate) mod dev;
pub(crate) mod doctor;
pub(crate) mod emulator;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod new;
pub(crate) mod token;
