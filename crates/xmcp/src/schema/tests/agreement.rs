//! Our checks say what `jsonschema` says, and the fast way says what the slow way says.

use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::schema::InputCheck;
use crate::schema::accept;
#[cfg(not(feature = "json-schema"))]
use crate::schema::error::SchemaError;

/// Few words, so that schemas and instances meet.
fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "", "a", "b", "ab", "äß", "a/b", "~", "\"q\"", "kind", "abc",
    ])
    .prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (-4_i64..10).prop_map(Value::from),
        2 => (-8_i64..16).prop_map(|half| json!(half as f64 / 2.0)),
        1 => prop::sample::select(vec![
            json!(u64::MAX), json!(i64::MIN), json!(i64::MAX), json!(9_007_199_254_740_993_u64), json!(9_007_199_254_740_992.0),
            json!(1e300), json!(-1e19), json!(-0.0), json!(1.0), json!(18_446_744_073_709_551_616.0), json!(0.1), json!(5e-324),
        ]),
    ]
}

fn instance() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number(),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn type_keyword() -> impl Strategy<Value = Value> {
    let name = || {
        prop::sample::select(vec![
            "null", "boolean", "integer", "number", "string", "array", "object",
        ])
    };
    prop_oneof![
        3 => name().prop_map(|name| json!(name)),
        1 => prop::collection::btree_set(name(), 1..4).prop_map(|names| json!(names)),
    ]
}

fn keyword(inner: BoxedStrategy<Value>) -> BoxedStrategy<(String, Value)> {
    let named = |name: &'static str, value: BoxedStrategy<Value>| {
        value
            .prop_map(move |value| (name.to_owned(), value))
            .boxed()
    };
    let count = || (0_u64..4).prop_map(Value::from).boxed();
    let members = prop::collection::vec((word(), inner.clone()), 0..4)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
        .boxed();
    let list = || {
        prop::collection::vec(inner.clone(), 1..4)
            .prop_map(Value::from)
            .boxed()
    };
    let words = prop::collection::btree_set(word(), 0..3)
        .prop_map(|words| json!(words))
        .boxed();
    let common = prop_oneof![
        4 => named("type", type_keyword().boxed()),
        3 => named("properties", members),
        2 => named("required", words),
        2 => named("additionalProperties", prop_oneof![any::<bool>().prop_map(Value::from), inner.clone()].boxed()),
        2 => named("items", inner.clone()),
        1 => named("prefixItems", list()),
        1 => named("enum", prop::collection::vec(instance(), 1..4).prop_map(Value::from).boxed()),
        1 => named("const", instance().boxed()),
        1 => named("minimum", number().boxed()),
        1 => named("maximum", number().boxed()),
        1 => named("exclusiveMinimum", number().boxed()),
        1 => named("exclusiveMaximum", number().boxed()),
        1 => named("multipleOf", prop_oneof![(1_i64..5).prop_map(Value::from), Just(json!(0.5)), Just(json!(2.0))].boxed()),
        1 => named("minLength", count()),
        1 => named("maxLength", count()),
        1 => named("minItems", count()),
        1 => named("maxItems", count()),
        1 => named("minProperties", count()),
        1 => named("maxProperties", count()),
        1 => named("anyOf", list()),
        1 => named("oneOf", list()),
        1 => named("allOf", list()),
        1 => named("pattern", Just(json!("^a")).boxed()),
        1 => named("uniqueItems", any::<bool>().prop_map(Value::from).boxed()),
        1 => named("not", inner.clone()),
        1 => named("$ref", prop::sample::select(vec!["#/$defs/Word", "#/$defs/Tree"]).prop_map(Value::from).boxed()),
    ];
    // Without the feature a schema that says one of these is refused, which is no agreement.
    if !cfg!(feature = "json-schema") {
        return common.boxed();
    }
    let rare = prop_oneof![
        1 => named("patternProperties", inner.clone().prop_map(|schema| json!({"^a": schema})).boxed()),
        1 => named("propertyNames", Just(json!({"maxLength": 2})).boxed()),
        1 => named("dependentRequired", Just(json!({"a": ["b"]})).boxed()),
        1 => named("contains", inner.clone()),
        1 => named("if", inner.clone()),
        1 => named("then", inner.clone()),
        1 => named("unevaluatedProperties", any::<bool>().prop_map(Value::from).boxed()),
    ];
    prop_oneof![5 => common, 1 => rare].boxed()
}

fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        4 => type_keyword().prop_map(|kind| json!({"type": kind})),
        1 => any::<bool>().prop_map(Value::from),
    ]
    .boxed();
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop::collection::vec(keyword(inner.boxed()), 0..5)
            .prop_map(|keywords| Value::Object(keywords.into_iter().collect()))
    })
}

fn tagged() -> impl Strategy<Value = Value> {
    let branch = (
        prop::sample::select(vec!["a", "b", "ab"]),
        schema(),
        any::<bool>(),
    )
        .prop_map(|(tag, member, closed)| {
            json!({
                "type": "object",
                "properties": {"kind": {"type": "string", "enum": [tag]}, "a": member},
                "required": ["kind"],
                "additionalProperties": !closed
            })
        });
    (prop::collection::vec(branch, 1..4), any::<bool>()).prop_map(|(branches, exactly_one)| {
        if exactly_one {
            json!({ "oneOf": branches })
        } else {
            json!({ "anyOf": branches })
        }
    })
}

/// A root with members of these schemas, and the definitions that references lead to.
fn document(members: Vec<(String, Value)>, closed: bool) -> Map<String, Value> {
    let properties: Map<String, Value> = members.into_iter().collect();
    let document = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": !closed,
        "$defs": {
            "Word": {"type": "string", "maxLength": 2},
            "Tree": {"type": "object", "properties": {"a": {"$ref": "#/$defs/Tree"}}, "additionalProperties": {"type": "integer"}}
        }
    });
    match document {
        Value::Object(document) => document,
        _ => Map::new(),
    }
}

/// Instances of the same names, so that most members are looked at.
fn arguments() -> impl Strategy<Value = Value> {
    let tagged = (prop::sample::select(vec!["a", "b", "ab", "x"]), instance())
        .prop_map(|(tag, member)| json!({"kind": tag, "a": member}));
    let member = prop_oneof![3 => instance(), 1 => tagged];
    prop::collection::vec((word(), member), 0..6)
        .prop_map(|members| Value::Object(members.into_iter().collect()))
}

/// The schema's verdicts on the instance: by `jsonschema`, by the slow way, and by the fast way.
fn verdicts(schema: &Map<String, Value>, instance: &Value) -> Option<(bool, bool, bool)> {
    let reference = jsonschema::options()
        .should_validate_formats(true)
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(&Value::Object(schema.clone()))
        .ok()?;
    let check = compile(schema, true)?;
    let text = instance.to_string();
    let slow = check.explain(&text).is_ok();
    let fast = accept::accepts(check.nodes(), check.root(), false, &text);
    assert_eq!(check.check(&text).is_ok(), slow || fast);
    Some((reference.is_valid(instance), slow, fast))
}

/// `None` for what takes the feature `json-schema`, when it is off.
fn compile(schema: &Map<String, Value>, strict: bool) -> Option<InputCheck> {
    match InputCheck::compile(schema, strict) {
        #[cfg(not(feature = "json-schema"))]
        Err(SchemaError::NeedsFeature { .. }) => None,
        check => Some(check.expect("what jsonschema compiles, we compile")),
    }
}

fn agree(schema: &Map<String, Value>, instance: &Value) {
    let Some((reference, slow, fast)) = verdicts(schema, instance) else {
        return;
    };
    let text = Value::Object(schema.clone());
    assert_eq!(
        slow, reference,
        "the slow way disagrees on {instance} for {text}"
    );
    // The fast way may leave what is rare to the slow one; it must never accept what is wrong.
    assert!(!fast || slow, "the fast way accepts {instance} for {text}");
    let Some(lenient) = compile(schema, false) else {
        return;
    };
    let arguments = instance.to_string();
    let coerced = lenient.explain(&arguments);
    assert!(
        !reference || coerced.is_ok(),
        "coercion spoils {instance} for {text}"
    );
    // What the fast way lets through as it is, there was nothing to coerce about.
    let unchanged = matches!(&coerced, Ok(Cow::Borrowed(_)));
    let fast = accept::accepts(lenient.nodes(), lenient.root(), true, &arguments);
    assert!(
        !fast || unchanged,
        "the fast way skips a coercion of {instance} for {text}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_schema_means_what_it_means_to_jsonschema(
        members in prop::collection::vec((word(), prop_oneof![3 => schema(), 1 => tagged()]), 1..4),
        closed in any::<bool>(),
        instances in prop::collection::vec(arguments(), 4),
    ) {
        let schema = document(members, closed);
        for instance in &instances {
            agree(&schema, instance);
        }
    }
}

/// Schemas as tools have them: what the fast way must not leave to the slow one.
#[test]
fn the_fast_way_accepts_what_tools_are_sent() {
    let schema = json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 10},
            "age": {"type": "integer", "minimum": 0, "maximum": 150},
            "color": {"type": "string", "enum": ["red", "blue"]},
            "ratio": {"type": "number"},
            "flags": {"type": "array", "items": {"type": "boolean"}, "maxItems": 3},
            "when": {"type": "string", "format": "date"},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "shape": {"anyOf": [
                {"type": "object", "properties": {"kind": {"enum": ["a"]}, "x": {"type": "integer"}}, "required": ["kind"], "additionalProperties": false},
                {"type": "object", "properties": {"kind": {"enum": ["b"]}, "y": {"type": "integer"}}, "required": ["kind"], "additionalProperties": false}
            ]},
            "either": {"anyOf": [{"type": "string"}, {"type": "integer"}]}
        },
        "required": ["name"],
        "additionalProperties": false
    });
    let Value::Object(schema) = schema else {
        panic!("a schema is an object")
    };
    let check = InputCheck::compile(&schema, false).expect("the schema compiles");
    for text in [
        r#"{"name":"Ada"}"#,
        r#" { "name" : "\u00e4\n" , "age":36,"color":"red","ratio":1,"flags":[true,false],"when":"2026-01-31" } "#,
        r#"{"labels":{"a":"b","c":"d"},"name":"x","shape":{"y":1,"kind":"b"},"either":7,"ratio":2.5}"#,
    ] {
        assert!(
            accept::accepts(check.nodes(), check.root(), true, text),
            "{text}"
        );
    }
}
