//! The local Scalekit of a build for development.

pub use crate::run::Emulator;

/// What starts a local Scalekit when nothing says which one to ask; the argument is the app's `OUT_DIR`. Generated code calls it
/// in builds for development only, and the linker leaves the emulator out of all others. Without the feature `emulator` there is none.
pub fn emulator(out_dir: &'static str) -> Option<Emulator> {
    #[cfg(feature = "emulator")]
    return Some(Emulator {
        out_dir,
        start: crate::run::start_emulator,
    });
    #[cfg(not(feature = "emulator"))]
    {
        let _ = out_dir;
        None
    }
}
