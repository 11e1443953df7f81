//! The macro behind every setting: from one definition come the structs with their docs and defaults, the table of keys, and the
//! constants that name the variables. A key can therefore not exist in the file and be missing in the environment or the docs.

/// Defines settings: a root struct, its sections and their keys.
///
/// A key reads `field: Type = default, "key_in_the_file" as VARIABLE, rule;`, where `VARIABLE` is the name of its variable without
/// `XMCP_`; without `as` the environment cannot set it.
macro_rules! define_settings {
    (
        $(#[doc = $root_doc:literal])+
        root $visibility:vis $Root:ident { $($(#[doc = $top_doc:literal])+ $top:ident: $Top:ident,)+ }
        sections $SECTIONS:ident
        variables $variables:ident
        $(
            $(#[doc = $section_doc:literal])+
            section $path:tt $Section:ident
            $(with { $($(#[doc = $inner_doc:literal])+ $inner:ident: $Inner:ident,)+ })?
            {
                $(
                    $(#[doc = $doc:literal])+
                    $field:ident: $Type:ty = $default:expr, $key:literal $(as $VARIABLE:ident)?, $rule:expr;
                )+
            }
        )+
    ) => {
        $(#[doc = $root_doc])+
        #[derive(Clone, Debug, Default, PartialEq)]
        $visibility struct $Root {
            $($(#[doc = $top_doc])+ pub $top: $Top,)+
        }

        $(
            $(#[doc = $section_doc])+
            #[derive(Clone, Debug, PartialEq)]
            pub struct $Section {
                $($(#[doc = $doc])+ pub $field: $Type,)+
                $($($(#[doc = $inner_doc])+ pub $inner: $Inner,)+)?
            }

            impl Default for $Section {
                fn default() -> Self {
                    Self {
                        $($field: $default,)+
                        $($($inner: $Inner::default(),)+)?
                    }
                }
            }
        )+

        /// The names of the variables that set a key.
        pub(crate) mod $variables {
            $($($crate::definition::variable_constant!([$(#[doc = $doc])+] $($VARIABLE)?);)+)+
        }

        pub(crate) static $SECTIONS: &[$crate::key::Section<$Root>] = &[
            $($crate::key::Section {
                name: $crate::definition::section_name!($path),
                documentation: concat!($($section_doc, "\n"),+),
                keys: &[
                    $($crate::key::Key {
                        name: $key,
                        field: stringify!($field),
                        variable: $crate::definition::variable_name!($($VARIABLE)?),
                        documentation: concat!($($doc, "\n"),+),
                        rule: $rule,
                        shape: <$Type as $crate::value::Value>::shape,
                        set: |settings, raw| {
                            $crate::value::Value::from_raw(raw)
                                .map(|value| $crate::definition::place!(settings $path $field) = value)
                        },
                        get: |settings| $crate::value::Value::to_raw(&$crate::definition::place!(settings $path $field)),
                        #[cfg(feature = "file")]
                        rust: |settings| $crate::value::Value::rust(&$crate::definition::place!(settings $path $field)),
                    },)+
                ],
            },)+
        ];
    };
}

/// `[http.limits]` as text.
macro_rules! section_name {
    ([$first:ident $(. $rest:ident)*]) => {
        concat!(stringify!($first) $(, ".", stringify!($rest))*)
    };
}

/// The variable's whole name, if it has one.
macro_rules! variable_name {
    () => {
        None
    };
    ($VARIABLE:ident) => {
        Some(concat!("XMCP_", stringify!($VARIABLE)))
    };
}

/// The constant that names a key's variable, if it has one.
macro_rules! variable_constant {
    ([$($doc:tt)+]) => {};
    ([$($doc:tt)+] $VARIABLE:ident) => {
        $($doc)+
        pub const $VARIABLE: &str = concat!("XMCP_", stringify!($VARIABLE));
    };
}

/// The field of a section, below the root.
macro_rules! place {
    ($settings:ident [$($path:ident).+] $field:ident) => {
        $settings.$($path).+.$field
    };
}

pub(crate) use {define_settings, place, section_name, variable_constant, variable_name};
