//! The functions that an entry points to: what the handler's types say, a call of it, and a call of `complete`.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::entry::Entry;
use crate::kind::Kind;
use crate::{Argument, Complete, Input};

impl Entry<'_> {
    pub(super) fn functions(&self) -> TokenStream {
        let shape = self.shape();
        let call = self.call();
        let complete = self.complete.map(|complete| self.complete(complete));
        quote! { #shape #call #complete }
    }

    fn shape(&self) -> TokenStream {
        let conditions = self.conditions();
        let name = self.name_of("shape");
        let module = self.module();
        let context = self.context_arguments();
        let of = match self.kind {
            Kind::Tool => "of",
            Kind::Prompt => "prompt",
            Kind::Resource => "resource",
        };
        let asyncness = if self.primitive.handler.is_async {
            "_async"
        } else {
            ""
        };
        let constructor = format_ident!("{of}{asyncness}_{}", context.len());
        let arguments = self.arguments(&quote! { ::xmcp::codegen::input() });
        // What is wrong with the types is an error of rustc about this call. It shows its text, so the text says whose fault it is.
        let place = self.place();
        let shape = quote! {
            ::xmcp::codegen::Shape::#constructor(|#(#context),*| {
                let _handler = #place;
                #module::handler(#(#arguments),*)
            })
        };
        let body = match self.complete {
            Some(complete) => self.completed(complete, &shape),
            None => shape,
        };
        quote! {
            #conditions
            #[allow(clippy::all)]
            fn #name() -> ::xmcp::codegen::Shape {
                #body
            }
        }
    }

    /// What `complete` takes from the request has to be there, as what the handler takes.
    fn completed(&self, complete: &Complete, shape: &TokenStream) -> TokenStream {
        let asyncness = if complete.is_async { "_async" } else { "" };
        let constructor = format_ident!("completed{asyncness}_{}", complete.context);
        let module = self.module();
        let context = context_names(complete.context);
        let place = format!("{}:{}", self.primitive.module.path, complete.place);
        quote! {
            let shape = #shape;
            ::xmcp::codegen::Shape::#constructor(shape, |#(#context),*| {
                let _complete = #place;
                #module::complete("", "" #(, #context)*)
            })
        }
    }

    fn call(&self) -> TokenStream {
        let conditions = self.conditions();
        let name = self.name_of("call");
        let module = self.module();
        let metadata = self.metadata();
        let handler = &self.primitive.handler;
        let input = (self.primitive.input != Input::None)
            .then(|| quote! { let input = call.input::<#module::Schema>()?; });
        let extractions = extractions(&self.context_arguments());
        let arguments = self.arguments(&quote! { input });
        let output = match handler.is_async {
            true => {
                quote! { ::xmcp::codegen::assert_send(#module::handler(#(#arguments),*)).await }
            }
            false => quote! {
                ::xmcp::codegen::run(#metadata, move || #module::handler(#(#arguments),*)).await?
            },
        };
        let (result, into) = match self.kind {
            Kind::Tool => (quote! {}, quote! { IntoToolResult::into_tool_result }),
            Kind::Prompt => (
                quote! { , ::xmcp::codegen::GetPromptResult },
                quote! { IntoPromptResult::into_prompt_result },
            ),
            Kind::Resource => (
                quote! { , ::xmcp::codegen::ReadResourceResult },
                quote! { IntoResourceResult::into_resource_result },
            ),
        };
        // A handler that takes nothing leaves the call unread.
        let is_unread = handler.arguments.is_empty();
        let parameter = format_ident!("{}", if is_unread { "_call" } else { "call" });
        quote! {
            #conditions
            #[allow(clippy::all)]
            fn #name(#parameter: ::xmcp::codegen::Call<'_>) -> ::xmcp::codegen::Reply<'_ #result> {
                ::xmcp::codegen::Reply::new(async move {
                    #input
                    #extractions
                    let output = #output;
                    ::xmcp::codegen::#into(output)
                })
            }
        }
    }

    fn complete(&self, complete: &Complete) -> TokenStream {
        let conditions = self.conditions();
        let name = self.name_of("complete");
        let module = self.module();
        let context = context_names(complete.context);
        let extractions = extractions(&context);
        let values = quote! { #module::complete(call.argument(), call.value() #(, #context)*) };
        let output = match complete.is_async {
            true => quote! { ::xmcp::codegen::assert_send(#values).await },
            false => values,
        };
        quote! {
            #conditions
            #[allow(clippy::all)]
            fn #name(
                call: ::xmcp::codegen::Complete<'_>
            ) -> ::xmcp::codegen::Reply<'_, ::std::vec::Vec<::std::string::String>> {
                ::xmcp::codegen::Reply::new(async move {
                    #extractions
                    let output = #output;
                    ::xmcp::codegen::IntoCompletion::into_completion(output)
                })
            }
        }
    }

    /// `a0`, `a1` and so on, one for each argument that comes from the request.
    fn context_arguments(&self) -> Vec<Ident> {
        let arguments = self.primitive.handler.arguments.iter();
        let context = arguments.filter(|argument| **argument == Argument::Context);
        context_names(context.count())
    }

    /// Everything that the handler takes, in its order.
    fn arguments(&self, input: &TokenStream) -> Vec<TokenStream> {
        let mut context = self.context_arguments().into_iter();
        let arguments = self.primitive.handler.arguments.iter();
        arguments
            .filter_map(|argument| match argument {
                Argument::Input => Some(input.clone()),
                Argument::Context => context.next().map(|name| quote! { #name }),
            })
            .collect()
    }
}

fn context_names(count: usize) -> Vec<Ident> {
    (0..count).map(|index| format_ident!("a{index}")).collect()
}

fn extractions(context: &[Ident]) -> TokenStream {
    quote! { #(let #context = ::xmcp::codegen::extract(call.context()).await?;)* }
}
