//! An answer, without what nobody here looks at.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

/// What customers fill in: the specification of a connector without what its template presets. The
/// service works it out and may do so anew at any time, so it is compared with nothing (dossier 3.3); and
/// it comes with each source template and each connector, of whose answers it is the most.
const UNREAD: &str = "user_config_spec";

/// An answer, without that.
pub(crate) struct Answer(pub(crate) Json);

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Answer, D::Error> {
        deserializer.deserialize_any(Reader).map(Answer)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(Answer(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut map = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if key == UNREAD {
                members.next_value::<IgnoredAny>()?;
            } else {
                let Answer(member) = members.next_value()?;
                map.insert(key, member);
            }
        }
        Ok(Json::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let Answer(answer) = serde_json::from_str(text).unwrap();
        assert_eq!(answer, serde_json::from_str::<Json>(expected).unwrap());
    }

    #[test]
    fn all_is_read_but_what_customers_fill_in() {
        for text in
            ["null", "[true, -1, 18446744073709551615, 1.5e300, \"é\\n\"]", "{\"a\": {\"b\": []}}"]
        {
            check(text, text);
        }
        let spec = r#""user_config_spec": {"connectionSpecification": {"a": [1, "}"]}}"#;
        check(&format!(r#"{{"a": 1, {spec}, "b": 2}}"#), r#"{"a": 1, "b": 2}"#);
        check(&format!(r#"[{{"source_template": {{{spec}}}}}]"#), r#"[{"source_template": {}}]"#);
    }

    #[test]
    fn what_is_no_json_is_told_by_its_place() {
        for (text, line, column) in [("{\"a\": }", 1, 7), ("{\"user_config_spec\":\n [}", 2, 3)] {
            let error = serde_json::from_str::<Answer>(text).err().unwrap();
            assert_eq!((error.line(), error.column()), (line, column));
        }
    }
}
