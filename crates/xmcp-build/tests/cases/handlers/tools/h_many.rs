//! H
pub fn handler(
    a: Context, b: Context, c: Context, d: Context, e: Context, f: Context, g: Context, h: Context, i: Context, j: Context, k: Context, l: Context, m: Context,
) {
}
