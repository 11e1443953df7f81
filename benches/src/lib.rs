//! What the benchmarks serve, as many tools as are asked for, a prompt and a resource; and what those who measure it have in common.

pub mod client;
pub mod program;
pub mod request;
pub mod server;

xmcp::include_app!();

/// The app with this many tools: `add`, `greet`, `greet_aware`, `tasks`, and then `add` under other names.
pub fn app_of(tools: usize) -> xmcp::App {
    let app = app();
    let add = app.tools.first().expect("the folder tools/ has files");
    let more = (app.tools.len()..tools).map(|number| {
        let mut tool = *add;
        tool.name = format!("add_{number:04}").leak();
        tool
    });
    let all = app.tools.iter().copied().chain(more);
    let tools: Vec<_> = all.take(tools).collect();
    xmcp::App {
        tools: tools.leak(),
        ..app
    }
}
