//! Models in Python as the declared schema: what `init --template sqlalchemy` and `flask` write.

use std::path::PathBuf;

use crate::python;
use crate::scenario::Session;
use crate::support::postgres::servers;

/// The newest there is, and the SQLAlchemy and Flask-SQLAlchemy that many projects still have.
fn pythons() -> [PathBuf; 2] {
    [
        python::programs("models", &["Flask", "Flask-SQLAlchemy", "sqlmodel", "Django"]),
        python::programs(
            "models-old",
            &["Flask==2.2.5", "Werkzeug<3", "Flask-SQLAlchemy==2.5.1", "SQLAlchemy==1.4.54"],
        ),
    ]
}

/// Plays a text in a new folder, which must show what it says; `[URL]` in it is the database's.
fn shows(url: &str, programs: PathBuf, text: &str) {
    let mut session = Session::new(Some(url)).with_programs(programs);
    let played = session.play(text).unwrap();
    assert!(played == text, "{}", crate::scenario::diff(text, &played));
}

/// Keys, enums that two tables share, a circle of foreign keys, names to be quoted, a percent sign, comments,
/// a schema's worth of defaults, and statements that listen to the metadata.
const MODELS: &str = r#"
%%% file shop.py
import enum

from sqlalchemy import *
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import declarative_base

print("this is not SQL")
Base = declarative_base()


class Color(enum.Enum):
    red = 1
    dark_blue = 2


class Shop(Base):
    __tablename__ = "shops"
    __table_args__ = (
        CheckConstraint("name LIKE '%x%'", name="has_an_x"),
        Index("shops_by_name", text("lower(name)")),
        {"comment": "it's a shop"},
    )
    id = Column(Integer, primary_key=True)
    name = Column(String(20), nullable=False, server_default="100% x,\n\ty", comment="what it's called")
    color = Column(Enum(Color, name="color"))
    best = Column(ForeignKey("Order.id", use_alter=True, name="best_order"))
    twice = Column(Integer, Computed("id * 2", persisted=True))
    opened = Column(DateTime(timezone=True), server_default=func.now())


class Order(Base):
    __tablename__ = "Order"
    id = Column(Integer, Sequence("order_numbers", start=10), primary_key=True)
    shop = Column(ForeignKey(Shop.id, ondelete="CASCADE"), nullable=False, index=True)
    color = Column(Enum(Color, name="color"), server_default="red")
    price = Column(Numeric(10, 2), CheckConstraint("price > 0"))
    data = Column(JSON().with_variant(postgresql.JSONB(), "postgresql"))


event.listen(Base.metadata, "after_create", DDL("CREATE VIEW shop_names AS SELECT name FROM shops"))
event.listen(Order.__table__, "after_create", DDL("CREATE INDEX dear ON \"Order\" (price) WHERE price > 100"))
%%%
"#;

#[test]
fn models_of_sqlalchemy_are_the_declared_schema() {
    let mut text = MODELS.to_owned();
    text.push_str(
        r#"
$ migrator init --template sqlalchemy --quiet > made
$ sed -i s/app.models:Base/shop:Base/ migrator.toml
$ migrator revision --autogenerate -m "all of it" --quiet > made
$ migrator upgrade --quiet > made
$ migrator check
the declared schema is what there is
$ sed -i '/data = /a\    weight = Column(Float)' shop.py
$ migrator check
add column [..].weight
1 difference; `migrator revision --autogenerate` writes it
? 3
$ migrator revision --autogenerate -m "the weight" --quiet > made
$ migrator upgrade --quiet > made
$ migrator check
the declared schema is what there is
$ migrator downgrade base --quiet > made
"#,
    );
    for programs in pythons() {
        shows("sqlite:///shop.db", programs.clone(), &text);
        for server in servers() {
            shows(&server.database().url(), programs.clone(), &text);
        }
    }
}

#[test]
fn sqlmodel_and_several_metadata_are_declared_together() {
    let text = r#"%%% file one.py
from typing import Optional
from sqlmodel import Field, SQLModel


class Hero(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    name: str
%%%
%%% file two.py
from sqlalchemy import Column, Integer, MetaData, Table

tables = [MetaData(), MetaData()]
Table("first", tables[0], Column("id", Integer, primary_key=True))
Table("second", tables[1], Column("id", Integer, primary_key=True))
%%%

$ migrator init --template sqlalchemy --quiet > made
$ sed -i 's/"app.models:Base"/"one:SQLModel", "two:tables"/' migrator.toml
$ migrator check
add table first
add table hero
add table second
3 differences; `migrator revision --autogenerate` writes them
? 3
"#;
    let [newest, _] = pythons();
    shows("sqlite:///app.db", newest, text);
}

#[test]
fn each_bind_of_a_flask_app_is_a_database() {
    let text = r#"%%% file shop.py
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)


class Visit(db.Model):
    __bind_key__ = "visits"
    id = db.Column(db.Integer, primary_key=True)


def create_app():
    print("this is not SQL")
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shop.db"
    app.config["SQLALCHEMY_BINDS"] = {"visits": "sqlite:///visits.db"}
    app.config["SQLALCHEMY_TRACK_MODIFICATIONS"] = False
    db.init_app(app)
    return app
%%%

$ migrator init --template flask --quiet > made
$ cat >> migrator.toml <<'END'
> [env.visits.database]
> url_command = ["python", "migrations/schema.py", "--flask", "--url", "--bind", "visits"]
> [env.visits.autogenerate]
> command = ["python", "migrations/schema.py", "--flask", "--bind", "visits"]
> [env.other.autogenerate]
> command = ["python", "migrations/schema.py", "--flask", "--bind", "other"]
> END
$ export FLASK_APP=shop && migrator check
add table user
1 difference; `migrator revision --autogenerate` writes it
? 3
$ export FLASK_APP=shop:create_app && migrator -n visits check
add table visit
1 difference; `migrator revision --autogenerate` writes it
? 3
$ FLASK_APP=shop migrator -n other check
error: the program `python` that prints the declared schema failed (exit status: 1):
this is not SQL
there is no bind `other`; there are: visits
? 1
$ FLASK_APP=nothing migrator check
error: `python`, which should print the database URL, failed with exit status 1
Could not import 'nothing'.
Set FLASK_APP, in the environment or in `.flaskenv`.
   --> migrator.toml:[..]
? 2
"#;
    for programs in pythons() {
        shows("sqlite:///unused.db", programs, text);
    }
}

#[test]
fn models_that_cannot_be_read_are_told() {
    let text = r#"%%% file broken.py
raise ValueError("not today")
%%%
%%% file empty.py
%%%

$ migrator init --template sqlalchemy --quiet > made
$ migrator check
error: the program `python` that prints the declared schema failed (exit status: 1):
...
ModuleNotFoundError: No module named 'app'
? 1
$ sed -i s/app.models:Base/broken:Base/ migrator.toml && migrator check
error: the program `python` that prints the declared schema failed (exit status: 1):
...
ValueError: not today
? 1
$ sed -i s/broken:Base/empty:Base/ migrator.toml && migrator check
error: the program `python` that prints the declared schema failed (exit status: 1):
module `empty` has no `Base`
? 1
$ sed -i s/empty:Base/empty/ migrator.toml && migrator check
error: the program `python` that prints the declared schema failed (exit status: 1):
`empty` is not MODULE:NAME; an example is `shop.models:Base`
? 1
"#;
    let [newest, _] = pythons();
    shows("sqlite:///app.db", newest, text);
}

#[test]
fn models_of_django_are_the_declared_schema() {
    let script = include_str!("../../examples/django/schema.py");
    let text = format!(
        r#"%%% file shop/__init__.py
%%%
%%% file shop/models.py
from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=100, db_index=True, default="it's 100%")
    price = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(price__gt=0), name="has_a_price")]


class Author(models.Model):
    name = models.CharField(max_length=30, unique=True)
    books = models.ManyToManyField(Book)


class BookProxy(Book):
    class Meta:
        proxy = True


class Elsewhere(models.Model):
    class Meta:
        managed = False
%%%
%%% file settings.py
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.db"}}}}
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
%%%
%%% file schema.py
{script}%%%
%%% file migrator.toml
[database]
url = "sqlite:///shop.db"
[autogenerate]
command = ["python", "schema.py"]
%%%

$ mkdir -p migrations/versions
$ migrator revision --autogenerate -m "all of it" --quiet > made
$ migrator upgrade --quiet > made
$ migrator check
the declared schema is what there is
$ python -c "
> import django; django.setup()
> from shop.models import Author, Book
> author = Author.objects.create(name='ada')
> author.books.add(Book.objects.create(title='notes', price=3))
> print(Author.objects.filter(books__title='notes').count())"
1
"#
    )
    .replace("$ python -c \"\n", "$ DJANGO_SETTINGS_MODULE=settings python -c \"\n");
    let [newest, _] = pythons();
    shows("sqlite:///shop.db", newest, &text);
}
