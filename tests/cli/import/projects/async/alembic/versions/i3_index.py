"""an index, outside of a transaction, if it is not there"""

import sqlalchemy as sa
from alembic import op

revision = "i3"
down_revision = "i2"


def upgrade():
    indexes = sa.inspect(op.get_bind()).get_indexes("parcels")
    if not any(index["name"] == "parcels_name" for index in indexes):
        with op.get_context().autocommit_block():
            op.create_index("parcels_name", "parcels", ["name"], postgresql_concurrently=True)


def downgrade():
    op.drop_index("parcels_name", table_name="parcels")
