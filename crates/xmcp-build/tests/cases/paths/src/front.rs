pub fn middleware() {}
