//! The skills: what hosts are told of them, and their files' bytes.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::absolute;
use crate::{App, Skill, SkillFile};

pub(super) fn statics(app: &App) -> TokenStream {
    let skills = app.skills.list.iter().map(skill);
    let files = app.skills.files.iter().map(|found| file(app, found));
    // Without skills there are no files to name.
    let files = (!app.skills.files.is_empty()).then(|| {
        quote! { static XMCP_SKILL_FILES: &[::xmcp::codegen::SkillFile] = &[#(#files),*]; }
    });
    quote! {
        static XMCP_SKILLS: &[::xmcp::codegen::Skill] = &[#(#skills),*];
        #files
    }
}

fn file(app: &App, file: &SkillFile) -> TokenStream {
    let SkillFile {
        path,
        uri,
        mime_type,
        digest,
    } = file;
    let path = absolute(app, path);
    quote! {
        ::xmcp::codegen::SkillFile {
            uri: #uri,
            mime_type: #mime_type,
            digest: #digest,
            bytes: include_bytes!(#path),
        }
    }
}

fn skill(skill: &Skill) -> TokenStream {
    let Skill {
        uri,
        front_matter,
        files,
    } = skill;
    let files = files.iter().map(|index| Literal::usize_unsuffixed(*index));
    quote! {
        ::xmcp::codegen::Skill {
            uri: #uri,
            front_matter: #front_matter,
            files: &[#(&XMCP_SKILL_FILES[#files]),*],
        }
    }
}
