"""with await"""

import sqlalchemy as sa
from alembic import op

revision = "i4"
down_revision = "i3"


async def add(connection):
    await connection.execute(sa.text("INSERT INTO parcels (id, name) VALUES (:id, :name)"), {"id": 2, "name": "two"})


def upgrade():
    op.run_async(add)


def downgrade():
    op.execute("DELETE FROM parcels WHERE id = 2")
