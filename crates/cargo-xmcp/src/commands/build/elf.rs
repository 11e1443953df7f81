//! Whether a binary of Linux needs shared libraries, which its file says.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

/// The kind of program header that names the loader of shared libraries.
const INTERPRETER: u32 = 3;

/// Whether the file at `path` is loaded without shared libraries; `None` if it is no 64-bit ELF in little endian.
pub(super) fn is_static(path: &Path) -> Option<bool> {
    let mut file = File::open(path).ok()?;
    let mut head = [0; 64];
    file.read_exact(&mut head).ok()?;
    if !head.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let start = u64::from_le_bytes(head[32..40].try_into().ok()?);
    let size = u16::from_le_bytes(head[54..56].try_into().ok()?);
    let count = u16::from_le_bytes(head[56..58].try_into().ok()?);
    file.seek(SeekFrom::Start(start)).ok()?;
    let mut table = vec![0; usize::from(size) * usize::from(count)];
    file.read_exact(&mut table).ok()?;
    let mut headers = table.chunks_exact(usize::from(size).max(4));
    let names_loader = headers.any(|header| header[..4] == INTERPRETER.to_le_bytes());
    Some(!names_loader)
}
