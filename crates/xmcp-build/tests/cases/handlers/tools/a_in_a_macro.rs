//! A
thread_local! {
    static A: u8 = 1;
}
