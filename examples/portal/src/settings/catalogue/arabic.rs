//! Arabic. Names and addresses stand between isolates, so that they keep their own direction.

use countersign::account::{EventKind, Miss};
use countersign::policy::{EnrollBy, Layer, Resolution};
use countersign::{Method, Requirement};

use crate::design::when::When;
use crate::settings::roll::State;
use crate::settings::words::{
    Activity, Choice, Counts, Edit, General, Reset, Review, Users, Words,
};

pub(super) static WORDS: Words = Words {
    choice: Choice {
        label: "المصادقة الثنائية",
        none: "بلا مصادقة إضافية",
        email: "المصادقة بالبريد",
        app: "المصادقة بالتطبيق",
        app_recommended: "المصادقة بالتطبيق (موصى بها)",
        why,
    },
    general: General {
        title: "عام",
        card: "إعدادات الأمان",
        none_means: "يدخل الجميع بكلمة المرور فقط، إلا إذا غيّرت ذلك لشخص ما أو ربط الشخص تطبيقًا بنفسه.",
        email_means: "عند كل دخول يكتب الجميع رمزًا نرسله بالبريد الإلكتروني. ومن ربط تطبيقًا من قبل يستعمل التطبيق بدلًا منه.",
        app_means: "عند كل دخول يكتب الجميع رمزًا من تطبيق على الهاتف. ومن ليس لديه تطبيق يربطه عند دخوله التالي.",
        more: "خيارات أخرى",
        start: "متى يبدأ",
        start_now: "عند الدخول التالي لكل شخص",
        start_with_grace: "بعد أيام، لمن لم يستعد بعد",
        days: "أيام للاستعداد",
        days_hint: "من 1 إلى 30. الحفظ مرة أخرى لا يعيد العد من البداية.",
        days_wrong: "اكتب عدد أيام من 1 إلى 30.",
        grace_runs: |until, before| format!("حتى {until} تكفي {before} لمن لم يستعد بعد."),
        before_enrollment: "قبل أن يربط شخص أول تطبيق له",
        before_enrollment_hint: "فقط لمن لم يستعمل خطوة ثانية من قبل.",
        after_nothing: "تكفي كلمة المرور",
        after_email_code: "يكتب رمزًا يصله بالبريد الإلكتروني",
        after_approval: "يجب أن يوافق مسؤول",
        everybody_out: "اطلب من الجميع الدخول من جديد الآن",
        everybody_out_hint: "يخرج الجميع فورًا، وأنت أيضًا.",
        save: "حفظ إعدادات الأمان",
        saved: |what, people| {
            format!("حُفظت إعدادات الأمان. تسري {what} الآن على {} من الدخول التالي.", persons(people))
        },
        same_as_before: "لا تغيير: هذه الإعدادات سارية بالفعل.",
        undo: "تراجع",
        undo_until: |until| format!("يمكنك التراجع عن آخر تغيير حتى {until}."),
        undone: |what| format!("تم التراجع. تسري {what} من جديد."),
        undo_over: "فات وقت التراجع. اختر من جديد واحفظ.",
        changed_by: |who, at, what| {
            format!("غيّر {} هذا إلى {what} ({at}). راجع اختيارك مرة أخرى.", apart(who))
        },
        changed: |what| format!("غيّر شخص آخر هذا إلى {what} في هذه الأثناء. راجع اختيارك مرة أخرى."),
        yours: "اختيارك",
        theirs: "الإعداد الحالي",
        applies,
    },
    review: Review {
        title: "راجع التغيير",
        before_and_after: "قبل وبعد",
        setting: "الإعداد",
        now: "الآن",
        then: "بعد الحفظ",
        before_enrollment: "قبل أن يربط شخص أول تطبيق له",
        grace: "متى يبدأ",
        grace_until: |until| format!("لمن لم يستعد بعد: من {until}"),
        at_once: "عند الدخول التالي",
        caption: |people| format!("ما يحدث عند الدخول التالي ({})", persons(people)),
        not_all: |shown, people| format!("أول {shown} من {people}."),
        who: "من",
        what: "ماذا يحدث",
        you: "أنت",
        ready: "مستعد: يكتب رمزًا من التطبيق",
        ready_password: "يدخل بكلمة المرور وحدها",
        by_mail: "يتلقى الرموز بالبريد",
        links: "يربط تطبيقًا",
        needs_approval: "يجب أن يسمح له مسؤول بربط تطبيق",
        stopped: "لا يستطيع الدخول: ليس لدينا عنوان بريد يعمل",
        looser: |own| format!("سيُهمل الإعداد الخاص بهذا الشخص ({own})"),
        in_grace: |until| format!("لديه وقت حتى {until}"),
        one_of_them: "هذا يشملك. ستحتاج إلى رمز عند دخولك التالي.",
        weaker: |people| format!("هذا يجعل الدخول أقل أمانًا على {}.", persons(people)),
        weaker_for_nobody: "هذا يجعل الدخول أقل أمانًا على من ينضم لاحقًا.",
        strands_admins: "سيمنع هذا كل المسؤولين من الدخول.",
        strands_you: "سيمنعك هذا من الدخول.",
        need_own: "لجعل الدخول أقل أمانًا تحتاج أنت إلى خطوة ثانية. اربط تطبيق مصادقة أولًا.",
        to_account: "ربط تطبيق مصادقة",
        out_too: "يخرج الجميع فورًا، وأنت أيضًا.",
        save: "حفظ",
        back: "رجوع",
    },
    users: Users {
        title: "إدارة المستخدمين",
        create: "إنشاء مستخدم",
        ready: |ready, people| format!("المستعدون: {ready} من {people}."),
        the_rest: "إظهار غير المستعدين",
        everybody: "إظهار الجميع",
        search: "بحث",
        state: "الحالة",
        any: "الكل",
        state_ready: "مستعد",
        state_not_ready: "غير مستعد",
        state_invited: "مدعو",
        state_locked: "مقفل",
        state_stopped: "لا يمكن الوصول إليه",
        role: "الدور",
        admin: "مسؤول",
        member: "مستخدم",
        filter: "تصفية",
        clear: "إلغاء التصفية",
        csv: "تنزيل هذه القائمة (CSV)",
        caption: "أشخاص الشركة",
        name: "الاسم",
        email: "البريد الإلكتروني",
        why: "السبب",
        last_login: "آخر دخول",
        never: "لم يدخل بعد",
        edit: "تعديل",
        edit_of: |name| format!("تعديل {}", apart(name)),
        actions: "تغيير",
        damaged: |names| {
            format!(
                "حسابات هؤلاء الأشخاص تالفة، فلا يستطيعون تسجيل الدخول ولا يظهرون في هذه القائمة: {names}. اطلب من مشغّلي هذه البوابة استعادتها أو إعادة تعيينها."
            )
        },
        no_match: "لا يوجد أشخاص مطابقون.",
        empty: "لا أحد هنا بعد.",
        next: "الصفحة التالية",
        previous: "الصفحة السابقة",
        shown: |from, to, of| format!("من {from} إلى {to} من أصل {of}"),
        sort_by: |column| format!("ترتيب حسب {column}"),
        access,
    },
    edit: Edit {
        create: "إنشاء مستخدم",
        first_name: "الاسم الأول",
        last_name: "اسم العائلة",
        email: "عنوان البريد الإلكتروني",
        company_setting: |now| format!("إعداد الشركة (الآن: {now})"),
        result: |what| format!("يُطلب من هذا الشخص: {what}."),
        company_wins: |company| format!("تطلب الشركة {company}، فيُطلب ذلك من هذا الشخص أيضًا."),
        none_is_company: |company| {
            format!(
                "لا يمكن إيقاف هذا لشخص واحد ما دامت الشركة تطلبه ({company}). يمكنك إعفاؤه لمدة محدودة."
            )
        },
        password_alone: "يحتاج هذا الشخص إلى كلمة المرور فقط.",
        own_choice_wins: "ربط هذا الشخص تطبيقًا بنفسه وسيُطلب منه رمز منه.",
        gets_invitation: "يتلقى هذا الشخص دعوة بالبريد الإلكتروني.",
        gets_no_mail: |first| {
            format!("لا نرسل بريدًا عن هذا التغيير إلى {}. يسري من الدخول التالي.", apart(first))
        },
        gets_mail_about_address: "يسري العنوان الجديد فورًا. نخطر العنوانين.",
        save: "حفظ",
        cancel: "إلغاء",
        discard: "هل تغلق دون حفظ ما كتبت؟",
        invitation_sent: |to| format!("أُرسلت الدعوة إلى {}.", apart(to)),
        saved: |name| format!("حُفظت التغييرات على {}.", apart(name)),
        invitation: "الدعوة",
        invited_until: |until| format!("مدعو. يعمل الرابط حتى {until}."),
        invitation_ran_out: |at| format!("انتهت صلاحية الدعوة ({at})."),
        invitation_refused: "لم تصل الدعوة: خادم البريد لا يقبل هذا العنوان. صحّح العنوان أعلاه.",
        send_again: "إرسال مرة أخرى",
        again_at: |at| format!("يمكنك إرسالها مرة أخرى بعد {at}."),
        too_soon: "أرسلت الدعوة قبل أقل من دقيقة. انتظر لحظة ثم أرسلها مرة أخرى.",
        withdraw: "إلغاء الدعوة",
        withdrawn: "أُلغيت الدعوة. لم يعد الرابط يعمل.",
        copy_link: "نسخ الرابط",
        copied: "تم النسخ",
        in_the_way: "ما يمنع تسجيل الدخول",
        danger: "منطقة الخطر",
        reset: "إعادة ضبط المصادقة",
        reset_means: |first| {
            format!(
                "للهاتف المفقود. تنتهي كل جلسات {}. عند الدخول التالي تأتي كلمة المرور، ويُربط تطبيق \
                 جديد حيث يُطلب تطبيق.",
                apart(first)
            )
        },
        reset_self: "لحسابك أنت استعمل صفحة أمان الحساب.",
        account: "أمان الحساب",
        unlock: "فتح القفل الآن",
        unlock_means: |until| format!("رموز خاطئة كثيرة: مقفل حتى {until}."),
        unlocked: |name| format!("فُتح قفل {}.", apart(name)),
        refused_means: |at, again| {
            format!(
                "لم يقبل خادم البريد رسالتنا ({at}). يحاول الدخول مرة أخرى من {again}. تحقق من العنوان أعلاه أولاً."
            )
        },
        refused_why: "رد الخادم:",
        try_address: "جرّب هذا العنوان مرة أخرى",
        address_tried: |name| format!("عند الدخول التالي نجرب عنوان {} مرة أخرى.", apart(name)),
        tried_often: "جُرّب هذا العنوان عدة مرات اليوم. اطلب من الشخص عنوانًا آخر، أو انتظر حتى الغد.",
        invited_often: "دعوت هذا الشخص عدة مرات. يمكنك إرسال دعوة أخرى بعد ساعة.",
        exempt: "إعفاء لمدة",
        exempt_means: "لا يسري إعداد الشركة على هذا الشخص حتى يوم تختاره. أما الإعداد الخاص بهذا الشخص فيبقى.",
        exempt_until: "معفى حتى (30 يومًا على الأكثر)",
        exempt_reason: "السبب",
        exempt_reason_hint: "يظهر في سجل النشاط.",
        exempt_title: |name| format!("إعفاء {} لمدة", apart(name)),
        exempted: |name, until| format!("{} معفى حتى {until}.", apart(name)),
        is_exempt: |until| format!("معفى من إعداد الشركة حتى {until}."),
        end_exemption: "إنهاء الإعفاء",
        exemption_ended: |name| format!("لم يعد {} معفى.", apart(name)),
        approve: "السماح بربط تطبيق",
        approval_means: "يتيح لهذا الشخص ربط أول تطبيق خلال يوم.",
        approved: |name, until| format!("يمكن لـ {} ربط تطبيق حتى {until}.", apart(name)),
        is_approved: |until| format!("يمكن لهذا الشخص ربط تطبيق حتى {until}."),
        withdraw_approval: "إلغاء الإذن",
        approval_withdrawn: "أُلغي الإذن.",
        press_again: "تم تأكيد هويتك. اضغط الزر الآن مرة أخرى.",
        kept: "تم تأكيد هويتك. لم تُحفظ تغييراتك بعد: اضغط الزر مرة أخرى.",
        need_first: "اكتب الاسم الأول.",
        need_last: "اكتب اسم العائلة.",
        too_long: "الاسم 60 حرفًا على الأكثر.",
        need_email: "اكتب عنوان بريد إلكتروني.",
        odd_email: "لا يمكننا إرسال بريد إلى هذا العنوان. تحقق منه.",
        taken: "لدى شخص في هذه الشركة هذا العنوان أصلًا.",
        need_reason: "اكتب سببًا في سطر واحد، 200 حرف على الأكثر.",
        need_date: "اختر يومًا من الغد وحتى 30 يومًا.",
        stale: "غيّر شخص آخر هذا المستخدم في هذه الأثناء. قارن بين النسختين ثم احفظ نسختك أو ألغِ.",
        stale_caption: "النسختان",
        field: "الحقل",
        yours: "نسختك",
        theirs: "ما حفظه شخص آخر",
        need_own: "هذا يجعل الدخول أقل أمانًا. اربط تطبيق مصادقة لنفسك أولًا.",
        not_on_oneself: "لا يمكنك فعل هذا بحسابك أنت. اسأل مسؤولًا آخر.",
        last_admin: "هذا هو المسؤول الوحيد. اجعل شخصًا آخر مسؤولًا أولًا.",
    },
    reset: Reset {
        title: |name| format!("إعادة ضبط مصادقة {}", apart(name)),
        goes: "ما الذي سيُزال",
        apps: |apps| match apps {
            0 => "لا تطبيق: لم يربط هذا الشخص أي تطبيق".to_owned(),
            1 => "تطبيق المصادقة المربوط".to_owned(),
            2 => "تطبيقا المصادقة المربوطان".to_owned(),
            _ => format!("كل تطبيقات المصادقة المربوطة، وعددها {apps}"),
        },
        sessions: "كل الجلسات: يخرج هذا الشخص من كل مكان",
        stays: |what| format!("تبقى القاعدة كما هي: {what}."),
        mail: "يصل إلى هذا الشخص بريد يقول من فعل هذا ولماذا.",
        reason: "السبب",
        reason_hint: "يظهر في البريد وفي سجل النشاط.",
        confirm: "إعادة ضبط المصادقة",
        done: |name| format!("أُعيد ضبط مصادقة {}.", apart(name)),
    },
    activity: Activity {
        title: "النشاط",
        caption: "ما حدث في الشركة، الأحدث أولًا",
        at: "الوقت",
        by: "بواسطة",
        about: "الشخص",
        what: "ماذا",
        person: "الشخص",
        anybody: "الكل",
        kind: "النوع",
        any: "كل شيء",
        logins: "الدخول والرموز",
        authenticators: "التطبيقات والعناوين",
        people: "تغييرات المسؤولين",
        settings: "إعدادات الشركة",
        filter: "تصفية",
        clear: "إلغاء التصفية",
        csv: "تنزيل (CSV)",
        empty: "لا توجد أحداث مطابقة.",
        older: "الأقدم",
        newest: "الأحدث",
        latest: "آخر النشاط",
        looked_back: "ربما توجد أحداث أقدم.",
        details: "التفاصيل",
        before: "قبل",
        after: "بعد",
        reason: "السبب",
        exactly: "الوقت بالضبط",
        number: "الرقم",
        portal: "البوابة",
        mail_server: "خادم البريد",
        operator: |name| format!("{} (التشغيل)", apart(name)),
        nobody_knows: "غير معروف",
        former: "شخص لم يعد هنا",
        company: "الشركة",
    },
    told,
    told_company_setting: "إعداد الشركة",
};

/// Text in its own direction, whatever stands around it.
fn apart(text: &str) -> String {
    format!("\u{2068}{text}\u{2069}")
}

fn persons(people: u64) -> String {
    match people {
        0 => "لا أحد".to_owned(),
        1 => "شخص واحد".to_owned(),
        2 => "شخصين".to_owned(),
        3..=10 => format!("{people} أشخاص"),
        _ => format!("{people} شخصًا"),
    }
}

fn applies(counts: Counts) -> String {
    let parts = [
        ("مستعد", counts.ready),
        ("يتلقى الرموز بالبريد", counts.by_mail),
        ("منهم من لم يرد على بريد منا بعد", counts.in_doubt),
        ("يربط تطبيقًا عند الدخول التالي", counts.link),
        ("يحتاج إلى إذن مسؤول أولًا", counts.need_approval),
        ("لا يستطيع الدخول لأن عنوان البريد لا يعمل", counts.stopped),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(_, people)| *people > 0)
        .map(|(what, people)| format!("{what}: {people}"))
        .collect();
    let mut sentence = format!("يشمل هذا {}. {}.", persons(counts.people), parts.join("، "));
    if counts.grace > 0 {
        sentence.push_str(&format!(" لدى {} منهم بضعة أيام للاستعداد.", counts.grace));
    }
    sentence
}

fn name(required: Requirement) -> &'static str {
    WORDS.choice.name(required)
}

fn why(resolution: &Resolution, when: When) -> String {
    let layer = match resolution.decided_by {
        None => "غير مطلوب",
        Some(Layer::Tenant) => "إعداد الشركة",
        Some(Layer::Role) => "إعداد الدور",
        Some(Layer::User) => "إعداد لهذا الشخص",
        Some(Layer::Own) => "ربطه هذا الشخص",
        Some(_) => "مطلوب من الجميع",
    };
    let mut why = match resolution.exempt_until {
        Some(until) if resolution.decided_by.is_none() => format!("معفى حتى {}", when.near(until)),
        Some(until) => format!("{layer}؛ معفى من إعداد الشركة حتى {}", when.near(until)),
        None => layer.to_owned(),
    };
    if let Some(EnrollBy { until, required }) = resolution.enroll_by {
        why.push_str(&format!("؛ {} من {}", name(required), when.near(until)));
    }
    why
}

fn access(state: State, when: When) -> String {
    match state {
        State::ReadyByPassword => "مستعد · كلمة المرور".to_owned(),
        State::ReadyByMail => "مستعد · البريد".to_owned(),
        State::ReadyByApp => "مستعد · التطبيق".to_owned(),
        State::NotLinked { by: None } => "لا تطبيق بعد".to_owned(),
        State::NotLinked { by: Some(by) } => format!("لا تطبيق بعد · بقي {}", when.left(by)),
        State::NeedsApproval => "يحتاج إلى إذن لربط تطبيق".to_owned(),
        State::Invited { .. } => "مدعو".to_owned(),
        State::InvitationOver { .. } => "انتهت الدعوة".to_owned(),
        State::Refused { invited: true } => "لم تصل الدعوة: العنوان غير مقبول".to_owned(),
        State::Refused { invited: false } => "لا يصله البريد: العنوان غير مقبول".to_owned(),
        State::NoAddress => "لا يصله البريد: لا عنوان".to_owned(),
        State::Locked { until } => format!("مقفل حتى {}", when.near(until)),
        State::SwitchedOff => "موقوف: رموز خاطئة كثيرة".to_owned(),
        State::Suspended => "الحساب موقوف".to_owned(),
    }
}

fn by(method: Method) -> &'static str {
    match method {
        Method::Email => "من البريد",
        Method::App => "من التطبيق",
    }
}

fn told(what: &EventKind, when: When) -> String {
    match what {
        EventKind::TenantCreated => "أُنشئت الشركة".to_owned(),
        EventKind::PolicyChanged { before, after, .. } if before == after => {
            format!("تغيّرت خيارات إعداد الشركة؛ وما زال ساريًا: {}", name(*after))
        }
        EventKind::PolicyChanged { before, after, .. } => {
            format!("تغيّر إعداد الشركة: {} ← {}", name(*before), name(*after))
        }
        EventKind::MailTextChanged => "تغيّر نص بريد للشركة".to_owned(),
        EventKind::Restored => "استُعيدت البيانات من نسخة احتياطية وأُخرج الجميع".to_owned(),
        EventKind::TenantSignedOut => "أُخرج الجميع".to_owned(),
        EventKind::ExistingUserAdded => "أُضيف الحساب".to_owned(),
        EventKind::UserCreated => "أُنشئ المستخدم".to_owned(),
        EventKind::Invited => "أُرسلت الدعوة".to_owned(),
        EventKind::InvitationAccepted => "قُبلت الدعوة".to_owned(),
        EventKind::InvitationWithdrawn => "أُلغيت الدعوة".to_owned(),
        EventKind::RuleChanged { before, after } => {
            let own = |rule: &Requirement| match rule {
                Requirement::None => WORDS.told_company_setting,
                other => name(*other),
            };
            format!("تغيّر الإعداد لهذا الشخص: {} ← {}", own(before), own(after))
        }
        EventKind::Exempted { until, .. } => {
            format!("أُعفي من إعداد الشركة حتى {}", when.near(*until))
        }
        EventKind::ExemptionEnded => "انتهى الإعفاء".to_owned(),
        EventKind::EnrollmentApproved { until } => {
            format!("سُمح بربط أول تطبيق حتى {}", when.near(*until))
        }
        EventKind::ApprovalWithdrawn => "أُلغي الإذن بربط تطبيق".to_owned(),
        EventKind::AdminGranted => "أصبح مسؤولًا".to_owned(),
        EventKind::AdminRevoked => "لم يعد مسؤولًا".to_owned(),
        EventKind::CodeSent { again: false } => "أُرسل رمز أمان بالبريد".to_owned(),
        EventKind::CodeSent { again: true } => "أُرسل رمز الأمان مرة أخرى".to_owned(),
        EventKind::Accepted { method, finished: true } => {
            format!("دخول أو تأكيد برمز {}", by(*method))
        }
        EventKind::Accepted { method, finished: false } => {
            format!("رمز صحيح {}، وبقيت خطوة", by(*method))
        }
        EventKind::Missed { method, miss, locked_until, disabled } => {
            let miss = match miss {
                Miss::Replayed => "رمز مستعمل مرة ثانية",
                Miss::Slow => "رمز متأخر (ساعة الهاتف متأخرة)",
                Miss::Wrong => "رمز خاطئ",
            };
            let mut text = format!("{miss} {}", by(*method));
            if let Some(until) = locked_until {
                text.push_str(&format!("؛ مقفل حتى {}", when.near(*until)));
            }
            if *disabled {
                text.push_str("؛ أُوقف");
            }
            text
        }
        EventKind::AppLinked { replaced: false, .. } => "رُبط تطبيق المصادقة".to_owned(),
        EventKind::AppLinked { replaced: true, .. } => "استُبدل تطبيق المصادقة".to_owned(),
        EventKind::AppRemoved { .. } => "أُزيل تطبيق المصادقة".to_owned(),
        EventKind::Unlocked => "فُتح القفل".to_owned(),
        EventKind::Reset { .. } => "أُعيد ضبط المصادقة".to_owned(),
        EventKind::PasswordChanged => "تغيّرت كلمة المرور".to_owned(),
        EventKind::AddressChanged { in_use: true } => "تغيّر عنوان الرموز".to_owned(),
        EventKind::AddressChanged { in_use: false } => "عنوان جديد لم يُؤكد بعد".to_owned(),
        EventKind::AddressConfirmed => "أُكد العنوان الجديد".to_owned(),
        EventKind::AddressRefused => "لم يقبل خادم البريد العنوان".to_owned(),
        EventKind::AddressTriedAgain => "جُرّب العنوان مرة أخرى".to_owned(),
        EventKind::MailNotSent { reason: Some(reason), .. } => {
            format!("تعذر إرسال رسالة: {reason}")
        }
        EventKind::MailNotSent { reason: None, .. } => {
            "تعذر إرسال رسالة في الوقت المناسب".to_owned()
        }
        EventKind::Suspended => "أُوقف الحساب".to_owned(),
        EventKind::Resumed => "أُعيد تشغيل الحساب".to_owned(),
        EventKind::Removed => "حُذف الحساب".to_owned(),
        EventKind::DamageReplaced => "كان الحساب تالفًا، وحلّ محله حساب جديد".to_owned(),
        EventKind::TenantDamageReplaced { required } => {
            format!("كان سجل الشركة تالفًا، والجديد يطلب: {}", name(*required))
        }
        EventKind::DamageErased => "أُزيل حساب تالف".to_owned(),
        EventKind::Unreadable => "لا يمكن قراءة هذا الإدخال".to_owned(),
        EventKind::SignedOutEverywhere => "خروج من كل مكان".to_owned(),
    }
}
