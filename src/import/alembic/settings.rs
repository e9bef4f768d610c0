//! `migrator.toml`, from what alembic.ini and env.py configure.

use std::path::Path;

use super::layout::Layout;
use super::python::{Database, Project};
use crate::backend::ALEMBIC_TABLE;

/// The text of `migrator.toml`, and what is to be known of it.
pub(super) fn render(project: &Project, layout: &Layout) -> (String, Vec<String>) {
    let mut warnings = Vec::new();
    let mut text = String::from(
        "# The configuration of migrator, taken over from Alembic. Relative paths are relative to this file.\n\
         # In every value, ${NAME} is the environment variable NAME and ${NAME:-text} has a default;\n\
         # a file `.env` beside this one may set them. Keep passwords there, not here.\n\n[migrator]\n",
    );
    line(&mut text, "script_location", &quoted(layout.folder));
    let several = project.databases.len() > 1;
    let locations = layout.version_locations(None);
    if !several && locations != [format!("{}/versions", layout.folder)] {
        line(&mut text, "version_locations", &list(&locations));
    }
    if layout.is_recursive(&project.revisions) {
        line(&mut text, "recursive_version_locations", "true");
    }
    let setting = |name: &str| project.settings.get(name).and_then(Option::as_deref);
    if let Some(template) = setting("file_template").and_then(file_template) {
        line(&mut text, "file_template", &quoted(&template));
    }
    if let Some(length) = setting("truncate_slug_length").filter(|length| length.parse::<usize>().is_ok()) {
        line(&mut text, "truncate_slug_length", length);
    }
    if let Some(zone) = setting("timezone").filter(|zone| !zone.is_empty()) {
        line(&mut text, "timezone", &quoted(zone));
    }
    if let Some(schema) = project.databases.first().and_then(|database| database.version_table_schema.as_deref())
        && !several
    {
        line(&mut text, "version_table_schema", &quoted(schema));
    }
    text.push_str("\n[database]\n");
    if several {
        text.push_str("# There is no url here, so that a command without `-n` touches no database.\n");
    }
    for database in &project.databases {
        let prefix = database.name.as_ref().filter(|_| several);
        if let Some(name) = prefix {
            let name = toml_key(name);
            text.push_str(&format!("\n[env.{name}.database]\n"));
            line(&mut text, "url", &url(database, layout, &mut warnings));
            text.push_str(&format!("\n[env.{name}.migrator]\n"));
            line(&mut text, "version_locations", &list(&layout.version_locations(database.name.as_deref())));
            if let Some(schema) = &database.version_table_schema {
                line(&mut text, "version_table_schema", &quoted(schema));
            }
        } else {
            line(&mut text, "url", &url(database, layout, &mut warnings));
        }
        for statement in &database.preamble {
            warnings.push(format!("env.py itself sends SQL, which is in none of the files: {statement}"));
        }
    }
    let tables: Vec<String> = project.databases.iter().filter_map(excluded).collect();
    if !tables.is_empty() {
        text.push_str("\n# Alembic's own table.\n[autogenerate]\n");
        line(&mut text, "exclude", &list(&tables));
    }
    (text, warnings)
}

fn line(text: &mut String, key: &str, value: &str) {
    text.push_str(&format!("{key} = {value}\n"));
}

/// A TOML string that is read back as `text`: there `$${` stands for `${`.
fn quoted(text: &str) -> String {
    toml::Value::String(text.replace("${", "$${")).to_string()
}

fn list(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| quoted(value)).collect();
    format!("[{}]", quoted.join(", "))
}

fn toml_key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { name.to_owned() } else { quoted(name) }
}

/// The URL as it may be written: never with a password.
fn url(database: &Database, layout: &Layout, warnings: &mut Vec<String>) -> String {
    let variable = database.variable.clone().unwrap_or_else(|| match &database.name {
        Some(name) => {
            let upper = name.to_ascii_uppercase();
            let word: String = upper.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            format!("{word}_DATABASE_URL")
        }
        None => "DATABASE_URL".to_owned(),
    });
    let from_variable = format!("\"${{{variable}}}\"");
    if let Some(path) = &database.sqlite_path {
        return quoted(&match path.strip_prefix(absolute(&layout.out)) {
            Ok(relative) => format!("sqlite:///{}", relative.display()),
            Err(_) => format!("sqlite:///{}", path.display()),
        });
    }
    match &database.url {
        _ if database.variable.is_some() => from_variable,
        Some(url) if !database.has_password && !url.contains("password=") && is_known(&database.dialect) => quoted(url),
        Some(_) if is_known(&database.dialect) => {
            warnings.push(format!("the URL has a password, so it is not written: set {variable}, or put it into .env"));
            from_variable
        }
        _ => {
            warnings.push(format!("the database is to be named: set {variable}, or put it into .env"));
            from_variable
        }
    }
}

fn is_known(dialect: &str) -> bool {
    dialect.parse::<crate::sql::Dialect>().is_ok()
}

fn absolute(path: &Path) -> std::path::PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn excluded(database: &Database) -> Option<String> {
    let table = &database.version_table;
    (table != ALEMBIC_TABLE).then(|| match &database.version_table_schema {
        Some(schema) => format!("table:{schema}.{table}"),
        None => format!("table:{table}"),
    })
}

/// `%(rev)s_%(slug)s` in Tera's way.
fn file_template(text: &str) -> Option<String> {
    let mut template = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("%(") {
        template.push_str(&rest[..at]);
        let (name, after) = rest[at + 2..].split_once(')')?;
        let end = after.find(['s', 'd'])?;
        template.push_str(&format!("{{{{ {name} }}}}"));
        rest = &after[end + 1..];
    }
    template.push_str(rest);
    let known = ["rev", "slug", "year", "month", "day", "hour", "minute", "second", "epoch"];
    let names = template.match_indices("{{ ").map(|(at, _)| template[at + 3..].split(' ').next().unwrap_or_default());
    names.into_iter().all(|name| known.contains(&name)).then_some(template)
}

#[cfg(test)]
mod tests {
    use super::file_template;

    #[test]
    fn a_file_template_keeps_its_meaning() {
        let template = file_template("%(year)d_%(month).2d_%(day).2d-%(rev)s_%(slug)s");
        assert_eq!(template.as_deref(), Some("{{ year }}_{{ month }}_{{ day }}-{{ rev }}_{{ slug }}"));
        assert_eq!(file_template("%(author)s_%(rev)s"), None);
        assert_eq!(file_template("%(rev"), None);
    }
}
