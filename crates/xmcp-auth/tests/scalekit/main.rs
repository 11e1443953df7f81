//! A resource protected by Scalekit, over real HTTP, against a local environment.

mod fixture;
mod legacy;
mod tokens;
