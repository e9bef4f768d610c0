"""an ORM session"""
import sqlalchemy as sa
from alembic import op

revision = "f5"
down_revision = "f4"

people = sa.table("people", sa.column("id", sa.Integer), sa.column("name", sa.Text), sa.column("slug", sa.Text))
pets = sa.Table("pets", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("owner", sa.Integer))


def upgrade():
    from sqlalchemy.orm import Session, declarative_base

    class Pet(declarative_base()):
        __tablename__ = "pets"
        id = sa.Column(sa.Integer, primary_key=True)
        owner = sa.Column(sa.Integer)

    session = Session(bind=op.get_bind())
    session.add(Pet(owner=3))
    session.flush()


def downgrade():
    pass
