//! A picture and a sound, as small as their formats allow.

pub const PIXEL_PNG: &[u8] = include_bytes!("../assets/pixel.png");
pub const SILENCE_WAV: &[u8] = include_bytes!("../assets/silence.wav");
