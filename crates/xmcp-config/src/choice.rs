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

    /// The background an icon is drawn for.
    pub enum Theme {
        /// A light background.
        Light = "light",
        /// A dark background.
        Dark = "dark",
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
