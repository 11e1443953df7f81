//! Tokens, keys and the cache, verified over real HTTP against a key server of the test's own. Rows of the threat table are named
//! at the start of a test's name: `t9` is row T9.

mod audience;
mod cache;
mod key_sets;
mod keys;
mod secrets;
mod support;
mod tokens;
