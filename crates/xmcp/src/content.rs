//! Blocks of content: what the model gets to read, see and hear (2025-11-25 server/tools, "Tool Result").

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;

/// One block of a result.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Content {
    /// Text.
    Text(Text),
    /// A picture.
    Image(Image),
    /// A sound.
    Audio(Audio),
    /// A resource with its content.
    #[serde(rename = "resource")]
    EmbeddedResource(EmbeddedResource),
    /// A resource that the client can read.
    ResourceLink(ResourceLink),
}

impl Content {
    /// The text of a block that is nothing but text.
    pub(crate) fn as_plain_text(&self) -> Option<&str> {
        match self {
            Self::Text(Text {
                text,
                annotations: None,
            }) => Some(text),
            _ => None,
        }
    }
}

/// Who a block is for and how much it matters.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotations {
    /// Who should get it: the user, the model, or both. Empty says nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<Role>,
    /// From 0 (may be left out) to 1 (required).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<f64>,
    /// When it last changed, as an ISO 8601 time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

/// A side of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// A block of text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Text {
    pub(crate) text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
}

impl Text {
    /// This text.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            annotations: None,
        }
    }
}

/// A picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    data: String,
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
}

impl Image {
    /// A picture of these bytes, which are written as base64, and this MIME type, e.g. `image/png`.
    pub fn new(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self {
            data: BASE64_STANDARD.encode(bytes),
            mime_type: mime_type.into(),
            annotations: None,
        }
    }
}

/// A sound.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Audio {
    data: String,
    mime_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
}

impl Audio {
    /// A sound of these bytes, which are written as base64, and this MIME type, e.g. `audio/wav`.
    pub fn new(bytes: impl AsRef<[u8]>, mime_type: impl Into<String>) -> Self {
        Self {
            data: BASE64_STANDARD.encode(bytes),
            mime_type: mime_type.into(),
            annotations: None,
        }
    }
}

/// A resource with its content inside the result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EmbeddedResource {
    resource: ResourceContents,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceContents {
    uri: String,
    mime_type: String,
    #[serde(flatten)]
    body: Body,
}

/// Text, or bytes as base64.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Body {
    Text(String),
    Blob(String),
}

impl Body {
    pub(crate) fn len(&self) -> usize {
        let (Self::Text(text) | Self::Blob(text)) = self;
        text.len()
    }
}

impl EmbeddedResource {
    /// A text resource.
    pub fn text(
        uri: impl Into<String>,
        mime_type: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        Self::of(uri.into(), mime_type.into(), Body::Text(text.into()))
    }

    /// A resource of bytes, which are written as base64.
    pub fn bytes(
        uri: impl Into<String>,
        mime_type: impl Into<String>,
        bytes: impl AsRef<[u8]>,
    ) -> Self {
        Self::of(
            uri.into(),
            mime_type.into(),
            Body::Blob(BASE64_STANDARD.encode(bytes)),
        )
    }

    fn of(uri: String, mime_type: String, body: Body) -> Self {
        Self {
            resource: ResourceContents {
                uri,
                mime_type,
                body,
            },
            annotations: None,
        }
    }
}

/// A resource that the client can read by its URI.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceLink {
    uri: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Annotations>,
}

impl ResourceLink {
    /// A link to this URI under this name.
    pub fn new(uri: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            uri: uri.into(),
            name: name.into(),
            title: None,
            description: None,
            mime_type: None,
            size: None,
            annotations: None,
        }
    }

    /// With a name for people.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// With what it is, for the model.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// With its MIME type.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// With its size in bytes.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }
}

impl Content {
    /// How many bytes of text and data the block holds.
    pub(crate) fn size(&self) -> usize {
        let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        match self {
            Self::Text(block) => block.text.len(),
            Self::Image(block) => block.data.len() + block.mime_type.len(),
            Self::Audio(block) => block.data.len() + block.mime_type.len(),
            Self::EmbeddedResource(EmbeddedResource { resource, .. }) => {
                resource.uri.len() + resource.mime_type.len() + resource.body.len()
            }
            Self::ResourceLink(block) => {
                block.uri.len()
                    + block.name.len()
                    + optional(&block.title)
                    + optional(&block.description)
                    + optional(&block.mime_type)
            }
        }
    }
}

macro_rules! text {
    ($($type:ty),*) => {
        $(impl From<$type> for Content {
            fn from(text: $type) -> Self {
                Self::Text(Text::new(text))
            }
        })*
    };
}

text!(String, &str, std::borrow::Cow<'_, str>, Box<str>);

macro_rules! block {
    ($($type:ident),*) => {
        $(
            impl From<$type> for Content {
                fn from(block: $type) -> Self {
                    Self::$type(block)
                }
            }

            impl $type {
                /// With who it is for and how much it matters.
                #[must_use]
                pub fn annotations(mut self, annotations: Annotations) -> Self {
                    self.annotations = Some(annotations);
                    self
                }
            }
        )*
    };
}

block!(Text, Image, Audio, EmbeddedResource, ResourceLink);
