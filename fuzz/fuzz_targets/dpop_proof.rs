#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| xmcp_auth::fuzz::dpop_proof(data));
