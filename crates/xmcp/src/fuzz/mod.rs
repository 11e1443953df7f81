//! Fuzz targets: what clients send, given to what reads it here. Each is a function of bytes that panics when a property does not
//! hold. `fuzz/README.md` says how to run them; here they get their corpus and changes of it.

mod endpoint;

pub use self::endpoint::endpoint;
pub(crate) use self::endpoint::{head_and_body, lines};
pub use crate::{
    ask::fuzz::{answer, state},
    http::fuzz::{host, origin},
    server::fuzz::{
        cursor, envelope, excerpt, last_event_id, parameter_headers, request_headers, uri,
    },
};

#[cfg(test)]
mod tests {
    use fuzz_corpus::check;

    #[test]
    fn a_message_that_is_accepted_means_the_same_to_any_reader() {
        check("envelope", super::envelope);
    }

    #[test]
    fn headers_that_are_accepted_say_what_the_body_says() {
        check("request_headers", super::request_headers);
    }

    #[test]
    fn no_message_reaches_what_its_caller_has_no_scope_for() {
        check("endpoint", super::endpoint);
    }

    #[test]
    fn an_argument_that_the_handler_gets_is_the_one_its_header_says() {
        check("parameter_headers", super::parameter_headers);
    }

    #[test]
    fn a_uri_that_names_something_stays_in_its_place() {
        check("uri", super::uri);
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        check("cursor", super::cursor);
    }

    #[test]
    fn an_event_id_is_read_as_it_was_written() {
        check("last_event_id", super::last_event_id);
    }

    #[test]
    fn a_strangers_text_is_shown_bounded_and_harmless() {
        check("excerpt", super::excerpt);
    }

    #[test]
    fn a_state_opens_for_its_own_request_only_and_is_changed_by_nobody() {
        check("state", super::state);
    }

    #[test]
    fn an_answer_is_what_the_form_asked_for_or_refused() {
        check("answer", super::answer);
    }

    #[test]
    fn a_host_that_is_allowed_is_this_machine_to_any_reader() {
        check("host", super::host);
    }

    #[test]
    fn an_origin_that_is_allowed_is_this_machine_to_any_reader() {
        check("origin", super::origin);
    }
}
