//! Icons of the server: files of the project become `data:` URIs at build time, so that a deployed binary needs no files beside it.

use super::{document::described, problem::Problems};
use crate::{
    Icon, Theme,
    nearest::nearest,
    reason::shown,
    rule::Rule,
    value::{Raw, Shape},
};
use base64::Engine;
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};
use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue},
};

/// Every client gets the icons with every `initialize`, so a large one would cost each of them.
const LARGEST: u64 = 64 * 1024;

/// The keys of an icon, and what they mean.
pub(super) const KEYS: [(&str, &str); 4] = [
    (
        "src",
        "A file of the project (png, svg, jpg, jpeg, webp or gif, at most 64 KiB), inlined at build time, or an `https` URL.",
    ),
    (
        "mime_type",
        "The media type. A file's is known by its extension.",
    ),
    (
        "sizes",
        "The sizes it is good for: `48x48`, several of them separated by spaces, or `any`.",
    ),
    (
        "theme",
        "The background it is drawn for: `light` or `dark`; without it, any.",
    ),
];

/// The icon files of a project, and those that were read.
pub(super) struct IconFiles<'a> {
    root: &'a Path,
    files: Vec<PathBuf>,
}

impl<'a> IconFiles<'a> {
    pub(super) fn new(root: &'a Path) -> Self {
        Self {
            root,
            files: Vec::new(),
        }
    }

    pub(super) fn into_files(self) -> Vec<PathBuf> {
        self.files
    }

    /// The file as a `data:` URI, and its media type. The error says what is wrong and what to do.
    fn inline(&mut self, path: &str) -> Result<(String, &'static str), String> {
        if let Err(fault) = Rule::Path.check(&Raw::Text(path.to_owned()), Shape::Text) {
            return Err(fault.reason.to_string());
        }
        let extension = path
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension)
            .to_ascii_lowercase();
        let mime_type = match extension.as_str() {
            "png" => "image/png",
            "svg" => "image/svg+xml",
            "jpg" | "jpeg" => "image/jpeg",
            "webp" => "image/webp",
            "gif" => "image/gif",
            _ => {
                return Err(format!(
                    "{} is no icon file: use png, svg, jpg, jpeg, webp or gif",
                    shown(path)
                ));
            }
        };
        let file = self.root.join(path);
        let unreadable = |error| {
            format!(
                "{} cannot be read ({error}): write the path of an image, relative to `xmcp.toml`",
                shown(path)
            )
        };
        let real = file.canonicalize().map_err(unreadable)?;
        // A symbolic link may point anywhere.
        if !real.starts_with(self.root.canonicalize().map_err(unreadable)?) {
            return Err(format!(
                "{} leads out of the project: copy the file into it",
                shown(path)
            ));
        }
        if !real.is_file() {
            return Err(format!(
                "{} is not a file: write the path of an image",
                shown(path)
            ));
        }
        self.files.push(file);
        let mut bytes = Vec::new();
        File::open(&real)
            .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
            .map_err(unreadable)?;
        if bytes.len() as u64 > LARGEST {
            return Err(format!(
                "{} is larger than 64 KiB: make it smaller, or serve it and write its `https` URL",
                shown(path)
            ));
        }
        if bytes.is_empty() {
            return Err(format!(
                "{} is empty: write the path of an image",
                shown(path)
            ));
        }
        Ok((
            format!(
                "data:{mime_type};base64,{}",
                base64::engine::general_purpose::STANDARD.encode(bytes)
            ),
            mime_type,
        ))
    }
}

/// The icons of a list; `None` when something is wrong with one, which is then among the problems.
pub(super) fn read(
    array: &DeArray<'_>,
    files: &mut IconFiles<'_>,
    problems: &mut Problems<'_>,
) -> Option<Vec<Icon>> {
    let mut icons = Vec::new();
    for item in array.iter() {
        let DeValue::Table(table) = item.get_ref() else {
            let found = described(item.get_ref());
            problems.add(item.span(), format!("`icons`: found {found}: write `[[server.icons]]` and `src = \"assets/icon.png\"`"));
            continue;
        };
        if let Some(icon) = icon(table, item, files, problems) {
            icons.push(icon);
        }
    }
    (icons.len() == array.len()).then_some(icons)
}

fn icon(
    table: &DeTable<'_>,
    item: &Spanned<DeValue<'_>>,
    files: &mut IconFiles<'_>,
    problems: &mut Problems<'_>,
) -> Option<Icon> {
    let mut icon = Icon {
        src: String::new(),
        mime_type: None,
        sizes: None,
        theme: None,
    };
    let mut src = None;
    let mut wrong = false;
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        if !KEYS.iter().any(|(known, _)| *known == name) {
            let remedy = match nearest(name, KEYS.map(|(known, _)| known)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "an icon has `src`, `mime_type`, `sizes` and `theme`".to_owned(),
            };
            problems.add(
                key.span(),
                format!(
                    "unknown key {} in `[[server.icons]]`: {remedy}",
                    shown(name)
                ),
            );
            wrong = true;
            continue;
        }
        let DeValue::String(text) = value.get_ref() else {
            problems.add(
                value.span(),
                format!(
                    "`{name}`: found {}: write a string",
                    described(value.get_ref())
                ),
            );
            wrong = true;
            continue;
        };
        let taken = match name {
            "src" => {
                src = Some((text.as_ref(), value.span()));
                Ok(())
            }
            "mime_type" => mime_type(text).map(|mime_type| icon.mime_type = Some(mime_type)),
            "sizes" => sizes(text).map(|sizes| icon.sizes = Some(sizes)),
            _ => theme(text).map(|theme| icon.theme = Some(theme)),
        };
        if let Err(message) = taken {
            problems.add(value.span(), format!("`{name}`: {message}"));
            wrong = true;
        }
    }
    let Some((src, span)) = src else {
        if !wrong {
            problems.add(
                item.span(),
                "the icon has no `src`: write `src = \"assets/icon.png\"` or an `https` URL",
            );
        }
        return None;
    };
    match source(src, files) {
        Ok((src, known)) => {
            icon.src = src;
            icon.mime_type = icon.mime_type.or_else(|| known.map(str::to_owned));
        }
        Err(message) => {
            problems.add(span, format!("`src`: {message}"));
            wrong = true;
        }
    }
    (!wrong).then_some(icon)
}

/// What clients get as `src`, and its media type where that is known.
fn source(src: &str, files: &mut IconFiles<'_>) -> Result<(String, Option<&'static str>), String> {
    if src.starts_with("https://") {
        return match Rule::Link.check(&Raw::Text(src.to_owned()), Shape::Text) {
            Ok(()) => Ok((src.to_owned(), None)),
            Err(fault) => Err(fault.reason.to_string()),
        };
    }
    if let Some(rest) = src.strip_prefix("http://") {
        return Err(format!(
            "clients refuse icons over `http`: write {}, or a file of the project",
            shown(&format!("https://{rest}"))
        ));
    }
    if src.starts_with("data:") {
        return Err("files are inlined at build time: write the path of the file, such as `assets/icon.png`".to_owned());
    }
    let (src, mime_type) = files.inline(src)?;
    Ok((src, Some(mime_type)))
}

fn mime_type(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    match text.strip_prefix("image/") {
        Some(rest) if !rest.is_empty() && rest.bytes().all(plain) => Ok(text.to_owned()),
        _ => Err(format!(
            "{} is not the media type of an image: write one such as `image/png`",
            shown(text)
        )),
    }
}

fn sizes(text: &str) -> Result<String, String> {
    let number = |text: &str| {
        !text.is_empty() && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let size = |word: &str| {
        word == "any"
            || word
                .split_once('x')
                .is_some_and(|(width, height)| number(width) && number(height))
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() || !words.iter().all(|word| size(word)) {
        return Err(format!(
            "{} are not sizes: write `48x48`, several of them separated by spaces, or `any`",
            shown(text)
        ));
    }
    Ok(words.join(" "))
}

fn theme(text: &str) -> Result<Theme, String> {
    Theme::from_word(text)
        .ok_or_else(|| format!("{} is not known: write `light` or `dark`", shown(text)))
}
