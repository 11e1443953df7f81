//! What a file says about its tool, prompt or resource beside the handler: `METADATA`.

mod icon;
mod prompt;
mod resource;
mod task;
mod tool;

pub use self::{
    icon::{Icon, IconTheme},
    prompt::PromptMetadata,
    resource::ResourceMetadata,
    task::TaskSupport,
    tool::ToolMetadata,
};

/// What `METADATA` of every kind says of who may use it, and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) scopes: &'static [&'static str],
    pub(crate) public: bool,
    pub(crate) order: i32,
}

impl Terms {
    /// Whether callers without a credential may use it, where the provider lets them in.
    pub(crate) fn is_open(self) -> bool {
        self.public && self.scopes.is_empty()
    }
}

/// The members that every kind of `METADATA` has, with the name of the kind in their texts.
macro_rules! common_members {
    ($noun:literal) => {
        /// A name for people.
        pub const fn title(mut self, title: &'static str) -> Self {
            self.title = Some(title);
            self
        }

        #[doc = concat!("What the ", $noun, " is for, instead of the file's doc comment.")]
        pub const fn description(mut self, description: &'static str) -> Self {
            self.description = Some(description);
            self
        }

        /// Pictures that clients may show beside the name.
        pub const fn icons(mut self, icons: &'static [$crate::Icon]) -> Self {
            self.icons = icons;
            self
        }

        #[doc = concat!("The place of the ", $noun, " in its list. Those with a smaller number stand first, and those with the same in the ")]
        /// order of their paths. Without it the number is 0.
        pub const fn order(mut self, order: i32) -> Self {
            self.order = order;
            self
        }

        /// The scopes that a caller's session must hold, all of them: otherwise the request is refused before the handler runs.
        pub const fn scopes(mut self, scopes: &'static [&'static str]) -> Self {
            self.scopes = scopes;
            self
        }

        #[doc = concat!("Says that this ", $noun, " is for everybody whom the auth provider lets in, and wants no scopes on purpose.")]
        ///
        /// That is everybody who is signed in; under an [optional](xmcp_auth::Provider::optional) provider also who brings no credential
        /// at all, so the handler takes `Option<Session>` then. Scopes are asked for all the same if there are any.
        /// It is what a file without scopes says where `[build] deny = ["unscoped"]` wants one of the two.
        pub const fn public(mut self, public: bool) -> Self {
            self.public = public;
            self
        }

        pub(crate) fn terms(&self) -> $crate::metadata::Terms {
            $crate::metadata::Terms {
                scopes: self.scopes,
                public: self.public,
                order: self.order,
            }
        }

        /// Runs a handler that is not `async` on the blocking pool, for work that waits or computes for long.
        ///
        /// Without it such a handler runs in place, where it must not block: it holds up every other request of its thread.
        pub const fn blocking(mut self) -> Self {
            self.blocking = true;
            self
        }
    };
}
use common_members;
