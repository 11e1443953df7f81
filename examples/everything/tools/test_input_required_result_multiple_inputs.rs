//! Asks the person, the client's model and for folders, all at once
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
struct User {
    /// Your name
    name: String,
}

pub fn handler(context: Context) -> Result<String> {
    let (Some(user), Some(greeting), Some(roots)) = (
        context.answer::<User>("user_name")?,
        context.answer::<Sampled>("greeting")?,
        context.answer::<Roots>("client_roots")?,
    ) else {
        return Err(InputRequired::new()
            .elicit::<User>("user_name", "What is your name?")
            .sample(
                "greeting",
                Sampling::new().user("Greet somebody.").max_tokens(50),
            )
            .roots("client_roots")
            .state(&"all three were asked")
            .into());
    };
    let name = user.accepted().map(|user| user.name).unwrap_or_default();
    let (greeting, roots) = (greeting.text(), roots.len());
    Ok(format!("{greeting} ({name}, with {roots} roots)"))
}
