//! `openapi.json` says what the JSON side does: no path too many, none too few, and every answer as
//! it is described.
//!
//! The check of a schema is as small as what the document uses. A keyword that it does not know
//! fails, so nothing is described that nobody checks.

use std::collections::BTreeSet;

use countersign_axum::OPENAPI;
use serde_json::Value;

use crate::client::{Answered, Browser};
use crate::stage::Stage;

fn document() -> Value {
    serde_json::from_str(OPENAPI).unwrap()
}

/// Holds an answer against what is described for this operation.
#[track_caller]
pub(crate) fn check(method: &str, path: &str, answered: &Answered) {
    let document = document();
    let operation = &document["paths"][path][method];
    assert!(operation.is_object(), "{method} {path} is not described");
    let described = resolve(&document, &operation["responses"][answered.status.to_string()]);
    assert!(described.is_object(), "{method} {path} is not said to answer {answered:#?}");
    let Some(content) = described["content"].as_object() else {
        assert_eq!(answered.body, "", "{method} {path} answers without a body");
        return;
    };
    let kind = answered.header("content-type").unwrap();
    let schema = content.get(kind).unwrap_or_else(|| panic!("{method} {path} answers {kind}"));
    if let Err(why) = fits(&document, &schema["schema"], &answered.json()) {
        panic!("{method} {path} {}: {why}: {}", answered.status, answered.body);
    }
}

/// What a reference stands for, or the value itself.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let place = value["$ref"].as_str().map(|place| place.strip_prefix('#').unwrap());
    place.map_or(value, |place| document.pointer(place).unwrap())
}

/// Whether a value has the shape of a schema, and else where it has not.
fn fits(document: &Value, schema: &Value, value: &Value) -> Result<(), String> {
    for (keyword, wanted) in schema.as_object().ok_or("a schema is an object")? {
        match keyword.as_str() {
            "description" => {}
            "format" => {
                assert_eq!(wanted, "date-time");
                is_time(value).then_some(()).ok_or(format!("{value} is no time of RFC 3339"))?;
            }
            "discriminator" => {
                let name = value[wanted["propertyName"].as_str().unwrap()].as_str();
                let place = name.and_then(|name| wanted["mapping"].get(name));
                let place = place.ok_or(format!("nothing is mapped to {name:?}"))?;
                fits(document, &serde_json::json!({ "$ref": place }), value)?;
            }
            "$ref" => {
                let place = wanted.as_str().and_then(|place| place.strip_prefix('#')).unwrap();
                let named = document.pointer(place).ok_or(format!("there is no {place}"))?;
                fits(document, named, value)?;
            }
            "oneOf" => {
                let all = wanted.as_array().unwrap();
                let fitting = all.iter().filter(|one| fits(document, one, value).is_ok()).count();
                (fitting == 1).then_some(()).ok_or(format!("{fitting} of the shapes fit"))?;
            }
            "type" => {
                let is = match value {
                    Value::Null => "null",
                    Value::Bool(_) => "boolean",
                    Value::Number(number) if number.is_f64() => "number",
                    Value::Number(_) => "integer",
                    Value::String(_) => "string",
                    Value::Array(_) => "array",
                    Value::Object(_) => "object",
                };
                (wanted == is).then_some(()).ok_or(format!("{value} is no {wanted}"))?;
                let silent = is_time(value) && schema.get("format").is_none();
                (!silent).then_some(()).ok_or(format!("{value} is a time and not said to be"))?;
            }
            "const" => (wanted == value).then_some(()).ok_or(format!("{value} is not {wanted}"))?,
            "enum" => {
                let one_of = wanted.as_array().unwrap().contains(value);
                one_of.then_some(()).ok_or(format!("{value} is not one of {wanted}"))?;
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    fits(document, wanted, item)?;
                }
            }
            "required" => {
                for name in wanted.as_array().unwrap().iter().filter_map(Value::as_str) {
                    value.get(name).map(drop).ok_or(format!("{name} is missing"))?;
                }
            }
            "properties" => {
                for (name, inner) in wanted.as_object().unwrap() {
                    if let Some(value) = value.get(name) {
                        fits(document, inner, value).map_err(|why| format!("{name}: {why}"))?;
                    }
                }
            }
            "additionalProperties" => {
                assert_eq!(wanted, false);
                let known = schema["properties"].as_object().unwrap();
                let more =
                    value.as_object().into_iter().flatten().find(|(n, _)| !known.contains_key(*n));
                more.map_or(Ok(()), |(name, _)| Err(format!("{name} is not described")))?;
            }
            other => return Err(format!("the keyword {other} is not checked")),
        }
    }
    Ok(())
}

/// Whether a value is a time such as `2026-11-24T14:32:00Z`.
fn is_time(value: &Value) -> bool {
    let zeros = |c: char| if c.is_ascii_digit() { '0' } else { c };
    let shape: String = value.as_str().unwrap_or_default().chars().map(zeros).collect();
    shape == "0000-00-00T00:00:00Z"
}

/// The addresses in the source, which is where the router gets them from: each names the function
/// whose method it has.
fn in_the_source() -> BTreeSet<(String, String)> {
    let source = include_str!("../../src/json.rs");
    let method_of = |function: &str| {
        let (_, body) = source.split_once(&format!("pub fn {function}<")).unwrap();
        let (_, body) = body.split_once("MethodRouter<S> {").unwrap();
        body.trim_start().split_once('(').unwrap().0.to_owned()
    };
    let lines = source.lines().filter_map(|line| line.trim_start().strip_prefix(".route(\""));
    let routes = lines.map(|rest| {
        let (path, rest) = rest.split_once("\", ").unwrap();
        let (function, _) = rest.split_once('(').unwrap();
        (path.to_owned(), method_of(function))
    });
    routes.collect()
}

fn in_the_document() -> BTreeSet<(String, String)> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.iter().flat_map(|(path, operations)| {
        let methods = operations.as_object().unwrap().keys();
        methods.map(|method| (path.clone(), method.clone())).collect::<Vec<_>>()
    });
    operations.collect()
}

#[test]
fn every_route_is_described_and_no_description_is_without_a_route() {
    assert_eq!(in_the_document(), in_the_source());
    assert_eq!(in_the_document().len(), 7);
}

#[tokio::test]
async fn the_router_answers_what_is_described_and_nothing_else() {
    let stage = Stage::open().await;
    for (path, described) in in_the_document() {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let mut program = Browser::program(stage.at);
            let place = format!("/api/login{path}");
            let json = ("content-type", "application/json");
            let answered = program.send(method, &place, &[json], b"{}").await;
            let there = answered.status != 404 && answered.status != 405;
            assert_eq!(there, method.eq_ignore_ascii_case(&described), "{method} {path}");
            if there {
                check(&described, &path, &answered);
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_component_is_used() {
    let document = document();
    let mut used = BTreeSet::new();
    references(&document, &mut used);
    for place in &used {
        let place = place.strip_prefix('#').unwrap();
        assert!(document.pointer(place).is_some(), "there is no {place}");
    }
    for kind in ["schemas", "responses"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            assert!(used.contains(&format!("#/components/{kind}/{name}")), "{name} is not used");
        }
    }
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    let asked = document["paths"].as_object().unwrap().values().flat_map(|operations| {
        operations.as_object().unwrap().values().flat_map(|o| o["security"].as_array().unwrap())
    });
    let asked: BTreeSet<&String> = asked.flat_map(|one| one.as_object().unwrap().keys()).collect();
    assert_eq!(asked, schemes.keys().collect());
}

fn references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            into.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| references(value, into));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, into)),
        _ => {}
    }
}

#[test]
fn a_shape_that_is_wrong_is_noticed() {
    let document = document();
    let schema = serde_json::json!({ "$ref": "#/components/schemas/Step" });
    let right = serde_json::json!({
        "step": "done", "purpose": "login", "app_linked": false, "tenant": "a", "user": "b",
        "amr": ["pwd"], "aal": "aal1", "issued": "2026-01-01T00:00:00Z", "ends": "2026-01-01T12:00:00Z",
    });
    assert_eq!(fits(&document, &schema, &right), Ok(()));
    for (name, value) in [
        ("step", serde_json::json!("code")),
        ("app_linked", serde_json::json!("no")),
        ("amr", serde_json::json!([1])),
        ("aal", serde_json::json!("aal3")),
        ("ends", serde_json::json!("2026-01-01 12:00:00Z")),
        ("user", serde_json::json!("2026-01-01T12:00:00Z")),
        ("ticket", serde_json::json!("x")),
        ("user", Value::Null),
    ] {
        let mut wrong = right.clone();
        wrong[name] = value;
        assert!(fits(&document, &schema, &wrong).is_err(), "{name}");
    }
    let mut short = right;
    short.as_object_mut().unwrap().remove("user");
    assert!(fits(&document, &schema, &short).is_err());
}
