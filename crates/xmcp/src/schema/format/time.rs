//! Dates, times and durations of RFC 3339: section 5.6, and Appendix A for durations.

pub(super) fn is_date_time(text: &str) -> bool {
    text.split_once(['T', 't'])
        .is_some_and(|(date, time)| is_date(date) && is_time(time))
}

pub(super) fn is_date(text: &str) -> bool {
    let [y1, y2, y3, y4, b'-', month @ .., b'-', d1, d2] = text.as_bytes() else {
        return false;
    };
    let year = number(&[*y1, *y2, *y3, *y4]);
    let (Some(year), Some(month), Some(day)) = (year, two_digits(month), number(&[*d1, *d2]))
    else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => 31,
    };
    (1..=12).contains(&month) && (1..=last).contains(&day)
}

/// A time with its offset. A leap second is one only at the end of a day in UTC.
pub(super) fn is_time(text: &str) -> bool {
    let [h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] = text.as_bytes() else {
        return false;
    };
    let (Some(hour), Some(minute), Some(second)) = (
        number(&[*h1, *h2]),
        number(&[*m1, *m2]),
        number(&[*s1, *s2]),
    ) else {
        return false;
    };
    let offset = match rest {
        [b'.', fraction @ ..] => {
            let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            if digits == 0 {
                return false;
            }
            &fraction[digits..]
        }
        rest => rest,
    };
    let Some(offset) = offset_minutes(offset) else {
        return false;
    };
    let in_utc = (i32::from(hour * 60 + minute) - offset).rem_euclid(24 * 60);
    let is_last_minute = in_utc == 24 * 60 - 1;
    hour < 24 && minute < 60 && (second < 60 || second == 60 && is_last_minute)
}

/// How far the clock is ahead of UTC.
fn offset_minutes(offset: &[u8]) -> Option<i32> {
    let (sign, h1, h2, m1, m2) = match offset {
        [b'Z' | b'z'] => return Some(0),
        [b'+', h1, h2, b':', m1, m2] => (1, h1, h2, m1, m2),
        [b'-', h1, h2, b':', m1, m2] => (-1, h1, h2, m1, m2),
        _ => return None,
    };
    let (hours, minutes) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
    (hours < 24 && minutes < 60).then(|| sign * i32::from(hours * 60 + minutes))
}

/// Units from the largest to the smallest, none of them between two others left out; weeks stand alone.
pub(super) fn is_duration(text: &str) -> bool {
    let Some(text) = text.strip_prefix('P') else {
        return false;
    };
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let has_date = !date.is_empty();
    let is_date = !has_date || are_units(date, "YMD");
    match time {
        Some(time) => is_date && are_units(time, "HMS"),
        None => has_date && (is_date || are_units(date, "W")),
    }
}

/// `1Y2M`: numbers with units that follow each other in `order`.
fn are_units(mut text: &str, order: &str) -> bool {
    let mut next: Option<usize> = None;
    while !text.is_empty() {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let unit = text[digits..].chars().next();
        let Some(place) = unit.and_then(|unit| order.find(unit)) else {
            return false;
        };
        if digits == 0 || next.is_some_and(|next| next != place) {
            return false;
        }
        next = Some(place + 1);
        text = &text[digits + 1..];
    }
    next.is_some()
}

fn two_digits(bytes: &[u8]) -> Option<u16> {
    if bytes.len() == 2 {
        number(bytes)
    } else {
        None
    }
}

fn number(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + u16::from(digit - b'0'))
    })
}
