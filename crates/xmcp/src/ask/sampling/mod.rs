//! Questions to the client's model (2025-11-25 client/sampling).

mod answer;
mod model;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

pub use self::{
    answer::{Sampled, SampledContent, ToolUse},
    model::ModelChoice,
};
use crate::{
    AskError, Capability,
    content::{Audio, Content, Image, Role, Text},
    schema::input_schema,
};

/// A question to the client's model: messages, and how long the answer may be.
///
/// ```
/// use xmcp::prelude::*;
///
/// let sampling = Sampling::new().system("You are terse.").user("What is the capital of France?").max_tokens(100);
/// # let _ = sampling;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Sampling {
    messages: Vec<Message>,
    max_tokens: u32,
    system: Option<String>,
    temperature: Option<f64>,
    stop: Vec<String>,
    model: ModelChoice,
    tools: Vec<Value>,
    tool_choice: Option<ToolChoice>,
    metadata: Option<Map<String, Value>>,
}

/// How many tokens an answer may have when nothing is said of it.
const MAX_TOKENS: u32 = 1024;

#[derive(Clone, Debug, PartialEq)]
struct Message {
    role: Role,
    content: Vec<Value>,
    /// Whether it holds what tools answered, which nothing else may stand beside.
    of_tools: bool,
}

/// A block of a message: text, a [`Text`], an [`Image`] or an [`Audio`].
#[derive(Clone, Debug, PartialEq)]
pub struct SamplingContent(Value);

impl From<&str> for SamplingContent {
    fn from(text: &str) -> Self {
        Text::new(text).into()
    }
}

impl From<String> for SamplingContent {
    fn from(text: String) -> Self {
        Text::new(text).into()
    }
}

macro_rules! block {
    ($($type:ident),*) => {
        $(impl From<$type> for SamplingContent {
            fn from(block: $type) -> Self {
                Self(json!(Content::from(block)))
            }
        })*
    };
}

block!(Text, Image, Audio);

/// Whether the model uses the tools that it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ToolChoice {
    /// As it sees fit.
    Auto,
    /// At least one.
    Required,
    /// None.
    None,
}

impl Default for Sampling {
    fn default() -> Self {
        Self::new()
    }
}

impl Sampling {
    /// No message yet, and at most 1024 tokens in the answer.
    pub fn new() -> Self {
        Self {
            messages: Vec::new(),
            max_tokens: MAX_TOKENS,
            system: None,
            temperature: None,
            stop: Vec::new(),
            model: ModelChoice::default(),
            tools: Vec::new(),
            tool_choice: None,
            metadata: None,
        }
    }

    /// With what the user says.
    #[must_use]
    pub fn user(self, content: impl Into<SamplingContent>) -> Self {
        self.message(Role::User, vec![content.into().0])
    }

    /// With what the model said before.
    #[must_use]
    pub fn assistant(self, content: impl Into<SamplingContent>) -> Self {
        self.message(Role::Assistant, vec![content.into().0])
    }

    /// With the answer to an earlier question, its wishes to call tools included. Each of them wants a
    /// [`tool_result`](Self::tool_result) after it.
    #[must_use]
    pub fn answered(self, answer: &Sampled) -> Self {
        self.message(Role::Assistant, answer.repeated())
    }

    /// With what a tool answered that the model wanted to call.
    #[must_use]
    pub fn tool_result(mut self, tool_use: &ToolUse, text: impl Into<String>) -> Self {
        let block = json!({
            "type": "tool_result",
            "toolUseId": tool_use.id,
            "content": [{ "type": "text", "text": text.into() }],
        });
        // All results of one answer stand in one message of their own (2025-11-25 client/sampling, "Tool Use and Result Balance").
        match self.messages.last_mut().filter(|last| last.of_tools) {
            Some(last) => last.content.push(block),
            None => self.messages.push(Message {
                role: Role::User,
                content: vec![block],
                of_tools: true,
            }),
        }
        self
    }

    /// With how long the answer may be, in tokens.
    #[must_use]
    pub fn max_tokens(mut self, tokens: u32) -> Self {
        self.max_tokens = tokens;
        self
    }

    /// With what the model is told before everything else. The client may change it.
    #[must_use]
    pub fn system(mut self, prompt: impl Into<String>) -> Self {
        self.system = Some(prompt.into());
        self
    }

    /// With how freely the model speaks: 0 is not at all.
    #[must_use]
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.temperature = Some(temperature);
        self
    }

    /// With a text at which the answer ends.
    #[must_use]
    pub fn stop(mut self, text: impl Into<String>) -> Self {
        self.stop.push(text.into());
        self
    }

    /// With a wish for a model.
    #[must_use]
    pub fn model(mut self, choice: ModelChoice) -> Self {
        self.model = choice;
        self
    }

    /// With a tool that the model may want to call, which the handler then does. Its arguments are the fields of `T`.
    ///
    /// The client must have declared [`Capability::SamplingTools`].
    #[must_use]
    pub fn tool<T: JsonSchema>(
        mut self,
        name: impl Into<String>,
        description: impl Into<String>,
    ) -> Self {
        self.tools.push(json!({
            "name": name.into(),
            "description": description.into(),
            "inputSchema": input_schema::<T>(),
        }));
        self
    }

    /// With whether the model uses its tools.
    #[must_use]
    pub fn tool_choice(mut self, choice: ToolChoice) -> Self {
        self.tool_choice = Some(choice);
        self
    }

    /// With members that the model's provider knows.
    #[must_use]
    pub fn metadata(mut self, metadata: Map<String, Value>) -> Self {
        self.metadata = Some(metadata);
        self
    }

    fn message(mut self, role: Role, content: Vec<Value>) -> Self {
        self.messages.push(Message {
            role,
            content,
            of_tools: false,
        });
        self
    }

    pub(crate) fn requires(&self) -> Capability {
        if self.tools.is_empty() && self.tool_choice.is_none() {
            Capability::Sampling
        } else {
            Capability::SamplingTools
        }
    }

    /// The params of `sampling/createMessage`.
    pub(crate) fn params(&self) -> Result<Value, AskError> {
        if self.messages.is_empty() {
            return Err(AskError::Misused(
                "it has no message: add one with `.user(..)`".to_owned(),
            ));
        }
        let mut params = Map::new();
        let messages: Vec<Value> = self.messages.iter().map(Message::to_json).collect();
        params.insert("messages".to_owned(), messages.into());
        params.insert("maxTokens".to_owned(), self.max_tokens.into());
        if let Some(system) = &self.system {
            params.insert("systemPrompt".to_owned(), system.as_str().into());
        }
        if let Some(temperature) = self.temperature {
            params.insert("temperature".to_owned(), json!(temperature));
        }
        if !self.stop.is_empty() {
            params.insert("stopSequences".to_owned(), json!(self.stop));
        }
        if self.model != ModelChoice::default() {
            params.insert("modelPreferences".to_owned(), json!(self.model));
        }
        if !self.tools.is_empty() {
            params.insert("tools".to_owned(), json!(self.tools));
        }
        if let Some(mode) = self.tool_choice {
            params.insert("toolChoice".to_owned(), json!({ "mode": mode }));
        }
        if let Some(metadata) = &self.metadata {
            params.insert("metadata".to_owned(), Value::Object(metadata.clone()));
        }
        Ok(Value::Object(params))
    }
}

impl Message {
    /// One block stands alone: before 2025-11-25 there were no lists.
    fn to_json(&self) -> Value {
        match self.content.as_slice() {
            [block] => json!({ "role": self.role, "content": block }),
            blocks => json!({ "role": self.role, "content": blocks }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_says_what_was_said_of_it_and_no_more() {
        let plain = Sampling::new()
            .user("What is the capital of France?")
            .max_tokens(100);
        let expected = json!({
            "messages": [{ "role": "user", "content": { "type": "text", "text": "What is the capital of France?" } }],
            "maxTokens": 100,
        });
        assert_eq!(plain.params(), Ok(expected));
        assert_eq!(plain.requires(), Capability::Sampling);
        let full = Sampling::new()
            .system("Be terse.")
            .user("Hello")
            .assistant("Hello.")
            .user(Image::new(b"x", "image/png"))
            .temperature(0.5)
            .stop("END")
            .model(ModelChoice::new().hint("small").speed(2.0));
        let expected = json!({
            "messages": [
                { "role": "user", "content": { "type": "text", "text": "Hello" } },
                { "role": "assistant", "content": { "type": "text", "text": "Hello." } },
                { "role": "user", "content": { "type": "image", "data": "eA==", "mimeType": "image/png" } },
            ],
            "maxTokens": 1024,
            "systemPrompt": "Be terse.",
            "temperature": 0.5,
            "stopSequences": ["END"],
            "modelPreferences": { "hints": [{ "name": "small" }], "speedPriority": 1.0 },
        });
        assert_eq!(full.params(), Ok(expected));
        assert!(Sampling::new().params().is_err());
    }

    #[test]
    fn tools_are_wanted_called_and_answered() {
        #[derive(JsonSchema)]
        #[expect(dead_code, reason = "only its schema is used")]
        struct Place {
            city: String,
        }
        let answer = Sampled::parse(&json!({
            "role": "assistant",
            "content": [
                { "type": "tool_use", "id": "1", "name": "weather", "input": { "city": "Paris" } },
                { "type": "tool_use", "id": "2", "name": "weather", "input": { "city": "London" } },
            ],
            "model": "m",
            "stopReason": "toolUse",
        }))
        .unwrap();
        let mut next = Sampling::new()
            .user("Weather?")
            .tool::<Place>("weather", "The weather")
            .answered(&answer);
        for tool_use in answer.tool_uses() {
            next = next.tool_result(
                tool_use,
                format!("{} is dry", tool_use.input["city"].as_str().unwrap()),
            );
        }
        let params = next.params().unwrap();
        assert_eq!(
            params["messages"][2],
            json!({ "role": "user", "content": [
                { "type": "tool_result", "toolUseId": "1", "content": [{ "type": "text", "text": "Paris is dry" }] },
                { "type": "tool_result", "toolUseId": "2", "content": [{ "type": "text", "text": "London is dry" }] },
            ] })
        );
        assert_eq!(
            params["messages"][1]["content"][0],
            json!({ "type": "tool_use", "id": "1", "name": "weather", "input": { "city": "Paris" } })
        );
        assert_eq!(
            params["tools"][0]["inputSchema"]["required"],
            json!(["city"])
        );
        assert_eq!(next.requires(), Capability::SamplingTools);
    }
}
