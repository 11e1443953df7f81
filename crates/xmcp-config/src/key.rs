//! One key of the settings, as data: where it stands, what it may be, and how to read and write it in its struct.

use crate::{
    reason::Fault,
    rule::Rule,
    value::{Raw, Shape},
};

/// A table of the file, and the keys in it.
pub(crate) struct Section<R: 'static> {
    /// Its dotted name, such as `http.limits`.
    #[cfg_attr(
        not(feature = "file"),
        expect(dead_code, reason = "only the file has sections")
    )]
    pub(crate) name: &'static str,
    /// What it is about: its doc comment, with the leading space of every line.
    #[cfg_attr(
        not(feature = "file"),
        expect(dead_code, reason = "only the schema and the docs say it")
    )]
    pub(crate) documentation: &'static str,
    pub(crate) keys: &'static [Key<R>],
}

/// A key of a section, below the root `R`.
pub(crate) struct Key<R> {
    /// Its name in the file.
    #[cfg_attr(
        not(feature = "file"),
        expect(dead_code, reason = "only the file has it")
    )]
    pub(crate) name: &'static str,
    /// Its name in the struct.
    #[cfg_attr(
        not(feature = "file"),
        expect(dead_code, reason = "only the generated code needs it")
    )]
    pub(crate) field: &'static str,
    /// The variable that sets it, if one does.
    pub(crate) variable: Option<&'static str>,
    /// Its doc comment, with the leading space of every line.
    #[cfg_attr(
        not(feature = "file"),
        expect(dead_code, reason = "only the schema and the docs say it")
    )]
    pub(crate) documentation: &'static str,
    pub(crate) rule: Rule,
    pub(crate) shape: fn() -> Shape,
    pub(crate) set: fn(&mut R, Raw) -> Option<()>,
    #[cfg_attr(
        not(feature = "file"),
        expect(dead_code, reason = "only the file compares with defaults")
    )]
    pub(crate) get: fn(&R) -> Raw,
    #[cfg(feature = "file")]
    pub(crate) rust: fn(&R) -> String,
}

impl<R> Key<R> {
    /// Checks `raw` and stores it. Nothing is stored when it is refused.
    pub(crate) fn store(&self, settings: &mut R, raw: Raw) -> Result<(), Fault> {
        let shape = (self.shape)();
        shape.check(&raw, self.rule)?;
        self.rule.check(&raw, shape)?;
        let found = raw.described();
        (self.set)(settings, raw).ok_or_else(|| shape.wrong(found, self.rule).into())
    }
}
