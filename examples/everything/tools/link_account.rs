//! Send the person to a page: what must not pass through the client, such as a password, is typed there
use xmcp::prelude::*;

pub async fn handler(context: Context) -> Result<&'static str> {
    let page = "https://example.com/link-account";
    let asked = context.elicit_url("Sign in there to link your account.", page);
    Ok(match asked.await? {
        // The person agreed to go; whether they came back signed in is for the page to tell.
        Elicited::Accept(()) => "The person is on the way.",
        Elicited::Decline | Elicited::Cancel => "The account stays unlinked.",
    })
}
