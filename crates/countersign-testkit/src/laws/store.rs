//! The contract of [`Store`](countersign_core::store::Store), sentence by sentence.

mod bounds;
mod commit;
mod conflict;
mod damage;
mod dropped;
mod held_up;
mod outage;
mod race;
mod record;
mod snapshot;

pub use bounds::{
    a_record_created_again_holds_nothing_of_the_old,
    records_at_their_bounds_are_read_as_they_were_written, times_are_kept_to_the_millisecond,
};
pub use commit::{
    a_change_that_loses_its_account_writes_nothing, a_change_that_loses_its_tenant_writes_nothing,
    a_commit_writes_everything_in_the_change, a_comparison_writes_nothing,
    an_erased_record_is_absent, erasing_a_record_erases_nothing_else,
    of_racing_changes_the_losers_write_nothing,
};
pub use conflict::{
    a_write_over_another_version_is_a_conflict, comparing_another_version_is_a_conflict,
    comparing_another_version_of_a_further_account_is_a_conflict,
    creating_what_exists_is_a_conflict, erasing_another_version_is_a_conflict,
    the_version_kept_is_the_version_given, what_a_change_leaves_alone_is_not_compared,
    writing_over_what_is_absent_is_a_conflict,
};
pub use damage::a_damaged_account_is_never_absent_and_gives_way_at_its_version;
pub use dropped::a_dropped_commit_is_whole_or_absent;
pub use held_up::a_snapshot_shows_nothing_from_after_its_time;
pub(super) use held_up::written;
pub use outage::an_outage_is_told_as_what_it_is;
pub use race::{
    administrators_who_suspend_each_other_do_not_both_succeed,
    changes_to_different_accounts_do_not_conflict, crossed_comparisons_do_not_both_succeed,
    no_raced_increment_is_lost, of_an_erasure_and_a_write_one_succeeds,
    of_many_creations_one_succeeds, of_many_writes_over_one_version_one_succeeds,
};
pub(super) use record::ALIKE;
pub use record::{
    a_clone_of_the_handle_shares_the_state, a_key_has_two_parts, a_long_key_is_compared_to_its_end,
    a_tenant_is_read_as_it_was_written, an_account_is_read_as_it_was_written,
    keys_are_compared_as_exact_bytes,
};
pub(super) use snapshot::{Read, times_fit};

pub use snapshot::{
    a_load_sees_every_acknowledged_commit, a_snapshot_is_of_one_moment,
    every_trait_tells_the_same_time, the_time_never_comes_from_the_caller,
    the_time_of_a_snapshot_is_of_the_same_moment, what_was_never_written_is_absent,
};
