//! Settings that are one of a few words.

use crate::value::{Raw, Shape, Value};

macro_rules! choice {
    ($(
        $(#[$attribute:meta])*
        pub enum $Choice:ident { $($(#[$variant_attribute:meta])* $Variant:ident = $word:literal,)+ }
    )+) => {$(
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $Choice { $($(#[$variant_attribute])* $Variant,)+ }

        impl $Choice {
            /// Every word that can be written, in the order of the variants.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word that stands for it in `xmcp.toml` and the environment.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$Variant => $word,)+ }
            }

            /// What `word` stands for; `None` for any word not in [`WORDS`](Self::WORDS).
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$Variant),)+ _ => None }
            }

            /// The variant's path in generated code.
            #[cfg(feature = "file")]
            pub(crate) fn path(self) -> &'static str {
                match self { $(Self::$Variant => concat!("::xmcp::codegen::", stringify!($Choice), "::", stringify!($Variant)),)+ }
            }
        }

        impl Value for $Choice {
            fn shape() -> Shape {
                Shape::Choice(Self::WORDS)
            }

            fn from_raw(raw: Raw) -> Option<Self> {
                match raw {
                    Raw::Text(word) => Self::from_word(&word),
                    _ => None,
                }
            }

            fn to_raw(&self) -> Raw {
                Raw::Text(self.word().to_owned())
            }

            #[cfg(feature = "file")]
            fn rust(&self) -> String {
                self.path().to_owned()
            }
        }
    )+};
}

choice! {
    /// How clients reach the server.
    pub enum Transport {
        /// Streamable HTTP, on `[http] host` and `port`.
        Http = "http",
        /// Standard input and output of the process, for a client that starts it.
        Stdio = "stdio",
    }

    /// How log lines look.
    pub enum LogFormat {
        /// One line for people.
        Text = "text",
        /// One JSON object per line, for collectors.
        Json = "json",
    }

    /// A version of the protocol, newest first.
    pub enum ProtocolVersion {
        /// Every request stands for itself.
        V2026_07_28 = "2026-07-28",
        /// The newest that begins with a handshake.
        V2025_11_25 = "2025-11-25",
        /// The one before.
        V2025_06_18 = "2025-06-18",
        /// The first over Streamable HTTP.
        V2025_03_26 = "2025-03-26",
        /// The first.
        V2024_11_05 = "2024-11-05",
    }

    /// The background an icon is drawn for.
    pub enum Theme {
        /// A light background.
        Light = "light",
        /// A dark background.
        Dark = "dark",
    }
}

impl Value for Vec<ProtocolVersion> {
    fn shape() -> Shape {
        Shape::Choices(ProtocolVersion::WORDS)
    }

    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::List(words) => words
                .iter()
                .map(|word| ProtocolVersion::from_word(word))
                .collect(),
            _ => None,
        }
    }

    fn to_raw(&self) -> Raw {
        let words = self.iter().map(|version| version.word().to_owned());
        Raw::List(words.collect())
    }

    #[cfg(feature = "file")]
    fn rust(&self) -> String {
        crate::value::list(self.iter().map(Value::rust))
    }
}

#[cfg(feature = "file")]
choice! {
    /// What `[build] deny` can make an error of the build.
    pub enum Lint {
        /// An argument without a description, which the model then has to guess. A warning unless it is denied.
        Undocumented = "undocumented",
        /// A tool with neither scopes nor `public(true)` in an app that has a middleware. Not looked for unless it is denied.
        Unscoped = "unscoped",
    }
}
