//! Has no handler
