//! Stores and mailers that break one law each: they show that the kit catches what it is for.
//!
//! Each wraps something that works and does one thing wrong, in a way that was seen in the wild or
//! is easily written. Whoever adds a law adds the one that breaks it; a test of the kit asks for
//! it.

mod accounts;
mod mailer;
mod outbox;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::thread;
use std::time::Duration;

use countersign_core::mail::{Letter, Texts};
use countersign_core::policy::Facts;
use countersign_core::store::{Due, Lease, Listed, Snapshot};
use countersign_core::{
    AccountKey, Digest, KeyId, LetterId, MemoryStore, TenantId, Timestamp, UserId, Version,
};
use countersign_testkit::{Damage, FakeClock, Subject};

pub(crate) use self::mailer::BrokenMailer;

/// How many milliseconds a flaw that needs a second caller waits for one.
const PATIENCE: usize = 50;

/// Lets a millisecond pass, in which others may come by.
fn dawdle() {
    thread::park_timeout(Duration::from_millis(1));
}

/// An await at which a call may be given up.
async fn step_aside() {
    let mut waited = false;
    poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// A store that breaks one law.
pub(crate) struct BrokenStore {
    flaw: Flaw,
    inner: MemoryStore,
    clock: FakeClock,
    notes: Arc<Mutex<Notes>>,
    /// How many callers are in the middle of something, for flaws that need a second one.
    busy: Arc<AtomicUsize>,
    is_clone: bool,
    /// Whether nothing can be reached.
    cut: Arc<AtomicBool>,
}

/// What a broken store remembers in order to get it wrong.
#[derive(Default)]
struct Notes {
    tenants: BTreeSet<TenantId>,
    erased_tenants: BTreeSet<TenantId>,
    erased_accounts: BTreeSet<AccountKey>,
    /// Mail texts that were written without their tenant, or have outlived it.
    stray_texts: BTreeMap<TenantId, Texts>,
    has_damaged_letters: bool,
    first_time: Option<Timestamp>,
    latest_event: Option<Timestamp>,
    loaded: BTreeMap<AccountKey, Option<Version>>,
    before_commit: BTreeMap<AccountKey, Snapshot>,
    listed_before: Vec<Listed>,
    /// The list as it was when a first page was asked for.
    first_list: Vec<Listed>,
    /// The last value of each account that was erased.
    erased_values: BTreeMap<AccountKey, Listed>,
    first_facts: BTreeMap<AccountKey, Facts>,
    leases: BTreeMap<LetterId, Lease>,
    letters: BTreeMap<LetterId, Letter>,
    given_back: BTreeMap<LetterId, Lease>,
    queued_at: Option<Timestamp>,
    hidden: BTreeSet<LetterId>,
    last_due: Option<Due>,
    fingerprints: BTreeMap<KeyId, Digest>,
}

macro_rules! flaws {
    ($($(#[doc = $what:literal])+ $flaw:ident breaks $law:ident;)*) => {
        /// What a broken store does wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum Flaw {
            $($(#[doc = $what])+ $flaw,)*
        }

        impl Flaw {
            const ALL: &[Self] = &[$(Self::$flaw,)*];

            fn law(self) -> &'static str {
                match self {
                    $(Self::$flaw => stringify!($law),)*
                }
            }

            fn what(self) -> &'static str {
                match self {
                    $(Self::$flaw => concat!($($what),+).trim_ascii(),)*
                }
            }
        }
    };
}

flaws! {
    /// It reads the tenant, and somewhat later the account.
    ReadsInTwoSteps breaks a_snapshot_is_of_one_moment;
    /// It reads its clock once, when it is opened.
    TellsOldTime breaks the_time_of_a_snapshot_is_of_the_same_moment;
    /// Its second node is a replica that lags one commit behind.
    ReadsFromReplica breaks a_load_sees_every_acknowledged_commit;
    /// It takes what is absent for a damaged record.
    TakesAbsenceForDamage breaks what_was_never_written_is_absent;
    /// It takes the time when it begins, and reads afterwards.
    TellsTheTimeOfItsBeginning breaks a_snapshot_shows_nothing_from_after_its_time;
    /// It takes the latest time that an event told for its own.
    BelievesEvents breaks the_time_never_comes_from_the_caller;
    /// Its outbox uses a clock that is an hour fast.
    HasTwoClocks breaks every_trait_tells_the_same_time;
    /// It forgets the events of a change that writes two records.
    ForgetsEvents breaks a_commit_writes_everything_in_the_change;
    /// It appends the events before it looks at the account.
    LogsLostAccounts breaks a_change_that_loses_its_account_writes_nothing;
    /// It writes the account before it looks at the tenant.
    WritesBeforeCompany breaks a_change_that_loses_its_tenant_writes_nothing;
    /// It appends the events of a change that lost in the last moment.
    LogsLosers breaks of_racing_changes_the_losers_write_nothing;
    /// It writes the account first, and then what belongs to it.
    CommitsInSteps breaks a_dropped_commit_is_whole_or_absent;
    /// It says that another change came first when nothing can be reached.
    TakesOutagesForConflicts breaks an_outage_is_told_as_what_it_is;
    /// It finds nobody when nothing can be reached.
    FindsNobodyInAnOutage breaks an_outage_is_told_as_what_it_is;
    /// It says that nothing was written when the answer was lost.
    DeniesWhatItWrote breaks an_outage_is_told_as_what_it_is;
    /// It raises the version of what was only compared.
    RaisesCompared breaks a_comparison_writes_nothing;
    /// It keeps what it was told to erase.
    KeepsErased breaks an_erased_record_is_absent;
    /// It erases the log together with a tenant.
    ErasesLog breaks erasing_a_record_erases_nothing_else;
    /// It writes an account whatever version is there.
    WritesBlindly breaks a_write_over_another_version_is_a_conflict;
    /// It writes what logins count whatever version is there.
    CountsBlindly breaks a_write_over_another_version_is_a_conflict;
    /// It creates with an upsert.
    Upserts breaks creating_what_exists_is_a_conflict;
    /// It creates what it was told to update.
    Resurrects breaks writing_over_what_is_absent_is_a_conflict;
    /// It does not compare what it does not write.
    SkipsComparisons breaks comparing_another_version_is_a_conflict;
    /// It does not look at the further account.
    ForgetsFurtherAccounts breaks comparing_another_version_of_a_further_account_is_a_conflict;
    /// It erases whatever version is there.
    ErasesBlindly breaks erasing_another_version_is_a_conflict;
    /// It compares everything that was loaded, as an ORM does.
    ComparesEverything breaks what_a_change_leaves_alone_is_not_compared;
    /// It counts versions by itself.
    CountsVersions breaks the_version_kept_is_the_version_given;
    /// It looks at the version first and writes afterwards.
    ChecksThenWrites breaks of_many_writes_over_one_version_one_succeeds;
    /// It looks whether the record exists first and creates it afterwards.
    ChecksThenCreates breaks of_many_creations_one_succeeds;
    /// It answers with success when a write was lost in the last moment.
    HidesConflicts breaks no_raced_increment_is_lost;
    /// It looks at the version first, and writes without a pause afterwards.
    ChecksThenWritesAtOnce breaks no_raced_increment_is_lost;
    /// It looks whether the record exists first, and creates it without a pause afterwards.
    ChecksThenCreatesAtOnce breaks of_many_creations_one_succeeds;
    /// It looks at the version first and erases afterwards.
    ChecksThenErases breaks of_an_erasure_and_a_write_one_succeeds;
    /// It compares before the transaction that writes.
    ComparesTooEarly breaks crossed_comparisons_do_not_both_succeed;
    /// It looks at the further account before the transaction that writes.
    LooksAtFurtherAccountsTooEarly breaks administrators_who_suspend_each_other_do_not_both_succeed;
    /// It looks at the further account first, and writes without a pause afterwards.
    LooksAtFurtherAccountsAtOnce breaks administrators_who_suspend_each_other_do_not_both_succeed;
    /// It lets one change at a time into each tenant, and sends the others away.
    LocksCompany breaks changes_to_different_accounts_do_not_conflict;
    /// It compares keys without case, as some collations do.
    FoldsCase breaks keys_are_compared_as_exact_bytes;
    /// It joins the two parts of a key.
    JoinsKeys breaks a_key_has_two_parts;
    /// It keeps 127 bytes of an id.
    CutsIds breaks a_long_key_is_compared_to_its_end;
    /// It takes a damaged account for an absent one.
    TakesDamageForAbsence breaks a_damaged_account_is_never_absent_and_gives_way_at_its_version;
    /// It takes a damaged tenant for an absent one.
    TakesDamagedTenantForAbsence breaks a_damaged_tenant_is_never_absent_and_gives_way_at_its_version;
    /// It forgets that an app was linked.
    ForgetsApps breaks an_account_is_read_as_it_was_written;
    /// It trims names.
    TrimsNames breaks a_tenant_is_read_as_it_was_written;
    /// It keeps eight roles of an account.
    KeepsEightRoles breaks records_at_their_bounds_are_read_as_they_were_written;
    /// It keeps the times of events to the second.
    KeepsSeconds breaks times_are_kept_to_the_millisecond;
    /// It finds the document of the one who had the id before.
    FindsOldDocuments breaks a_record_created_again_holds_nothing_of_the_old;
    /// A clone of the handle has a state of its own.
    ClonesState breaks a_clone_of_the_handle_shares_the_state;
    /// It tells the time at which it was opened together with a tenant.
    TellsOldTimeOfCompany breaks a_tenant_is_read_with_the_time_of_the_same_moment;
    /// It takes an unknown tenant for a damaged record.
    TakesUnknownForDamage breaks an_unknown_tenant_is_absent;
    /// Its second node lists from a replica that lags one commit behind.
    ListsFromReplica breaks a_list_misses_no_acknowledged_commit;
    /// It keeps one mail text of each kind.
    KeepsOneLanguage breaks mail_texts_are_read_as_they_were_written;
    /// It takes the mail texts of another tenant where there are none.
    BorrowsTexts breaks mail_texts_are_of_one_tenant_only;
    /// It writes the mail texts before it looks at the account.
    WritesTextsOfLosers breaks mail_texts_are_written_with_their_change_or_not_at_all;
    /// It writes mail texts over whatever version of their tenant is there.
    WritesTextsBlindly breaks of_two_editors_of_mail_texts_the_later_one_conflicts;
    /// It empties the mail texts when their tenant is written without them.
    EmptiesTexts breaks mail_texts_stay_where_a_change_carries_none;
    /// It writes mail texts that come without their tenant.
    WritesTextsAlone breaks mail_texts_are_written_only_with_their_tenant;
    /// It keeps the mail texts of a tenant that is erased.
    KeepsTextsOfErased breaks mail_texts_end_with_their_tenant;
    /// It lists the people of every tenant.
    ListsEverybody breaks accounts_are_of_one_tenant_only;
    /// It sorts as people do, without case.
    SortsForPeople breaks accounts_come_in_byte_order_of_their_user_ids;
    /// A page begins with the one it should begin after.
    IncludesAfter breaks a_page_of_accounts_starts_after_a_user_and_has_a_limit;
    /// It looks for the place of somebody who may have left meanwhile.
    PagesByPosition breaks paging_visits_each_account_once;
    /// It lists who was erased.
    ListsErased breaks an_erased_account_is_not_listed;
    /// It takes the pages from the list as it was when the first was asked for.
    PagesFromTheFirstList breaks who_joins_behind_the_cursor_appears_on_a_later_page;
    /// It has a limit of its own for pages, and does not say so.
    CutsPages breaks a_short_page_is_the_end;
    /// It lists accounts under their first version.
    ListsOldVersions breaks a_listed_account_is_the_loaded_one;
    /// It lists nobody where one account is damaged.
    GivesUpTheList breaks a_damaged_account_is_listed_and_counted_beside_the_others;
    /// It leaves a damaged account out of the list.
    HidesDamagedAccounts breaks a_damaged_account_is_listed_and_counted_beside_the_others;
    /// It leaves a damaged event out of the log.
    HidesDamagedEvents breaks a_damaged_event_is_on_its_page_beside_the_others;
    /// It counts one group after the other.
    CountsInSteps breaks counts_hold_every_account_once;
    /// It groups by access alone.
    GroupsByStanding breaks counts_are_grouped_by_facts;
    /// It counts accounts by what they began with.
    CountsFirstFacts breaks counts_equal_the_listed_facts_after_every_write;
    /// It counts the people of every tenant.
    CountsEverybody breaks counts_are_of_one_tenant_only;
    /// It shows the events of every tenant.
    ShowsEveryLog breaks events_are_of_one_tenant_only;
    /// It sorts events by the time that they tell.
    SortsByToldTime breaks events_come_newest_first;
    /// It appends the events of a change backwards.
    LogsBackwards breaks events_of_one_commit_keep_their_order;
    /// A page begins with the one it should end before.
    IncludesBefore breaks a_page_of_events_ends_before_an_event_and_has_a_limit;
    /// A page before an event it does not know begins at the newest.
    StartsOverAtUnknown breaks a_page_before_an_unknown_event_is_empty;
    /// It shows everybody's events where one account's are asked for.
    ShowsEverybodysEvents breaks the_events_of_one_account_are_of_no_other;
    /// It looks for an account's events in every tenant.
    LooksInEveryLog breaks the_events_of_one_account_are_of_one_tenant_only;
    /// It cuts the page first, and then takes out what is of other accounts.
    CutsBeforeItSorts breaks a_page_of_one_account_is_looked_for_in_the_whole_log;
    /// It looks for the end of an account's page among that account's events only.
    KnowsOnlyItsOwnEvents breaks a_page_of_one_account_may_end_before_any_event;
    /// It forgets which operator it was.
    ForgetsOperators breaks an_event_is_read_as_it_was_written;
    /// It loses the events of commits that happen at the same moment.
    LosesRacedEvents breaks racing_commits_neither_lose_nor_repeat_an_event;
    /// It sorts tenants as people would.
    SortsTenantsForPeople breaks tenants_come_in_byte_order_of_their_ids;
    /// A page of tenants after one that is gone begins with the first.
    PagesTenantsByPosition breaks paging_visits_each_tenant_once;
    /// It knows the fingerprint of one key.
    KnowsOneKey breaks a_fingerprint_is_read_as_it_was_kept;
    /// It keeps the fingerprint that came last.
    TakesTheLatestFingerprint breaks a_fingerprint_that_is_kept_is_never_another;
    /// It looks whether there is a fingerprint, and then writes one.
    RacesFingerprints breaks of_racing_fingerprints_one_is_kept;
    /// It lets a new letter rest for a minute.
    LetsLettersRest breaks a_queued_letter_is_due_at_once;
    /// It queues the letters before it looks at the account.
    QueuesLostLetters breaks a_lost_change_queues_no_letter;
    /// It throws away the letters of an account that is erased.
    LettersDieToo breaks a_letter_outlives_its_account;
    /// It forgets the language of a letter.
    ForgetsLanguages breaks a_letter_is_read_as_it_was_written;
    /// It takes addresses to be without case.
    LowersAddresses breaks an_address_comes_back_byte_for_byte;
    /// It looks only as far as the first letters that are due, read or not.
    StopsAtDamagedLetters breaks damaged_letters_hold_up_no_other;
    /// It hands out a claim backwards.
    ClaimsBackwards breaks letters_come_oldest_first;
    /// It hands out delayed letters first.
    PutsDelayedFirst breaks letters_that_are_due_longest_come_first;
    /// It hands out letters of every kind, tenant and domain.
    IgnoresFilters breaks a_claim_takes_what_the_filter_takes;
    /// It says when any letter is due.
    TellsNextOfAll breaks next_is_of_the_letters_that_the_filter_takes;
    /// It hands out one letter more than it was asked for.
    ClaimsOneMore breaks a_claim_has_a_limit;
    /// It hands out whatever is due, if no limit is named.
    ClaimsEverything breaks a_claim_has_a_cap;
    /// It hands out a hundred at most, and does not say so.
    ClaimsAHundred breaks a_short_claim_is_the_end;
    /// It looks when the next letter is due after it has claimed.
    LooksForNextLater breaks a_claim_is_of_one_moment;
    /// It takes the time when it begins to claim, and claims afterwards.
    ClaimsAtTheTimeOfItsBeginning breaks a_claim_shows_no_letter_from_after_its_time;
    /// It counts a lease from when the letter was queued.
    LeasesFromTheQueue breaks a_lease_counts_from_now;
    /// It takes letters out, and notes afterwards until when.
    ClaimsInSteps breaks a_dropped_claim_loses_no_letter;
    /// It takes no notice of the lease.
    HoldsNothing breaks a_held_letter_is_not_claimed_again;
    /// A letter that was claimed is never due again.
    HoldsForEver breaks a_letter_whose_lease_has_ended_is_due_again;
    /// It counts attempts from zero.
    CountsFromZero breaks attempts_are_counted_from_one;
    /// Every claim has the same lease.
    KnowsOneLease breaks a_later_claim_has_a_higher_lease;
    /// It does not say when a lease ends.
    HidesNext breaks next_is_the_earliest_moment_of_a_further_letter;
    /// Two workers that claim at the same moment get the same letters.
    ClaimsTogether breaks of_many_workers_one_claims_a_letter;
    /// A letter that was sent stays.
    KeepsSentLetters breaks a_sent_letter_leaves_the_outbox;
    /// A letter that was delayed is due at once.
    DelaysNothing breaks a_delayed_letter_is_due_at_its_time;
    /// It settles every letter that was claimed with the same lease.
    SettlesByLease breaks a_settlement_takes_only_its_own_letter;
    /// It lets whoever gave a letter back settle it again.
    RemembersWhoGaveBack breaks a_letter_that_was_given_back_is_held_no_more;
    /// It takes a letter out and queues it anew.
    SettlesInSteps breaks a_dropped_settlement_is_whole_or_absent;
    /// It lets no lease be prolonged.
    HoldsNoLonger breaks a_letter_that_is_still_being_sent_stays_held;
    /// It does not look at the lease with which a letter is settled.
    HonorsAnyLease breaks settling_with_an_old_lease_changes_nothing;
    /// It takes an unknown letter for a damaged record.
    MissesSettledLetters breaks settling_an_unknown_letter_succeeds;
}

impl BrokenStore {
    /// One fresh store for each way to be broken.
    pub(crate) fn all() -> Vec<Self> {
        Flaw::ALL.iter().map(|flaw| Self::with(*flaw)).collect()
    }

    /// The name of the law that it breaks.
    pub(crate) fn law(&self) -> &'static str {
        self.flaw.law()
    }

    /// What it does wrong, as a sentence.
    pub(crate) fn what(&self) -> &'static str {
        self.flaw.what()
    }

    /// The store in front of the laws, with a clock of its own.
    pub(crate) fn subject(self) -> Subject {
        let clock = self.clock.clone();
        let cut = Arc::clone(&self.cut);
        let interrupt = move |is_cut| cut.store(is_cut, Ordering::SeqCst);
        let inner = self.inner.clone();
        let notes = Arc::clone(&self.notes);
        let damage = move |damage| match damage {
            Damage::Account(key) => inner.damage_account(&key),
            Damage::Tenant(id) => inner.damage_tenant(&id),
            Damage::Event(_, id) => inner.damage_event(id),
            Damage::Letter(id) => {
                notes.lock().unwrap_or_else(PoisonError::into_inner).has_damaged_letters = true;
                inner.damage_letter(id);
            }
        };
        Subject::new(self).timed_by(clock).interrupted_by(interrupt).damaged_by(damage)
    }

    fn with(flaw: Flaw) -> Self {
        let clock = FakeClock::default();
        let inner = MemoryStore::with_clock(clock.clone());
        let notes = Arc::default();
        let busy = Arc::default();
        let cut = Arc::default();
        Self { flaw, inner, clock, notes, busy, is_clone: false, cut }
    }

    fn is_cut(&self) -> bool {
        self.cut.load(Ordering::SeqCst)
    }

    fn is(&self, flaw: Flaw) -> bool {
        self.flaw == flaw
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The record that it takes for this one.
    fn alias(&self, key: &AccountKey) -> AccountKey {
        let tenant = key.tenant().as_str();
        let user = key.user().as_str();
        let (tenant, user) = match self.flaw {
            Flaw::FoldsCase => (tenant.to_lowercase(), user.to_lowercase()),
            Flaw::CutsIds => (tenant.to_owned(), cut(user)),
            Flaw::JoinsKeys => ("all".to_owned(), cut(&format!("{tenant}{user}"))),
            _ => return key.clone(),
        };
        AccountKey::new(tenant, user).unwrap_or_else(|_| key.clone())
    }

    /// The tenant that it takes for this one.
    fn alias_of_tenant(&self, id: &TenantId) -> TenantId {
        match UserId::new("nobody") {
            Ok(nobody) if self.is(Flaw::FoldsCase) => {
                self.alias(&AccountKey::of(id.clone(), nobody)).tenant().clone()
            }
            _ => id.clone(),
        }
    }

    /// Waits a little for a second caller to come by.
    fn meet(&self) -> Meeting<'_> {
        let before = self.busy.fetch_add(1, Ordering::SeqCst);
        for _ in 0..PATIENCE {
            if before > 0 || self.busy.load(Ordering::SeqCst) > 1 {
                return Meeting { busy: &self.busy, met: true };
            }
            dawdle();
        }
        Meeting { busy: &self.busy, met: false }
    }
}

/// Being in the middle of something, perhaps with another.
struct Meeting<'a> {
    busy: &'a AtomicUsize,
    met: bool,
}

impl Drop for Meeting<'_> {
    fn drop(&mut self) {
        self.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Clone for BrokenStore {
    fn clone(&self) -> Self {
        let clock = self.clock.clone();
        let flaw = self.flaw;
        let inner = match flaw {
            Flaw::ClonesState => MemoryStore::with_clock(clock.clone()),
            _ => self.inner.clone(),
        };
        let notes = Arc::clone(&self.notes);
        let busy = Arc::clone(&self.busy);
        let cut = Arc::clone(&self.cut);
        Self { flaw, inner, clock, notes, busy, is_clone: true, cut }
    }
}

impl fmt::Debug for BrokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BrokenStore({:?})", self.flaw)
    }
}

/// The first 127 bytes, or a little less at the edge of a letter.
fn cut(text: &str) -> String {
    let fits = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= 127);
    let end = fits.last().unwrap_or(0);
    text.get(..end).unwrap_or(text).to_owned()
}
