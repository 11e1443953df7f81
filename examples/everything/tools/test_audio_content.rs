//! Answers with a sound
use crate::media::SILENCE_WAV;
use xmcp::prelude::*;

pub async fn handler() -> Audio {
    Audio::new(SILENCE_WAV, "audio/wav")
}
