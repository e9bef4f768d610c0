"""rows, with the connection"""

import datetime
import decimal

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "i2"
down_revision = "i1"

PARCELS = sa.table(
    "parcels",
    sa.column("id", sa.Integer),
    sa.column("name", sa.String),
    sa.column("weight", sa.Numeric),
    sa.column("sent", sa.DateTime(timezone=True)),
    sa.column("marks", postgresql.ARRAY(sa.Text)),
    sa.column("notes", postgresql.JSONB),
)


def upgrade():
    connection = op.get_bind()
    sent = datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.timezone.utc)
    connection.execute(
        PARCELS.insert().values(
            id=1,
            name="it's 100% $1 \\ :x",
            weight=decimal.Decimal("1.250"),
            sent=sent,
            marks=["a,b", "c'd"],
            notes={"from": ["O'Hara"]},
        )
    )
    connection.execute(sa.text("UPDATE parcels SET name = name || :more WHERE id = :id"), {"more": "!", "id": 1})


def downgrade():
    op.get_bind().execute(PARCELS.delete().where(PARCELS.c.id == 1))
