"""Prints the schema that SQLAlchemy's models declare, as SQL; migrator runs it for `--autogenerate`.

    python schema.py shop.models:Base [MODULE:NAME ...]   a declarative base, MetaData, SQLModel, or a list of them
    python schema.py --flask [--bind KEY]                 the Flask-SQLAlchemy models of the app (FLASK_APP)
    python schema.py --flask --url                        the app's database URL, for `url_command`

The dialect is in MIGRATOR_DIALECT. What the models do not say, such as a view, a trigger or an extension,
can be printed here as well, or stand in SQL that listens to `after_create` of the metadata.
"""

import argparse
import importlib
import os
import sys

DIALECT = os.environ.get("MIGRATOR_DIALECT", "sqlite")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("models", nargs="*", metavar="MODULE:NAME")
    arguments.add_argument("--flask", action="store_true", help="take the models of the Flask app")
    arguments.add_argument("--bind", metavar="KEY", help="those of this bind of Flask-SQLAlchemy")
    arguments.add_argument("--url", action="store_true", help="print the URL of the app's database instead")
    asked = arguments.parse_args()
    if asked.flask == bool(asked.models):
        arguments.error("either MODULE:NAME or --flask")
    if not asked.flask and (asked.bind is not None or asked.url):
        arguments.error("--bind and --url belong to --flask")

    # Only SQL goes to stdout, whatever is printed while the application is imported.
    answer = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # As with `python -m`: modules are looked for where migrator.toml is, not beside this file.
    sys.path[0] = os.getcwd()

    if asked.flask:
        answer.write(of_flask(asked))
    else:
        answer.write("".join(ddl(metadata) for name in asked.models for metadata in named(name)))
    answer.close()


def named(name):
    """The metadata of what `module:name` is."""
    module, colon, attribute = name.partition(":")
    if not colon:
        sys.exit(f"`{name}` is not MODULE:NAME; an example is `shop.models:Base`")
    found = importlib.import_module(module)
    for part in attribute.split("."):
        if not hasattr(found, part):
            sys.exit(f"module `{module}` has no `{attribute}`")
        found = getattr(found, part)
    several = found if isinstance(found, (list, tuple)) else [found]
    return [metadata_of(one, name) for one in several]


def metadata_of(found, name):
    from sqlalchemy import MetaData

    metadata = getattr(found, "metadata", found)
    if not isinstance(metadata, MetaData):
        sys.exit(f"`{name}` is neither MetaData nor has it `metadata`: it is {type(found).__name__}")
    return metadata


def of_flask(asked):
    from flask.cli import NoAppException, ScriptInfo, load_dotenv

    load_dotenv()
    try:
        app = ScriptInfo(app_import_path=os.environ.get("FLASK_APP")).load_app()
    except NoAppException as error:
        sys.exit(f"{error}\nSet FLASK_APP, in the environment or in `.flaskenv`.")
    state = app.extensions.get("sqlalchemy")
    # Flask-SQLAlchemy 2 keeps a state there that has the object.
    db = getattr(state, "db", state)
    if not hasattr(db, "metadata"):
        sys.exit("the app has no models of Flask-SQLAlchemy; name the metadata as MODULE:NAME in migrator.toml")
    with app.app_context():
        if asked.url:
            return url_of(db, asked.bind).render_as_string(hide_password=False) + "\n"
        if hasattr(db, "metadatas"):
            if asked.bind not in db.metadatas:
                sys.exit(no_bind(asked.bind, db.metadatas))
            return ddl(db.metadatas[asked.bind])
        tables = [table for table in db.metadata.tables.values() if table.info.get("bind_key") == asked.bind]
        if asked.bind is not None and not tables:
            sys.exit(no_bind(asked.bind, {table.info.get("bind_key") for table in db.metadata.tables.values()}))
        return ddl(db.metadata, tables)


def url_of(db, bind):
    if bind is None:
        return db.engine.url
    engines = getattr(db, "engines", None)
    if engines is None:
        return db.get_engine(bind=bind).url
    if bind not in engines:
        sys.exit(no_bind(bind, engines))
    return engines[bind].url


def no_bind(bind, known):
    return f"there is no bind `{bind}`; there are: {', '.join(sorted(str(key) for key in known if key)) or 'none'}"


def ddl(metadata, tables=None):
    """Everything that `metadata.create_all()` would send to an empty database."""
    from sqlalchemy import create_mock_engine
    from sqlalchemy.exc import CompileError
    from sqlalchemy.schema import CreateTable, DDLElement

    statements = []

    def keep(statement, *_parameters, **_more):
        if isinstance(statement, str):
            text = statement
        elif isinstance(statement, DDLElement) or not hasattr(statement, "table"):
            text = str(statement.compile(dialect=engine.dialect))
            if isinstance(statement, CreateTable):
                text = tidy(text)
        else:
            # An event may add rows; they are data, and belong into a revision.
            print(f"passed over, it is data: {type(statement).__name__} of {statement.table}", file=sys.stderr)
            return
        statements.append(text.strip().rstrip(";") + ";\n")

    # Otherwise `%` is doubled, for the driver.
    engine = create_mock_engine(f"{DIALECT}://", keep, paramstyle="named")
    try:
        if DIALECT == "postgresql":
            quote = engine.dialect.identifier_preparer.quote
            statements += [f"CREATE SCHEMA IF NOT EXISTS {quote(name)};\n" for name in schemas(metadata, tables)]
        metadata.create_all(engine, tables=tables, checkfirst=False)
    except CompileError as error:
        sys.exit(f"the models cannot be declared for {DIALECT}: {error}")
    return "\n".join(statements)


def tidy(text):
    """SQLAlchemy's blanks at line ends go, which editors and hooks would take away; texts in quotes stay."""
    parts = text.split("'")
    parts[::2] = [part.replace(", \n", ",\n").replace("\n\t", "\n    ") for part in parts[::2]]
    return "'".join(parts)


def schemas(metadata, tables):
    tables = metadata.tables.values() if tables is None else tables
    named = {metadata.schema} | {table.schema for table in tables}
    for table in tables:
        for column in table.columns:
            kind = getattr(column.type, "item_type", column.type)
            named.add(getattr(kind, "schema", None))
            named.add(getattr(column.default, "schema", None))
    return sorted(name for name in named if name and name != "public")


if __name__ == "__main__":
    main()
