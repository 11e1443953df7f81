//! Has derives that may do anything
#[derive(crate::Answer)]
pub struct Answer;

#[crate::provided]
pub struct Provided;

pub async fn handler(_: Provided) -> Answer {
    Answer
}
