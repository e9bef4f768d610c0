#![allow(clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::config::DatabaseUrl;

fn url(text: &str) -> PostgresUrl {
    match DatabaseUrl::parse(text, Path::new("/")).unwrap() {
        DatabaseUrl::PostgreSql(url) => url,
        other => panic!("{other}"),
    }
}

fn resolve(text: &str, variables: &[(&str, &str)]) -> Result<ConnectionParameters, ParameterError> {
    let variables = [("USER", "someone"), ("PGSYSCONFDIR", "/nowhere")].into_iter().chain(variables.iter().copied());
    ConnectionParameters::resolve(&url(text), &variables.collect())
}

fn resolved(text: &str, variables: &[(&str, &str)]) -> ConnectionParameters {
    resolve(text, variables).unwrap()
}

fn servers(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    resolved(text, variables).servers.iter().map(ToString::to_string).collect()
}

/// A home directory with these files.
fn home(files: &[(&str, &str)]) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    home
}

fn password(parameters: &ConnectionParameters) -> Option<(&str, String)> {
    let password = parameters.servers[0].password.as_ref()?;
    Some((password.secret.expose(), password.origin.to_string()))
}

#[test]
fn defaults() {
    let parameters = resolved("postgresql://h", &[]);
    assert_eq!(parameters.database, parameters.user);
    assert_eq!(parameters.application_name, "migrator");
    assert_eq!(parameters.connect_timeout, Some(Duration::from_secs(15)));
    assert_eq!(parameters.target_session_attributes, TargetSessionAttributes::Any);
    assert_eq!((parameters.tls.mode, parameters.tls.negotiation), (SslMode::Prefer, SslNegotiation::Postgres));
    assert_eq!(parameters.tls.channel_binding, ChannelBinding::Prefer);
    assert_eq!(parameters.tls.roots, RootCertificates::None);
    assert!(!parameters.load_balance && parameters.keepalives.enabled && parameters.options.is_none());
    let Keepalives { idle, interval, count, user_timeout, .. } = parameters.keepalives;
    let worst = idle.unwrap() + interval.unwrap() * count.unwrap();
    assert!(worst <= Duration::from_secs(60) && user_timeout == Some(Duration::from_secs(60)));
    let systems = resolved("postgresql://h?keepalives_idle=0&keepalives_interval=0&tcp_user_timeout=0", &[]).keepalives;
    assert_eq!((systems.idle, systems.interval, systems.user_timeout), (None, None, None));
    assert_eq!(password(&parameters), None);
}

#[test]
fn the_url_goes_before_the_service_that_before_the_environment() {
    let home = home(&[(
        ".pg_service.conf",
        "[shop]\nhost=service\nport=1\nuser=service\ndbname=service\npassword=service\napplication_name=service\n\
         sslmode=disable\n",
    )]);
    let home_path = home.path().to_str().unwrap();
    let environment = [
        ("HOME", home_path),
        ("PGHOST", "environment"),
        ("PGPORT", "2"),
        ("PGUSER", "environment"),
        ("PGDATABASE", "environment"),
        ("PGPASSWORD", "environment"),
        ("PGAPPNAME", "environment"),
        ("PGSSLMODE", "require"),
        ("PGCONNECT_TIMEOUT", "7"),
        ("PGOPTIONS", "-c a=b"),
        ("PGTARGETSESSIONATTRS", "primary"),
        ("PGCHANNELBINDING", "require"),
        ("PGLOADBALANCEHOSTS", "random"),
    ];
    let from_environment = resolved("postgresql://", &environment);
    assert_eq!(from_environment.servers[0].to_string(), "environment:2");
    assert_eq!((from_environment.user.as_str(), from_environment.database.as_str()), ("environment", "environment"));
    assert_eq!(password(&from_environment).unwrap(), ("environment", "the one in the variable `PGPASSWORD`".into()));
    assert_eq!(from_environment.application_name, "environment");
    assert_eq!(from_environment.tls.mode, SslMode::Require);
    assert_eq!(from_environment.tls.channel_binding, ChannelBinding::Require);
    assert_eq!(from_environment.connect_timeout, Some(Duration::from_secs(7)));
    assert_eq!(from_environment.options.as_deref(), Some("-c a=b"));
    assert_eq!(from_environment.target_session_attributes, TargetSessionAttributes::Primary);
    assert!(from_environment.load_balance);

    // `channel_binding=require` contradicts the service's `sslmode`.
    let environment: Vec<_> = environment
        .into_iter()
        .filter(|(name, _)| *name != "PGCHANNELBINDING")
        .chain([("PGSERVICE", "shop")])
        .collect();
    for from_service in [
        resolved("postgresql://", &environment),
        resolved("postgresql://?service=shop", &environment[..environment.len() - 1]),
    ] {
        assert_eq!(from_service.servers[0].to_string(), "service:1");
        assert_eq!((from_service.user.as_str(), from_service.database.as_str()), ("service", "service"));
        let (secret, origin) = password(&from_service).unwrap();
        assert_eq!(secret, "service");
        assert!(origin.ends_with("/.pg_service.conf`"), "{origin}");
        assert_eq!((from_service.application_name.as_str(), from_service.tls.mode), ("service", SslMode::Disable));
        assert_eq!(from_service.connect_timeout, Some(Duration::from_secs(7)), "what it does not say");
    }

    let text = "postgresql://url:url@url:3/url?application_name=url&sslmode=prefer&connect_timeout=0";
    let from_url = resolved(text, &environment);
    assert_eq!(from_url.servers[0].to_string(), "url:3");
    assert_eq!((from_url.user.as_str(), from_url.database.as_str()), ("url", "url"));
    assert_eq!(password(&from_url).unwrap(), ("url", "the one in the URL".into()));
    assert_eq!((from_url.application_name.as_str(), from_url.tls.mode), ("url", SslMode::Prefer));
    assert_eq!(from_url.connect_timeout, None);
}

#[test]
fn empty_values_are_none() {
    let parameters =
        resolved("postgresql://h?sslmode=&user=", &[("PGUSER", ""), ("PGSSLMODE", "require"), ("PGSSLCRL", "")]);
    assert_eq!(parameters.tls.mode, SslMode::Require);
    assert!(!parameters.user.is_empty());
}

#[test]
fn lists_of_servers() {
    for (text, variables, expected) in [
        ("postgresql://a,b:2,c", &[][..], &["a:5432", "b:2", "c:5432"][..]),
        ("postgresql://a,b", &[("PGPORT", "7")], &["a:7", "b:7"]),
        ("postgresql://", &[("PGHOST", "a,b"), ("PGPORT", "1,2")], &["a:1", "b:2"]),
        ("postgresql://:9", &[("PGHOST", "a,b")], &["a:9", "b:9"]),
        ("postgresql://", &[("PGHOST", "::1")], &["[::1]:5432"]),
        ("postgresql://?hostaddr=127.0.0.1,::1", &[], &["127.0.0.1:5432", "::1:5432"]),
        ("postgresql://a?hostaddr=127.0.0.1", &[], &["a:5432"]),
        ("postgresql://a", &[("PGHOSTADDR", "10.0.0.1")], &["a:5432"]),
        #[cfg(unix)]
        ("postgresql://%2Frun%2Fpg:3", &[], &["/run/pg/.s.PGSQL.3"]),
    ] {
        assert_eq!(servers(text, variables), expected, "{text}");
    }
    let parameters = resolved("postgresql://a,b?hostaddr=10.0.0.1,", &[]);
    let addresses: Vec<_> = parameters.servers.iter().map(|server| server.address).collect();
    assert_eq!(addresses, [Some("10.0.0.1".parse().unwrap()), None]);
}

#[test]
fn the_ssl_of_java_is_sslmode() {
    assert_eq!(resolved("postgresql://h?ssl=true", &[]).tls.mode, SslMode::Require);
}

#[test]
fn files_of_tls() {
    let files = [("HOME", "/home/u")];
    let tls = resolved("postgresql://h", &files).tls;
    assert_eq!(tls.roots, RootCertificates::File("/home/u/.postgresql/root.crt".into()));
    assert_eq!(tls.certificate.as_deref(), Some(Path::new("/home/u/.postgresql/postgresql.crt")));
    assert_eq!(tls.key.as_deref(), Some(Path::new("/home/u/.postgresql/postgresql.key")));
    let variables = [("PGSSLROOTCERT", "r"), ("PGSSLCERT", "c"), ("PGSSLKEY", "k")];
    let tls = resolved("postgresql://h?sslcert=d", &variables).tls;
    assert_eq!(tls.roots, RootCertificates::File("r".into()));
    assert_eq!((tls.certificate, tls.key), (Some("d".into()), Some("k".into())));
    let tls = resolved("postgresql://h?sslcertmode=disable&sslrootcert=system&sslsni=0", &variables).tls;
    assert_eq!((tls.roots, tls.mode, tls.certificate), (RootCertificates::System, SslMode::VerifyFull, None));
    assert!(!tls.server_name_indication);
}

#[test]
fn the_password_file_is_asked_for_each_server() {
    let home = home(&[(".pgpass", "a:5432:d:u:first\nb:*:*:*:second\nlocalhost:*:*:*:socket\n/run/x:*:*:*:x\n")]);
    let variables = [("HOME", home.path().to_str().unwrap())];
    let secrets = |text: &str| {
        let parameters = resolved(text, &variables);
        let secret = |server: &Server| server.password.as_ref().map(|password| password.secret.expose().to_owned());
        parameters.servers.iter().map(secret).collect::<Vec<_>>()
    };
    let some = |secret: &str| Some(secret.to_owned());
    assert_eq!(secrets("postgresql://u@a,b,c/d"), [some("first"), some("second"), None]);
    assert_eq!(secrets("postgresql://u:own@a,b/d"), [some("own"), some("own")]);
    assert_eq!(secrets("postgresql://u@%2Ftmp/d"), [some("socket")]);
    assert_eq!(secrets("postgresql://u@%2Frun%2Fx/d"), [some("x")]);
    let origin = password(&resolved("postgresql://u@a/d", &variables)).unwrap().1;
    assert!(origin.ends_with("/.pgpass`"), "{origin}");

    let other = home.path().join("other");
    fs::rename(home.path().join(".pgpass"), &other).unwrap();
    let text = format!("postgresql://u@a/d?passfile={}", other.display());
    assert_eq!(secrets(&text), [some("first")]);
    assert_eq!(secrets("postgresql://u@a/d"), [None]);
}

#[test]
fn what_cannot_be_used_is_refused() {
    for (text, variables, message) in [
        (
            "postgresql://h?sslmode=verify_full",
            &[][..],
            "`sslmode` in the URL is none of disable, allow, prefer, require, verify-ca, verify-full",
        ),
        (
            "postgresql://h",
            &[("PGSSLMODE", "on")],
            "`sslmode` in the variable `PGSSLMODE` is none of disable, allow, prefer, require, verify-ca, verify-full",
        ),
        ("postgresql://h?connect_timeout=soon", &[], "`connect_timeout` in the URL is not a whole number"),
        ("postgresql://h", &[("PGPORT", "x")], "`port` in the variable `PGPORT` is not a number from 1 to 65535"),
        ("postgresql://h?hostaddr=localhost", &[], "`hostaddr` in the URL is not an IP address"),
        ("postgresql://h?hostaddr=::1,::2", &[], "the numbers of hosts and addresses differ"),
        ("postgresql://a,b,c", &[("PGPORT", "1,2")], "the numbers of hosts and ports differ"),
        ("postgresql://h", &[("PGSSLCRL", "list.pem")], "`sslcrl` in the variable `PGSSLCRL` is not supported"),
        ("postgresql://h?require_auth=scram-sha-256", &[], "`require_auth` in the URL is not supported"),
        ("postgresql://h?gssencmode=require", &[], "`gssencmode` in the URL is none of disable, prefer"),
        (
            "postgresql://h?client_encoding=latin1",
            &[],
            "`client_encoding` in the URL is none of utf8, utf-8, unicode, auto",
        ),
        ("postgresql://h?sslmod=require", &[], "there is an unknown parameter in the URL"),
        ("postgresql://h?sslnegotiation=direct", &[], "sslnegotiation=direct needs sslmode=require or more"),
        (
            "postgresql://h?sslrootcert=system&sslmode=require",
            &[],
            "sslrootcert=system goes only with sslmode=verify-full",
        ),
        (
            "postgresql://h?sslmode=disable",
            &[("PGCHANNELBINDING", "require")],
            "channel_binding=require does not go with sslmode=disable",
        ),
        ("postgresql://?service=s", &[], "there is no service `s` in any file, for there is none"),
    ] {
        let error = resolve(text, variables).unwrap_err();
        assert_eq!(error.to_string(), message, "{text}");
        assert_eq!(error.kind(), "config");
    }
    let hint = |text: &str| resolve(text, &[]).unwrap_err().hint().unwrap();
    assert_eq!(hint("postgresql://h?sslmod=require"), "did you mean `sslmode`?");
    assert_eq!(hint("postgresql://h?sslmode=verify_full"), "did you mean `verify-full`?");
}

#[test]
fn services() {
    let own = "[a]\nhost=own\n";
    let home = home(&[
        (".pg_service.conf", own),
        ("etc/pg_service.conf", "[a]\nhost=system\n[b]\nhost=b\n"),
        ("x", "[c]\nhos=b\n"),
    ]);
    let directory = home.path().to_str().unwrap();
    let (etc, named) = (format!("{directory}/etc"), format!("{directory}/x"));
    let variables = [("HOME", directory), ("PGSYSCONFDIR", etc.as_str())];
    assert_eq!(servers("postgresql://?service=a", &variables), ["own:5432"]);
    assert_eq!(servers("postgresql://?service=b", &variables), ["b:5432"]);
    let error = resolve("postgresql://?service=c", &variables).unwrap_err();
    assert!(error.to_string().starts_with("there is no service `c` in `") && error.hint().is_some(), "{error}");
    let error = resolve("postgresql://?service=c", &[("PGSERVICEFILE", named.as_str())]).unwrap_err();
    assert_eq!(error.to_string(), format!("there is an unknown parameter in `{named}`"));
    assert_eq!(error.hint().unwrap(), "did you mean `host`?");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever stands unescaped in a URL or a variable, no piece of it is repeated.
    #[test]
    fn no_secret_is_shown(password in "[ -~]{0,12}", other in "[ -~]{0,6}") {
        let secret = format!("Qq{password}Zz");
        let texts = [
            format!("postgresql://u:{secret}@h/d"),
            format!("postgresql://u@h/d?password={secret}"),
            format!("postgresql://u@h/d?password={secret}&sslmode={secret}"),
            format!("postgresql://u:x&Qq{other}Zz@h/d?Qq{other}Zz=1"),
            format!("postgresql://u@h/d?password=x&Qq{other}Zz=Qq&sslpassword={secret}"),
        ];
        let bad = ["PGSSLMODE", "PGPORT", "PGCONNECT_TIMEOUT", "PGHOSTADDR", "PGPASSWORD"];
        for text in texts {
            let Ok(DatabaseUrl::PostgreSql(url)) = DatabaseUrl::parse(&text, Path::new("/")) else { continue };
            for variable in bad {
                let environment: Environment = [(variable, secret.as_str()), ("USER", "u")].into();
                let shown = match ConnectionParameters::resolve(&url, &environment) {
                    // The user, the database and the like are shown, so only secrets are looked for.
                    Ok(parameters) => format!("{:?} {:?}", parameters.servers[0].password, parameters.tls),
                    Err(error) => format!("{error} {error:?} {:?}", error.hint()),
                };
                prop_assert!(!shown.contains("Qq") && !shown.contains("Zz"), "{} of {}", shown, text);
            }
        }
    }
}
