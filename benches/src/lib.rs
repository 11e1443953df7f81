//! What the benchmarks serve: two tools and a prompt, and as many more tools as are asked for.

xmcp::include_app!();

/// The app with this many tools. Those beyond its own are `add` under other names.
pub fn app_of(tools: usize) -> xmcp::App {
    let app = app();
    let [add, _greet] = app.tools else {
        panic!("the folder tools/ has two files");
    };
    let more = (app.tools.len()..tools).map(|number| {
        let mut tool = *add;
        tool.name = format!("add_{number:04}").leak();
        tool
    });
    let tools: Vec<_> = app.tools.iter().copied().chain(more).collect();
    xmcp::App {
        tools: tools.leak(),
        ..app
    }
}
