//! What the compiler says of a wrong first argument: one error, and not one for each law or port.

#[test]
fn a_wrong_argument_of_store_laws_is_one_error_that_says_what_is_wanted() {
    trybuild::TestCases::new().compile_fail("tests/wrong_fresh/*.rs");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wrong_fresh");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    for file in files.filter(|file| file.extension().is_some_and(|ending| ending == "stderr")) {
        let told = std::fs::read_to_string(&file).unwrap();
        let errors = told.lines().filter(|line| line.starts_with("error")).count();
        assert_eq!(errors, 1, "{}", file.display());
    }
}
