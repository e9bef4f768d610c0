#![allow(clippy::unwrap_used)]

use super::*;

/// A catalog of lines `KIND NAMES [of TABLE] [needs A,B] = ATTRIBUTE`, names with periods.
fn catalog(lines: &[&str]) -> Catalog {
    let mut catalog = Catalog::default();
    for line in lines {
        let (head, attribute) = line.split_once(" = ").unwrap_or((line, ""));
        let words: Vec<&str> = head.split(' ').collect();
        let after = |word: &str| words.iter().position(|w| *w == word).map(|at| words[at + 1]);
        let names: Vec<&str> = words[1].split('.').collect();
        catalog.insert(Object {
            id: Identity::new(kind(words[0]), names.iter().copied()),
            name: (*names.last().unwrap()).to_owned(),
            attributes: [("definition", attribute.to_owned())].into(),
            facts: Default::default(),
            definition: String::new(),
            part_of: after("of").map(|table| Identity::new(Kind::TABLE, [table])),
            needs: after("needs").into_iter().flat_map(|all| all.split(',')).map(any).collect(),
        });
    }
    catalog
}

fn kind(word: &str) -> Kind {
    [Kind::TABLE, Kind::COLUMN, Kind::INDEX, Kind::VIEW].into_iter().find(|kind| kind.0 == word).unwrap()
}

/// Views begin with v.
fn any(name: &str) -> Identity {
    Identity::new(if name.starts_with('v') { Kind::VIEW } else { Kind::TABLE }, [name])
}

fn changes(from: &[&str], to: &[&str]) -> Vec<String> {
    diff(&catalog(from), &catalog(to)).iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_added_removed_and_altered_is_told_by_kind_and_name() {
    let from = ["table a", "column a.x of a = int", "column a.y of a = int", "view v = 1"];
    let to = ["table a", "column a.x of a = text", "column a.z of a = int", "table b", "column b.x of b = int"];
    assert_eq!(
        changes(&from, &to),
        ["change column a.x", "drop column a.y", "add column a.z", "add table b", "drop view v"]
    );
    assert_eq!(changes(&to, &to), [""; 0]);
}

#[test]
fn parts_come_and_go_with_the_whole() {
    let table = ["table a", "column a.x of a", "index i of a"];
    assert_eq!(changes(&[], &table), ["add table a"]);
    assert_eq!(changes(&table, &[]), ["drop table a"]);
}

/// Actions written as `+name` (makes), `-name` (removes) or `~name` (both), all in phase 0.
fn ordered(actions: &[&str], from: &[&str], to: &[&str]) -> Vec<String> {
    let actions = actions.iter().map(|text| {
        let (sign, name) = text.split_at(1);
        let ids = |wanted: &str| if sign == wanted || sign == "~" { vec![any(name)] } else { Vec::new() };
        Action { title: (*text).to_owned(), makes: ids("+"), removes: ids("-"), ..Action::default() }
    });
    order(actions.collect(), &catalog(from), &catalog(to)).into_iter().map(|action| action.title).collect()
}

#[test]
fn what_is_needed_comes_first_and_goes_last() {
    let views = ["table a", "view v1 needs v2", "view v2 needs a"];
    assert_eq!(ordered(&["+v1", "+v2", "+a"], &[], &views), ["+a", "+v2", "+v1"]);
    assert_eq!(ordered(&["-a", "-v2", "-v1"], &views, &[]), ["-v1", "-v2", "-a"]);
}

#[test]
fn a_table_is_altered_between_the_old_view_and_the_new_one() {
    let both = ["table a", "view v needs a"];
    assert_eq!(ordered(&["+v", "~a", "-v"], &both, &both), ["-v", "~a", "+v"]);
}

#[test]
fn a_name_is_free_before_it_is_taken() {
    let view = Action { makes: vec![Identity::new(Kind::VIEW, ["a"])], title: "+view".into(), ..Action::default() };
    let table = Action { phase: 9, removes: vec![any("a")], title: "-table".into(), ..Action::default() };
    let sorted = order(vec![view, table], &catalog(&["table a"]), &catalog(&[]));
    assert_eq!(sorted.iter().map(|action| action.title.as_str()).collect::<Vec<_>>(), ["-table", "+view"]);
}

#[test]
fn a_circle_is_cut_and_the_order_is_always_the_same() {
    let circle = ["table a needs b", "table b needs a", "table c needs a"];
    for actions in [["+a", "+b", "+c"], ["+c", "+b", "+a"]] {
        assert_eq!(ordered(&actions, &[], &circle), ["+a", "+b", "+c"]);
    }
}

#[test]
fn who_only_waits_for_a_circle_is_not_where_it_is_cut() {
    let circle = ["table a needs c", "table b needs c", "table c needs b"];
    assert_eq!(ordered(&["+a", "+b", "+c"], &[], &circle), ["+b", "+c", "+a"]);
}

#[test]
fn what_belongs_together_stays_together() {
    let tables = catalog(&["table a", "table b", "index a_x of a", "index b_x of b"]);
    let make = |kind: Kind, name: &str| Action { makes: vec![Identity::new(kind, [name])], ..Action::default() };
    let actions =
        vec![make(Kind::TABLE, "a"), make(Kind::TABLE, "b"), make(Kind::INDEX, "a_x"), make(Kind::INDEX, "b_x")];
    let group = |action: &Action| action.makes[0].names[0].chars().next();
    let sorted = order_grouped(actions, &Catalog::default(), &tables, group);
    assert_eq!(sorted.iter().map(|action| action.makes[0].path()).collect::<Vec<_>>(), ["a", "a_x", "b", "b_x"]);
}

#[test]
fn renames_are_read_and_resolved() {
    let rename: Rename = "users.name=users.full_name".parse().unwrap();
    let old = catalog(&["table users", "column users.name of users"]);
    let new = catalog(&["table users", "column users.full_name of users"]);
    let (from, to) = resolve(&rename, &old, &new).unwrap();
    assert_eq!((from.to_string(), to.to_string()), ("column users.name".into(), "column users.full_name".into()));
    assert!(matches!(resolve(&rename.inverse(), &old, &new), Err(RenameError::Missing { side: "current", .. })));
    assert!(matches!(resolve(&rename, &old, &old), Err(RenameError::Missing { side: "declared", .. })));
    let both = catalog(&["table users", "column users.name of users", "column users.full_name of users"]);
    assert!(matches!(resolve(&rename, &old, &both), Err(RenameError::Both { side: "declared", .. })));
    for wrong in ["users", "=a", "a.=b.c", "a=b.c", "a=b=c", "\"a=b\""] {
        assert!(wrong.parse::<Rename>().is_err(), "{wrong}");
    }
}

#[test]
fn renames_are_written_as_they_are_read() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    for (text, from, to) in [
        ("users=accounts", vec!["users"], vec!["accounts"]),
        ("Users.Full Name=Users.name", vec!["Users", "Full Name"], vec!["Users", "name"]),
        (r#""a.b".c="a""b".c"#, vec!["a.b", "c"], vec!["a\"b", "c"]),
        (r#""a=b"=" c ""#, vec!["a=b"], vec![" c "]),
    ] {
        let rename: Rename = text.parse().unwrap();
        assert_eq!((&rename.from, &rename.to), (&names(&from), &names(&to)));
        assert_eq!(rename.to_string(), text);
    }
    assert_eq!("a = b".parse::<Rename>(), "a=b".parse());
}

#[test]
fn a_rename_finds_the_name_as_it_is_written_or_else_in_small_letters() {
    let found = |text: &str, old: &[&str], new: &[&str]| {
        let (from, to) = resolve(&text.parse().unwrap(), &catalog(old), &catalog(new)).unwrap();
        (from.path(), to.path())
    };
    let pair = |old: &str, new: &str| (old.to_owned(), new.to_owned());
    assert_eq!(
        found("Users=Accounts", &["table Users", "table users"], &["table Accounts", "table users"]),
        pair("Users", "Accounts")
    );
    assert_eq!(found("Users=ACCOUNTS", &["table users"], &["table accounts"]), pair("users", "accounts"));
}

#[test]
fn only_what_has_the_same_shape_may_be_a_rename() {
    let found = |from: &[&str], to: &[&str]| -> Vec<String> {
        let (from, to) = (catalog(from), catalog(to));
        candidates(&diff(&from, &to), &from, &to).iter().map(ToString::to_string).collect()
    };
    let from = ["table a", "column a.x of a = int", "column a.y of a = text"];
    assert_eq!(found(&from, &["table a", "column a.z of a = int", "column a.y of a = text"]), ["a.x=a.z"]);
    assert_eq!(found(&from, &["table a", "column a.z of a = real", "column a.y of a = text"]), [""; 0]);
    assert_eq!(found(&from, &["table b", "column b.x of b = int", "column b.y of b = text"]), ["a=b"]);
    assert_eq!(found(&from, &["table b", "column b.x of b = int"]), [""; 0]);
}

fn filter(include: &[&str], exclude: &[&str]) -> Result<Filter, FilterSyntaxError> {
    let owned = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    Filter::new(&owned(include), &owned(exclude), &[Kind::TABLE, Kind::COLUMN, Kind::INDEX, Kind::VIEW])
}

fn ids(catalog: &Catalog) -> Vec<String> {
    catalog.objects().map(|object| object.id.to_string()).collect()
}

#[test]
fn a_filter_takes_parts_along() {
    let stripped = |include: &[&str], exclude: &[&str]| {
        let mut catalog = catalog(&["table audit_log", "column audit_log.x of audit_log", "table users", "view audit"]);
        filter(include, exclude).unwrap().strip(&mut catalog);
        ids(&catalog)
    };
    assert_eq!(stripped(&[], &["audit*"]), ["table users"]);
    assert_eq!(stripped(&[], &["table:audit*"]), ["table users", "view audit"]);
    assert_eq!(stripped(&["table:*"], &["U?ERS"]), ["column audit_log.x", "table audit_log"]);
    assert_eq!(stripped(&[], &["*x", "users"]), ["column audit_log.x", "table audit_log", "view audit"]);
    assert!(filter(&["tabel:x"], &[]).is_err());
    assert!(filter(&[], &["column:a.b"]).is_err());
}

#[test]
fn what_is_left_out_of_a_table_that_counts_stays_with_it() {
    let mut current = catalog(&["table a", "index mine of a", "index tmp_i of a", "table tmp_t", "index j of tmp_t"]);
    let mut declared = catalog(&["table a", "index mine of a", "index tmp_k of a"]);
    filter(&[], &["tmp_*"]).unwrap().apply(&mut current, &mut declared);
    assert_eq!(ids(&current), ["index mine", "index tmp_i", "table a"]);
    assert_eq!(ids(&declared), ["index mine", "index tmp_i", "table a"]);
}
