//! What is shown of a URL.

use proptest::prelude::*;

use super::*;

#[test]
fn postgresql_is_shown_without_secrets() {
    for (text, shown) in [
        ("postgresql://", "postgresql://"),
        ("postgres+psycopg2://anna@h/d", "postgresql://anna@h/d"),
        ("postgresql://anna:pw@h:5433/d", "postgresql://anna:***@h:5433/d"),
        ("postgresql://h?password=pw", "postgresql://:***@h"),
        ("postgresql://a%40b@%2Ftmp,[::1]:1/my%20d", "postgresql://a%40b@%2Ftmp,[::1]:1/my%20d"),
        ("postgresql://h/d?sslpassword=pw&scram_client_key=k", "postgresql://h/d?sslpassword=***&scram_client_key=***"),
        ("postgresql:///d?sslrootcert=/a/b c.pem", "postgresql:///d?sslrootcert=/a/b%20c.pem"),
        ("postgresql://h/%1b%0a", "postgresql://h/%1B%0A"),
    ] {
        let url = parse(text).unwrap();
        assert_eq!(url.to_string(), shown);
        assert_eq!(format!("{url:?}"), format!("PostgreSql(PostgresUrl({shown}))"));
        assert_eq!(parse(shown).unwrap().to_string(), shown);
    }
    let secret = postgres("postgresql://u:pw@h").password().cloned();
    assert_eq!(format!("{secret:?}"), "Some(***)");
}

/// A password that no part of the rest of the URL contains, in each of its encodings.
fn marked(password: &str) -> (String, String) {
    let plain = format!("Q{password}Q");
    let encoded = plain.bytes().map(|byte| format!("%{byte:02x}")).collect();
    (plain, encoded)
}

proptest! {
    #[test]
    fn every_encoded_password_is_read_and_never_shown(password in "[ -~]{0,12}|\\PC{0,8}") {
        let (plain, encoded) = marked(&password);
        for text in [format!("postgresql://u:{encoded}@h:1/d"), format!("postgresql://h/d?password={encoded}")] {
            let url = postgres(&text);
            prop_assert_eq!(url.password().map(Secret::expose), Some(plain.as_str()));
            for shown in [url.to_string(), format!("{url:?}"), format!("{url:#?}")] {
                prop_assert!(!shown.contains(&plain) && !shown.contains(&encoded), "{}", shown);
            }
        }
    }

    #[test]
    fn no_unencoded_password_is_shown(password in "[ -~]{0,12}") {
        let plain = format!("QQ{password}QQ");
        for text in [
            format!("postgresql://u:{plain}@h:1/d"),
            format!("postgresql://u:{plain}@h:x/d"),
            format!("mysql://u:{plain}@h/d"),
            format!("u:{plain}@h/d"),
            format!("sqlite://u:{plain}@h/d"),
            plain.clone(),
        ] {
            let shown = match parse(&text) {
                Ok(url) => format!("{url} {url:?}"),
                Err(error) => format!("{error} {error:?} {:?}", error.hint()),
            };
            prop_assert!(!shown.contains("QQ"), "{} of {}", shown, text);
        }
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in "(postgresql:|sqlite:)?([/:@?#%=&,\\[\\]0-9a]|\\PC)*") {
        if let Ok(url) = parse(&text) {
            // What is shown is a URL, and the same one but for its secrets.
            let shown = url.to_string();
            prop_assert_eq!(parse(&shown).map(|url| url.to_string()), Ok(shown));
        }
    }
}

#[test]
fn every_printable_character_can_be_in_a_password() {
    for character in ' '..='~' {
        let (plain, encoded) = marked(&character.to_string());
        assert_eq!(password(&format!("postgresql://u:{encoded}@h/d")), Some(plain));
        if !"/?%".contains(character) {
            let text = format!("postgresql://u:a{character}b@h/d");
            assert_eq!(password(&text), Some(format!("a{character}b")));
        }
    }
}
