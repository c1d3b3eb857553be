//! Arabic. Names and addresses stand between isolates, so that they keep their own direction.

use countersign::Requirement;
use countersign::rules::{EventKind, Layer, Miss, Resolution};
use countersign::words::Method;

use crate::settings::roll::State;
use crate::settings::when::When;
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
        none_means: "تكفي كلمة المرور، إلا لمن له إعداد خاص أو ربط تطبيقًا باختياره.",
        email_means: "عند كل دخول يكتب الجميع رمزًا نرسله بالبريد الإلكتروني. ومن ربط تطبيقًا يستعمله.",
        app_means: "عند كل دخول يكتب الجميع رمزًا من تطبيق على الهاتف. ومن ليس له تطبيق يربطه عند \
            الدخول التالي.",
        more: "خيارات أخرى",
        start: "يسري",
        start_now: "من الدخول التالي",
        start_with_grace: "بعد أيام، لمن لم يستعد بعد",
        days: "أيام المهلة",
        days_hint: "من 1 إلى 30. حفظ الاختيار نفسه مرة أخرى لا يغيّر النهاية.",
        days_wrong: "اكتب عدد أيام من 1 إلى 30.",
        grace_runs: |until, before| format!("حتى {until} تكفي {before} لمن لم يستعد بعد."),
        gate: "قبل ربط أول تطبيق",
        gate_hint: "يخص من لم يستعمل خطوة ثانية من قبل.",
        gate_none: "تكفي كلمة المرور",
        gate_email: "يأتي أولًا رمز بالبريد الإلكتروني",
        gate_pass: "يمنح المسؤول إذنًا",
        everybody_out: "اطلب من الجميع الدخول من جديد الآن",
        everybody_out_hint: "يخرج الجميع فورًا، وأنت أيضًا.",
        save: "حفظ إعدادات الأمان",
        saved: |what, people| {
            format!("حُفظت إعدادات الأمان. تسري {what} الآن على {} من الدخول التالي.", persons(people))
        },
        same_as_before: "لم يتغير شيء. هذه الإعدادات سارية أصلًا.",
        undo: "تراجع",
        undo_until: |until| format!("يمكنك التراجع عن آخر تغيير حتى {until}."),
        undone: |what| format!("تم التراجع. تسري {what} من جديد."),
        undo_over: "فات وقت التراجع. اختر من جديد واحفظ.",
        changed_by: |who, at, what| {
            format!("غيّر {} هذا عند {at} إلى {what}. انظر مرة أخرى.", apart(who))
        },
        changed: |what| format!("غيّر شخص هذا إلى {what} في هذه الأثناء. انظر مرة أخرى."),
        yours: "اختيارك",
        theirs: "الساري الآن",
        applies,
    },
    review: Review {
        title: "انظر قبل الحفظ",
        before_and_after: "قبل وبعد",
        setting: "الإعداد",
        now: "الآن",
        then: "بعد الحفظ",
        gate: "قبل ربط أول تطبيق",
        grace: "يسري",
        grace_until: |until| format!("لمن لم يستعد بعد: من {until}"),
        at_once: "من الدخول التالي",
        caption: |people| format!("ما يحدث عند الدخول التالي ({})", persons(people)),
        not_all: |shown, people| format!("أول {shown} من {people}."),
        who: "من",
        what: "ماذا يحدث",
        you: "أنت",
        ready: "مستعد: يكتب رمزًا من التطبيق",
        ready_password: "يدخل بكلمة المرور وحدها",
        by_mail: "يتلقى الرموز بالبريد",
        links: "يربط تطبيقًا",
        needs_pass: "يحتاج إلى إذن من المسؤول قبل ربط تطبيق",
        stopped: "لا يستطيع الدخول: لا عنوان يقبل بريدنا",
        looser: |own| format!("لم يعد الإعداد الخاص «{own}» محسوبًا"),
        in_grace: |until| format!("لديه وقت حتى {until}"),
        one_of_them: "أنت منهم: ستُسأل عند دخولك التالي.",
        weaker: |people| format!("هذا يُضعف الدخول على {}.", persons(people)),
        weaker_for_nobody: "هذا يُضعف الدخول على من يأتي لاحقًا.",
        strands_admins: "لن يستطيع أحد إدارة الشركة بعد ذلك.",
        strands_you: "لن تستطيع الدخول بعد ذلك.",
        need_own: "لا يُضعف الدخول إلا مسؤول له خطوة ثانية. اربط تطبيق مصادقة أولًا.",
        to_account: "ربط تطبيق مصادقة",
        out_too: "يخرج الجميع فورًا، وأنت أيضًا.",
        save: "حفظ",
        back: "رجوع",
    },
    users: Users {
        title: "إدارة المستخدمين",
        create: "إنشاء مستخدم",
        ready: |ready, people| format!("المستعدون: {ready} من {people}."),
        the_rest: "إظهار الآخرين",
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
        no_match: "لا أحد يطابق ذلك.",
        empty: "لا أحد هنا بعد.",
        next: "الصفحة التالية",
        previous: "الصفحة السابقة",
        shown: |from, to, of| format!("من {from} إلى {to} من أصل {of}"),
        sort_by: |column| format!("ترتيب حسب {column}"),
        standing,
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
                "لا ينزل هذا الاختيار تحت إعداد الشركة ({company}): يُحفظ إعداد الشركة. لمدة محدودة \
                 يمكن إعفاء الشخص."
            )
        },
        password_alone: "يدخل هذا الشخص بكلمة المرور وحدها.",
        own_choice_wins: "ربط هذا الشخص تطبيقًا باختياره ويُسأل عنه.",
        gets_invitation: "يتلقى هذا الشخص دعوة بالبريد الإلكتروني.",
        gets_no_mail: |first| {
            format!(
                "لا يصل بريد عن هذا التغيير إلى {}، ويأتي السؤال عند الدخول التالي.",
                apart(first)
            )
        },
        gets_mail_about_address: "يُستعمل العنوان الجديد فورًا. يصل بريد إلى العنوانين.",
        save: "حفظ",
        cancel: "إلغاء",
        discard: "هل تغلق دون حفظ ما كتبت؟",
        invitation_sent: |to| format!("أُرسلت الدعوة إلى {}.", apart(to)),
        saved: |name| format!("حُفظت بيانات {}.", apart(name)),
        invitation: "الدعوة",
        invited_until: |until| format!("مدعو. يعمل الرابط حتى {until}."),
        invitation_ran_out: |at| format!("انتهت الدعوة: {at}."),
        invitation_refused: "لم تصل الدعوة: خادم البريد يرفض هذا العنوان. صحّح العنوان أعلاه.",
        send_again: "إرسال مرة أخرى",
        again_at: |at| format!("يمكن إرسالها مرة أخرى عند {at}."),
        too_soon: "أُرسلت الدعوة قبل أقل من دقيقة. انتظر قليلًا.",
        withdraw: "سحب الدعوة",
        withdrawn: "سُحبت الدعوة. لم يعد الرابط يعمل.",
        copy_link: "نسخ الرابط",
        copied: "تم النسخ",
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
        exempt: "إعفاء لمدة",
        exempt_means: "لا يسري إعداد الشركة على هذا الشخص حتى نهاية ذلك اليوم. أما الإعداد الخاص فيبقى.",
        exempt_until: "معفى حتى (30 يومًا على الأكثر)",
        exempt_reason: "السبب",
        exempt_reason_hint: "يظهر في سجل النشاط.",
        exempt_title: |name| format!("إعفاء {} لمدة", apart(name)),
        exempted: |name, until| format!("{} معفى حتى {until}.", apart(name)),
        is_exempt: |until| format!("معفى من إعداد الشركة حتى {until}."),
        end_exemption: "إنهاء الإعفاء",
        exemption_ended: |name| format!("انتهى إعفاء {}.", apart(name)),
        pass: "منح إذن",
        pass_means: "يتيح لهذا الشخص ربط أول تطبيق خلال يوم.",
        pass_issued: |name, until| format!("لدى {} إذن حتى {until}.", apart(name)),
        has_pass: |until| format!("يوجد إذن حتى {until}."),
        withdraw_pass: "سحب الإذن",
        pass_withdrawn: "سُحب الإذن.",
        press_again: "تم تأكيدك. اضغط الزر الآن مرة أخرى.",
        kept: "تم تأكيدك. عاد ما كتبته هنا ولم يُحفظ بعد.",
        need_first: "اكتب الاسم الأول.",
        need_last: "اكتب اسم العائلة.",
        too_long: "الاسم 60 حرفًا على الأكثر.",
        need_email: "اكتب عنوان بريد إلكتروني.",
        odd_email: "هذا ليس عنوانًا يمكننا الكتابة إليه.",
        taken: "لدى شخص في هذه الشركة هذا العنوان أصلًا.",
        need_reason: "اكتب سببًا في سطر واحد، 200 حرف على الأكثر.",
        need_date: "اختر يومًا من الغد وحتى 30 يومًا.",
        stale: "غيّر شخص آخر هذا المستخدم في هذه الأثناء. انظر إلى النسختين ثم احفظ نسختك أو ألغِ.",
        stale_caption: "النسختان",
        field: "الحقل",
        yours: "نسختك",
        theirs: "ما حُفظ في هذه الأثناء",
        need_own: "هذا يُضعف الدخول. اربط تطبيق مصادقة لك أولًا.",
        not_on_oneself: "لا أحد يفعل هذا بحسابه. اسأل مسؤولًا آخر.",
        last_admin: "هذا آخر مسؤول. اجعل شخصًا آخر مسؤولًا أولًا.",
    },
    reset: Reset {
        title: |name| format!("إعادة ضبط مصادقة {}", apart(name)),
        goes: "ما الذي يزول",
        apps: |apps| match apps {
            0 => "لا تطبيق: لم يُربط أي تطبيق".to_owned(),
            1 => "تطبيق المصادقة المربوط".to_owned(),
            2 => "تطبيقا المصادقة المربوطان".to_owned(),
            _ => format!("كل تطبيقات المصادقة المربوطة، وعددها {apps}"),
        },
        sessions: "كل الجلسات: يخرج هذا الشخص من كل مكان",
        stays: |what| format!("يبقى المطلوب كما هو: {what}."),
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
        by: "من",
        about: "لمن",
        what: "ماذا",
        person: "الشخص",
        anybody: "الكل",
        kind: "النوع",
        any: "كل شيء",
        logins: "الدخول والرموز",
        authenticators: "التطبيقات والعناوين",
        people: "أعمال المسؤولين",
        settings: "إعدادات الشركة",
        filter: "تصفية",
        clear: "إلغاء التصفية",
        csv: "تنزيل (CSV)",
        empty: "لم يحدث شيء كهذا.",
        older: "الأقدم",
        newest: "الأحدث",
        looked_back: "يوجد المزيد قبل ذلك.",
        details: "التفاصيل",
        before: "قبل",
        after: "بعد",
        reason: "السبب",
        exactly: "الوقت بالضبط",
        number: "الرقم",
        portal: "البوابة",
        mail_server: "خادم البريد",
        operator: |name| format!("{} (التشغيل)", apart(name)),
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
        ("يربط تطبيقًا عند الدخول التالي", counts.link),
        ("يحتاج إلى إذن أولًا", counts.pass),
        ("لا يصله البريد", counts.stopped),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(_, people)| *people > 0)
        .map(|(what, people)| format!("{what}: {people}"))
        .collect();
    let mut sentence = format!("يسري على {}. {}.", persons(counts.people), parts.join("، "));
    if counts.grace > 0 {
        sentence.push_str(&format!(" لدى {} منهم وقت.", counts.grace));
    }
    sentence
}

fn name(required: Requirement) -> &'static str {
    WORDS.choice.name(required)
}

fn why(resolution: &Resolution, when: When) -> String {
    let layer = match resolution.decided_by {
        None => "لا أحد يطلب أكثر",
        Some(Layer::Company) => "إعداد الشركة",
        Some(Layer::Role) => "إعداد الدور",
        Some(Layer::User) => "إعداد خاص",
        Some(Layer::Own) => "ربط تطبيقًا باختياره",
        Some(_) => "مطلوب في كل مكان",
    };
    let mut why = match resolution.exempt_until {
        Some(until) if resolution.decided_by.is_none() => format!("معفى حتى {}", when.near(until)),
        Some(until) => format!("{layer}؛ معفى من إعداد الشركة حتى {}", when.near(until)),
        None => layer.to_owned(),
    };
    if let Some((from, then)) = resolution.enroll_by {
        why.push_str(&format!("؛ {} من {}", name(then), when.near(from)));
    }
    why
}

fn standing(state: State, when: When) -> String {
    match state {
        State::ReadyByPassword => "مستعد · كلمة المرور".to_owned(),
        State::ReadyByMail => "مستعد · البريد".to_owned(),
        State::ReadyByApp => "مستعد · التطبيق".to_owned(),
        State::NotLinked { by: None } => "لم يُربط بعد".to_owned(),
        State::NotLinked { by: Some(by) } => format!("لم يُربط بعد · بقي {}", when.left(by)),
        State::NeedsPass => "يحتاج إلى إذن".to_owned(),
        State::Invited { .. } => "مدعو".to_owned(),
        State::InvitationOver { .. } => "انتهت الدعوة".to_owned(),
        State::Refused { invited: true } => "لم تصل الدعوة: العنوان مرفوض".to_owned(),
        State::Refused { invited: false } => "لا يصله البريد: العنوان مرفوض".to_owned(),
        State::NoAddress => "لا يصله البريد: لا عنوان".to_owned(),
        State::Locked { until } => format!("مقفل حتى {}", when.near(until)),
        State::SwitchedOff => "موقوف: رموز خاطئة كثيرة".to_owned(),
        State::Suspended => "الحساب موقوف".to_owned(),
    }
}

fn by(method: Method) -> &'static str {
    match method {
        Method::Email => "من البريد",
        _ => "من التطبيق",
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
        EventKind::TenantSignedOut => "أُخرج الجميع".to_owned(),
        EventKind::Adopted => "انتقل من البوابة".to_owned(),
        EventKind::UserCreated => "أُنشئ المستخدم".to_owned(),
        EventKind::Invited => "أُرسلت الدعوة".to_owned(),
        EventKind::InvitationAccepted => "قُبلت الدعوة".to_owned(),
        EventKind::InvitationWithdrawn => "سُحبت الدعوة".to_owned(),
        EventKind::RuleChanged { before, after } => {
            let own = |rule: &Requirement| match rule {
                Requirement::None => WORDS.told_company_setting,
                other => name(*other),
            };
            format!("تغيّر الإعداد الخاص: {} ← {}", own(before), own(after))
        }
        EventKind::Exempted { until, .. } => {
            format!("أُعفي من إعداد الشركة حتى {}", when.near(*until))
        }
        EventKind::ExemptionEnded => "انتهى الإعفاء".to_owned(),
        EventKind::PassIssued { until } => {
            format!("إذن بربط أول تطبيق حتى {}", when.near(*until))
        }
        EventKind::PassWithdrawn => "سُحب الإذن".to_owned(),
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
                Miss::Slow => "رمز ساعة متأخرة",
                _ => "رمز خاطئ",
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
        EventKind::AddressRefused => "رفض خادم البريد العنوان".to_owned(),
        EventKind::Suspended => "أُوقف الحساب".to_owned(),
        EventKind::Resumed => "أُعيد تشغيل الحساب".to_owned(),
        EventKind::Removed => "حُذف الحساب".to_owned(),
        EventKind::SignedOutEverywhere => "خروج من كل مكان".to_owned(),
        _ => "شيء آخر".to_owned(),
    }
}
