//! What to do about a failed connection.

use super::failure::Failure;
use crate::config::{ConnectionParameters, Password, Server, SslMode};

/// The next step after `failure` on `server`, a line for each thing.
pub(super) fn hint(failure: &Failure, server: &Server, parameters: &ConnectionParameters) -> Option<String> {
    let advice = match failure {
        Failure::Server { sqlstate, routine, message } => {
            return of_server(sqlstate, routine, message, server, parameters);
        }
        Failure::UnknownHost(_) => "look at the host's name; `--wait` waits until it is known",
        Failure::Refused => {
            "is the server running there, and does it listen on that port? `--wait` waits until it does"
        }
        Failure::NoSocket => {
            "is the server running on this machine? to connect over TCP, name a host: `postgresql://localhost/…`"
        }
        Failure::TimedOut => "is a firewall in between? `connect_timeout` in the URL sets how many seconds to wait",
        Failure::Unreachable(_) => "look at the host's address and at the network",
        Failure::Closed => "is it a PostgreSQL server, and does it run? `--wait` waits until it does",
        Failure::TlsNotOffered => "turn `ssl` on at the server, or connect without TLS: sslmode=prefer or disable",
        Failure::Tls(_) => "sslmode=disable connects without TLS; ssl_min_protocol_version limits the versions",
        Failure::UnknownAuthority => {
            "put the authority's certificate into the file that `sslrootcert` names; sslrootcert=system trusts those \
             of this system"
        }
        Failure::WrongHost { .. } => "connect by a name that the certificate has; sslmode=verify-ca does not check it",
        Failure::Expired(_) | Failure::NotYetValid(_) => "renew it at the server; is this machine's clock right?",
        Failure::Certificate(_) => {
            "make one of version 3 with subjectAltName, as in `openssl x509 -req … -extfile …`; sslmode=require only \
             encrypts"
        }
        Failure::NoRootCertificate { .. } => {
            "name the file with `sslrootcert` or `PGSSLROOTCERT`, or trust what this system trusts: sslrootcert=system"
        }
        Failure::NoSystemRoots => "install `ca-certificates`, or name a file with `sslrootcert`",
        Failure::RootFile { .. } => "it has to hold certificates in PEM form: `-----BEGIN CERTIFICATE-----`",
        Failure::NoHostToVerify => "give the name as `host` beside the address as `hostaddr`",
        Failure::ClientFiles { hint, .. } => return hint.clone(),
        Failure::ClientCertificateRefused(_) => "sslcert and sslkey name a certificate that the server trusts",
        Failure::NoPassword => {
            let ways = "put it into the URL, best as a variable: `postgresql://user:${PASSWORD}@host/database`; or \
                        into `PGPASSWORD`, or into `~/.pgpass`";
            let ignored = parameters.ignored_password_file.as_ref().map(|reason| format!("{reason}\n"));
            return Some(format!("{}{ways}", ignored.unwrap_or_default()));
        }
        Failure::NoChannelBinding => "it takes TLS and a SCRAM password; channel_binding=prefer does without",
        Failure::UnsupportedAuthentication => {
            "passwords (SCRAM, MD5, clear), certificates, peer and trust are supported, GSSAPI, SSPI and OAuth are not"
        }
        Failure::Unsuitable(_) => "target_session_attrs in the URL says which servers will do",
        Failure::Other(_) => return None,
    };
    Some(advice.to_owned())
}

/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn of_server(
    sqlstate: &str,
    routine: &str,
    message: &str,
    server: &Server,
    parameters: &ConnectionParameters,
) -> Option<String> {
    let advice = match sqlstate {
        "28P01" => return Some(wrong_password(server.password.as_ref(), parameters)),
        "28000"
            if message.contains("client certificate")
                || (routine == "auth_failed" && sends_certificate(parameters)) =>
        {
            return Some(client_certificate(parameters));
        }
        "28000" if routine == "InitializeSessionUserId" => "make the role, or name another user in the URL",
        "28000" if parameters.tls.mode < SslMode::Prefer => {
            "the server's pg_hba.conf does not let this connection in; if it asks for TLS, set sslmode=require"
        }
        "28000" => "the server's pg_hba.conf does not let this user in from here, or not in this way",
        "3D000" => "make it with `createdb`, or name another one in the URL",
        "42501" => "the role needs the right to connect: `GRANT CONNECT ON DATABASE …`",
        "53300" => "the server has no free connection; try again later",
        "57P03" => "the server is starting up or stopping; `--wait` waits until it is ready",
        "08P01" | "42704" if parameters.options.is_some() => {
            "the `options` may be at fault; poolers such as PgBouncer refuse them"
        }
        _ => return None,
    };
    Some(advice.to_owned())
}

fn wrong_password(password: Option<&Password>, parameters: &ConnectionParameters) -> String {
    match password {
        Some(password) => format!("the password was {}; is it the right one for this user?", password.origin),
        None => {
            let ignored = parameters.ignored_password_file.as_deref().unwrap_or("no password was given");
            format!("{ignored}\nlook at the user and the server's pg_hba.conf")
        }
    }
}

fn sends_certificate(parameters: &ConnectionParameters) -> bool {
    parameters.tls.certificate.as_ref().is_some_and(|file| file.exists())
}

fn client_certificate(parameters: &ConnectionParameters) -> String {
    match &parameters.tls.certificate {
        Some(file) if !file.exists() => {
            format!("`{}` does not exist; sslcert and sslkey name the certificate and its key", file.display())
        }
        Some(file) => {
            format!("`{}` was sent; does it name the user, and is it signed by the right authority?", file.display())
        }
        None => "sslcert and sslkey name the certificate and its key".into(),
    }
}
