//! Questions over a pipe.
