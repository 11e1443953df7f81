//! `pattern`: the regular expressions of ECMA-262 that people write, in the words of the `regex` crate. What is said in
//! other words there, or means something else, is translated; what has no translation is left to `jsonschema`.

use std::fmt::Write;
use std::iter::Peekable;
use std::str::Chars;

use regex::Regex;

/// A compiled pattern. It matches in linear time.
#[derive(Debug)]
pub(super) struct Pattern {
    regex: Regex,
}

/// Why there is no [`Pattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoPattern {
    /// It looks around or back, which takes more than linear time.
    Backtracks,
    /// Something that `jsonschema` may know.
    Unknown,
}

impl Pattern {
    pub(super) fn compile(pattern: &str) -> Result<Self, NoPattern> {
        let mut translator = Translator {
            rest: pattern.chars().peekable(),
            out: String::with_capacity(pattern.len() * 2),
        };
        translator.expression()?;
        let regex = Regex::new(&translator.out).map_err(|_| NoPattern::Unknown)?;
        Ok(Self { regex })
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

/// `\d`, `\w` and `\s`, as what stands between brackets; the latter is all white space and line terminators of
/// ECMA-262, and its complement.
const DIGITS: &str = "0-9";
const WORD: &str = "A-Za-z0-9_";
const SPACE: &str =
    r"\x09-\x0d\x20\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}";
const NO_DIGITS: &str = r"\x00-\x2f\x3a-\x{10ffff}";
const NO_WORD: &str = r"\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x{10ffff}";
const NO_SPACE: &str = r"\x00-\x08\x0e-\x1f\x21-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}";
const LINE: &str = r"[^\n\r\x{2028}\x{2029}]";

struct Translator<'p> {
    rest: Peekable<Chars<'p>>,
    out: String,
}

/// What an escape stands for.
enum Escape {
    Char(char),
    Class(&'static str),
}

impl Translator<'_> {
    fn expression(&mut self) -> Result<(), NoPattern> {
        // Whether something stands before this place that can be repeated.
        let mut is_atom = false;
        while let Some(c) = self.rest.next() {
            is_atom = match c {
                '*' | '+' | '?' | '{' => {
                    self.quantifier(c, is_atom)?;
                    false
                }
                '^' | '$' | '|' => {
                    self.out.push(c);
                    false
                }
                '(' => {
                    self.group()?;
                    false
                }
                ')' => {
                    self.out.push(c);
                    true
                }
                '.' => {
                    self.out.push_str(LINE);
                    true
                }
                '[' => {
                    self.class()?;
                    true
                }
                '\\' => {
                    match self.escape()? {
                        Escape::Char(c) => self.char(c),
                        Escape::Class(class) => {
                            self.out.push('[');
                            self.out.push_str(class);
                            self.out.push(']');
                        }
                    }
                    true
                }
                c => {
                    self.char(c);
                    true
                }
            };
        }
        Ok(())
    }

    fn char(&mut self, c: char) {
        if c.is_ascii_alphanumeric() {
            self.out.push(c);
        } else {
            self.write_hex(c);
        }
    }

    fn write_hex(&mut self, c: char) {
        write!(self.out, "\\x{{{:x}}}", u32::from(c)).expect("a String takes all that is written");
    }

    /// After the opening parenthesis. Nobody asks what a group matched.
    fn group(&mut self) -> Result<(), NoPattern> {
        self.out.push_str("(?:");
        if self.rest.next_if_eq(&'?').is_none() {
            return Ok(());
        }
        match self.rest.next() {
            Some(':') => Ok(()),
            Some('=' | '!') => Err(NoPattern::Backtracks),
            Some('<') => match self.rest.peek() {
                Some('=' | '!') => Err(NoPattern::Backtracks),
                Some(c) if c.is_ascii_alphabetic() => self.group_name(),
                _ => Err(NoPattern::Unknown),
            },
            _ => Err(NoPattern::Unknown),
        }
    }

    fn group_name(&mut self) -> Result<(), NoPattern> {
        loop {
            match self.rest.next() {
                Some('>') => return Ok(()),
                Some(c) if c.is_ascii_alphanumeric() || c == '_' => {}
                _ => return Err(NoPattern::Unknown),
            }
        }
    }

    fn quantifier(&mut self, first: char, is_atom: bool) -> Result<(), NoPattern> {
        if !is_atom {
            return Err(NoPattern::Unknown);
        }
        self.out.push(first);
        if first == '{' {
            self.digits()?;
            if self.rest.next_if_eq(&',').is_some() {
                self.out.push(',');
                if self.rest.peek() != Some(&'}') {
                    self.digits()?;
                }
            }
            if self.rest.next() != Some('}') {
                return Err(NoPattern::Unknown);
            }
            self.out.push('}');
        }
        // Lazy or not, it matches the same texts.
        self.rest.next_if_eq(&'?');
        Ok(())
    }

    fn digits(&mut self) -> Result<(), NoPattern> {
        let before = self.out.len();
        while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
            self.out.push(digit);
        }
        if self.out.len() == before {
            return Err(NoPattern::Unknown);
        }
        Ok(())
    }

    /// After the opening bracket.
    fn class(&mut self) -> Result<(), NoPattern> {
        self.out.push('[');
        if self.rest.next_if_eq(&'^').is_some() {
            self.out.push('^');
        }
        // `[]` and `[^]` are nothing and everything here, and the beginning of something longer elsewhere.
        if self.rest.peek() == Some(&']') {
            return Err(NoPattern::Unknown);
        }
        loop {
            match self.class_atom()? {
                None => break,
                Some(Escape::Class(class)) => {
                    self.out.push_str(class);
                    if self.rest.peek() == Some(&'-') {
                        self.last_hyphen()?;
                    }
                }
                Some(Escape::Char(from)) => {
                    self.write_hex(from);
                    if self.rest.next_if_eq(&'-').is_none() {
                        continue;
                    }
                    if self.rest.peek() == Some(&']') {
                        self.write_hex('-');
                        continue;
                    }
                    let Some(Escape::Char(to)) = self.class_atom()? else {
                        return Err(NoPattern::Unknown);
                    };
                    self.out.push('-');
                    self.write_hex(to);
                }
            }
        }
        self.out.push(']');
        Ok(())
    }

    /// A hyphen after `\d` is one only where nothing follows.
    fn last_hyphen(&mut self) -> Result<(), NoPattern> {
        self.rest.next();
        self.write_hex('-');
        match self.rest.peek() {
            Some(']') => Ok(()),
            _ => Err(NoPattern::Unknown),
        }
    }

    /// `None` at the closing bracket.
    fn class_atom(&mut self) -> Result<Option<Escape>, NoPattern> {
        match self.rest.next() {
            None => Err(NoPattern::Unknown),
            Some(']') => Ok(None),
            Some('\\') => self.escape().map(Some),
            Some(c) => Ok(Some(Escape::Char(c))),
        }
    }

    /// After the backslash.
    fn escape(&mut self) -> Result<Escape, NoPattern> {
        let c = self.rest.next().ok_or(NoPattern::Unknown)?;
        Ok(match c {
            'd' => Escape::Class(DIGITS),
            'D' => Escape::Class(NO_DIGITS),
            'w' => Escape::Class(WORD),
            'W' => Escape::Class(NO_WORD),
            's' => Escape::Class(SPACE),
            'S' => Escape::Class(NO_SPACE),
            't' => Escape::Char('\t'),
            'n' => Escape::Char('\n'),
            'r' => Escape::Char('\r'),
            'f' => Escape::Char('\u{c}'),
            'v' => Escape::Char('\u{b}'),
            'x' => Escape::Char(self.hex(2)?),
            'u' => Escape::Char(self.hex(4)?),
            'k' | '1'..='9' => return Err(NoPattern::Backtracks),
            c if c.is_ascii_punctuation() => Escape::Char(c),
            _ => return Err(NoPattern::Unknown),
        })
    }

    fn hex(&mut self, digits: usize) -> Result<char, NoPattern> {
        let mut code = 0;
        for _ in 0..digits {
            let digit = self.rest.next().and_then(|c| c.to_digit(16));
            code = code * 16 + digit.ok_or(NoPattern::Unknown)?;
        }
        char::from_u32(code).ok_or(NoPattern::Unknown)
    }
}
