//! What a server asks its user is asked at the terminal. Where there is none, and where nobody could answer, it is declined, and that is
//! said. The clock of the request stands still meanwhile.

use std::io::{IsTerminal, stderr, stdin};

use inquire::{
    Confirm, InquireError, MultiSelect, Select, Text, list_option::ListOption,
    validator::Validation,
};
use rmcp::model::{ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema};
use serde_json::{Map, Value, json};
use tokio::{
    sync::{Mutex, watch},
    task,
};

use super::field::{Choice, Field, Kind};
use crate::{Output, text};

/// How often a server may ask.
const QUESTIONS: usize = 20;

/// How many fields one form may have.
const FIELDS: usize = 30;

/// How much is shown of what a server says.
const MESSAGE: usize = 1_000;

/// Asks one thing at a time.
#[derive(Debug)]
pub(super) struct Asker {
    is_at_terminal: bool,
    /// How often the server has asked.
    asked: Mutex<usize>,
    /// How many questions wait for a person.
    open: watch::Sender<usize>,
}

impl Asker {
    pub(super) fn new() -> Self {
        Self {
            is_at_terminal: stdin().is_terminal() && stderr().is_terminal(),
            asked: Mutex::default(),
            open: watch::Sender::new(0),
        }
    }

    /// How many questions wait for a person.
    pub(super) fn open(&self) -> watch::Receiver<usize> {
        self.open.subscribe()
    }

    /// Asks the person at the terminal.
    pub(super) async fn elicit(&self, asked: ElicitRequestParams, output: &Output) -> ElicitResult {
        let _open = Open::of(&self.open);
        let mut count = self.asked.lock().await;
        *count += 1;
        let (message, schema) = match asked {
            ElicitRequestParams::FormElicitationParams {
                message,
                requested_schema,
                ..
            } => (message, requested_schema),
            ElicitRequestParams::UrlElicitationParams { url, .. } => {
                let url = text::line(&url, MESSAGE);
                return declined(&format!("to open {url}"), "nothing is opened here", output);
            }
            _ => return declined("something", "it is not known here", output),
        };
        let message = text::line(&message, MESSAGE);
        let what = format!("\"{message}\"");
        if *count > QUESTIONS {
            return declined(&what, "it has asked too often", output);
        }
        if !self.is_at_terminal {
            return declined(&what, "nobody is at a terminal to answer", output);
        }
        let Some(fields) = fields(&schema) else {
            return declined(&what, "its form cannot be filled in here", output);
        };
        output.say(&format!("The server asks: {message}"));
        output.say("Esc declines, Ctrl-C cancels.");
        let answers = task::spawn_blocking(move || answers(&fields)).await;
        match answers {
            Ok(Ok(answers)) => {
                ElicitResult::new(ElicitationAction::Accept).with_content(Value::Object(answers))
            }
            Ok(Err(InquireError::OperationCanceled)) => {
                ElicitResult::new(ElicitationAction::Decline)
            }
            _ => ElicitResult::new(ElicitationAction::Cancel),
        }
    }
}

/// A question that waits.
struct Open<'a>(&'a watch::Sender<usize>);

impl<'a> Open<'a> {
    fn of(open: &'a watch::Sender<usize>) -> Self {
        open.send_modify(|count| *count += 1);
        Self(open)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

fn declined(what: &str, why: &str, output: &Output) -> ElicitResult {
    output.warning(&format!("the server asks {what}: declined, since {why}"));
    ElicitResult::new(ElicitationAction::Decline)
}

/// The fields of a form in their order, if a person can fill in all of them.
fn fields(schema: &ElicitationSchema) -> Option<Vec<Field>> {
    if schema.properties.len() > FIELDS {
        return None;
    }
    let required = schema.required.as_deref().unwrap_or_default();
    let names: Vec<_> = match &schema.property_order {
        Some(names) => names.iter().collect(),
        None => schema.properties.keys().collect(),
    };
    names
        .into_iter()
        .map(|name| {
            let property = serde_json::to_value(schema.properties.get(name)?).ok()?;
            Field::of(name, &property, required.contains(name))
        })
        .collect()
}

fn answers(fields: &[Field]) -> Result<Map<String, Value>, InquireError> {
    if fields.is_empty() {
        return match Confirm::new("Agree?").prompt()? {
            true => Ok(Map::new()),
            false => Err(InquireError::OperationCanceled),
        };
    }
    let mut answers = Map::new();
    for field in fields {
        if let Some(answer) = answer(field)? {
            answers.insert(field.name.clone(), answer);
        }
    }
    Ok(answers)
}

fn answer(field: &Field) -> Result<Option<Value>, InquireError> {
    let title = field.title.as_str();
    let help = (!field.help.is_empty()).then_some(field.help.as_str());
    match &field.kind {
        Kind::Text { default, .. } | Kind::Number { default, .. } => {
            let validator = |typed: &str| {
                Ok(match field.read(typed) {
                    Ok(_) => Validation::Valid,
                    Err(what) => Validation::Invalid(what.into()),
                })
            };
            let mut question = Text::new(title).with_validator(validator);
            question.help_message = help;
            question.default = default.as_deref();
            question
                .prompt()
                .map(|typed| field.read(&typed).unwrap_or_default())
        }
        Kind::YesOrNo { default } => {
            let mut question = Confirm::new(title);
            question.help_message = help;
            question.default = *default;
            question.prompt().map(|it| Some(json!(it)))
        }
        Kind::One { choices, default } => {
            let mut titles: Vec<_> = choices.iter().map(|it| it.title.as_str()).collect();
            if !field.is_required {
                titles.push("(leave it out)");
            }
            let mut question = Select::new(title, titles);
            question.help_message = help.or(question.help_message);
            question.starting_cursor = default.unwrap_or_default();
            let chosen = question.raw_prompt()?.index;
            Ok(choices.get(chosen).map(|it| json!(it.value)))
        }
        Kind::Several {
            choices,
            fewest,
            most,
            default,
        } => {
            let (fewest, most) = (*fewest, *most);
            let mut question = MultiSelect::new(title, choices.clone()).with_default(default);
            question.help_message = help.or(question.help_message);
            let chosen = question
                .with_validator(move |chosen: &[ListOption<&Choice>]| {
                    let count = chosen.len() as u64;
                    Ok(match count {
                        _ if count < fewest => {
                            Validation::Invalid(format!("choose at least {fewest}").into())
                        }
                        _ if count > most => {
                            Validation::Invalid(format!("choose at most {most}").into())
                        }
                        _ => Validation::Valid,
                    })
                })
                .prompt()?;
            let values: Vec<_> = chosen.into_iter().map(|it| it.value).collect();
            Ok((field.is_required || !values.is_empty()).then(|| json!(values)))
        }
    }
}
