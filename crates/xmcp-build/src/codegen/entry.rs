//! One primitive in the generated lists: what `xmcp::codegen` has a type for.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::conditions;
use crate::kind::Kind;
use crate::{Complete, Input, Primitive, Prompt, Resource, Uri};

/// A primitive of any kind, about to be written.
pub(super) struct Entry<'a> {
    pub(super) kind: Kind,
    pub(super) primitive: &'a Primitive,
    pub(super) complete: Option<&'a Complete>,
    uri: Option<&'a Uri>,
}

impl<'a> Entry<'a> {
    pub(super) fn tool(tool: &'a Primitive) -> Self {
        Self {
            kind: Kind::Tool,
            primitive: tool,
            complete: None,
            uri: None,
        }
    }

    pub(super) fn prompt(prompt: &'a Prompt) -> Self {
        Self {
            kind: Kind::Prompt,
            primitive: &prompt.primitive,
            complete: prompt.complete.as_ref(),
            uri: None,
        }
    }

    pub(super) fn resource(resource: &'a Resource) -> Self {
        Self {
            kind: Kind::Resource,
            primitive: &resource.primitive,
            complete: resource.complete.as_ref(),
            uri: Some(&resource.uri),
        }
    }

    /// The entry in the list of its kind.
    pub(super) fn data(&self) -> TokenStream {
        let conditions = self.conditions();
        let entry = format_ident!(
            "{}",
            match self.kind {
                Kind::Tool => "Tool",
                Kind::Prompt => "Prompt",
                Kind::Resource => "Resource",
            }
        );
        let uri = self.uri.map(|uri| {
            let uri = uri.to_string();
            quote! { uri: #uri, }
        });
        let name = self.primitive.name.as_str();
        let description = &self.primitive.description;
        let source = self.place();
        let metadata = self.metadata();
        let meta = self.meta();
        let input = self.input();
        let parameters = self.uri.map(parameters);
        let shape = self.name_of("shape");
        let call = self.name_of("call");
        let complete = (self.kind != Kind::Tool).then(|| match self.complete {
            Some(_) => {
                let complete = self.name_of("complete");
                quote! { complete: Some(#complete), }
            }
            None => quote! { complete: None, },
        });
        quote! {
            #conditions
            ::xmcp::codegen::#entry {
                #uri
                name: #name,
                description: #description,
                source: #source,
                metadata: #metadata,
                meta: #meta,
                input: #input,
                #parameters
                shape: #shape,
                call: #call,
                #complete
            }
        }
    }

    fn meta(&self) -> TokenStream {
        let module = self.module();
        match self.primitive.meta {
            true => quote! { Some(#module::meta) },
            false => quote! { None },
        }
    }

    fn input(&self) -> TokenStream {
        let module = self.module();
        match self.primitive.input {
            Input::None => quote! { ::xmcp::codegen::Input::None },
            Input::Schema => {
                quote! { ::xmcp::codegen::Input::Schema(::xmcp::codegen::input_schema::<#module::Schema>) }
            }
            Input::Raw => quote! { ::xmcp::codegen::Input::Raw(#module::schema) },
        }
    }

    pub(super) fn metadata(&self) -> TokenStream {
        let module = self.module();
        let none = format_ident!("{}", self.kind.metadata());
        match self.primitive.metadata {
            true => quote! { &#module::METADATA },
            false => quote! { &::xmcp::codegen::#none::NONE },
        }
    }

    pub(super) fn conditions(&self) -> TokenStream {
        conditions(&self.primitive.module)
    }

    pub(super) fn module(&self) -> Ident {
        format_ident!("{}", self.primitive.module.name)
    }

    /// The name of a generated function.
    pub(super) fn name_of(&self, function: &str) -> Ident {
        format_ident!("{}_{function}", self.primitive.module.name)
    }

    /// Where the handler is, as people and terminals read it.
    pub(super) fn place(&self) -> String {
        format!(
            "{}:{}",
            self.primitive.module.path, self.primitive.handler.place
        )
    }
}

fn parameters(uri: &Uri) -> TokenStream {
    let parameters = uri.parameters().map(|parameter| {
        let (name, rest) = (&parameter.name, parameter.rest);
        quote! { ::xmcp::codegen::Parameter { name: #name, rest: #rest } }
    });
    quote! { parameters: &[#(#parameters),*], }
}
