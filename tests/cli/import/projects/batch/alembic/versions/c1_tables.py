"""tables with named constraints"""
import sqlalchemy as sa
from alembic import op

revision = "c1"
down_revision = None


def upgrade():
    op.create_table(
        "people",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("age", sa.Integer),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.CheckConstraint("age > 0", name="age"),
    )
    op.create_table(
        "pets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("people.id")),
        sa.Column("kind", sa.String, server_default="cat"),
    )
    op.create_index(op.f("ix_people_age"), "people", ["age"])
    op.execute("CREATE TABLE toys (name TEXT, UNIQUE (name))")
    op.execute("INSERT INTO people (id, name, age) VALUES (1, 'Ann', 40)")
    op.execute("INSERT INTO pets (id, owner_id) VALUES (1, 1)")


def downgrade():
    op.drop_table("toys")
    op.drop_table("pets")
    op.drop_table("people")
