//! A mailer that works keeps every law.

use countersign_testkit::broken::BrokenMailer;

countersign_testkit::mailer_laws!(async { BrokenMailer::mended() });
