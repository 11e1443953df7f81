//! What a `use` brings into a file.

use proc_macro2::Span;
use syn::UseTree;

/// Where the tree brings in `name`, under whatever path it has elsewhere.
pub(super) fn place_of(tree: &UseTree, name: &str) -> Option<Span> {
    match tree {
        UseTree::Path(path) => place_of(&path.tree, name),
        UseTree::Name(leaf) => (leaf.ident == name).then(|| leaf.ident.span()),
        UseTree::Rename(leaf) => (leaf.rename == name).then(|| leaf.rename.span()),
        UseTree::Glob(_) => None,
        UseTree::Group(group) => group.items.iter().find_map(|tree| place_of(tree, name)),
    }
}

/// Whether the tree brings in names that are not to be seen here.
pub(super) fn has_glob(tree: &UseTree) -> bool {
    match tree {
        UseTree::Path(path) => has_glob(&path.tree),
        UseTree::Glob(_) => true,
        UseTree::Group(group) => group.items.iter().any(has_glob),
        UseTree::Name(_) | UseTree::Rename(_) => false,
    }
}
