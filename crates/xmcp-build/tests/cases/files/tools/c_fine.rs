#!/usr/bin/env run
//! C
pub fn handler() {}
