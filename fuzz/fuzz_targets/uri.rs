#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| xmcp::fuzz::uri(data));
