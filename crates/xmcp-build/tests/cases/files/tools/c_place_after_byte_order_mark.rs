fn handler() {}
