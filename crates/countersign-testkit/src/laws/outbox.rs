//! The contract of [`Outbox`](countersign_core::store::Outbox), sentence by sentence.

mod claim;
mod damage;
mod lease;
mod letters;
mod settle;

pub use claim::{
    a_claim_has_a_limit, a_claim_takes_what_the_filter_takes, a_held_letter_is_not_claimed_again,
    a_later_claim_has_a_higher_lease, a_letter_whose_lease_has_ended_is_due_again,
    attempts_are_counted_from_one, letters_come_oldest_first,
    letters_that_are_due_longest_come_first, next_is_of_the_letters_that_the_filter_takes,
    next_is_the_earliest_moment_of_a_further_letter, of_many_workers_one_claims_a_letter,
};
pub use damage::damaged_letters_hold_up_no_other;
pub use lease::{
    a_claim_has_a_cap, a_claim_is_of_one_moment, a_claim_shows_no_letter_from_after_its_time,
    a_dropped_claim_loses_no_letter, a_dropped_settlement_is_whole_or_absent,
    a_lease_counts_from_now, a_letter_that_was_given_back_is_held_no_more,
    a_settlement_takes_only_its_own_letter, a_short_claim_is_the_end,
    an_address_comes_back_byte_for_byte,
};
pub use letters::{
    a_letter_is_read_as_it_was_written, a_letter_outlives_its_account,
    a_lost_change_queues_no_letter, a_queued_letter_is_due_at_once,
};
pub use settle::{
    a_delayed_letter_is_due_at_its_time, a_letter_that_is_still_being_sent_stays_held,
    a_sent_letter_leaves_the_outbox, settling_an_unknown_letter_succeeds,
    settling_with_an_old_lease_changes_nothing,
};
