//! An edit without cargo: rustc alone, with the command line that cargo used, into a folder of our own.
//!
//! 1. The library is compiled as the program, in one piece: what `src/main.rs` adds, a line of generated code does. So there is one
//!    compiler and one small link, and nothing of the library is written down for other crates.
//! 2. Nothing of cargo's is written: its state stays right for everybody else. The folder has a lock, for two compilers would disturb each
//!    other there.
//! 3. Whatever is in doubt is built by cargo instead: when `ground.rs` says that something has changed, and when the compiler fails for
//!    another reason than the app's source.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

use super::{
    acceleration::is_unfit, dep_info, dylib::Dylib, ground::Ground, invocation::Invocation,
    problems::Problems, work::Work,
};

/// What the generated code has beyond cargo's: there is no static library of that name, so everything that is in this one is linked from it.
const ADDED: &str = "
extern crate xmcp_dylib as _;
#[allow(missing_docs)]
pub fn main() -> ::std::process::ExitCode {
    ::xmcp::run(app())
}
";
/// Lints that ask who can name an item: as a program, nobody can.
const NOT_OF_PROGRAMS: [&str; 2] = ["dead_code", "unreachable_pub"];
/// Programs that are kept: processes that end may still be starting another time.
const KEPT: u64 = 3;

/// The way without cargo, open until something changes.
#[derive(Clone, Debug)]
pub(super) struct Direct {
    place: Arc<Place>,
    ground: Ground,
    dylib: Dylib,
}

/// Where it works.
#[derive(Debug)]
struct Place {
    folder: PathBuf,
    /// In which folder the compiler runs, and what the program is called.
    workspace: PathBuf,
    binary: String,
    /// The generated code that was compiled last.
    text: Mutex<String>,
    builds: AtomicU64,
    _lock: File,
}

/// What rustc made.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) program: Option<PathBuf>,
    pub(super) problems: Problems,
    /// Whether what is wrong is wrong with the app's source.
    is_of_source: bool,
}

impl Place {
    /// The program, and beside it what it was made of.
    fn emit(&self, made: &Path) -> OsString {
        let program = made.join(&self.binary);
        let mut emit = OsString::from("--emit=link=");
        emit.push(&program);
        emit.push(",dep-info=");
        emit.push(program.with_extension("d"));
        emit
    }

    /// Moves what was made to where nothing is written over it, and answers where the program is then. Those before the last ones are
    /// removed.
    fn take(&self, made: &Path) -> io::Result<PathBuf> {
        let builds = self.folder.join("builds");
        fs::create_dir_all(&builds)?;
        let number = self.builds.fetch_add(1, Ordering::Relaxed);
        let folder = builds.join(number.to_string());
        fs::rename(made, &folder)?;
        if let Some(old) = number.checked_sub(KEPT) {
            // What cannot be removed is removed with the rest at the next start.
            let _ = fs::remove_dir_all(builds.join(old.to_string()));
        }
        Ok(folder.join(&self.binary))
    }
}

impl Direct {
    /// Opens the way, with a first build that nobody waits for.
    ///
    /// # Errors
    ///
    /// When another `cargo xmcp dev` has the folder, or rustc cannot do it.
    pub(super) async fn prepare(order: Prepare, dylib: Dylib) -> io::Result<Self> {
        let Prepare {
            ground,
            text,
            target,
            workspace,
            binary,
        } = order;
        let package = ground.invocation.variable("CARGO_PKG_NAME");
        let hash = ground.invocation.codegen("extra-filename");
        let name = [package, hash].map(Option::unwrap_or_default).concat();
        // As deep as cargo's own `OUT_DIR`, by which an app finds its target folder.
        let folder = target.join("xmcp-dev/apps").join(name);
        fs::create_dir_all(folder.join("out"))?;
        let lock = File::create(folder.join("lock"))?;
        if lock.try_lock().is_err() {
            return Err(io::Error::other("another `cargo xmcp dev` uses the folder"));
        }
        let place = Place {
            folder,
            workspace,
            binary,
            text: Mutex::default(),
            builds: AtomicU64::new(0),
            _lock: lock,
        };
        // What another one has left.
        let _ = fs::remove_dir_all(place.folder.join("builds"));
        let direct = Self {
            place: Arc::new(place),
            ground,
            dylib,
        };
        let compiled = direct.compile(&text).await?;
        match compiled.program.is_some() || compiled.is_of_source {
            true => Ok(direct),
            false => Err(io::Error::other(compiled.problems.errors.join("\n"))),
        }
    }

    /// The same way after cargo has built once more.
    pub(super) fn after(self, ground: Ground) -> Self {
        Self { ground, ..self }
    }

    /// Whether this is what it stands on, paths and names that is.
    pub(super) fn is_of(&self, ground: &Ground, dylib: &Dylib) -> bool {
        self.dylib.folder() == dylib.folder()
            && self.ground.invocation.codegen("extra-filename")
                == ground.invocation.codegen("extra-filename")
    }

    /// Whether an edit can go this way.
    ///
    /// # Errors
    ///
    /// Why it cannot, for people.
    pub(super) fn is_open(&self) -> Result<(), String> {
        match self.ground.changed() {
            None => Ok(()),
            Some(path) => {
                let shown = path.strip_prefix(&self.place.workspace).unwrap_or(&path);
                Err(format!("{} changed", shown.display()))
            }
        }
    }

    /// Whether the generated code differs from cargo's in texts alone.
    pub(super) fn takes(&self, text: &str) -> bool {
        self.ground.is_like(text)
    }

    /// The generated code that was compiled last.
    pub(super) fn text(&self) -> String {
        let text = self.place.text.lock();
        text.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Where the program looks for libraries.
    pub(super) fn search_path(&self) -> String {
        self.dylib.search_path()
    }

    /// What a program is made of: what the compiler has read, and what cargo knows of.
    pub(super) fn files(&self, program: &Path) -> Vec<PathBuf> {
        let read = dep_info::files(program).into_iter();
        let read = read.map(|path| self.place.workspace.join(path));
        read.chain(self.ground.files.iter().cloned()).collect()
    }

    /// Compiles the app with this generated code. When it is dropped, the compiler is ended.
    ///
    /// # Errors
    ///
    /// When rustc cannot be started, or listened to.
    pub(super) async fn compile(&self, text: &str) -> io::Result<Compiled> {
        let place = &*self.place;
        let out = place.folder.join("out");
        let generated = format!("{text}{ADDED}");
        let file = out.join("xmcp.rs");
        if !fs::read(&file).is_ok_and(|present| present == generated.as_bytes()) {
            fs::write(&file, generated)?;
        }
        text.clone_into(&mut place.text.lock().unwrap_or_else(PoisonError::into_inner));
        // Always the same place: in another one, the compiler would begin anew.
        let made = place.folder.join("made");
        fs::create_dir_all(&made)?;
        let program = &self.ground.invocation.program;
        let mut work = Work::start(&mut self.command(&out, &made))
            .map_err(|error| not_started(program, &error))?;
        let mut compiled = Compiled {
            program: None,
            problems: Problems::default(),
            is_of_source: true,
        };
        let stderr = work.child.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut lines = BufReader::new(stderr).lines();
        while let Some(line) = lines.next_line().await? {
            if let Ok(diagnostic) = serde_json::from_str::<Diagnostic>(&line) {
                compiled.is_of_source &= is_of_source(&diagnostic, &out);
                compiled.problems.take(diagnostic);
            }
        }
        if work.succeeded().await? {
            compiled.program = Some(place.take(&made)?);
        } else if compiled.problems.errors.is_empty() {
            compiled.is_of_source = false;
        }
        Ok(compiled)
    }

    fn command(&self, out: &Path, made: &Path) -> Command {
        let place = &*self.place;
        let invocation = &self.ground.invocation;
        let mut command = Command::new(&invocation.program);
        command
            .current_dir(&place.workspace)
            .args(arguments(invocation))
            .arg(place.emit(made))
            .arg("-C")
            .arg(joined("incremental=", &place.folder.join("incremental")))
            .args(["-C", "prefer-dynamic", "--crate-type=bin"])
            .arg("-L")
            .arg(self.dylib.folder())
            .args(NOT_OF_PROGRAMS.map(|lint| format!("--allow={lint}")))
            .envs(
                invocation
                    .variables
                    .iter()
                    .map(|(name, value)| (name, value)),
            )
            .env("OUT_DIR", out);
        command
    }
}

/// What the way is prepared with.
#[derive(Clone, Debug)]
pub(super) struct Prepare {
    pub(super) ground: Ground,
    pub(super) text: String,
    pub(super) target: PathBuf,
    pub(super) workspace: PathBuf,
    pub(super) binary: String,
}

impl Compiled {
    /// Whether this is the answer, and not a reason to ask cargo.
    pub(super) fn is_final(&self) -> bool {
        self.program.is_some() || self.is_of_source
    }
}

/// Whether an error is one that cargo's compiler would find as well. Lints may see more in a program than in a library.
fn is_of_source(diagnostic: &Diagnostic, out: &Path) -> bool {
    let is_error = matches!(
        diagnostic.level,
        DiagnosticLevel::Error | DiagnosticLevel::Ice
    );
    let is_count = diagnostic.spans.is_empty() && diagnostic.message.starts_with("aborting due to");
    if !is_error || is_count {
        return true;
    }
    let code = diagnostic.code.as_ref().map(|code| code.code.as_str());
    let is_generated = |file: &str| Path::new(file).starts_with(out);
    diagnostic.level == DiagnosticLevel::Error
        && !diagnostic.spans.is_empty()
        && !diagnostic
            .spans
            .iter()
            .any(|span| is_generated(&span.file_name))
        && code.is_none_or(|code| code.starts_with('E') && !is_unfit(&[code.to_owned()]))
}

/// What is said when the compiler, or what is in front of it, does not start.
fn not_started(program: &str, error: &io::Error) -> io::Error {
    let why = match error.kind() {
        // Cargo shows the program as it is, and only what follows in quotes.
        io::ErrorKind::NotFound => {
            "; if there is a space in the path of rustc or of its wrapper, its end cannot be told, and cargo goes on alone"
        }
        _ => "",
    };
    io::Error::other(format!(
        "`{program}`, as cargo shows the compiler, cannot be started: {error}{why}"
    ))
}

/// Cargo's arguments, without those that say what is made and where.
fn arguments(invocation: &Invocation) -> Vec<String> {
    let mut kept = Vec::new();
    let mut arguments = invocation.arguments.iter().peekable();
    while let Some(argument) = arguments.next() {
        let value = arguments
            .peek()
            .map(|value| value.as_str())
            .unwrap_or_default();
        match argument.as_str() {
            "--crate-type" | "--out-dir" | "--emit" => {
                arguments.next();
            }
            "-C" if ["incremental=", "extra-filename="]
                .iter()
                .any(|option| value.starts_with(option)) =>
            {
                arguments.next();
            }
            "--extern" => {
                // A program needs all of a library, and not only what says what is in it.
                kept.push(argument.clone());
                kept.push(match value.strip_suffix(".rmeta") {
                    Some(path) => format!("{path}.rlib"),
                    None => value.to_owned(),
                });
                arguments.next();
            }
            other if other.starts_with("--emit=") || other.starts_with("--crate-type=") => {}
            _ => kept.push(argument.clone()),
        }
    }
    kept
}

fn joined(before: &str, path: &Path) -> OsString {
    let mut text = OsString::from(before);
    text.push(path);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrapper_with_a_space_in_its_path_is_named_as_far_as_it_is_known() {
        let line = "Running `A=b /no such/wrapper rustc --crate-name app`";
        let program = Invocation::read(line).unwrap().program;
        let error = std::process::Command::new(&program).spawn().unwrap_err();
        let said = not_started(&program, &error).to_string();
        assert!(
            said.starts_with("`/no`, as cargo shows the compiler, cannot be started: No such file")
                && said.contains("a space in the path of rustc or of its wrapper"),
            "{said}"
        );
    }

    #[test]
    fn cargos_arguments_are_kept_but_for_what_is_made_and_where() {
        let line = "Running `A=b rustc --crate-name app src/lib.rs --crate-type lib --emit=dep-info,metadata,link -C metadata=ab \
                    -C extra-filename=-ab --out-dir /t/deps -C incremental=/t/inc --cfg 'feature=\"x\"' --extern a=/t/liba-1.rmeta \
                    --extern b=/t/libb-1.so`";
        let invocation = Invocation::read(line).unwrap();
        assert_eq!(
            arguments(&invocation).join(" "),
            "--crate-name app src/lib.rs -C metadata=ab --cfg feature=\"x\" --extern a=/t/liba-1.rlib --extern b=/t/libb-1.so"
        );
    }
}
