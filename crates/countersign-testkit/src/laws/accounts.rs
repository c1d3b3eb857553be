//! The contract of [`Accounts`](countersign_core::store::Accounts), sentence by sentence.

mod accounts;
mod counts;
mod damage;
mod deployment;
mod events;
mod pages;
mod tenant;
mod texts;

pub use accounts::{
    a_listed_account_is_the_loaded_one, a_page_of_accounts_starts_after_a_user_and_has_a_limit,
    accounts_are_of_one_tenant_only, accounts_come_in_byte_order_of_their_user_ids,
    paging_visits_each_account_once,
};
pub use counts::{
    counts_are_grouped_by_facts, counts_are_of_one_tenant_only,
    counts_equal_the_listed_facts_after_every_write, counts_hold_every_account_once,
};
pub use damage::{
    a_damaged_account_is_listed_and_counted_beside_the_others,
    a_damaged_event_is_on_its_page_beside_the_others,
    a_damaged_tenant_is_never_absent_and_gives_way_at_its_version,
};
pub use deployment::{
    a_fingerprint_is_read_as_it_was_kept, a_fingerprint_that_is_kept_is_never_another,
    of_racing_fingerprints_one_is_kept, paging_visits_each_tenant_once,
    tenants_come_in_byte_order_of_their_ids,
};
pub use events::{
    a_page_before_an_unknown_event_is_empty, a_page_of_events_ends_before_an_event_and_has_a_limit,
    a_page_of_one_account_is_looked_for_in_the_whole_log,
    a_page_of_one_account_may_end_before_any_event, an_event_is_read_as_it_was_written,
    events_are_of_one_tenant_only, events_come_newest_first, events_of_one_commit_keep_their_order,
    racing_commits_neither_lose_nor_repeat_an_event, the_events_of_one_account_are_of_no_other,
    the_events_of_one_account_are_of_one_tenant_only,
};
pub use pages::{
    a_short_page_is_the_end, an_erased_account_is_not_listed,
    who_joins_behind_the_cursor_appears_on_a_later_page,
};
pub use tenant::{
    a_list_misses_no_acknowledged_commit, a_tenant_is_read_with_the_time_of_the_same_moment,
    an_unknown_tenant_is_absent,
};
pub use texts::{
    mail_texts_are_of_one_tenant_only, mail_texts_are_read_as_they_were_written,
    mail_texts_are_written_only_with_their_tenant,
    mail_texts_are_written_with_their_change_or_not_at_all, mail_texts_end_with_their_tenant,
    mail_texts_stay_where_a_change_carries_none,
    of_two_editors_of_mail_texts_the_later_one_conflicts,
};
