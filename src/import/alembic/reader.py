"""Reads an Alembic project for `migrator import alembic`, with the project's own Python and Alembic.

A conversation in lines of JSON: each request on standard input is an object with a `do`, each answer on standard
output an object, with `error` if it failed. What the project prints goes to standard error.

No database of the project is ever connected to: `env.py` is run in offline mode for what it configures, and
revisions run either offline or on the scratch database that `connect` names.
"""

import ast
import asyncio
import configparser
import contextlib
import datetime
import decimal
import enum
import inspect
import io
import json
import os
import re
import sys
import textwrap
import traceback
import types
import uuid

ANSWERS = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
os.dup2(2, 1)
REQUESTS = os.fdopen(os.dup(0), "r", encoding="utf-8")
# What the project asks for on standard input has no answer.
with open(os.devnull) as nothing:
    os.dup2(nothing.fileno(), 0)

# The folder of this file holds nothing of the project. The working directory comes last, so that a folder
# `alembic` in it hides nothing.
sys.path[:] = [path for path in sys.path if path != os.path.dirname(os.path.abspath(__file__))]
sys.path.append(os.getcwd())
sys.dont_write_bytecode = True


class Refused(Exception):
    """Something that cannot be gone on with, in words."""


try:
    import alembic

    if not hasattr(alembic, "__version__"):
        # The project's own folder of that name is no package.
        raise ImportError("No module named 'alembic'")
    import sqlalchemy
    from alembic.config import Config
    from alembic.ddl.impl import DefaultImpl
    from alembic.operations import Operations
    from alembic.runtime.environment import EnvironmentContext
    from alembic.runtime.migration import MigrationContext, MigrationStep
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError
    from sqlalchemy import event, schema, text
    from sqlalchemy.engine import Engine, url as engine_url
    from sqlalchemy.pool import NullPool
except ImportError as error:
    ANSWERS.write(json.dumps({"error": {"kind": "no_alembic", "message": str(error)}}) + "\n")
    sys.exit(1)


def answer(document):
    ANSWERS.write(json.dumps(document) + "\n")
    ANSWERS.flush()


def described(error, among=()):
    """An exception as data; `file` and `line` are of the innermost frame in one of the files `among`."""
    # Python's own words about alembic.ini have a piece of it in them, which may be a password.
    if isinstance(error, configparser.InterpolationError):
        message = "`%s` in [%s]: a %% is written %%%%, unless it is %%(here)s or another name"
        return {"kind": type(error).__name__, "message": message % (error.option, error.section)}
    if isinstance(error, configparser.ParsingError):
        lines = [line for line, text in getattr(error, "errors", [])] or [error.lineno]
        message = "not a section, a value or a comment: line %s" % ", ".join(map(str, lines))
        return {"kind": type(error).__name__, "message": message}
    # SQLAlchemy adds the statement and a link to what the driver says.
    message = str(error).split("\n[SQL:")[0].split("\n(Background on this error")[0].strip()
    found = {"kind": type(error).__name__, "message": message or type(error).__name__}
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename in among:
            found["file"], found["line"] = frame.filename, frame.lineno
            found["raised"] = frame == traceback.extract_tb(error.__traceback__)[-1] and is_raise(
                frame.filename, frame.lineno
            )
    return found


def failure(error):
    """What keeps the project from being read, as data."""
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    found = described(error, [name for name in files if is_of_project(name)])
    if isinstance(error, SyntaxError) and error.filename:
        found["file"], found["line"] = error.filename, error.lineno
    # What these say is meant for people.
    if not isinstance(error, (Refused, CommandError, configparser.Error)):
        found["trace"] = trace(error)
    return found


def trace(error):
    """The way to an exception, without the lines of the sources: there may be a password in one."""
    lines = []
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename != __file__ and not frame.filename.startswith("<"):
            lines.append("%s:%d in %s" % (frame.filename, frame.lineno, frame.name))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        lines.append("after %s: %s" % (type(before).__name__, described(before)["message"]))
    return lines


def is_of_project(name):
    """Is this a file of the project, and not of a package or of Python?"""
    installed = [os.path.dirname(os.__file__), __file__]
    parts = os.path.abspath(name).split(os.sep)
    return os.path.exists(name) and "site-packages" not in parts and not name.startswith(tuple(installed))


def is_raise(path, line):
    """Is there a `raise` on this line of the file?"""
    with io.open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    raises = (node for node in ast.walk(tree) if isinstance(node, ast.Raise))
    return any(node.lineno <= line <= getattr(node, "end_lineno", node.lineno) for node in raises)


# What a revision sends ------------------------------------------------------------------------------------------


class Recorder(object):
    """What one way of a revision sends, in parts."""

    def __init__(self):
        self.parts = []
        self.mode = "transaction"
        self.used_connection = False
        self.reads_data = None
        self.reads_catalog = False
        self.blind = 0

    def add(self, sql):
        sql = sql.strip().rstrip(";").rstrip()
        word = first_word(sql)
        if word in ("COMMIT", "END"):
            # The old way out of the transaction.
            self.mode = "no-transaction"
            return
        if word in ("BEGIN", "START"):
            self.mode = "transaction"
            return
        if not sql:
            return
        if not self.parts or self.parts[-1]["mode"] != self.mode:
            self.parts.append({"mode": self.mode, "statements": []})
        self.parts[-1]["statements"].append(sql)

    def document(self):
        return {
            "parts": self.parts,
            "used_connection": self.used_connection,
            "reads_data": self.reads_data,
            "reads_catalog": self.reads_catalog,
        }


RECORDER = None


def first_word(sql):
    sql = re.sub(r"\A(\s+|--[^\n]*(\n|\Z)|/\*.*?\*/|\()*", "", sql, flags=re.S)
    found = re.match(r"[A-Za-z]+", sql)
    return found.group(0).upper() if found else ""


CATALOG = re.compile(
    r"\b(pg_catalog|information_schema|sqlite_master|sqlite_temp_master|sqlite_schema|pg_[a-z_]+)\b"
    r"|\A\s*PRAGMA\s+[^=]*\Z|\A\s*SHOW\b|\A\s*select\s+(pg_catalog\.)?(version|current_schema)\(\)\s*\Z",
    re.I,
)


def is_query(sql):
    word = first_word(sql)
    if word == "WITH":
        return not re.search(r"\b(INSERT|UPDATE|DELETE|MERGE)\b", sql, re.I)
    return word in ("SELECT", "VALUES", "TABLE", "SHOW", "PRAGMA", "EXPLAIN")


class Unrenderable(Exception):
    """A value that has no literal."""


def literal(value, dialect):
    postgresql = dialect == "postgresql"
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return ("TRUE" if value else "FALSE") if postgresql else str(int(value))
    if isinstance(value, enum.Enum):
        return literal(value.value, dialect)
    if isinstance(value, (int, decimal.Decimal)):
        return str(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            if postgresql:
                return "'%s'::float8" % value
            return {"inf": "9e999", "-inf": "-9e999"}.get(str(value), "NULL")
        return repr(value)
    if isinstance(value, str):
        if "\0" in value:
            raise Unrenderable("a text with a NUL")
        quoted = value.replace("'", "''")
        if postgresql and "\\" in quoted:
            return "E'%s'" % quoted.replace("\\", "\\\\")
        return "'%s'" % quoted
    if isinstance(value, (bytes, bytearray, memoryview)):
        digits = bytes(value).hex()
        return "'\\x%s'::bytea" % digits if postgresql else "X'%s'" % digits
    if postgresql:
        for kind, name in (
            (datetime.datetime, "timestamptz" if getattr(value, "tzinfo", None) else "timestamp"),
            (datetime.date, "date"),
            (datetime.time, "time"),
            (uuid.UUID, "uuid"),
        ):
            if isinstance(value, kind):
                return "'%s'::%s" % (value, name)
        if isinstance(value, datetime.timedelta):
            return "'%r seconds'::interval" % value.total_seconds()
        if isinstance(value, (list, tuple)):
            return "ARRAY[%s]" % ", ".join(literal(item, dialect) for item in value)
    raise Unrenderable("a value of type %s" % type(value).__name__)


PLACEHOLDERS = {
    "qmark": r"\?",
    "format": r"%s|%%",
    "pyformat": r"%\((?P<name>[^)]+)\)s|%%",
    "named": r"(?<!:):(?P<name>\w+)",
    "numeric": r"(?<!:):(?P<number>\d+)",
    "numeric_dollar": r"\$(?P<number>\d+)",
}


def inlined(statement, parameters, dialect):
    """The statement with its parameters as literals."""
    paramstyle = dialect.paramstyle
    percent = "%%" if paramstyle in ("format", "pyformat") else None
    if not parameters and percent is None:
        return statement
    # Strings, quoted names and comments are passed over, but for doubled percent signs.
    pattern = re.compile(
        r"(?P<passed>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/)|" + PLACEHOLDERS[paramstyle], re.S
    )
    values = iter(parameters if not isinstance(parameters, dict) else ())

    def replaced(found):
        groups = found.groupdict()
        if groups["passed"] is not None:
            return groups["passed"].replace("%%", "%") if percent else groups["passed"]
        if found.group(0) == "%%":
            return "%"
        if groups.get("name") is not None:
            return literal(parameters[groups["name"]], dialect.name)
        if groups.get("number") is not None:
            return literal(parameters[int(groups["number"]) - 1], dialect.name)
        return literal(next(values), dialect.name)

    return pattern.sub(replaced, statement)


def rendered(cursor, statement, parameters, dialect):
    """What the driver sends, as one text; PostgreSQL's drivers know how they write a value."""
    if hasattr(cursor, "mogrify"):
        sql = cursor.mogrify(statement, parameters)
        return sql.decode("utf-8") if isinstance(sql, bytes) else sql
    if type(cursor).__module__.split(".")[0] == "psycopg":
        import psycopg

        return psycopg.ClientCursor(cursor.connection).mogrify(statement, parameters)
    return inlined(statement, parameters, dialect)


def on_execute(connection, cursor, statement, parameters, context, executemany):
    recorder = RECORDER
    if recorder is None:
        return
    if is_query(statement) and not recorder.blind:
        recorder.used_connection = True
        if CATALOG.search(statement):
            recorder.reads_catalog = True
            return
        if re.search(r"\bFROM\b", statement, re.I) or first_word(statement) != "SELECT":
            recorder.reads_data = recorder.reads_data or "it reads rows: " + " ".join(statement.split())
            return
    if not recorder.blind:
        recorder.used_connection = True
        invoked = getattr(context, "invoked_statement", None)
        explicit = getattr(invoked, "_returning", None)
        if explicit or (not getattr(context, "isinsert", False) and re.search(r"\bRETURNING\b", statement, re.I)):
            recorder.reads_data = recorder.reads_data or "it asks for the rows that it changes"
    no_parameters = not parameters and getattr(context, "no_parameters", False)
    try:
        # Of an INSERT that SQLAlchemy makes one of several rows, the parameters are those of one statement.
        several = executemany and not isinstance(parameters, dict) and isinstance(parameters[0], (tuple, dict))
        for row in parameters if several else [parameters]:
            recorder.add(statement if no_parameters else rendered(cursor, statement, row, connection.dialect))
    except (Unrenderable, KeyError, IndexError, StopIteration) as error:
        recorder.reads_data = "a value of it cannot be written as SQL: %s" % error


def watch_result(name, what):
    """Notes that a revision asks a result for something that only a database with its rows can tell."""
    from sqlalchemy.engine import CursorResult

    for owner in CursorResult.__mro__:
        original = owner.__dict__.get(name)
        if isinstance(original, property) or hasattr(original, "__get__"):

            def get(self, original=original):
                asks = sys._getframe(1).f_globals.get("__name__", "")
                if RECORDER is not None and not RECORDER.blind and not asks.startswith("sqlalchemy."):
                    RECORDER.reads_data = RECORDER.reads_data or what
                return original.__get__(self, type(self))

            setattr(owner, name, property(get))
            return


def watch_session(session, *rest):
    if RECORDER is not None and (session.new or session.dirty or session.deleted):
        RECORDER.reads_data = RECORDER.reads_data or "it changes rows through an ORM session"


def watch():
    for name, what in (
        ("inserted_primary_key", "it asks for the key of a row that it inserts"),
        ("lastrowid", "it asks for the key of a row that it inserts"),
        ("rowcount", "it asks how many rows it changed"),
    ):
        try:
            watch_result(name, what)
        except ImportError:
            pass
    try:
        from sqlalchemy.orm import Session

        event.listen(Session, "before_flush", watch_session)
    except ImportError:
        pass

    original_exec = DefaultImpl._exec

    def blind_exec(self, *arguments, **named):
        # Nobody sees what comes of it.
        recorder = RECORDER
        if recorder is None:
            return original_exec(self, *arguments, **named)
        recorder.blind += 1
        try:
            return original_exec(self, *arguments, **named)
        finally:
            recorder.blind -= 1

    DefaultImpl._exec = blind_exec

    original_block = MigrationContext.autocommit_block

    @contextlib.contextmanager
    def autocommit_block(self):
        recorder = RECORDER
        outside, recorder.mode = recorder.mode, "no-transaction"
        try:
            with original_block(self):
                yield
        finally:
            recorder.mode = outside

    MigrationContext.autocommit_block = autocommit_block

    @event.listens_for(Engine, "do_connect")
    def refuse(dialect, record, arguments, named):
        if PROJECT is None or dialect is not PROJECT.allowed:
            message = "the project connects to a database of its own, which an import must not touch"
            if PROJECT is None:
                message += "; env.py needs an offline mode (`context.is_offline_mode()`)"
            raise Refused(message)


# The project ----------------------------------------------------------------------------------------------------

PROJECT = None


class Options(object):
    """What Alembic finds on its command line."""

    def __init__(self, pairs, section):
        self.x = pairs
        self.name = section
        self.config = None
        self.raiseerr = True
        self.quiet = True


class Nowhere(io.StringIO):
    """Takes what env.py writes to files: the template for several databases writes a script for each."""

    def write(self, data):
        return len(data)


def harmless_open(path, mode="r", *arguments, **named):
    if set(mode) & set("wax+"):
        return Nowhere()
    return io.open(path, mode, *arguments, **named)


def url_text(url):
    if url is None or isinstance(url, str):
        return url
    if hasattr(url, "render_as_string"):
        return url.render_as_string(hide_password=False)
    return str(url)


def configuration(path, section, pairs):
    """Alembic's configuration: alembic.ini, the table of pyproject.toml, or both as its program takes them."""
    ini, toml = ("alembic.ini", path) if path.endswith(".toml") else (path, "pyproject.toml")
    files = {}
    if os.path.exists(ini):
        files["file_"] = ini
    if "toml_file" in inspect.signature(Config).parameters and os.path.exists(toml):
        files["toml_file"] = toml
    found = Config(ini_section=section, cmd_opts=Options(pairs, section), **files)
    if not found.file_config.has_section(section) and not (files.get("toml_file") and found.toml_alembic_config):
        names = ", ".join("[%s]" % name for name in found.file_config.sections())
        raise Refused("`%s` has no section [%s]; it has %s" % (ini, section, names or "none"))
    found.print_stdout = lambda *rest: None
    return found


def setting(config, name):
    """A value of alembic.ini or pyproject.toml; None if it is not there."""
    find = getattr(config, "get_alembic_option", config.get_main_option)
    return find(name)


def listed(value):
    """One, several or no revisions, as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else [item for item in value if item]


def refuse_orphans(files):
    """Says what names a revision that no file has; Alembic fails without a word."""
    known = set()
    for script in files.values():
        known.update([script.revision], listed(getattr(script.module, "branch_labels", None)))
    for path, script in sorted(files.items()):
        for word, name in (("follows", "down_revision"), ("depends on", "depends_on")):
            for other in listed(getattr(script.module, name, None)):
                if other not in known:
                    message = "`%s` in `%s` %s `%s`, which no file has"
                    raise Refused(message % (script.revision, os.path.relpath(path), word, other))


def refuse_doubles(files):
    """Says which revision is in two files; Alembic takes one of them."""
    known = {}
    for path, script in sorted(files.items()):
        if script.revision in known:
            both = (script.revision, os.path.relpath(known[script.revision]), os.path.relpath(path))
            raise Refused("`%s` is the revision of two files, `%s` and `%s`" % both)
        known[script.revision] = path


class Project(object):
    def __init__(self, request):
        self.allowed = None
        path = os.path.abspath(request["config"])
        self.config = configuration(path, request["section"], request["x"])
        location = setting(self.config, "script_location")
        if location and ":" not in location and not os.path.isdir(location):
            if os.path.isdir(os.path.join(os.path.dirname(path), location)):
                os.chdir(os.path.dirname(path))
        if location is None:
            # Flask-Migrate keeps its alembic.ini beside env.py.
            folder = os.path.dirname(path)
            if not os.path.exists(os.path.join(folder, "env.py")):
                raise Refused("`%s` has no script_location" % path)
            self.config.set_main_option("script_location", folder.replace("%", "%%"))
        # Each file with a revision in it.
        files = {}
        load = ScriptDirectory._load_revisions

        def noted(this):
            for script in load(this):
                files[script.path] = script
                yield script

        ScriptDirectory._load_revisions = noted
        self.script = ScriptDirectory.from_config(self.config)
        self.folder = os.path.abspath(str(self.script.dir))
        self.configured = []
        try:
            self.load_env()
            self.scripts = {script.revision: script for script in self.script.walk_revisions()}
        except KeyError:
            refuse_orphans(files)
            raise
        refuse_doubles(files)

    def load_env(self):
        path = os.path.join(self.folder, "env.py")
        with io.open(path, encoding="utf-8") as file:
            source = file.read()
        if "current_app" in source:
            from flask.cli import ScriptInfo

            ScriptInfo().load_app().app_context().push()
        self.environment = EnvironmentContext(
            self.config,
            self.script,
            fn=lambda revision, context: [],
            as_sql=True,
            starting_rev=None,
            destination_rev="heads",
            output_buffer=io.StringIO(),
        )
        self.environment.__enter__()
        configured = self.configured

        def configure(this, *arguments, **named):
            connection, url = named.get("connection"), named.get("url")
            if url is None and connection is not None:
                url = connection.engine.url
            this.told_url = url_text(url)
            this.told_dialect = named.get("dialect_name")
            return original_configure(this, *arguments, **named)

        def run_migrations(this, **named):
            environment = this.environment_context
            configured.append(
                {
                    "options": dict(this.opts),
                    "url": getattr(environment, "told_url", None),
                    "dialect": this.dialect.name,
                    "named": named,
                    "preamble": preamble.take(),
                }
            )

        preamble = Preamble()
        original_configure = EnvironmentContext.configure
        original_run = MigrationContext.run_migrations
        original_output = DefaultImpl.static_output
        EnvironmentContext.configure = configure
        MigrationContext.run_migrations = run_migrations
        DefaultImpl.static_output = lambda this, text: preamble.add(text)
        module = types.ModuleType("env_py")
        module.__file__ = path
        module.open = harmless_open
        try:
            exec(compile(source, path, "exec"), module.__dict__)
        finally:
            EnvironmentContext.configure = original_configure
            MigrationContext.run_migrations = original_run
            DefaultImpl.static_output = original_output
        self.module = module
        if not configured:
            raise Refused("`%s` never runs migrations in offline mode (`context.run_migrations()`)" % path)

    def document(self):
        names = ("file_template", "truncate_slug_length", "timezone")
        settings = {name: setting(self.config, name) for name in names}
        return {
            "alembic": alembic.__version__,
            "sqlalchemy": sqlalchemy.__version__,
            "python": sys.version.split()[0],
            "script_location": self.folder,
            "versions": [os.path.abspath(str(path)) for path in self.locations()],
            "settings": {name: None if value is None else str(value) for name, value in settings.items()},
            "databases": [self.database_document(found) for found in self.configured],
            "revisions": [self.revision_document(script) for script in self.scripts.values()],
        }

    def locations(self):
        found = getattr(self.script, "_version_locations", None)
        found = found() if callable(found) else found
        return found if found else [os.path.join(self.folder, "versions")]

    def database_document(self, found):
        url, options = found["url"], found["options"]
        variable = None
        if url:
            variable = next((name for name, value in os.environ.items() if value == url), None)
        return {
            "name": found["named"].get("engine_name"),
            "url": url,
            "has_password": bool(url and engine_url.make_url(url).password),
            "sqlite_path": sqlite_path(url),
            "variable": variable,
            "dialect": found["dialect"],
            "version_table": options.get("version_table", "alembic_version"),
            "version_table_schema": options.get("version_table_schema"),
            "preamble": found["preamble"],
        }

    def revision_document(self, script):
        module = script.module
        return {
            "id": script.revision,
            "revises": listed(script.down_revision),
            "depends_on": listed(getattr(module, "depends_on", None)),
            "branch_labels": sorted(listed(getattr(module, "branch_labels", None))),
            "documentation": documentation(module.__doc__),
            "created": created(module.__doc__),
            "path": os.path.abspath(script.path),
        }


class Preamble(object):
    """What env.py sends before it runs revisions."""

    def __init__(self):
        self.lines = []

    def add(self, text):
        if first_word(text) not in ("BEGIN", "COMMIT", ""):
            self.lines.append(text.strip())

    def take(self):
        lines, self.lines = self.lines, []
        return lines


def sqlite_path(url):
    """The absolute path of an SQLite file; Alembic's is relative to the working directory."""
    if not url or not url.startswith("sqlite"):
        return None
    path = engine_url.make_url(url).database
    if not path or path == ":memory:" or path.startswith("file:"):
        return None
    return os.path.abspath(path)


TOLD = re.compile(r"^\s*(Revision ID|Revises|Create Date)\s*:.*$", re.I | re.M)


def documentation(doc):
    """The docstring without the lines that have places of their own."""
    doc = TOLD.sub("", inspect.cleandoc(doc or ""))
    return re.sub(r"\n{3,}", "\n\n", doc).strip()


def created(doc):
    """When the revision was made, as RFC 3339 in UTC where it does not say otherwise."""
    found = re.search(r"^\s*Create Date\s*:\s*(.+?)\s*$", doc or "", re.I | re.M)
    if not found:
        return None
    try:
        time = datetime.datetime.fromisoformat(found.group(1))
    except ValueError:
        return None
    if time.tzinfo is None:
        time = time.replace(tzinfo=datetime.timezone.utc)
    return time.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


# Running revisions ----------------------------------------------------------------------------------------------


def function_of(script, direction, named):
    """The function that has the statements: of several databases, each has its own."""
    module = script.module
    engine = named.get("engine_name")
    return getattr(module, "%s_%s" % (direction, engine), None) or getattr(module, direction, None)


def is_trivial(function):
    """Does it say that there is nothing to do?"""
    if function is None:
        return False
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError, TypeError):
        return False
    body = tree.body[0].body

    def says_nothing(node):
        if isinstance(node, ast.Pass):
            return True
        if isinstance(node, ast.Return):
            return node.value is None
        return isinstance(node, ast.Expr) and isinstance(node.value, (ast.Constant, ast.Str if hasattr(ast, "Str") else ast.Constant))

    return all(says_nothing(node) for node in body)


KEPT_OPTIONS = ("version_table", "version_table_schema", "version_table_pk", "target_metadata", "transactional_ddl", "script")


def options_of(found, **more):
    options = {name: found["options"][name] for name in KEPT_OPTIONS if found["options"].get(name) is not None}
    options.update(more)
    return options


def offline(found, dialect_name, revision, direction):
    """What Alembic's offline mode makes of one way of a revision."""
    global RECORDER
    script = PROJECT.scripts[revision]
    environment = PROJECT.environment
    context = MigrationContext.configure(
        dialect_name=dialect_name,
        dialect_opts={"paramstyle": "named"},
        opts=options_of(found, as_sql=True, literal_binds=True, output_buffer=io.StringIO()),
        environment_context=environment,
    )
    recorder = Recorder()
    impl = context.impl

    def send(construct, execution_options=None, multiparams=None, params=None):
        if isinstance(construct, str):
            construct = text(construct)
        if multiparams or params:
            raise TypeError("parameters beside a statement are not possible offline")
        options = {}
        if not isinstance(construct, schema.DDLElement):
            options["compile_kwargs"] = {"literal_binds": True}
        recorder.add(str(construct.compile(dialect=impl.dialect, **options)))

    impl._exec = send
    impl.static_output = lambda sql: None if first_word(sql) in ("BEGIN", "COMMIT") else recorder.add(sql)
    execute = context.connection.execute

    def executed(*arguments, **named):
        recorder.used_connection = True
        return execute(*arguments, **named)

    context.connection.execute = executed
    environment.context_opts["as_sql"] = True
    environment._migration_context = context
    found_error = None
    RECORDER = recorder
    try:
        with Operations.context(context):
            getattr(script.module, direction)(**found["named"])
    except Exception as error:  # whatever a revision does
        found_error = described(error, [script.module.__file__, script.path])
    finally:
        RECORDER = None
    document = recorder.document()
    document["error"] = found_error
    document["trivial"] = is_trivial(function_of(script, direction, found["named"]))
    return document


def all_offline(request):
    found = PROJECT.configured[request["database"]]
    revisions = {}
    for revision in PROJECT.scripts:
        ways = {}
        for direction in ("upgrade", "downgrade"):
            once = offline(found, request["dialect"], revision, direction)
            again = offline(found, request["dialect"], revision, direction)
            once["varies"] = once["parts"] != again["parts"]
            ways[direction] = once
        revisions[revision] = ways
    return {"revisions": revisions}


class Scratch(object):
    """The scratch database that revisions run on."""

    def __init__(self, request):
        self.found = PROJECT.configured[request["database"]]
        self.engine = engine_for(request)
        self.is_async = getattr(self.engine.dialect, "is_async", False)
        PROJECT.allowed = self.engine.dialect
        self.connected(self.prepare)
        event.listen(self.engine.sync_engine if self.is_async else self.engine, "before_cursor_execute", on_execute)

    def connected(self, work):
        """Does `work` with a connection, one that can be called without `await` in any case."""
        if not self.is_async:
            with self.engine.connect() as connection:
                work(connection)
            return

        async def wait():
            async with self.engine.connect() as connection:
                await connection.run_sync(work)

        asyncio.run(wait())

    def prepare(self, connection):
        name = self.found["options"].get("version_table_schema")
        if name and self.engine.dialect.name == "postgresql":
            with connection.begin():
                connection.execute(text('CREATE SCHEMA IF NOT EXISTS "%s"' % name.replace('"', '""')))

    def run(self, revision, direction):
        script = PROJECT.scripts[revision]
        make = MigrationStep.upgrade_from_script if direction == "upgrade" else MigrationStep.downgrade_from_script
        recorder = Recorder()
        environment = PROJECT.environment

        def work(connection):
            step = make(PROJECT.script.revision_map, script)
            original = step.migration_fn

            def recorded(**named):
                global RECORDER
                RECORDER = recorder
                try:
                    return original(**named)
                finally:
                    RECORDER = None

            step.migration_fn = recorded
            context = MigrationContext.configure(
                connection=connection,
                opts=options_of(self.found, fn=lambda heads, context: [step], transaction_per_migration=True),
                environment_context=environment,
            )
            environment.context_opts["as_sql"] = False
            environment._migration_context = context
            with Operations.context(context):
                context.run_migrations(**self.found["named"])
            # What SQLAlchemy begins by itself.
            if hasattr(connection, "commit"):
                connection.commit()

        found_error = None
        try:
            self.connected(work)
        except Exception as error:  # whatever a revision does
            found_error = described(error, [script.module.__file__, script.path])
        document = recorder.document()
        document["error"] = found_error
        document["trivial"] = is_trivial(function_of(script, direction, self.found["named"]))
        return document


def engine_for(request):
    """An engine of the first driver that is installed: the project's own, or another one."""
    if request["dialect"] == "sqlite":
        return sqlalchemy.create_engine("sqlite:///" + request["path"], poolclass=NullPool)
    query = dict(request["parameters"])
    for name in ("host", "port"):
        if request[name].strip(","):
            query[name] = request[name]
    make = getattr(engine_url.URL, "create", engine_url.URL)
    others = ("psycopg2", "psycopg", "pg8000", "asyncpg")
    for driver in [request["driver"]] + ["postgresql+" + name for name in others]:
        parameters = dict(query)
        if driver == "postgresql+asyncpg":
            # Libpq's parameters are not its own, but for these.
            own = {"host": "host", "port": "port", "sslmode": "ssl"}
            parameters = {own[name]: value for name, value in query.items() if name in own}
        url = make(
            driver, username=request["user"], password=request["password"], database=request["name"], query=parameters
        )
        try:
            if getattr(url.get_dialect(), "is_async", False):
                from sqlalchemy.ext.asyncio import create_async_engine

                return create_async_engine(url, poolclass=NullPool)
            return sqlalchemy.create_engine(url, poolclass=NullPool)
        except (ImportError, sqlalchemy.exc.ArgumentError):
            continue
    raise Refused(
        "there is no driver of PostgreSQL beside its Alembic; `pip install 'psycopg[binary]'` brings one, "
        "and without a proof (--no-prove) none is needed"
    )


def main():
    global PROJECT
    scratch = None
    watch()
    for line in REQUESTS:
        request = json.loads(line)
        wanted = request["do"]
        try:
            if wanted == "open":
                PROJECT = Project(request)
                answer(PROJECT.document())
            elif wanted == "offline":
                answer(all_offline(request))
            elif wanted == "connect":
                scratch = Scratch(request)
                answer({})
            else:
                answer(scratch.run(request["revision"], wanted))
        except (Exception, SystemExit) as error:  # the project's own code runs here
            answer({"error": failure(error)})


main()
