//! What a client's model answers.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// What the client's model answered.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sampled {
    /// The answer's blocks, in order.
    pub content: Vec<SampledContent>,
    /// The model that answered, as the client names it.
    pub model: String,
    /// Why it stopped: `endTurn`, `maxTokens`, `stopSequence`, `toolUse`, or what a provider says.
    pub stop_reason: Option<String>,
}

/// A block of an answer.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum SampledContent {
    /// Text.
    Text(String),
    /// The model's wish to call a tool.
    ToolUse(ToolUse),
    /// Anything else, as it came: a picture, a sound.
    Other(Value),
}

/// A model's wish to call a tool.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ToolUse {
    /// Tells this wish from the others of the answer.
    pub id: String,
    /// The tool's name.
    pub name: String,
    /// The arguments, not checked against anything.
    pub input: Map<String, Value>,
}

impl Sampled {
    /// The answer's text, its blocks one after the other.
    pub fn text(&self) -> String {
        let texts = self.content.iter().filter_map(|block| match block {
            SampledContent::Text(text) => Some(text.as_str()),
            _ => None,
        });
        texts.collect()
    }

    /// The tools that the model wants called.
    pub fn tool_uses(&self) -> impl Iterator<Item = &ToolUse> {
        self.content.iter().filter_map(|block| match block {
            SampledContent::ToolUse(tool_use) => Some(tool_use),
            _ => None,
        })
    }

    /// The answer's blocks, to be said again in a longer conversation.
    pub(super) fn repeated(&self) -> Vec<Value> {
        self.content.iter().map(SampledContent::to_json).collect()
    }

    pub(in crate::ask) fn parse(answer: &Value) -> Option<Self> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct CreateMessageResult {
            content: Value,
            model: String,
            #[serde(default)]
            stop_reason: Option<String>,
        }
        let result = CreateMessageResult::deserialize(answer).ok()?;
        let blocks = match result.content {
            Value::Array(blocks) => blocks,
            block => vec![block],
        };
        Some(Self {
            content: blocks
                .into_iter()
                .map(SampledContent::parse)
                .collect::<Option<_>>()?,
            model: result.model,
            stop_reason: result.stop_reason,
        })
    }
}

impl SampledContent {
    fn parse(block: Value) -> Option<Self> {
        Some(match block.get("type")?.as_str()? {
            "text" => Self::Text(block.get("text")?.as_str()?.to_owned()),
            "tool_use" => Self::ToolUse(ToolUse::deserialize(&block).ok()?),
            _ => Self::Other(block),
        })
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => json!({ "type": "text", "text": text }),
            Self::ToolUse(ToolUse { id, name, input }) => {
                json!({ "type": "tool_use", "id": id, "name": name, "input": input })
            }
            Self::Other(block) => block.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_block_or_several() {
        let text = |text: &str| json!({ "type": "text", "text": text });
        let answer = |content: Value| json!({ "role": "assistant", "content": content, "model": "m", "stopReason": "endTurn" });
        let one = Sampled::parse(&answer(text("Paris"))).unwrap();
        assert_eq!(
            (
                one.text().as_str(),
                one.model.as_str(),
                one.stop_reason.as_deref()
            ),
            ("Paris", "m", Some("endTurn"))
        );
        let picture = json!({ "type": "image", "data": "eA==", "mimeType": "image/png" });
        let many = Sampled::parse(&answer(json!([text("Par"), picture, text("is")]))).unwrap();
        assert_eq!((many.text().as_str(), many.content.len()), ("Paris", 3));
        for content in [
            json!(7),
            json!({}),
            json!([{ "type": "text" }]),
            json!([{ "type": "tool_use", "id": 1 }]),
        ] {
            assert_eq!(Sampled::parse(&answer(content.clone())), None, "{content}");
        }
        assert_eq!(Sampled::parse(&json!({ "action": "accept" })), None);
    }
}
