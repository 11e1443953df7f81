fn main() {
    xmcp_build::build();
}
