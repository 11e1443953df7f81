pub fn middleware() -> {}
