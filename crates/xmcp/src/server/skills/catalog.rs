//! The skills of the app, as they are listed and found.

use std::{borrow::Cow, collections::HashMap};

use bytes::Bytes;
use serde_json::{Value, json};
use xmcp_auth::Session;

use super::{
    directories::Directories,
    file::{Named, front_matter},
};
use crate::{
    Era,
    codegen::Skill,
    excerpt::excerpt,
    server::{
        jsonrpc::RpcError,
        list::{Lists, Written},
        registry::{DefinitionText, Listed, Primitives},
    },
};

/// The skills of the app. They are part of the program, and so never change.
pub(crate) struct Skills {
    listed: Vec<Listed>,
    by_uri: HashMap<&'static str, usize>,
    directories: Directories,
    written: Written,
}

impl Skills {
    /// These skills, whose files are among the resources.
    pub(crate) fn new(skills: &'static [Skill], resources: &Primitives) -> Self {
        let mut directories = Directories::default();
        for Named { file, .. } in Named::all(skills) {
            if let Some(entry) = resources.resources.get(file.uri) {
                directories.add(file.uri, entry.listed.definition(Era::Modern));
            }
        }
        let places = skills.iter().enumerate();
        Self {
            listed: skills.iter().map(listed).collect(),
            by_uri: places.map(|(place, skill)| (skill.uri, place)).collect(),
            directories,
            written: Written::default(),
        }
    }

    /// The result of `skills/list` ("Listing Skills").
    pub(crate) fn list(
        &self,
        lists: &Lists,
        cursor: Option<&str>,
        session: Option<&Session>,
    ) -> Result<Bytes, RpcError> {
        let listed: Vec<&Listed> = self.listed.iter().collect();
        lists.skills(&self.written, &listed, cursor, session)
    }

    /// The result of `skills/get` ("Getting a Skill").
    pub(crate) fn get(&self, lists: &Lists, uri: &str) -> Result<Bytes, RpcError> {
        let place = self.by_uri.get(uri).ok_or_else(|| {
            RpcError::invalid_params(format!("no skill is served at {}", excerpt(uri)))
        })?;
        let (skill, ttl) = (self.listed[*place].definition(Era::Modern), lists.ttl_ms());
        let result = format!(
            r#"{{"resultType":"complete","skill":{skill},"ttlMs":{ttl},"cacheScope":"public"}}"#
        );
        Ok(result.into())
    }

    /// The result of `resources/directory/read` ("Reading Directories"). What a skill may hold fits on one page.
    pub(crate) fn directory(&self, uri: &str, cursor: Option<&str>) -> Result<Bytes, RpcError> {
        let Some(children) = self.directories.read(uri) else {
            let message = format!("{} is not a directory resource", excerpt(uri));
            return Err(RpcError::invalid_params(message));
        };
        if cursor.is_some() {
            let message = "`cursor` is none of this server's: ask for the directory without one";
            return Err(RpcError::invalid_params(message));
        }
        let children = children.collect::<Vec<_>>().join(",");
        Ok(format!(r#"{{"resultType":"complete","resources":[{children}]}}"#).into())
    }
}

/// The entry of a skill ("Skill Entries").
fn listed(skill: &Skill) -> Listed {
    let front_matter = front_matter(skill);
    let files = skill
        .files
        .iter()
        .map(|file| json!({ "uri": file.uri, "digest": file.digest, "size": file.bytes.len() }));
    let files: Vec<Value> = files.collect();
    Listed::new(
        Cow::Borrowed(skill.uri),
        Cow::Borrowed(""),
        DefinitionText::of(
            &json!({ "uri": skill.uri, "frontmatter": front_matter, "resources": files }),
        ),
    )
}
