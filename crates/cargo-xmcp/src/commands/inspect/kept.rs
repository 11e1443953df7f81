//! Sign-ins that are kept while their tokens live, so that a person signs in once and not for each call.
//!
//! 1. Only access tokens are kept, with the end that the authorization server gave them; no refresh token.
//! 2. They are below the user's state folder, a file each, for nobody else to read. What others could have put there is not read: a link, a
//!    file or folder of another user's or for others to read or write.
//! 3. A token is for one URL, to the letter, and for the scopes that were asked for.
//! 4. Where files have no owners, nothing is kept.

use std::time::Duration;

use url::Url;

/// A token, and how long it is good.
pub(super) struct Token {
    pub(super) text: String,
    pub(super) lives: Option<Duration>,
}

/// For what a token was given.
pub(super) struct Purpose<'a> {
    pub(super) url: &'a Url,
    pub(super) scopes: &'a [String],
}

#[cfg(unix)]
pub(super) use self::files::{forget, keep, take};

#[cfg(not(unix))]
pub(super) fn take(_: &Purpose<'_>) -> Option<String> {
    None
}

#[cfg(not(unix))]
pub(super) fn keep(_: &Purpose<'_>, _: &Token) -> bool {
    false
}

#[cfg(not(unix))]
pub(super) fn forget(_: &Purpose<'_>) {}

#[cfg(unix)]
mod files {
    use std::{
        env,
        fs::{self, DirBuilder, Metadata, OpenOptions},
        hash::{DefaultHasher, Hash, Hasher},
        io::{self, Read, Write},
        os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
        path::{Path, PathBuf},
        time::{Duration, SystemTime, UNIX_EPOCH},
    };

    use rustix::{fs::OFlags, process::geteuid};
    use serde::{Deserialize, Serialize};

    use super::{Purpose, Token};

    /// A token that ends sooner than this is over before it arrives.
    const MARGIN: Duration = Duration::from_secs(30);
    /// How large a file may be.
    const LARGEST: u64 = 256 * 1024;

    /// What a file says. It has no `Debug`, for it would show the token.
    #[derive(Deserialize, Serialize)]
    #[serde(deny_unknown_fields)]
    struct Kept {
        url: String,
        scopes: Vec<String>,
        token: String,
        /// Seconds since 1970.
        ends: u64,
    }

    /// The token that is kept for this, if it is good for a while. One that is over is removed.
    pub(in super::super) fn take(purpose: &Purpose<'_>) -> Option<String> {
        let folder = folder()?;
        is_private(&fs::symlink_metadata(&folder).ok()?).then_some(())?;
        let path = folder.join(name(purpose));
        let kept: Kept = serde_json::from_slice(&read(&path).ok()?).ok()?;
        // Names are digests, and could be those of others.
        if kept.url != purpose.url.as_str() || kept.scopes != purpose.scopes {
            return None;
        }
        if kept.ends <= now().checked_add(MARGIN)?.as_secs() {
            let _ = fs::remove_file(path);
            return None;
        }
        Some(kept.token)
    }

    /// Keeps a token. Answers whether it is kept: one without an end is not, and neither is one where others could read it.
    pub(in super::super) fn keep(purpose: &Purpose<'_>, token: &Token) -> bool {
        let Some(lives) = token.lives.filter(|lives| *lives > MARGIN) else {
            return false;
        };
        let Some(ends) = now().checked_add(lives) else {
            return false;
        };
        let kept = Kept {
            url: purpose.url.to_string(),
            scopes: purpose.scopes.to_vec(),
            token: token.text.clone(),
            ends: ends.as_secs(),
        };
        folder().is_some_and(|folder| write(&folder, &name(purpose), &kept).is_ok())
    }

    /// Removes what is kept for this.
    pub(in super::super) fn forget(purpose: &Purpose<'_>) {
        if let Some(folder) = folder() {
            let _ = fs::remove_file(folder.join(name(purpose)));
        }
    }

    /// A plain file of this user's that nobody else may read, and no more of it than there may be.
    fn read(path: &Path) -> io::Result<Vec<u8>> {
        // Not where a link leads, and without waiting for who writes into a pipe.
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = OpenOptions::new()
            .read(true)
            .custom_flags(flags.bits().cast_signed())
            .open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() || !is_private(&metadata) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let mut bytes = Vec::new();
        file.take(LARGEST).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn write(folder: &Path, name: &str, kept: &Kept) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let metadata = fs::symlink_metadata(folder)?;
        if !metadata.is_dir() || !is_private(&metadata) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        // It is made for its owner alone, and then stands in the place of whatever has the name.
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&serde_json::to_vec(kept)?)?;
        file.persist(folder.join(name))?;
        Ok(())
    }

    fn is_private(metadata: &Metadata) -> bool {
        metadata.uid() == geteuid().as_raw() && metadata.mode() & 0o077 == 0
    }

    fn folder() -> Option<PathBuf> {
        let state = env::var_os("XDG_STATE_HOME").map(PathBuf::from);
        let state = state.filter(|folder| folder.is_absolute());
        let home = || Some(env::home_dir()?.join(".local/state"));
        let folder = state.or_else(home)?;
        folder
            .is_absolute()
            .then(|| folder.join("cargo-xmcp/sign-ins"))
    }

    fn name(purpose: &Purpose<'_>) -> String {
        let mut hasher = DefaultHasher::new();
        (purpose.url.as_str(), purpose.scopes).hash(&mut hasher);
        format!("{:016x}.json", hasher.finish())
    }

    fn now() -> Duration {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
    }

    #[cfg(test)]
    mod tests {
        use std::os::unix::fs::{PermissionsExt, symlink};

        use super::*;

        fn kept() -> Kept {
            Kept {
                url: "https://mcp.example.com/mcp".to_owned(),
                scopes: Vec::new(),
                token: "secret".to_owned(),
                ends: u64::MAX,
            }
        }

        #[test]
        fn a_token_is_for_its_owner_alone_and_so_is_its_folder() {
            let home = tempfile::tempdir().unwrap();
            let folder = home.path().join("state/sign-ins");
            write(&folder, "a.json", &kept()).unwrap();
            let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
            assert_eq!(mode(&folder), 0o700);
            assert_eq!(mode(&folder.join("a.json")), 0o600);
            let read: Kept =
                serde_json::from_slice(&read(&folder.join("a.json")).unwrap()).unwrap();
            assert_eq!(read.token, "secret");
        }

        #[test]
        fn what_others_could_have_put_there_is_neither_read_nor_written_to() {
            let home = tempfile::tempdir().unwrap();
            let folder = home.path().join("sign-ins");
            write(&folder, "a.json", &kept()).unwrap();
            let path = folder.join("a.json");
            // A link is not followed, and what is written takes its place.
            let link = folder.join("link.json");
            symlink(&path, &link).unwrap();
            assert!(read(&link).is_err());
            write(&folder, "link.json", &kept()).unwrap();
            assert!(fs::symlink_metadata(&link).unwrap().is_file());
            // Nor is a file that others may read.
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
            assert!(read(&path).is_err());
            // Nothing is written to a folder that others may write to, or to one behind a link.
            let linked = home.path().join("linked");
            symlink(&folder, &linked).unwrap();
            assert!(write(&linked, "b.json", &kept()).is_err());
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o770)).unwrap();
            assert!(write(&folder, "b.json", &kept()).is_err());
            assert!(!folder.join("b.json").exists());
        }
    }
}
