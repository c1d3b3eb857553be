//! The laws: each sentence of a contract as a test that every adapter runs.
//!
//! A law is a plain future over a [`Subject`] or a [`MailerSubject`]. It returns if the subject
//! keeps the law and panics with a sentence if not. [`store_laws!`](crate::store_laws) and
//! [`mailer_laws!`](crate::mailer_laws) make one named test of each.

pub mod accounts;
pub mod mailer;
pub mod outbox;
pub mod store;

mod life;
mod same;
mod scene;

use std::fmt;

use crate::mailer::MailerSubject;
use crate::subject::{Subject, Work};

/// One law, for harnesses that do not use the macros.
///
/// ```
/// use countersign_core::MemoryStore;
/// use countersign_testkit::{Subject, laws};
///
/// for law in laws::STORE {
///     let subject = Subject::new(MemoryStore::new());
///     pollster::block_on(law.judge(&subject));
/// }
/// ```
pub struct Law<S: 'static> {
    name: &'static str,
    run: for<'a> fn(&'a S) -> Work<'a>,
}

impl<S> Law<S> {
    /// The name of the law and of its function: a sentence.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns if the subject keeps the law.
    ///
    /// # Panics
    ///
    /// With a sentence, if the subject breaks it.
    pub async fn judge(&self, subject: &S)
    where
        S: Sync,
    {
        (self.run)(subject).await;
    }
}

impl<S> fmt::Debug for Law<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Law({})", self.name)
    }
}

macro_rules! table {
    ([$($table:tt)*] $($room:ident::$law:ident)*) => {
        $($table)* = &[
            $(Law {
                name: stringify!($law),
                run: |subject| Box::pin($room::$law(subject)),
            },)*
        ];
    };
}

crate::__each_store_law! {
    [table]
    [/// Every law of the three storage traits.
    pub const STORE: &[Law<Subject>]]
}

crate::__each_login_law! {
    [table]
    [/// The laws of a store for logins alone: of `load` and `commit`, without events and letters.
    pub const LOGINS: &[Law<Subject>]]
}

crate::__each_list_law! {
    [table]
    [/// The further laws of a store that also lists: of events, accounts, counts and mail texts.
    pub const LISTS: &[Law<Subject>]]
}

crate::__each_outbox_law! {
    [table]
    [/// The further laws of a whole store: of letters, and of changes with all their parts.
    pub const OUTBOX: &[Law<Subject>]]
}

crate::__each_mailer_law! {
    [table]
    [/// Every law of the mailer.
    pub const MAILER: &[Law<MailerSubject>]]
}

/// Makes a test of each law of the three storage traits.
///
/// The first argument is a future, such as the call of an async function. It is made anew for each
/// test and gives a fresh store: empty, and used by nobody else. It may give the store itself,
/// whose clones must share its state, or a [`Subject`](crate::Subject), which can say more.
///
/// ```
/// mod on_the_clock_of_the_machine {
///     use countersign_core::MemoryStore;
///
///     countersign_testkit::store_laws!(async { MemoryStore::new() });
/// }
///
/// mod on_a_clock_of_its_own {
///     use countersign_core::MemoryStore;
///     use countersign_testkit::{FakeClock, Subject};
///
///     async fn fresh() -> Subject {
///         let clock = FakeClock::default();
///         Subject::new(MemoryStore::with_clock(clock.clone())).timed_by(clock)
///     }
///
///     countersign_testkit::store_laws!(fresh());
/// }
/// ```
///
/// The tests need no runtime. A store that does names a function that runs a future to its end,
/// and that several threads may call at once:
///
/// ```
/// # use countersign_core::MemoryStore;
/// fn block_on<F: Future>(work: F) -> F::Output {
///     // Such as: RUNTIME.block_on(work)
///     # pollster::block_on(work)
/// }
///
/// countersign_testkit::store_laws!(async { MemoryStore::new() }, block_on = block_on);
/// ```
///
/// A store that is being written need not be whole. Its two methods for logins come first, then
/// lists, then the outbox; each room has its laws, and all of them together are those of the whole
/// store:
///
/// ```
/// use countersign_core::MemoryStore;
/// use countersign_testkit::{Subject, store_laws};
///
/// // `Store` is written, with nothing about events and letters.
/// store_laws!(logins: async { Subject::of_logins(MemoryStore::new()) });
/// // `Accounts` too, and events.
/// store_laws!(lists: async { Subject::of_logins_and_lists(MemoryStore::new()) });
/// // And `Outbox`.
/// store_laws!(outbox: async { MemoryStore::new() });
/// ```
#[macro_export]
macro_rules! store_laws {
    (logins: $fresh:expr $(,)?) => {
        $crate::store_laws!(logins: $fresh, block_on = $crate::block_on);
    };
    (logins: $fresh:expr, block_on = $block_on:path $(,)?) => {
        $crate::__judge! { __judge_logins Subject ($fresh) ($block_on) }
        $crate::__each_login_law! { [$crate::__law_tests] [__judge_logins] }
    };
    (lists: $fresh:expr $(,)?) => {
        $crate::store_laws!(lists: $fresh, block_on = $crate::block_on);
    };
    (lists: $fresh:expr, block_on = $block_on:path $(,)?) => {
        $crate::__judge! { __judge_lists Subject ($fresh) ($block_on) }
        $crate::__each_list_law! { [$crate::__law_tests] [__judge_lists] }
    };
    (outbox: $fresh:expr $(,)?) => {
        $crate::store_laws!(outbox: $fresh, block_on = $crate::block_on);
    };
    (outbox: $fresh:expr, block_on = $block_on:path $(,)?) => {
        $crate::__judge! { __judge_outbox Subject ($fresh) ($block_on) }
        $crate::__each_outbox_law! { [$crate::__law_tests] [__judge_outbox] }
    };
    ($fresh:expr $(,)?) => {
        $crate::store_laws!($fresh, block_on = $crate::block_on);
    };
    ($fresh:expr, block_on = $block_on:path $(,)?) => {
        $crate::__judge! { __judge_store Subject ($fresh) ($block_on) }
        $crate::__each_store_law! { [$crate::__law_tests] [__judge_store] }
    };
}

/// Makes a test of each law of the mailer.
///
/// The first argument is a future that is made anew for each test and gives a
/// [`MailService`](crate::MailService): the mailer, and the service behind it in the hands of the
/// test. The second is as for [`store_laws!`](crate::store_laws).
#[macro_export]
macro_rules! mailer_laws {
    ($fresh:expr $(,)?) => {
        $crate::mailer_laws!($fresh, block_on = $crate::block_on);
    };
    ($fresh:expr, block_on = $block_on:path $(,)?) => {
        $crate::__judge! { __judge_mailer MailerSubject ($fresh) ($block_on) }
        $crate::__each_mailer_law! { [$crate::__law_tests] [__judge_mailer] }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __law_tests {
    ([$judge:ident] $($room:ident::$law:ident)*) => {
        $(
            #[test]
            fn $law() {
                $judge(|subject| Box::pin($crate::laws::$room::$law(subject)));
            }
        )*
    };
}

/// Everything that a host's words stand in, written once: so what is wrong with them is told once.
#[doc(hidden)]
#[macro_export]
macro_rules! __judge {
    ($judge:ident $subject:ident ($fresh:expr) ($block_on:path)) => {
        fn $judge(law: for<'a> fn(&'a $crate::$subject) -> $crate::Work<'a>) {
            $block_on(async {
                let subject = $crate::$subject::of_fresh($fresh.await);
                let subject = subject.driven_by(|work| $block_on(work));
                law(&subject).await;
            });
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __each_store_law {
    ([$($then:tt)*] $passed:tt) => {
        $crate::__each_login_law! { [$crate::__and_each_list_law] [[$($then)*] $passed] }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __and_each_list_law {
    ($next:tt $($laws:tt)*) => {
        $crate::__each_list_law! { [$crate::__and_each_outbox_law] $next $($laws)* }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __and_each_outbox_law {
    ([[$($then:tt)*] $passed:tt] $($laws:tt)*) => {
        $crate::__each_outbox_law! { [$($then)*] $passed $($laws)* }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __each_login_law {
    ([$($then:tt)*] $passed:tt $($before:tt)*) => {
        $($then)*! {
            $passed
            $($before)*
            store::a_snapshot_is_of_one_moment
            store::the_time_of_a_snapshot_is_of_the_same_moment
            store::a_load_sees_every_acknowledged_commit
            store::what_was_never_written_is_absent
            store::a_snapshot_shows_nothing_from_after_its_time
            store::a_comparison_writes_nothing
            store::an_erased_record_is_absent
            store::a_write_over_another_version_is_a_conflict
            store::creating_what_exists_is_a_conflict
            store::writing_over_what_is_absent_is_a_conflict
            store::comparing_another_version_is_a_conflict
            store::comparing_another_version_of_a_further_account_is_a_conflict
            store::erasing_another_version_is_a_conflict
            store::what_a_change_leaves_alone_is_not_compared
            store::the_version_kept_is_the_version_given
            store::of_many_writes_over_one_version_one_succeeds
            store::of_many_creations_one_succeeds
            store::no_raced_increment_is_lost
            store::of_an_erasure_and_a_write_one_succeeds
            store::crossed_comparisons_do_not_both_succeed
            store::administrators_who_suspend_each_other_do_not_both_succeed
            store::changes_to_different_accounts_do_not_conflict
            store::keys_are_compared_as_exact_bytes
            store::a_key_has_two_parts
            store::a_long_key_is_compared_to_its_end
            store::a_damaged_account_is_never_absent_and_gives_way_at_its_version
            store::an_account_is_read_as_it_was_written
            store::a_tenant_is_read_as_it_was_written
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __each_list_law {
    ([$($then:tt)*] $passed:tt $($before:tt)*) => {
        $($then)*! {
            $passed
            $($before)*
            store::a_record_created_again_holds_nothing_of_the_old
            accounts::a_tenant_is_read_with_the_time_of_the_same_moment
            accounts::an_unknown_tenant_is_absent
            accounts::a_list_misses_no_acknowledged_commit
            accounts::mail_texts_are_read_as_they_were_written
            accounts::mail_texts_are_of_one_tenant_only
            accounts::mail_texts_are_written_with_their_change_or_not_at_all
            accounts::of_two_editors_of_mail_texts_the_later_one_conflicts
            accounts::mail_texts_stay_where_a_change_carries_none
            accounts::mail_texts_are_written_only_with_their_tenant
            accounts::mail_texts_end_with_their_tenant
            accounts::accounts_are_of_one_tenant_only
            accounts::accounts_come_in_byte_order_of_their_user_ids
            accounts::a_page_of_accounts_starts_after_a_user_and_has_a_limit
            accounts::paging_visits_each_account_once
            accounts::an_erased_account_is_not_listed
            accounts::who_joins_behind_the_cursor_appears_on_a_later_page
            accounts::a_short_page_is_the_end
            accounts::a_listed_account_is_the_loaded_one
            accounts::a_damaged_tenant_is_never_absent_and_gives_way_at_its_version
            accounts::a_damaged_account_is_listed_and_counted_beside_the_others
            accounts::a_damaged_event_is_on_its_page_beside_the_others
            accounts::counts_hold_every_account_once
            accounts::counts_are_grouped_by_facts
            accounts::counts_equal_the_listed_facts_after_every_write
            accounts::counts_are_of_one_tenant_only
            accounts::events_are_of_one_tenant_only
            accounts::events_come_newest_first
            accounts::events_of_one_commit_keep_their_order
            accounts::a_page_of_events_ends_before_an_event_and_has_a_limit
            accounts::a_page_before_an_unknown_event_is_empty
            accounts::the_events_of_one_account_are_of_no_other
            accounts::the_events_of_one_account_are_of_one_tenant_only
            accounts::a_page_of_one_account_is_looked_for_in_the_whole_log
            accounts::a_page_of_one_account_may_end_before_any_event
            accounts::an_event_is_read_as_it_was_written
            accounts::racing_commits_neither_lose_nor_repeat_an_event
            accounts::tenants_come_in_byte_order_of_their_ids
            accounts::paging_visits_each_tenant_once
            accounts::a_fingerprint_is_read_as_it_was_kept
            accounts::a_fingerprint_that_is_kept_is_never_another
            accounts::of_racing_fingerprints_one_is_kept
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __each_outbox_law {
    ([$($then:tt)*] $passed:tt $($before:tt)*) => {
        $($then)*! {
            $passed
            $($before)*
            store::the_time_never_comes_from_the_caller
            store::every_trait_tells_the_same_time
            store::a_commit_writes_everything_in_the_change
            store::a_change_that_loses_its_account_writes_nothing
            store::a_change_that_loses_its_tenant_writes_nothing
            store::of_racing_changes_the_losers_write_nothing
            store::a_dropped_commit_is_whole_or_absent
            store::an_outage_is_told_as_what_it_is
            store::erasing_a_record_erases_nothing_else
            store::records_at_their_bounds_are_read_as_they_were_written
            store::times_are_kept_to_the_millisecond
            store::a_clone_of_the_handle_shares_the_state
            outbox::a_queued_letter_is_due_at_once
            outbox::a_lost_change_queues_no_letter
            outbox::a_letter_outlives_its_account
            outbox::a_letter_is_read_as_it_was_written
            outbox::an_address_comes_back_byte_for_byte
            outbox::damaged_letters_hold_up_no_other
            outbox::letters_come_oldest_first
            outbox::letters_that_are_due_longest_come_first
            outbox::a_claim_takes_what_the_filter_takes
            outbox::next_is_of_the_letters_that_the_filter_takes
            outbox::a_claim_has_a_limit
            outbox::a_claim_has_a_cap
            outbox::a_short_claim_is_the_end
            outbox::a_claim_is_of_one_moment
            outbox::a_claim_shows_no_letter_from_after_its_time
            outbox::a_lease_counts_from_now
            outbox::a_dropped_claim_loses_no_letter
            outbox::a_held_letter_is_not_claimed_again
            outbox::a_letter_whose_lease_has_ended_is_due_again
            outbox::attempts_are_counted_from_one
            outbox::a_later_claim_has_a_higher_lease
            outbox::next_is_the_earliest_moment_of_a_further_letter
            outbox::of_many_workers_one_claims_a_letter
            outbox::a_sent_letter_leaves_the_outbox
            outbox::a_delayed_letter_is_due_at_its_time
            outbox::a_settlement_takes_only_its_own_letter
            outbox::a_letter_that_was_given_back_is_held_no_more
            outbox::a_dropped_settlement_is_whole_or_absent
            outbox::a_letter_that_is_still_being_sent_stays_held
            outbox::settling_with_an_old_lease_changes_nothing
            outbox::settling_an_unknown_letter_succeeds
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __each_mailer_law {
    ([$($then:tt)*] $passed:tt) => {
        $($then)*! {
            $passed
            mailer::a_mail_goes_to_exactly_its_address
            mailer::what_arrives_is_what_was_written
            mailer::a_mail_that_was_sent_has_arrived
            mailer::an_address_refused_for_good_is_refused
            mailer::a_failure_is_not_now
            mailer::doubt_is_not_now
            mailer::a_call_ends_by_itself
            mailer::a_dropped_call_harms_no_later_one
            mailer::the_same_mail_may_be_sent_again
            mailer::mails_sent_at_once_do_not_mix
            mailer::an_error_holds_no_part_of_the_mail
        }
    };
}
