//! What must not compile: a proof made by anything but a finished login.

#[test]
fn nobody_outside_the_core_can_make_copy_or_skip_a_proof() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
